"""How a verdict looks on a terminal: its checks as a table, the figures, and what to do next.

Pass and fail are said by a sign and a word, never by color alone.
"""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from sluice.domain.evidence import Check, Value, Verdict
    from sluice.operations.judge import Outcome

_GATES = {1: "Gate 1, research", 2: "Gate 2, backtest validation"}
_PERCENT = {"max_drawdown", "win_rate", "total_return", "cagr", "volatility", "time_in_market"}
_MONEY = {"capacity", "fees", "slippage", "final_equity"}
_COUNTS = {"round_trips", "orders", "fills", "denials", "too_few", "too_short"}
_HEADLINE = (
    ("sharpe", "Sharpe"),
    ("total_return", "return"),
    ("max_drawdown", "drawdown"),
    ("win_rate", "win rate"),
    ("profit_factor", "profit factor"),
    ("round_trips", "round trips"),
    ("orders", "orders"),
    ("fees", "fees"),
    ("turnover_per_year", "turnover/year"),
)


def outcome(came: "Outcome") -> list[RenderableType]:
    """Everything that a run says to a person, one line or table after the other."""
    parts: list[RenderableType] = []
    verdict = came.verdict
    if verdict is not None:
        parts += [_title(verdict), _table(verdict)]
    metrics = came.result.stats if verdict is None else verdict.metrics
    parts.append(_headline(metrics))
    provenance = came.result.manifest.data
    parts.append(
        Text(f"data    {provenance.name} ({provenance.provenance}), every {provenance.every}")
    )
    for warning in () if verdict is None else verdict.warnings:
        parts.append(Text.assemble(("note    ", "yellow"), warning))
    parts.append(Text(f"report  {came.report}"))
    parts.append(Text(f"digest  {came.result.digest}  (run {came.run_id})"))
    if came.next_command:
        parts.append(Text.assemble("next    ", (came.next_command, "bold")))
    return parts


def _title(verdict: "Verdict") -> Text:
    word, style = ("✔ PASSED", "bold green") if verdict.passed else ("✘ FAILED", "bold red")
    gate = _GATES.get(verdict.gate, f"Gate {verdict.gate}")
    return Text.assemble((f"{verdict.strategy}  ", "bold"), f"{gate}: ", (word, style))


def _table(verdict: "Verdict") -> Table:
    table = Table(show_edge=False, pad_edge=False, box=None, header_style="dim")
    table.add_column("check", no_wrap=True)
    table.add_column("value", justify="right", no_wrap=True)
    table.add_column("needs", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("why", overflow="fold")
    for check in verdict.checks:
        table.add_row(
            Text(check.id),
            Text(figure(check.id, check.value)),
            Text(_needs(check)),
            _mark(check),
            Text(check.reason),
        )
    return table


def _mark(check: "Check") -> Text:
    return Text("✔ pass", "green") if check.passed else Text("✘ fail", "bold red")


def _needs(check: "Check") -> str:
    """The threshold with its comparison; "none", "yes" where a count or a fact is asked for."""
    if check.op == "==":
        return "none" if check.threshold == 0 and check.threshold is not False else "yes"
    return f"{check.op} {figure(check.id, check.threshold)}"


def figure(name: str, value: "Value") -> str:
    """A figure as people read it: percent, money, count or two decimals, by its name."""
    if value is None or isinstance(value, str):
        return value or "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not math.isfinite(value):
        return "–" if math.isnan(value) else f"{value:+}".replace("inf", "∞")
    if name in _PERCENT:
        return f"{value:.1%}"
    if name in _MONEY or name in _COUNTS or isinstance(value, int):
        return f"{value:,.0f}"
    return f"{value:.2f}"


def _headline(metrics: Mapping[str, float]) -> Text:
    words = [
        f"{label} {figure(name, metrics[name])}" for name, label in _HEADLINE if name in metrics
    ]
    return Text("\n" + " · ".join(words))
