"""Where a NaN or an infinity comes from: the deepest node of the tree that makes it."""

import math

import polars as pl

from sluice.domain.errors import SignalError
from sluice.strategy.tree import Node


def refusal(
    node: Node, frame: pl.DataFrame, row: int, value: float, *, what: str, window: str
) -> SignalError:
    """The error for `value` (NaN or ±inf) at `row`, naming instrument, stamp and guilty node.

    Args:
        node: the tree whose value it is.
        frame: what the tree was evaluated on.
        row: position of the value.
        value: the value found.
        what: what the tree is, such as "signals".
        window: the column the platform partitions by, "instrument" or "ts".
    """
    guilty = _deepest(node, frame, row, window)
    instrument, stamp = frame["instrument"][row], frame["ts"][row]
    return SignalError(
        f"{what} gives {value} for {instrument} at {stamp:%Y-%m-%d %H:%M:%S}: "
        f"`{guilty.text}` makes it. Guard the division or the logarithm, as zscore() does, "
        "and say null where there is nothing to say"
    )


def _deepest(node: Node, frame: pl.DataFrame, row: int, window: str) -> Node:
    for child in node.inputs:
        if _broken(child, frame, row, window):
            return _deepest(child, frame, row, window)
    return node


def _broken(node: Node, frame: pl.DataFrame, row: int, window: str) -> bool:
    part = node.expr()
    if part is None or node.kind == "literal":
        return False
    value = frame.with_columns(part.over(window).alias("part"))["part"][row]
    return isinstance(value, float) and not math.isfinite(value)
