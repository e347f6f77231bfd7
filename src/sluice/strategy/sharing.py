"""Windows that an expression names several times are computed once.

Polars does not share common parts inside `when`, and a z-score used for entry, exit and both sides
holds its four windows many times over. The parts are hoisted into columns, level by level, under
the same partition; every value is the same bit for bit, which a test holds.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import StringIO
from typing import Any, TypeAlias

import polars as pl
from polars.exceptions import PolarsError

from sluice.strategy.reach_ahead import ALONG, is_elementwise
from sluice.strategy.tree import Node, read, read_text

Json: TypeAlias = Any

# Only through these is it certain that a part means the same outside as inside.
_OPEN = frozenset({"Function", "Ternary", "BinaryExpr", "Cast"})
_WINDOWED = ("Rolling.", "Ewm", "Shift", "Diff", "PctChange", "Cum", "FillNullWithStrategy")


@dataclass(frozen=True, slots=True)
class Shared:
    """Expressions rewritten over columns that must be added first, in this order of levels."""

    exprs: tuple[pl.Expr, ...]
    levels: tuple[tuple[pl.Expr, ...], ...] = ()


def share(exprs: Sequence[pl.Expr]) -> Shared:
    """`exprs` with their repeated windows hoisted; unchanged where a Python function is inside."""
    try:
        texts = tuple(expr.meta.serialize(format="json") for expr in exprs)
    except PolarsError:
        return Shared(tuple(exprs))
    return _shared(texts) or Shared(tuple(exprs))


@lru_cache(maxsize=64)
def _shared(texts: tuple[str, ...]) -> Shared | None:
    """The rewritten expressions, None where nothing is repeated; the same at every cut of a run."""
    trees = [read_text(text) for text in texts]
    counts: Counter[str] = Counter()
    nodes: dict[str, Node] = {}
    for node in (node for tree in trees for node in _open_nodes(tree)):
        key = _key(node.raw)
        counts[key] += 1
        nodes[key] = node
    hoist = {key for key, count in counts.items() if count > 1 and _worth_it(nodes[key])}
    if not hoist:
        return None
    writer = _Writer(hoist)
    rewritten = tuple(_expr(writer.rewrite(tree.raw)[0]) for tree in trees)
    return Shared(rewritten, tuple(map(tuple, writer.levels)))


def within(expr: pl.Expr, key: str) -> pl.Expr:
    """`expr` partitioned by `key`; as it is where every row stands for itself."""
    if all(is_elementwise(node) for node in read(expr).walk()):
        return expr
    return expr.over(key)


class _Writer:
    """Rewrites expressions, collecting the hoisted columns by the level they can be computed at."""

    def __init__(self, hoist: set[str]) -> None:
        self.hoist = hoist
        self.levels: list[list[pl.Expr]] = []
        self.names: dict[str, tuple[str, int]] = {}

    def rewrite(self, raw: Json) -> tuple[Json, int]:
        """The expression over hoisted columns, and how many levels must be there before it."""
        if not _is_open(raw):
            return raw, 0
        key = _key(raw)
        if key not in self.hoist:
            return self._inside(raw)
        if key not in self.names:
            body, level = self._inside(raw)
            name = f"shared {len(self.names)}"
            self.names[key] = (name, level + 1)
            while len(self.levels) <= level:
                self.levels.append([])
            self.levels[level].append(_expr(body).alias(name))
        name, level = self.names[key]
        return {"Column": name}, level

    def _inside(self, raw: Json) -> tuple[Json, int]:
        ((kind, body),) = raw.items()
        changed, deepest = dict(body), 0
        for part in ("input", "left", "right", "predicate", "truthy", "falsy", "expr"):
            if part not in body:
                continue
            if isinstance(body[part], list):
                pairs = [self.rewrite(argument) for argument in body[part]]
                changed[part] = [argument for argument, _ in pairs]
                deepest = max([deepest, *(level for _, level in pairs)])
            else:
                changed[part], level = self.rewrite(body[part])
                deepest = max(deepest, level)
        return {kind: changed}, deepest


def _open_nodes(node: Node) -> list[Node]:
    """The nodes reached from the root through kinds that may be opened."""
    if not _is_open(node.raw):
        return []
    return [node, *(found for child in node.inputs for found in _open_nodes(child))]


def _worth_it(node: Node) -> bool:
    parts = list(node.walk())
    return (
        any(part.kind.startswith(_WINDOWED) for part in parts)
        and any(part.kind == "column" for part in parts)
        and all(ALONG(part) is None for part in parts)
    )


def _is_open(raw: Json) -> bool:
    return isinstance(raw, dict) and len(raw) == 1 and next(iter(raw)) in _OPEN


def _key(raw: Json) -> str:
    return json.dumps(raw, sort_keys=True)


def _expr(raw: Json) -> pl.Expr:
    return pl.Expr.deserialize(StringIO(json.dumps(raw)), format="json")
