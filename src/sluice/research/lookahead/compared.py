"""What of a strategy must not change with the future: its signal and what it compares on the way.

A signal of two values agrees by luck; the operands of its comparisons do not. So every test of
look-ahead looks at both, and at the target where a panel is allocated.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sluice.strategy.declaration import Declaration, says
from sluice.strategy.timeframes import widened
from sluice.strategy.tree import read
from sluice.strategy.warmup import operands

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Rows = NDArray[np.int64]
Columns = Mapping[str, Floats]

SIGNAL, TARGET = "signal", "target"
TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Parts:
    """The expressions to compare by name: `signal` first, then each operand by its text."""

    exprs: Mapping[str, pl.Expr]
    roots: tuple[str, ...]

    @property
    def panel(self) -> bool:
        """Whether bars of another instrument are read (`of("ETHUSDT")`)."""
        return any("@" in name for name in self.roots)


def parts_of(strategy: Declaration) -> Parts | None:
    """What to compare of `signals`; None where there is no expression (`signals_frame`)."""
    cls = type(strategy)
    if says(cls, "signals_frame") or not says(cls, "signals"):
        return None
    expr = strategy.signals()
    exprs = {SIGNAL: expr}
    for part in operands(expr):
        name = read(part).text
        if name != read(expr).text:
            exprs[name] = part
    return Parts(exprs, tuple(dict.fromkeys(expr.meta.root_names())))


def columns_on(parts: Parts, frame: pl.DataFrame, key: str) -> Columns:
    """Each part on every row of `frame`, evaluated within `key`; NaN where null.

    Raises:
        polars.exceptions.PolarsError: an expression that does not fit this frame.
    """
    wide = widened(frame, parts.roots)
    computed = wide.lazy().select(expr.over(key).alias(name) for name, expr in parts.exprs.items())
    return {column.name: as_floats(column) for column in computed.collect(engine="in-memory")}


def as_floats(column: pl.Series) -> Floats:
    """Any column as Float64: Booleans 0 or 1, stamps their count, NaN for null and for text."""
    floats: Floats = (
        column.to_physical().cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()
    )
    return floats


def scale_of(values: Floats) -> float:
    """Mean size of a column: what a difference near zero is measured against."""
    known = np.abs(values[np.isfinite(values)])
    return float(np.mean(known)) if known.size else 0.0


def differs(full: Floats, other: Floats, scale: float) -> Mask:
    """Where two evaluations disagree: by more than 1e-9 of their size, or one of them is null."""
    with np.errstate(invalid="ignore"):
        size = np.maximum(np.abs(full), np.abs(other)) + scale
        finite = np.isfinite(full) & np.isfinite(other)
        near = (finite & (np.abs(full - other) <= TOLERANCE * size)) | (full == other)
    mask: Mask = ~(near | (np.isnan(full) & np.isnan(other)))
    return mask


def is_tie(name: str, full: Columns, other: Columns, scales: Mapping[str, float]) -> Mask:
    """Where `name` differs although every operand agrees, at least one of them not to the bit.

    Then a comparison stood on the edge and rounding tipped it: a tie, not a look ahead.
    """
    operand_names = [part for part in full if part not in (name, SIGNAL, TARGET)]
    size = len(full[name])
    if name != SIGNAL or not operand_names:
        return np.zeros(size, dtype=np.bool_)
    agree, rounded = np.ones(size, dtype=np.bool_), np.zeros(size, dtype=np.bool_)
    for part in operand_names:
        agree &= ~differs(full[part], other[part], scales[part])
        rounded |= (full[part] != other[part]) & ~np.isnan(full[part])
    tie: Mask = agree & rounded
    return tie


def near_each_other(scores: Floats, scale: float) -> bool:
    """Whether two of the scores at one instant lie within the tolerance, so that ranks may swap."""
    known = np.sort(scores[np.isfinite(scores)])
    return bool(np.any(np.diff(known) <= TOLERANCE * (np.abs(known[1:]) + scale)))


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that changed: which column, of which instrument, when, from what to what.

    `test`: "truncation", "perturbation" or "warmup". `count`: rows of this column that differ.
    `note`: why it could not be evaluated at all, where that is the difference.
    """

    test: str
    column: str
    instrument: str
    ts_ns: int
    full: float
    other: float
    count: int = 1
    note: str = ""


def first_difference(
    test: str, column: str, frame: pl.DataFrame, found: Sequence[tuple[int, float, float]]
) -> Difference:
    """The earliest of the differences of one column, with their number.

    Args:
        test: the test that found them.
        column: the column that differs.
        frame: the frame that was tested.
        found: (row of the frame, value on the whole frame, other value), one a row, not empty.
    """
    row, full, other = min(found)
    return Difference(
        test=test,
        column=column,
        instrument=str(frame["instrument"][row]),
        ts_ns=int(frame["ts"].to_physical()[row]),
        full=full,
        other=other,
        count=len(found),
    )
