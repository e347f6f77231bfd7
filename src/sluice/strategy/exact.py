"""Means of prices by exact integer sums, so that equal averages are equal.

`rolling_mean` adds and takes away floats: its last bits depend on where the data start, and two
averages that are equal may come out as unequal. Prices are decimals, though: counted in a step of
10^-k their sums are whole numbers, and sum / (n · 10^k) is the float nearest to the exact mean. So
every plain mean over a price column is computed, in a backtest, a sweep and a look-ahead test
alike; `ctx.sma` has the same value. Any other mean, and a column that cannot be counted to 1e-10 of
its prices (or has holes), stays with polars, within 1e-9 of the same.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from io import StringIO
from typing import Any, TypeAlias

import polars as pl

from sluice import core
from sluice.strategy.tree import Node, read

Json: TypeAlias = Any

PRICES = ("open", "high", "low", "close")
_WINDOW_MAX = 8192


def mean_window(node: Node) -> int | None:
    """The window of a plain mean over a price column; None for anything else."""
    if node.kind != "Rolling.Mean" or node.inputs[0].kind != "column":
        return None
    options = node.options
    plain = not options.get("center") and options.get("weights") is None
    n = int(options.get("window_size", 0))
    if node.inputs[0].options["name"] not in PRICES or not plain or not 1 <= n <= _WINDOW_MAX:
        return None
    return n if options.get("min_periods", n) == n else None


def exactly(exprs: Sequence[pl.Expr], frame: pl.DataFrame) -> tuple[list[pl.Expr], pl.DataFrame]:
    """`exprs` with every plain mean of a price column replaced by a column of the frame returned.

    `frame` is sorted by (ts, instrument). Where nothing can be replaced both come back as they are.
    """
    trees = [read(expr) for expr in exprs]
    wanted: dict[str, dict[int, Json]] = defaultdict(dict)
    for node in (node for tree in trees for node in tree.walk()):
        n = mean_window(node)
        if n is not None:
            wanted[str(node.inputs[0].options["name"])][n] = node.raw
    columns, names = {}, {}
    for price, means in wanted.items():
        for (n, raw), mean in zip(means.items(), _means(frame, price, list(means)), strict=False):
            name = f"exact {n} {price}"
            columns[name] = mean
            names[_key(raw)] = name
    if not columns:
        return list(exprs), frame
    rewritten = [
        expr if _has_python(tree) else _expr(_rewritten(tree.raw, names))
        for expr, tree in zip(exprs, trees, strict=True)
    ]
    return rewritten, frame.with_columns(**columns)


def _means(frame: pl.DataFrame, price: str, windows: list[int]) -> list[pl.Series]:
    """A column for each window; none where the prices cannot be counted."""
    if price not in frame.columns or "instrument" not in frame.columns:
        return []
    prices, instruments = frame[price], frame["instrument"]
    if prices.dtype != pl.Float64 or prices.null_count() or instruments.null_count():
        return []
    if not isinstance(instruments.dtype, pl.Enum):
        instruments = instruments.cast(pl.String).rank("dense") - 1
    places = instruments.to_physical().cast(pl.UInt32)
    count = int(places.max() or 0) + 1  # type: ignore[arg-type]
    found = core.exact_means(
        prices.rechunk().to_numpy(), places.rechunk().to_numpy(), count, windows
    )
    return [pl.Series(mean, nan_to_null=True) for mean in found or []]


def _has_python(tree: Node) -> bool:
    return any(node.raw is None for node in tree.walk())


def _rewritten(raw: Json, names: dict[str, str]) -> Json:
    if isinstance(raw, list):
        return [_rewritten(part, names) for part in raw]
    if not isinstance(raw, dict):
        return raw
    if "Function" in raw and (name := names.get(_key(raw))) is not None:
        return {"Column": name}
    return {key: _rewritten(part, names) for key, part in raw.items()}


def _key(raw: Json) -> str:
    return json.dumps(raw, sort_keys=True)


def _expr(raw: Json) -> pl.Expr:
    return pl.Expr.deserialize(StringIO(json.dumps(raw)), format="json")
