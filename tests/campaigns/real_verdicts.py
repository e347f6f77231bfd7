"""The shipped strategies at Gates 1 and 2 on recorded data, by the public operations.

    python -m tests.campaigns.real_verdicts [--data FOLDER] [--page docs/verdicts.md] [--only NAME]

Imports each data set into a fresh home under the policy "refuse", asks Gate 1 and then Gate 2, and
writes the page. Parameters are the shipped ones; on 5-minute bars every window is 12 times as many
bars, so that it spans the same hours, and on the panel of 24 weights are 0.04, so that all
positions together stay below the equity. Nothing is searched and nothing is left out. Exit code 0
whatever the verdicts are: most strategies fail, and that is the finding.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sluice.operations.data import ImportRequest, import_data
from sluice.operations.judge import run
from sluice.operations.request import Gate, JudgeRequest
from sluice.runtime.build import clock, open_catalog

REPOSITORY = Path(__file__).resolve().parents[2]
HOURLY, MINUTES, POUND = "crypto-spot-1h-2017-2024", "crypto-spot-5m-2024", "fx-5m-gbpusd-2017"
GATES: tuple[Gate, Gate] = ("research", "validate")


@dataclass(frozen=True)
class Case:
    """One strategy on one data set; `params` as typed after --param."""

    dataset: str
    strategy: str
    params: tuple[str, ...] = ()


CASES = (
    Case(HOURLY, "ema_cross"),
    Case(HOURLY, "bollinger_reversion"),
    Case(POUND, "ema_cross", ("fast=144", "slow=576")),
    Case(POUND, "bollinger_reversion", ("n=576",)),
    Case(MINUTES, "ema_cross", ("fast=144", "slow=576", "weight=0.04")),
    Case(MINUTES, "bollinger_reversion", ("n=576", "weight=0.04")),
    Case(MINUTES, "cross_momentum", ("lookback=8640", "skip=288")),
)


def import_all(folder: Path, names: set[str]) -> dict[str, int]:
    """Put the data sets into the catalog of this home; the number of bars of each."""
    rows = {}
    for name in sorted(names):
        started = time.monotonic()
        request = ImportRequest(folder / name, name=name, policy="refuse")
        rows[name] = import_data(request, open_catalog(), clock().now_ns()).rows
        _say(f"imported {name}: {rows[name]} bars, {time.monotonic() - started:.0f} s")
    return rows


def judged(case: Case) -> list[dict[str, Any]]:
    """The verdicts of Gate 1 and Gate 2, as JSON, with the seconds that each took."""
    verdicts = []
    for gate in GATES:
        started = time.monotonic()
        outcome = run(JudgeRequest(case.strategy, case.dataset, params=case.params, gate=gate))
        assert outcome.verdict is not None
        seconds = time.monotonic() - started
        verdict: dict[str, Any] = json.loads(json.dumps(outcome.verdict.to_json()))
        verdicts.append(verdict | {"seconds": seconds, "params": " ".join(case.params)})
        failed = [check["id"] for check in verdict["checks"] if not check["passed"]]
        _say(f"{case.strategy} on {case.dataset}, {gate}: failed {failed}, {seconds:.0f} s")
    return verdicts


def page(rows: dict[str, int], verdicts: list[dict[str, Any]], commit: str) -> str:
    """The text of docs/verdicts.md."""
    day = datetime.fromtimestamp(clock().now_ns() / 1e9, UTC).date().isoformat()
    return (
        (Path(__file__).parent / "verdicts.template.md")
        .read_text(encoding="utf-8")
        .format(
            day=day,
            commit=commit,
            passed=sum(verdict["passed"] for verdict in verdicts) or "None",
            judged=len(verdicts),
            data="\n".join(_data_row(name, count, verdicts) for name, count in rows.items()),
            verdicts="\n".join(_verdict_row(day, verdict) for verdict in verdicts),
            why="\n\n".join(_why(verdict) for verdict in verdicts),
        )
    )


def _data_row(name: str, count: int, verdicts: list[dict[str, Any]]) -> str:
    used = (verdict["manifest"]["data"] for verdict in verdicts)
    data = next(data for data in used if data["name"] == name)
    start, end = (
        datetime.fromtimestamp(data[edge] / 1e9, UTC).strftime("%Y-%m-%d %H:%M")
        for edge in ("start_ns", "end_ns")
    )
    symbols, every, digest = len(data["symbols"]), data["every"], data["digest"]
    return f"| {name} | {symbols} | {count:,} | {every} | {start} | {end} | `{digest}` |"


def _verdict_row(day: str, verdict: dict[str, Any]) -> str:
    figures, data = verdict["metrics"], verdict["manifest"]["data"]
    sharpe = _number(figures["sharpe"])
    if verdict["gate"] == 1:
        sharpe += f" ({_number(figures['net_sharpe'])})"
    failed = [f"`{check['id']}`" for check in verdict["checks"] if not check["passed"]]
    capacity = figures.get("capacity")
    cells = (
        day,
        data["name"],
        f"`{data['digest'][:12]}`",
        " ".join(filter(None, (verdict["strategy"], verdict["params"]))),
        verdict["gate"],
        "passed" if verdict["passed"] else "**failed**",
        sharpe,
        _percent(figures["max_drawdown"]),
        _percent(figures["win_rate"]),
        _number(figures["profit_factor"]),
        f"{figures['round_trips']:,.0f}",
        "" if verdict["gate"] == 2 else "none" if capacity is None else f"{capacity:,.0f}",
        ", ".join(failed) or "none",
    )
    return "| " + " | ".join(map(str, cells)) + " |"


def _why(verdict: dict[str, Any]) -> str:
    params = f" ({verdict['params']})" if verdict["params"] else ""
    head = (
        f"**{verdict['strategy']}**{params} on {verdict['manifest']['data']['name']},"
        f" Gate {verdict['gate']}, result `{verdict['result_digest'][:12]}`:\n"
    )
    reasons = [_reason(check) for check in verdict["checks"] if not check["passed"]]
    return "\n".join([head, *(reasons or ["* every check passed"])])


def _reason(check: dict[str, Any]) -> str:
    value = "" if check["op"] == "==" else f" {_number(check['value'])}"
    return f"* `{check['id']}`{value}: {check['reason']}"


def _number(value: Any) -> str:
    if not isinstance(value, int | float):
        return "undefined" if value is None else str(value)
    return f"{value:,.2f}" if abs(value) < 1e4 else f"{value:,.0f}"


def _percent(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.1%}"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> int:
    """Import, judge, write the page."""
    parser = argparse.ArgumentParser(description="the shipped strategies on recorded data")
    parser.add_argument("--data", type=Path, default=REPOSITORY.parent / "shared" / "data")
    parser.add_argument("--page", type=Path, default=REPOSITORY / "docs" / "verdicts.md")
    parser.add_argument("--only", help="one data set, to try; no page is written")
    parser.add_argument("--keep", type=Path, default=REPOSITORY / ".build" / "real-verdicts.json")
    asked = parser.parse_args()
    cases = [case for case in CASES if asked.only in (None, case.dataset)]
    git = ["git", "-C", str(REPOSITORY), "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip()
    with tempfile.TemporaryDirectory(prefix="real-verdicts-") as home:
        os.environ["SLUICE_HOME"] = home
        rows = import_all(asked.data, {case.dataset for case in cases})
        verdicts = [verdict for case in cases for verdict in judged(case)]
    asked.keep.parent.mkdir(parents=True, exist_ok=True)
    asked.keep.write_text(json.dumps({"rows": rows, "verdicts": verdicts}), encoding="utf-8")
    text = page(rows, verdicts, commit or "unknown")
    if asked.only is None:
        asked.page.write_text(text, encoding="utf-8")
        print(f"written: {asked.page}")
    else:
        print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
