"""The allow-lists: what a node may read along time (signals), and across a panel (allocate).

`ALONG(node)` and `ACROSS(node)` give None for what is allowed, else severity, rule and what the
node does. Names are those of `tree.py`; the corpus of cheats and of clean expressions in the
tests holds both lists against the polars that is installed.
"""

from collections.abc import Callable
from typing import Literal, TypeAlias

from sluice.strategy.tree import Node, fill_strategy, literal_value

Verdict: TypeAlias = tuple[Literal["error", "warning"], str, str]
Rules: TypeAlias = Callable[[Node], Verdict | None]

# Each row by itself: neither time nor panel matters.
_ELEMENTWISE = frozenset(
    {
        *("At", "column", "literal", "Ternary", "Cast", "Alias", "Abs", "Sign", "Negate", "Log"),
        *("Log1p", "Exp", "Round", "RoundSF", "Floor", "Ceil", "Truncate", "Clip", "Coalesce"),
        *("FillNull", "MaxHorizontal", "MinHorizontal", "SumHorizontal", "MeanHorizontal"),
        *("Cut", "Replace", "ReplaceStrict", "SetSortedFlag", "ToPhysical", "Erf", "Erfc"),
    }
)
_ELEMENTWISE_FAMILIES = frozenset({"Binary", "Pow", "Trigonometry", "TemporalExpr"})
_BOOLEANS = frozenset(
    {
        *("IsNull", "IsNotNull", "IsNan", "IsNotNan", "IsFinite", "IsInfinite", "Not", "IsIn"),
        *("IsBetween", "IsClose", "AnyHorizontal", "AllHorizontal", "IsFirstDistinct"),
    }
)
_WHOLE_COLUMN_BOOLEANS = frozenset({"Any", "All"})
_CAUSAL = frozenset({"EwmMean", "EwmStd", "EwmVar", "EwmSum", "RLEID"})
_BY_STAMP = frozenset({"RollingBy", "EwmMeanBy", "EwmSumBy"})
_SHIFTS = frozenset({"Shift", "ShiftAndFill", "Diff", "PctChange"})
_CUMULATIVE = frozenset({"CumSum", "CumProd", "CumMin", "CumMax", "CumCount"})

_WHOLE_COLUMN = "reads the whole column, also the rows that are still to come; use a rolling window"
_OF_THE_WHOLE_COLUMN = (
    *("ApproxNUnique", "ApproxQuantile", "ArgMax", "ArgMin", "ArgUnique", "ArgWhere", "Bin"),
    *("Bitwise", "Correlation", "Entropy", "Hist", "IndexOf", "Kurtosis", "MaxBy", "MinBy"),
    *("Mode", "NullCount", "Product", "QCut", "Quantile", "SearchSorted", "Skew", "Unique"),
    *("UniqueCounts", "ValueCounts"),
)
_ALONG_ERRORS = {
    **dict.fromkeys(_OF_THE_WHOLE_COLUMN, ("whole_column", _WHOLE_COLUMN)),
    "Reverse": ("reverse", "turns the future into the past"),
    "Rank": ("whole_column", "ranks against the whole column, also the rows still to come"),
    "Interpolate": ("interpolate", "draws a line to the next known value, which is in the future"),
    "InterpolateBy": ("interpolate", "draws a line to the next known value, in the future"),
    "PeakMax": ("next_row", "compares with the next row"),
    "PeakMin": ("next_row", "compares with the next row"),
    "Random": ("chance", "draws at random outside ctx.rng, so no run can be repeated"),
    "Len": ("whole_column", "counts the rows, also those still to come"),
    "Range": ("whole_column", "numbers rows from where the data start; use the stamps"),
    "Sort": ("reorder", "sorts rows of all times together"),
    "SortBy": ("reorder", "sorts rows of all times together"),
    "Gather": ("reorder", "picks rows by position, whatever their time"),
    "GatherEvery": ("reorder", "picks rows by position, whatever their time"),
    "Slice": ("reorder", "moves rows to other stamps"),
    "Filter": ("reorder", "drops rows, so that those left stand at other stamps"),
    "DropNulls": ("reorder", "drops rows, so that those left stand at other stamps"),
    "DropNans": ("reorder", "drops rows, so that those left stand at other stamps"),
    "Append": ("reorder", "moves rows to other stamps"),
    "ArgSort": ("reorder", "sorts rows of all times together"),
    "TopK": ("reorder", "picks the largest values of all times"),
    "TopKBy": ("reorder", "picks the largest values of all times"),
    "BottomK": ("reorder", "picks the smallest values of all times"),
    "Explode": ("reorder", "moves rows to other stamps"),
}
# At one instant these say something about the panel, not about other times.
_OF_AN_INSTANT = frozenset(
    {
        *("Agg", "Rank", "Quantile", "Len", "Skew", "Kurtosis", "Entropy", "Mode", "Correlation"),
        *("ArgMax", "ArgMin", "Filter", "DropNulls", "Sort", "TopK", "BottomK", "Unique"),
    }
)


def is_elementwise(node: Node) -> bool:
    """Whether the node reads nothing but its own row of its inputs."""
    family, _, member = node.kind.partition(".")
    if family == "Boolean":
        return member in _BOOLEANS - {"IsFirstDistinct"}
    return node.kind in _ELEMENTWISE or family in _ELEMENTWISE_FAMILIES


def ALONG(node: Node) -> Verdict | None:  # noqa: N802, PLR0911 — a table of rules, read as a name
    """What `signals` may not do: anything that reads a later row of the instrument."""
    family, _, member = node.kind.partition(".")
    if family in _BY_STAMP:
        return _by_stamp(node)
    if is_elementwise(node) or node.kind in _CAUSAL:
        return None
    if family == "Boolean":
        return _boolean(member)
    if node.kind in _SHIFTS or family in _SHIFTS:
        return _shift(node, family)
    if family == "Rolling":
        return _rolling(node, member)
    if family in _CUMULATIVE:
        later = node.options.get("reverse") is True
        return ("error", "reverse", "cumulates from the end of the data") if later else None
    if family == "FillNullWithStrategy":
        return _fill(node)
    if family == "Agg":
        return ("error", "whole_column", _WHOLE_COLUMN)
    if family == "Over":
        return _over(node)
    if family == "Bin" and "Intervals" in node.options["method"]:
        return None
    if family in _ALONG_ERRORS:
        rule, what = _ALONG_ERRORS[family]
        return ("error", rule, what)
    return _unknown()


def ACROSS(node: Node) -> Verdict | None:  # noqa: N802 — a table of rules, read as a name
    """What `allocate` may not do: any function of time; its rows are one instant."""
    family, _, member = node.kind.partition(".")
    if node.kind == "At":
        return ("error", "time_in_allocate", "reads coarser bars, past ones; put it into signals")
    if family in _OF_AN_INSTANT or member in _WHOLE_COLUMN_BOOLEANS:
        return None
    if family in _SHIFTS | _CUMULATIVE | _CAUSAL | {"Rolling", "RollingBy", "Interpolate"} or (
        family == "FillNullWithStrategy" and fill_strategy(node)[0] in ("forward", "backward")
    ):
        return (
            "error",
            "time_in_allocate",
            "is a function of time, but the rows of allocate are the instruments at one instant: "
            "it would read one instrument's value as another's past. Put it into signals",
        )
    return None if family == "FillNullWithStrategy" else ALONG(node)


def WITHIN(node: Node) -> Verdict | None:  # noqa: N802 — a table of rules, read as a name
    """What stands inside `expr.rolling(…)` may not do: there an aggregate sees the window only."""
    return None if node.kind.partition(".")[0] in _OF_AN_INSTANT else ALONG(node)


def _boolean(member: str) -> Verdict | None:
    return None if member in _BOOLEANS else ("error", "whole_column", _WHOLE_COLUMN)


def _shift(node: Node, family: str) -> Verdict | None:
    n = literal_value(node.inputs[1])
    if not isinstance(n, int):
        return ("error", "computed_shift", "shifts by a computed number, which may be negative")
    if n >= 0:
        return None
    rows = "one row" if n == -1 else f"{-n} rows"
    verb = "compares with" if family in ("Diff", "PctChange") else "reads"
    return ("error", "negative_shift", f"{verb} {rows} into the future")


def _rolling(node: Node, member: str) -> Verdict | None:
    if node.options.get("center") is True:
        half = int(node.options["window_size"]) // 2
        return ("error", "centered_window", f"is centered: it reads {half} rows into the future")
    if member:
        return None
    # expr.rolling(index_column, period, offset): the window ends at t + offset + period.
    if node.options["index_column"] != {"Column": "ts"}:
        return _BY_ANOTHER
    end = _span_ns(node.options["offset"]) + _span_ns(node.options["period"])
    if end is None or end > 0:
        return ("error", "forward_window", "has a window that ends after the row")
    return None


def _by_stamp(node: Node) -> Verdict | None:
    key = node.inputs[1]
    return None if key.kind == "column" and key.options["name"] == "ts" else _BY_ANOTHER


_BY_ANOTHER: Verdict = (
    "error",
    "window_by_another_column",
    "orders the rows by something else than ts, so its window holds rows of the future",
)


def _span_ns(span: object) -> float:
    """Length of a polars duration in ns, with its sign; months and weeks only roughly."""
    if not isinstance(span, dict):
        return float("inf")
    days = 30 * span["months"] + 7 * span["weeks"] + span["days"]
    length = days * 86_400_000_000_000 + span["nsecs"]
    return float(-length if span["negative"] else length)


def _fill(node: Node) -> Verdict | None:
    strategy, _ = fill_strategy(node)
    if strategy == "backward":
        return ("error", "backward_fill", "fills a hole with the next value, from the future")
    if strategy in ("mean", "min", "max"):
        return ("error", "whole_column", f"fills with the {strategy} of the whole column")
    return None


def _over(node: Node) -> Verdict:
    if any(part.kind.startswith("TemporalExpr") for key in node.inputs[1:] for part in key.walk()):
        return (
            "error",
            "partition_by_date",
            "is computed over a whole day or period, whose end is still to come",
        )
    return (
        "error",
        "nested_window",
        'is a window inside the one the platform adds (.over("instrument") in signals, '
        '.over("ts") in allocate); nested windows come out silently wrong, so leave it out',
    )


def _unknown() -> Verdict:
    return (
        "warning",
        "unknown_node",
        "is not on the list of what is known to read the past only; the dynamic tests must show it",
    )
