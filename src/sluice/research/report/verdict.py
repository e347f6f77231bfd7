"""The verdict in one word, and every check with its value, its threshold and the reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sluice.research.report.formats import NONE, Kind, metric, written
from sluice.research.report.markup import CROSS, TICK, Column, esc, table

GATES = {"1": "Gate 1 · Research", "2": "Gate 2 · Backtest validation"}
CHECKS: dict[str, tuple[str, Kind]] = {
    "hypothesis": ("Hypothesis documented: parts missing", "found"),
    "theoretical_sharpe": ("Theoretical Sharpe, no costs", "ratio"),
    "capacity": ("Capacity", "money"),
    "data_identified": ("Data requirements identified: problems", "found"),
    "data_met": ("Data requirements met: problems", "found"),
    "lookahead": ("Look-ahead", "found"),
    "gate1_passed": ("Gate 1 passed by this code", "count"),
    "sharpe": ("Sharpe after costs", "ratio"),
    "max_drawdown": ("Maximum drawdown", "rate"),
    "win_rate": ("Win rate", "rate"),
    "profit_factor": ("Profit factor", "ratio"),
    "too_short": ("Window long enough", "days"),
    "too_few": ("Enough round trips", "count"),
    "costs_below_floor": ("Costs below the schedule", "found"),
}
SIGNS = {">=": "≥", "<=": "≤", "==": "", "!=": "≠"}


@dataclass(frozen=True)
class Outcome:
    """The verdict in one word, with the color class and a line that says what it means."""

    word: str
    css: Literal["good", "bad", "note"]
    meaning: str


def outcome(verdict: Mapping[str, Any] | None) -> Outcome:
    """PASS, FAIL or EXPLORATORY; NOT JUDGED for a run without a verdict."""
    if verdict is None:
        return Outcome("NOT JUDGED", "note", "A plain run: no gate was asked.")
    if verdict.get("exploratory"):
        return Outcome(
            "EXPLORATORY", "note", "The declared universe or window was narrowed: passes nothing."
        )
    checks = verdict.get("checks", ())
    failed = [c for c in checks if not c["passed"]]
    if verdict.get("passed"):
        return Outcome("PASS", "good", f"All {len(checks)} checks passed.")
    return Outcome("FAIL", "bad", f"{len(failed)} of {len(checks)} checks failed.")


def gate_name(verdict: Mapping[str, Any] | None) -> str:
    """The gate's title; the verdict's own word where it is none of the known numbers."""
    if verdict is None:
        return "Backtest"
    gate = str(verdict.get("gate", ""))
    return GATES.get(gate.lower().removeprefix("gate").strip(" _"), gate)


def checks_table(checks: Sequence[Mapping[str, Any]]) -> str:
    """One row a check: pass or fail in glyph and word, value, threshold, why."""
    columns = [
        Column("Result", number=False),
        Column("Check", number=False),
        Column("Value"),
        Column("Threshold"),
        Column("Why", number=False),
    ]
    return table(columns, (_check(c) for c in checks), css="checks")


def _check(check: Mapping[str, Any]) -> list[str]:
    name = str(check["id"])
    label, kind = CHECKS.get(name, (metric(name).label, metric(name).kind))
    threshold = written(check.get("threshold"), kind)
    if threshold != NONE:
        op = str(check.get("op") or "")
        threshold = f"{SIGNS.get(op, op)} {threshold}".strip()
    return [
        badge(passed=bool(check["passed"])),
        f"{esc(label)} <code>{esc(name)}</code>",
        esc(written(check.get("value"), kind)),
        esc(threshold),
        esc(check.get("reason") or ""),
    ]


def badge(*, passed: bool) -> str:
    """Pass or fail as a glyph and a word, never as a color alone."""
    if passed:
        return f'<span class="badge good">{TICK}pass</span>'
    return f'<span class="badge bad">{CROSS}fail</span>'
