"""Coarser bars inside an expression: `at("1h", sma(close, 20))`, the last completed hour's value.

What stands inside is evaluated along the coarser bars of each instrument; a row sees the value of
the last one that is known at its stamp, never of the one under way. The expression itself holds a
column whose name carries the inner expression, so that it can be read, checked and rebuilt; the
column is computed here, before evaluation, from the columns `window` and `until` of the interval
(`framed` adds them where a calendar has a say; otherwise windows are those of UTC).
"""

from collections.abc import Iterable
from io import StringIO

import polars as pl
from polars.exceptions import PolarsError

from sluice.domain.duration import format_duration, parse_duration
from sluice.domain.errors import SignalError
from sluice.market.bars import BarSet
from sluice.market.features import SEPARATOR
from sluice.market.resample import WINDOW, aggregate, check_multiple, windows
from sluice.strategy.declaration import Declaration, says
from sluice.strategy.others import joined
from sluice.strategy.sharing import share, within
from sluice.strategy.stages import signals_of
from sluice.strategy.tree import AT, Coarser, coarser_of


def at(every: str, expr: pl.Expr) -> pl.Expr:
    """`expr` on the bars of a coarser interval: its value at the last one completed by now.

    `at("1d", close)` is the close of the last whole day; windows inside count coarser bars. Days
    and weeks are those of the exchange where the instrument has its calendar, else of UTC.

    Raises:
        SignalError: no duration, or an expression that cannot be read (a Python function in it).
    """
    try:
        every_ns = parse_duration(every)
        inner = expr.meta.serialize(format="json")
    except (ValueError, TypeError) as error:
        raise SignalError(f"at({every!r}, …): {error}; write a duration such as '1h'") from error
    except PolarsError as error:
        raise SignalError(
            f"at({every!r}, …) holds a Python function; write it as an expression"
        ) from error
    if every_ns <= 0:
        raise SignalError(f"at({every!r}, …): a bar cannot last no time; write '1h'")
    if any(name.startswith(AT) for name in expr.meta.root_names()):
        raise SignalError(f"at({every!r}, …) holds another at(); say the coarser interval alone")
    return pl.col(f"{AT}{format_duration(every_ns)}{SEPARATOR}{inner}")


def framed(strategy: Declaration, bars: BarSet) -> pl.DataFrame:
    """The frame of `bars` with the windows of every coarser interval that `signals` names.

    Raises:
        BadData: an interval that cannot be made of these bars.
    """
    cls = type(strategy)
    if says(cls, "signals_frame") or not says(cls, "signals"):
        return bars.signal_frame
    frame = bars.signal_frame
    asked = {c.every_ns for c in _coarser(signals_of(strategy).meta.root_names()).values()}
    for every_ns in sorted(asked):
        check_multiple(bars.name, bars.every_ns, every_ns)
        made = windows(frame, every_ns, bars.calendars())
        frame = frame.with_columns(made.rename(_names(every_ns)))
    return frame


def widened(frame: pl.DataFrame, columns: Iterable[str]) -> pl.DataFrame:
    """`frame` with the columns of other instruments and of coarser bars that are named.

    Raises:
        SignalError: another instrument is not in the frame, or its symbol names several.
        polars.exceptions.PolarsError: an inner expression that does not fit the bars.
    """
    wanted = list(dict.fromkeys(columns))
    wide = joined(frame, [name for name in wanted if not name.startswith(AT)])
    made: dict[int, pl.DataFrame] = {}
    for name, coarser in _coarser(wanted).items():
        every_ns = coarser.every_ns
        if every_ns not in made:
            made[every_ns] = _coarse_bars(frame, every_ns)
        wide = _with_last_known(wide, made[every_ns], name, coarser)
    return wide


def _coarser(columns: Iterable[str]) -> dict[str, Coarser]:
    return {name: coarser_of(name) for name in columns if name.startswith(AT)}


def _names(every_ns: int) -> dict[str, str]:
    return {name: f"{name} {format_duration(every_ns)}" for name in WINDOW}


def _coarse_bars(frame: pl.DataFrame, every_ns: int) -> pl.DataFrame:
    names = _names(every_ns)
    if set(names.values()) <= set(frame.columns):
        made = frame.select(names.values()).rename({v: k for k, v in names.items()})
    else:
        made = windows(frame, every_ns)
    return aggregate(frame.with_columns(made))


def _with_last_known(
    wide: pl.DataFrame, coarse: pl.DataFrame, name: str, coarser: Coarser
) -> pl.DataFrame:
    inner = pl.Expr.deserialize(StringIO(coarser.raw), format="json")
    computed = joined(coarse, inner.meta.root_names())
    shared = share([inner])
    for level in [*shared.levels, [shared.exprs[0].alias(name)]]:
        columns = [within(part, "instrument") for part in level]
        computed = computed.lazy().with_columns(columns).collect(engine="in-memory")
    known = computed.select("ts", "instrument", name).sort("ts")
    return wide.join_asof(
        known, on="ts", by="instrument", strategy="backward", check_sortedness=False
    )
