"""What befalls the positions of a run, in the core's integers: funding, borrow, dividends, splits.

Dividends and splits stand in the table of actions and always happen. Funding and borrow are costs,
left out where a run is theoretical. Recorded funding is charged where the data set holds any of the
perpetual, else the schedule's every 8 hours. Borrow is charged when a session begins, for the days
since the session at whose end the short was held.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_CEILING, Decimal

import numpy as np
import polars as pl

from sluice import core
from sluice.domain.errors import BadData
from sluice.domain.instrument import CostSchedule, Instrument
from sluice.market.actions import ratio
from sluice.market.adjust import Stamps, due_rows, trading_days
from sluice.market.bars import BarSet
from sluice.market.calendars import Calendar
from sluice.market.stored_bars import StoredBars

Figures = tuple[int | list[int], int | list[int]]
FUNDING, ASSUMED, BORROW, SPLIT, DIVIDEND = 0, 1, 2, 4, 3
# At one stamp: what is charged on the old units, then the split, then the dividend per new share.
_ORDER = {FUNDING: 0, ASSUMED: 0, BORROW: 1, SPLIT: 2, DIVIDEND: 3}
EIGHT_HOURS = 8 * 3_600 * 10**9
_NANOS = 10**9
_SCHEMA = {
    "ts": pl.Int64,
    "place": pl.UInt32,
    "kind": pl.UInt8,
    "value": pl.Int64,
    "over": pl.Int64,
}


def adjustments(
    bars: BarSet, costs: Sequence[CostSchedule], *, carry: bool = True
) -> core.Adjustments | None:
    """Everything that befalls the instruments of `bars`; null where nothing does.

    `costs` has one schedule per instrument; `carry` says whether funding and borrow are charged.

    Raises:
        BadData: a dividend or split that the core cannot count.
    """
    parts = list(_parts(bars, costs, carry=carry))
    if not parts:
        return None
    order = pl.col("kind").replace_strict(_ORDER, return_dtype=pl.UInt8)
    table = pl.concat(parts).sort("ts", order, "place", maintain_order=True)
    if table.is_empty():
        return None
    columns = [table[name].to_numpy() for name in _SCHEMA]
    try:
        return core.Adjustments(*columns)
    except (ValueError, OverflowError) as error:
        msg = f"{bars.name}: {error}; correct the tables of actions and funding"
        raise BadData(msg) from error


def assumed_funding(bars: BarSet, costs: Sequence[CostSchedule]) -> tuple[str, ...]:
    """The perpetuals that pay the schedule's funding, because none was recorded."""
    recorded = _recorded(bars)
    return tuple(
        instrument.id
        for instrument, cost in zip(bars.instruments, costs, strict=True)
        if instrument.asset_class == "perpetual" and cost.funding and instrument.id not in recorded
    )


def _parts(bars: BarSet, costs: Sequence[CostSchedule], *, carry: bool) -> Iterator[pl.DataFrame]:
    recorded = _recorded(bars)
    calendars: dict[str, Calendar] = {}
    known = bars.actions is not None or any(cost.borrow for cost in costs)
    if known and not isinstance(bars, StoredBars):
        calendars = bars.calendars()
    for place, (instrument, cost) in enumerate(zip(bars.instruments, costs, strict=True)):
        if carry and instrument.id in recorded:
            yield _funding(recorded[instrument.id], place)
        elif carry and instrument.asset_class == "perpetual" and cost.funding:
            yield _assumed(bars, place, cost)
        shorted = carry and cost.borrow > 0 and instrument.can_short
        actions = _actions_of(bars, instrument)
        if shorted or actions is not None:
            own, calendar = _own(bars, place, calendars)
            if own.is_empty():
                continue
            starts = own["ts_start"].to_physical().to_numpy()
            days = trading_days(own, calendar)
            if shorted:
                yield _borrow(starts, days, place, cost)
            if actions is not None:
                yield _actions(actions, starts, days, place)


def _own(
    bars: BarSet, place: int, calendars: Mapping[str, Calendar]
) -> tuple[pl.DataFrame, Calendar]:
    """The bars of one instrument and its calendar; of bars on the disk, that instrument alone."""
    name = bars.ids[place]
    if not isinstance(bars, StoredBars):
        return bars.frame.filter(pl.col("instrument").to_physical() == place), calendars[name]
    alone = bars.single(name)
    if alone is None:
        return bars.frame, bars.calendar
    return alone.frame, alone.calendars()[name]


def _recorded(bars: BarSet) -> dict[str, pl.DataFrame]:
    if bars.funding is None:
        return {}
    return {str(own["instrument"][0]): own for own in bars.funding.partition_by("instrument")}


def _actions_of(bars: BarSet, instrument: Instrument) -> pl.DataFrame | None:
    if bars.actions is None:
        return None
    own = bars.actions.filter(pl.col("instrument") == instrument.id)
    return None if own.is_empty() else own


def _rows(ts: Stamps, place: int, kind: int, figures: Figures) -> pl.DataFrame:
    """Rows of one kind; the figures are (value, over), each one number or one per row."""
    value, over = (np.broadcast_to(np.asarray(one, dtype=np.int64), ts.shape) for one in figures)
    columns = {
        "ts": ts,
        "place": np.full(len(ts), place),
        "kind": np.full(len(ts), kind),
        "value": value,
        "over": over,
    }
    return pl.DataFrame(columns, schema=_SCHEMA)


def _funding(recorded: pl.DataFrame, place: int) -> pl.DataFrame:
    rates = (recorded["rate"] * _NANOS).round().cast(pl.Int64).to_list()
    return _rows(recorded["ts"].to_physical().to_numpy(), place, FUNDING, (rates, 0))


def _assumed(bars: BarSet, place: int, cost: CostSchedule) -> pl.DataFrame:
    start, end = bars.window
    first = -(-start // EIGHT_HOURS) * EIGHT_HOURS
    stamps = np.arange(first, end + 1, EIGHT_HOURS, dtype=np.int64)
    return _rows(stamps, place, ASSUMED, (_up(cost.funding), 0))


def _borrow(
    starts: Stamps,
    days: Stamps,
    place: int,
    cost: CostSchedule,
) -> pl.DataFrame:
    first = np.flatnonzero(np.diff(days)) + 1
    held = (days[first] - days[first - 1]).tolist()
    return _rows(starts[first], place, BORROW, (_up(cost.borrow), held))


def _actions(
    actions: pl.DataFrame,
    starts: Stamps,
    days: Stamps,
    place: int,
) -> pl.DataFrame:
    rows = due_rows(actions, days)
    # What falls on the first bar or before it finds nothing held; after the last it is not known.
    known = actions.with_columns(pl.Series("row", rows)).filter(
        (pl.col("row") > 0) & (pl.col("row") < len(starts))
    )
    split, paid = known.filter(pl.col("split") != 1), known.filter(pl.col("dividend") > 0)
    ratios = [ratio(one) for one in split["split"]]
    money = (paid["dividend"] * _NANOS).round().cast(pl.Int64).to_list()
    return pl.concat(
        [
            _rows(
                starts[split["row"].to_numpy()],
                place,
                SPLIT,
                ([new for new, _ in ratios], [old for _, old in ratios]),
            ),
            _rows(starts[paid["row"].to_numpy()], place, DIVIDEND, (money, 0)),
        ]
    )


def _up(value: Decimal) -> int:
    """Counts of 1e-9, upwards: what we pay."""
    return int((value * _NANOS).to_integral_value(rounding=ROUND_CEILING))
