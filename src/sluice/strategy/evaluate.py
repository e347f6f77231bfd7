"""From expressions to targets: `signals` along each instrument, `allocate` across them.

The platform adds the windows: `.over("instrument")` to signals, `.over("ts")` to allocate.
Evaluated on the in-memory engine only: polars' streaming engine gives floats that depend on the
number of threads. The first rows of each instrument, until its warm-up is over, say nothing,
because the live path, which sees exactly so many rows, could not say it either.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from polars.exceptions import PolarsError

from sluice.domain.errors import SignalError, StrategyError, WarmupError
from sluice.domain.feeds import bars_of
from sluice.market.bars import BarSet
from sluice.strategy.allocation import Floats, Mask, due_rows, held, rebalance_stamps, weights
from sluice.strategy.callbacks import callbacks
from sluice.strategy.declaration import Declaration, says
from sluice.strategy.exact import exactly
from sluice.strategy.origin import refusal
from sluice.strategy.sharing import share, within
from sluice.strategy.stages import allocation_of, signals_of
from sluice.strategy.timeframes import framed, widened
from sluice.strategy.tree import Node, read
from sluice.strategy.warmup import compared, required


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What a strategy says on every row of a frame, in the frame's order.

    signal: what `signals` says, the target or the score; NaN where it says nothing.
    target: the target to trade, NaN = keep; None where `on_bar` trades, or nothing is said.
    rebalance: "on_change", or a mask of the rows on which to retarget.
    warmup: rows that the last value depends on; None where unbounded and not declared.
    """

    signal: Floats
    target: Floats | None
    rebalance: Literal["on_change"] | Mask
    warmup: int | None


def evaluate(strategy: Declaration, bars: BarSet) -> Evaluated:
    """What `strategy` says on `bars`, row by row.

    Raises:
        WarmupError: no instrument has as many bars as the warm-up needs.
        SignalError, StrategyError: as `evaluate_frame`.
    """
    said = evaluate_frame(strategy, framed(strategy, bars), bars.every_ns)
    rows = len(bars.frame)
    if said.warmup is None or rows >= said.warmup * len(bars.instruments):
        return said  # some instrument has enough rows, however they are spread
    counts = bars.frame["instrument"].value_counts()["count"]
    longest = int(counts.max() or 0)  # type: ignore[arg-type]
    if longest < said.warmup:
        raise WarmupError(
            f"{strategy!r} needs {said.warmup} bars before it can speak, and {bars.name} has at "
            f"most {longest} of an instrument; bring more history or shorten its windows"
        )
    return said


def evaluate_frame(
    strategy: Declaration, frame: pl.DataFrame, every_ns: int | None = None, *, strict: bool = True
) -> Evaluated:
    """What `strategy` says on `frame` (ts, instrument, open, high, low, close, volume).

    Args:
        strategy: the strategy, with its parameters.
        frame: sorted by (ts, instrument), unique.
        every_ns: bar interval, for the default of `max_gap`; the declaration's when absent.
        strict: raise on NaN and infinities; False lets them through, for tests that plant them.

    Raises:
        SignalError: NaN, infinity or a wrong type, naming instrument, stamp and node.
        StrategyError: it overrides neither signals nor a callback.
    """
    cls = type(strategy)
    overridden = callbacks(cls)
    if not (says(cls, "signals") or says(cls, "signals_frame")):
        if not overridden:
            raise StrategyError(f"{cls.__name__} says nothing: override signals() or on_bar()")
        return Evaluated(np.full(len(frame), np.nan), None, "on_change", cls.warmup)
    window = required(strategy, every_ns)
    said = _settled(_signal(strategy, frame, strict=strict), frame, window)
    signal = said.fill_null(np.nan).to_numpy()
    if "on_bar" in overridden:
        return Evaluated(signal, None, "on_change", window)
    stamps = rebalance_stamps(frame, cls.rebalance)
    turn, due = due_rows(frame, stamps)
    if says(cls, "allocate"):
        scored = frame.with_columns(said.alias("score"))
        target = _allocation(
            strategy, scored, (stamps, turn), _gap_ns(cls, every_ns), strict=strict
        )
    else:
        target = said if cls.rebalance == "on_change" else held(frame, said)
    values = target.fill_null(np.nan).to_numpy()
    if cls.rebalance == "on_change":
        return Evaluated(signal, values, "on_change", window)
    return Evaluated(signal, np.where(due, values, np.nan), due, window)


def _signal(strategy: Declaration, frame: pl.DataFrame, *, strict: bool) -> pl.Series:
    cls = type(strategy)
    if says(cls, "signals_frame"):
        values = _from_frame(strategy, frame)
        return _numbers(values, None, frame, what=f"{cls.__name__}.signals_frame", strict=strict)
    what = f"{cls.__name__}.signals"
    expr = signals_of(strategy)
    wide = _widened(frame, expr, what)
    parts = [expr, *(compared(expr) if strict else [])]
    computed = computed_parts(wide, parts, what)
    for i, part in enumerate(parts[1:], start=1):
        _refuse_nan(computed[f"part {i}"], part, wide, what=f"in {what}, a compared value")
    return _numbers(computed["part 0"], read(expr), wide, what=what, strict=strict)


def _widened(frame: pl.DataFrame, expr: pl.Expr, what: str) -> pl.DataFrame:
    try:
        return widened(frame, expr.meta.root_names())
    except PolarsError as error:
        raise SignalError(
            f"{what} cannot be evaluated on coarser bars: {_first_line(error)}"
        ) from error


def _from_frame(strategy: Declaration, frame: pl.DataFrame) -> pl.Series:
    what = f"{type(strategy).__name__}.signals_frame"
    try:
        said = strategy.signals_frame(frame.lazy()).collect(engine="in-memory")
        said = said.select("ts", "instrument", "signal")
        if said.select(pl.struct("ts", "instrument").is_duplicated().any()).item():
            raise SignalError(f"{what} returns an instrument twice at one stamp; return it once")
        keys = frame.select("ts", "instrument")
        return keys.join(said, on=["ts", "instrument"], how="left", maintain_order="left")["signal"]
    except PolarsError as error:
        raise SignalError(
            f"{what} must return a frame of ts, instrument, signal: {_first_line(error)}"
        ) from error


def computed_parts(frame: pl.DataFrame, parts: list[pl.Expr], what: str) -> pl.DataFrame:
    """Columns "part 0", "part 1", … of the expressions along each instrument of `frame`.

    Raises:
        SignalError: an expression cannot be evaluated; `what` is what the message calls it.
    """
    single = frame["instrument"].n_unique() <= 1
    parts, computed = exactly(parts, frame)
    shared = share(parts)
    named = [part.alias(f"part {i}") for i, part in enumerate(shared.exprs)]
    try:
        for level in [*shared.levels, named]:
            columns = level if single else [within(part, "instrument") for part in level]
            computed = computed.lazy().with_columns(columns).collect(engine="in-memory")
    except PolarsError as error:
        raise SignalError(
            f"{what} cannot be evaluated: {_first_line(error)}. It may use the columns "
            f'{", ".join(frame.columns)}, and of("SYMBOL").close of another instrument'
        ) from error
    return computed


def _numbers(
    values: pl.Series, node: Node | None, frame: pl.DataFrame, *, what: str, strict: bool
) -> pl.Series:
    """`values` as Float64 with nulls; Boolean is 1 or 0."""
    if not (values.dtype.is_numeric() or values.dtype in (pl.Boolean, pl.Null)):
        raise SignalError(f"{what} gives {values.dtype}; it must give numbers, True/False or null")
    numbers = values.cast(pl.Float64)
    if strict:
        _refuse(numbers, ~numbers.is_finite(), node, frame, what=what, window="instrument")
    return numbers


def _refuse_nan(values: pl.Series, part: pl.Expr, frame: pl.DataFrame, *, what: str) -> None:
    # NaN compares as larger than anything, so it would enter a trade without being seen.
    if values.dtype.is_float():
        _refuse(values, values.is_nan(), read(part), frame, what=what, window="instrument")


def _refuse(
    values: pl.Series,
    bad: pl.Series,
    node: Node | None,
    frame: pl.DataFrame,
    *,
    what: str,
    window: str,
) -> None:
    rows = bad.fill_null(value=False).arg_true()
    if len(rows):
        row = int(rows[0])
        node = Node("python", options={"text": "signals_frame"}) if node is None else node
        raise refusal(node, frame, row, values[row], what=what, window=window)


def _settled(values: pl.Series, frame: pl.DataFrame, window: int | None) -> pl.Series:
    """`values` with null where an instrument has fewer than `window` rows up to there."""
    if window is None or window <= 1:
        return values
    rows = pl.DataFrame({"instrument": frame["instrument"], "value": values})
    settled = pl.int_range(pl.len()).over("instrument") >= window - 1
    return rows.select(pl.when(settled).then(pl.col("value"))).to_series()


def _allocation(
    strategy: Declaration,
    scored: pl.DataFrame,
    when: tuple[pl.Series, pl.Series],
    gap_ns: int,
    *,
    strict: bool,
) -> pl.Series:
    stamps, turn = when
    allocation = allocation_of(strategy)
    what = f"{type(strategy).__name__}.allocate"
    try:
        panel = weights(allocation, scored, stamps, gap_ns)
    except PolarsError as error:
        raise SignalError(f"{what} cannot be evaluated: {_first_line(error)}") from error
    panel = panel.with_columns(
        _numbers(panel["weight"], read(allocation), panel, what=what, strict=strict)
    )
    # Null is 0 here: the vector is the whole portfolio, else a delisted name is held for ever.
    vector = panel.select("turn", "instrument", pl.col("weight").fill_null(0.0))
    keys = pl.DataFrame({"turn": turn, "instrument": scored["instrument"]})
    return keys.join(vector, on=["turn", "instrument"], how="left", maintain_order="left")["weight"]


def _gap_ns(cls: type[Declaration], every_ns: int | None) -> int:
    declared = bars_of(cls.data)
    if declared is not None and (every_ns is None or every_ns == declared.every_ns):
        return declared.max_gap_ns
    return 3 * every_ns if every_ns is not None else 0


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
