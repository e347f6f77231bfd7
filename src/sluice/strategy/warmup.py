"""How many rows the last value of an expression depends on, and the proof that these suffice.

Derived from the tree: windows add up along a path, the longest branch counts, and the row itself
is one more. The claim is verified on the operands of comparisons, not on outputs: two windows too
short can agree on a sign by luck.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from sluice.domain.feeds import bars_of
from sluice.strategy.declaration import Declaration, says
from sluice.strategy.reach_ahead import ALONG
from sluice.strategy.stages import signals_of
from sluice.strategy.tree import (
    COMPARISONS,
    SERIES,
    Coarser,
    Node,
    fill_strategy,
    literal_value,
    read,
)

# An exponential mean has forgotten all but 1e-12 of what lies before its window.
FORGOTTEN = 1e-12
TOLERANCE = 1e-9
_UNBOUNDED = frozenset({"CumSum", "CumProd", "CumMin", "CumMax", "CumCount", "RollingBy"})
_UNBOUNDED_KINDS = frozenset(
    {
        "python",
        SERIES,
        "Len",
        "Over",
        "Rolling",
        "RLEID",
        "EwmMeanBy",
        "Boolean.IsFirstDistinct",
        "Rank",
    }
)


@dataclass(frozen=True, slots=True)
class Mismatch:
    """An operand whose value from `window` rows differs from its value on the whole history."""

    node: str
    instrument: str
    ts: object
    full: float | None
    windowed: float | None


def derive(expr: pl.Expr, every_ns: int | None = None) -> int | None:
    """Rows that the last value of `expr` depends on, itself included; None where unbounded.

    `every_ns` is the bar interval; without it the rows of a coarser bar (`at`) cannot be counted.
    """
    reach = _reach(read(expr), every_ns)
    return None if reach is None else reach + 1


def required(strategy: Declaration, every_ns: int | None = None) -> int | None:
    """The warm-up of a strategy in bars: derived, or declared where that is longer or unbounded.

    `every_ns` is the interval of its bars; that of its declaration where absent.
    """
    cls = type(strategy)
    bars = bars_of(cls.data)
    if every_ns is None and bars is not None:
        every_ns = bars.every_ns
    declared = cls.warmup
    readable = says(cls, "signals") and not says(cls, "signals_frame")
    derived = derive(signals_of(strategy), every_ns) if readable else None
    if derived is None or declared is None:
        return declared if derived is None else derived
    return max(derived, declared)


def operands(expr: pl.Expr) -> list[pl.Expr]:
    """What the decisions of `expr` rest on: its largest parts that hold no comparison.

    Constants are left out; so are parts that hold a Python function and cannot be taken apart.
    """
    found: dict[str, pl.Expr] = {}
    for node in _operand_nodes(read(expr)):
        part = node.expr()
        if part is not None:
            found.setdefault(node.text, part)
    return list(found.values())


def compared(expr: pl.Expr) -> list[pl.Expr]:
    """The sides of every comparison of `expr` that are no constants."""
    found: dict[str, pl.Expr] = {}
    for node in read(expr).walk():
        if node.kind.removeprefix("Binary.") in COMPARISONS:
            for side in node.inputs:
                part = side.expr()
                if part is not None and side.kind != "literal":
                    found.setdefault(side.text, part)
    return list(found.values())


def verify(expr: pl.Expr, frame: pl.DataFrame, window: int, rows: Sequence[int]) -> list[Mismatch]:
    """The operands whose value at `rows` changes when only the last `window` rows are seen.

    Args:
        expr: an expression of `signals`.
        frame: bars of one instrument, sorted by ts.
        window: rows to keep, the row itself included.
        rows: positions to test; those before the window is full are left out.

    Agreement is a relative difference of at most 1e-9, or the same null.
    """
    parts = {read(part).text: part for part in operands(expr)}
    columns = [part.alias(f"operand {i}") for i, part in enumerate(parts.values())]
    whole = frame.with_columns(columns)
    found = []
    for row in rows:
        if row < window - 1:
            continue
        cut = frame.slice(row - window + 1, window).with_columns(columns)
        for i, text in enumerate(parts):
            full, windowed = whole[f"operand {i}"][row], cut[f"operand {i}"][-1]
            if not _agree(full, windowed):
                found.append(
                    Mismatch(text, str(frame["instrument"][row]), frame["ts"][row], full, windowed)
                )
    return found


def _agree(full: object, windowed: object) -> bool:
    if isinstance(full, float) and isinstance(windowed, float):
        if math.isnan(full) or math.isnan(windowed):
            return math.isnan(full) and math.isnan(windowed)
        return math.isclose(full, windowed, rel_tol=TOLERANCE, abs_tol=1e-300)
    return full == windowed


def _operand_nodes(node: Node) -> list[Node]:
    if not any(part.kind in ("column", "At") for part in node.walk()):
        return []  # a constant
    if not any(part.kind.removeprefix("Binary.") in COMPARISONS for part in node.walk()):
        return [node]
    return [found for child in node.inputs for found in _operand_nodes(child)]


def _reach(node: Node, every_ns: int | None) -> int | None:
    """Rows before the present one that `node` depends on; None where unbounded."""
    own = _coarser_reach(node, every_ns) if node.kind == "At" else _own_reach(node)
    if own is None:
        return None
    below = [_reach(child, every_ns) for child in node.inputs]
    longest = 0
    for reach in below:
        if reach is None:
            return None
        longest = max(longest, reach)
    return own + longest


def _coarser_reach(node: Node, every_ns: int | None) -> int | None:
    """Rows of a value on coarser bars: those it depends on, and two more that may be cut.

    The oldest one is cut by the first row that is seen, the youngest one is still under way.
    """
    coarser: Coarser = node.options["coarser"]
    inner = _reach(coarser.inner(), coarser.every_ns)
    if inner is None or not every_ns:
        return None
    return (inner + 3) * math.ceil(coarser.every_ns / every_ns)


def _own_reach(node: Node) -> int | None:
    family = node.kind.partition(".")[0]
    if node.kind in _UNBOUNDED_KINDS or family in _UNBOUNDED or family.startswith("unknown:"):
        return None
    if family in ("Shift", "ShiftAndFill", "Diff", "PctChange"):
        n = literal_value(node.inputs[1])
        return abs(n) if isinstance(n, int) else None
    if family == "Rolling":
        return int(node.options["window_size"]) - 1
    if family == "FillNullWithStrategy":
        return _fill_reach(node)
    if family in ("EwmMean", "EwmStd", "EwmVar", "EwmSum"):
        alpha = float(node.options["alpha"])
        return 0 if alpha >= 1 else math.ceil(math.log(FORGOTTEN) / math.log1p(-alpha))
    # What the allow-list does not know may depend on anything.
    return 0 if ALONG(node) is None else None


def _fill_reach(node: Node) -> int | None:
    strategy, limit = fill_strategy(node)
    return limit if strategy in ("forward", "backward") else 0
