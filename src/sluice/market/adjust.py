"""Prices of shares adjusted forwards: what strategies see, made of past events only.

From its ex-date on, a price stands for what one share of the first bar has become: split shares are
counted together, dividends are reinvested at the close before the ex-date less the dividend. The
first bar is as it was traded, and no later event changes an earlier row. (Prices adjusted backwards
know later splits: a close of 702.10 reads 21.69.) As traded they are `raw_open` … `raw_volume`.
"""

from collections.abc import Iterable, Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sluice.domain.duration import DAY_NS
from sluice.domain.errors import BadData
from sluice.market.calendars import Calendar, ExchangeCalendar

Floats = NDArray[np.float64]
Stamps = NDArray[np.int64]

PRICES = ("open", "high", "low", "close")
RAW = tuple(f"raw_{name}" for name in (*PRICES, "volume"))


def trading_days(bars: pl.DataFrame, calendar: Calendar) -> Stamps:
    """The day number (1970-01-01 is 0) on which each bar of one instrument trades.

    By its exchange's calendar where it has one, else the UTC date of the bar's start.
    """
    if isinstance(calendar, ExchangeCalendar):
        return calendar.session_index(bars["ts"].to_physical().to_numpy())
    return bars["ts_start"].to_physical().to_numpy() // DAY_NS


def due_rows(actions: pl.DataFrame, days: Stamps) -> NDArray[np.intp]:
    """The row from which each action of one instrument holds: the first bar of its ex-date.

    Or that of the next day that trades; as many as there are bars where none does. `days` are the
    trading days of the bars.
    """
    ex_dates = actions["ex_date"].cast(pl.Int32).cast(pl.Int64).to_numpy()
    return np.searchsorted(days, ex_dates, side="left")


def factors(actions: pl.DataFrame, days: Stamps, close: Floats) -> tuple[Floats, Floats]:
    """Of each row of one instrument: its factor of prices, and that of splits alone.

    An action of the first row or before it changes nothing; one after the last is not known yet.

    Raises:
        BadData: a dividend as large as the price before it.
    """
    price, split = np.ones(len(close)), np.ones(len(close))
    rows = due_rows(actions, days)
    for row, action in zip(rows, actions.iter_rows(named=True), strict=True):
        if not 0 < row < len(close):
            continue
        before, ratio = close[row - 1], action["split"]
        paid = ratio * action["dividend"]
        if paid >= before:
            msg = (
                f"{action['instrument']} pays {action['dividend']} a share on {action['ex_date']}, "
                f"and one old share was worth {before}; correct the table of actions"
            )
            raise BadData(msg)
        price[row:] *= ratio * before / (before - paid)
        split[row:] *= ratio
    return price, split


def forward_factors(
    frame: pl.DataFrame, actions: pl.DataFrame, calendars: Mapping[str, Calendar]
) -> tuple[Floats, Floats]:
    """Of each row of `frame` (columns of BarSet): its factor of prices, and that of splits alone.

    Raises:
        BadData: as `factors`.
    """
    price, split = np.ones(len(frame)), np.ones(len(frame))
    closes = frame["close"].to_numpy()
    names = frame["instrument"].cast(pl.String)
    for own in actions.partition_by("instrument", maintain_order=True):
        name = str(own["instrument"][0])
        rows = (names == name).arg_true().to_numpy()
        if len(rows):
            days = trading_days(frame[rows], calendars[name])
            price[rows], split[rows] = factors(own, days, closes[rows])
    return price, split


def adjusted_forwards(frame: pl.DataFrame, by: tuple[Floats, Floats]) -> pl.DataFrame:
    """`frame` with adjusted prices and volume, and the raw ones beside (RAW).

    `by` are its forward factors. Volume is divided by the splits so far: it counts shares of the
    first bar.
    """
    by_price, by_split = pl.Series(by[0]), pl.Series(by[1])
    return frame.with_columns(
        *(pl.col(name).alias(f"raw_{name}") for name in (*PRICES, "volume")),
        *((pl.col(name) * by_price).alias(name) for name in PRICES),
        (pl.col("volume") / by_split).alias("volume"),
    )


def with_raw(frame: pl.DataFrame, wanted: Iterable[str]) -> pl.DataFrame:
    """`frame` with the raw columns that are wanted, where nothing was adjusted."""
    missing = [
        n for n in {w.partition("@")[0] for w in wanted} if n in RAW and n not in frame.columns
    ]
    return frame.with_columns(pl.col(n.removeprefix("raw_")).alias(n) for n in sorted(missing))
