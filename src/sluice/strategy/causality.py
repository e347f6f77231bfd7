"""Look-ahead, statically: an expression is walked against an allow-list, and the guilty node named.

Errors are refused in every mode. A warning runs, but is not proof: the gates demand the dynamic
tests (truncation and perturbation), which also judge what no expression says. What the list does
not know is a warning, never silence.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import polars as pl

from sluice.strategy.declaration import Declaration, says
from sluice.strategy.reach_ahead import ACROSS, ALONG, WITHIN, Rules
from sluice.strategy.source_check import check_source
from sluice.strategy.stages import allocation_of, signals_of
from sluice.strategy.tree import PYTHON, SERIES, Node, read
from sluice.strategy.warmup import required


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding of the static check.

    severity: "error" is refused in every mode; "warning" runs and must be tested dynamically.
    node: the guilty node or line, as an author would write it.
    message: what it does and what to do instead.
    rule: stable name of the rule, such as "negative_shift".
    where: "signals", "allocate", "signals_frame", "class", or "file.py:12".
    """

    severity: Literal["error", "warning"]
    node: str
    message: str
    rule: str
    where: str = "signals"


# Looked for in the text of expressions that hold a Python function and cannot be read as a tree.
_OPAQUE_ERRORS = (
    (re.compile(r"\.shift\(\[?(dyn int: )?-"), "negative_shift", "reads rows of the future"),
    (re.compile(r"\.reverse\(\)"), "reverse", "turns the future into the past"),
)


def static_check(strategy: Declaration) -> list[Finding]:
    """Every finding on `strategy`: its expressions, its settings and its source; errors first."""
    cls = type(strategy)
    found: list[Finding] = []
    if says(cls, "signals") and not says(cls, "signals_frame"):
        found.extend(check_expression(signals_of(strategy)))
        if required(strategy) is None:
            found.append(_unbounded())
    if says(cls, "allocate"):
        found.extend(check_expression(allocation_of(strategy), stage="allocate"))
    if cls.fill == "close":
        found.append(_same_bar_fill())
    if says(cls, "signals_frame"):
        found.append(_unread_frame())
    found.extend(Finding(*finding) for finding in check_source(cls))
    return sorted(found, key=lambda finding: finding.severity)


def check_expression(
    expr: pl.Expr, stage: Literal["signals", "allocate"] = "signals"
) -> list[Finding]:
    """The findings on one expression, each guilty node once, in the order of the tree."""
    rules = ALONG if stage == "signals" else ACROSS
    return list(dict.fromkeys(_findings(read(expr), rules, stage)))


def _findings(node: Node, rules: Rules, stage: str) -> Iterator[Finding]:
    if node.kind == PYTHON:
        yield from _opaque(node, stage)
    elif node.kind == SERIES:
        yield Finding(
            "warning",
            node.text,
            "a Series is embedded in the expression; its values do not come from the bars up to "
            "now, and nothing here can tell when they became known",
            "embedded_series",
            stage,
        )
    else:
        verdict = rules(node)
        if verdict is not None:
            severity, rule, what = verdict
            yield Finding(severity, node.text, f"`{node.text}` {what}", rule, stage)
    if node.kind == "At":
        yield from _findings(node.options["coarser"].inner(), ALONG, stage)
    below = WITHIN if node.kind == "Rolling" else rules
    for child in node.inputs:
        yield from _findings(child, below, stage)


def _opaque(node: Node, stage: str) -> Iterator[Finding]:
    for pattern, rule, what in _OPAQUE_ERRORS:
        if pattern.search(node.text):
            yield Finding("error", node.text, f"`{node.text}` {what}", rule, stage)
    if not any(child.kind == PYTHON for child in node.inputs):
        yield Finding(
            "warning",
            node.text,
            f"`{node.text}` calls a Python function; which rows it reads cannot be seen. Write it "
            "as an expression, or let the dynamic tests judge it",
            "python_function",
            stage,
        )


def _unbounded() -> Finding:
    return Finding(
        "warning",
        "signals",
        "the expression depends on the whole past (a cumulation, an unlimited fill or a Python "
        "function), so no warm-up can be derived: set `warmup = <bars>` on the class, or write "
        "the position with hold(), whose null keeps the target",
        "unbounded_warmup",
        "signals",
    )


def _same_bar_fill() -> Finding:
    return Finding(
        "warning",
        'fill = "close"',
        '`fill = "close"` fills orders at the close they were decided on (same-bar fill); it is '
        "for research only, and no gate is passed with it",
        "same_bar_fill",
        "class",
    )


def _unread_frame() -> Finding:
    return Finding(
        "warning",
        "signals_frame",
        "signals_frame is not read statically; it is judged by the dynamic tests alone",
        "signals_frame",
        "signals_frame",
    )
