"""Targets that depend on the order of two operands alone, read from the expression.

A crossing of averages is the commonest of strategies: everything it compares are the same two
operands, so it says one of three numbers: while the first is above, below, or equal. The tree is
evaluated under each of the three orders; what cannot be read so is no crossing, and that is no
error: it is evaluated row by row, with the same answers.
"""

import json
import math
from dataclasses import dataclass

import polars as pl

from sluice.strategy.exact import mean_window
from sluice.strategy.tree import COMPARISONS, Json, Node

_TRUE_WHEN = {  # comparison → the orders of left against right in which it holds
    "Gt": (1,),
    "GtEq": (0, 1),
    "Lt": (-1,),
    "LtEq": (-1, 0),
    "Eq": (0,),
    "NotEq": (-1, 1),
}
_NUMBERS = ("Float64", "Float32", "Int64", "Int32", "Int16", "Int8")
Known = float | bool | None


@dataclass(frozen=True, slots=True)
class Operand:
    """One side of a crossing: its expression, its key, and its window if it is a mean of closes."""

    expr: pl.Expr
    key: str
    window: int | None


@dataclass(frozen=True, slots=True)
class Crossing:
    """Two operands, and the targets while the first is below, equal to, above the second.

    NaN keeps the target that is.
    """

    first: Operand
    second: Operand
    targets: tuple[float, float, float]


class _NoCrossingError(Exception):
    """A part whose value does not follow from the order of the two operands."""


def crossing_of(tree: Node) -> Crossing | None:
    """The crossing that `tree` is, or None where it is anything else."""
    sides = _sides(tree)
    if sides is None:
        return None
    try:
        targets = tuple(_number(_value(tree, order, sides[0].raw)) for order in (-1, 0, 1))
    except _NoCrossingError:
        return None
    first, second = (_operand(side) for side in sides)
    if first is None or second is None:
        return None
    below, equal, above = targets
    return Crossing(first, second, (below, equal, above))


def _sides(tree: Node) -> tuple[Node, Node] | None:
    """The two operands of every comparison of the tree; None where there are others."""
    found: tuple[Node, Node] | None = None
    for node in tree.walk():
        if node.kind.removeprefix("Binary.") not in COMPARISONS:
            continue
        left, right = node.inputs
        if found is None:
            found = (left, right)
        same = (left.raw, right.raw) == (found[0].raw, found[1].raw)
        if not same and (right.raw, left.raw) != (found[0].raw, found[1].raw):
            return None
    if found is None or found[0].raw == found[1].raw:
        return None
    held = [n.kind.removeprefix("Binary.") in COMPARISONS for side in found for n in side.walk()]
    return None if any(held) else found


def _operand(node: Node) -> Operand | None:
    expr = node.expr()
    if expr is None or not any(part.kind == "column" for part in node.walk()):
        return None
    of_closes = node.inputs and node.inputs[0].options.get("name") == "close"
    return Operand(expr, _key(node), mean_window(node) if of_closes else None)


def _key(node: Node) -> str:
    return json.dumps(node.raw, sort_keys=True)


def _number(value: Known) -> float:
    if value is None:
        return math.nan
    number = float(value)
    if not math.isfinite(number):
        raise _NoCrossingError
    return number


def _value(node: Node, order: int, first: Json) -> Known:  # noqa: PLR0911 — one table of shapes
    """What `node` is on a row where the first operand stands in `order` to the second."""
    name = node.kind.removeprefix("Binary.")
    if name in _TRUE_WHEN:
        turned = order if node.inputs[0].raw == first else -order
        return turned in _TRUE_WHEN[name]
    if node.kind == "literal":
        return _literal(node)
    match node.kind, [_value(part, order, first) for part in node.inputs]:
        case "Alias", [value]:
            return value
        case "Cast", [value] if _dtype(node) in _NUMBERS:
            return None if value is None else float(value)
        case "Ternary", [predicate, truthy, falsy]:
            return truthy if _bool(predicate) else falsy
        case "FillNull", [value, instead]:
            return instead if value is None else value
        case "Boolean.Not", [value]:
            known = _bool(value)
            return None if known is None else not known
        case "Negate", [float() as value]:
            return -value
        case "Binary.And" | "Binary.LogicalAnd", [left, right]:
            return _both(_bool(left), _bool(right))
        case "Binary.Or" | "Binary.LogicalOr", [left, right]:
            either = _both(_inverse(_bool(left)), _inverse(_bool(right)))
            return _inverse(either)
        case _:
            raise _NoCrossingError


def _literal(node: Node) -> Known:
    value = node.options.get("value")
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return float(value)
    raise _NoCrossingError


def _dtype(node: Node) -> str:
    dtype = node.options.get("dtype", "")
    return str(dtype.get("Literal", "")) if isinstance(dtype, dict) else str(dtype)


def _bool(value: Known) -> bool | None:
    if isinstance(value, float):
        raise _NoCrossingError
    return value


def _inverse(value: bool | None) -> bool | None:
    return None if value is None else not value


def _both(left: bool | None, right: bool | None) -> bool | None:
    if left is False or right is False:
        return False
    return None if left is None or right is None else True
