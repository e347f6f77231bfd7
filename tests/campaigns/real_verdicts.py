"""The shipped strategies at Gates 1 and 2 on recorded data, by the public operations.

    python -m tests.campaigns.real_verdicts [--data FOLDER] [--page docs/verdicts.md] [--only NAME]

Imports each data set into a fresh home under the policy "refuse", asks Gate 1 and then Gate 2, and
writes the page. Parameters are the shipped ones in the units of the data, by rules fixed before any
run: on 5-minute bars a window is 12 times as many bars, so that it spans the same hours; on the 30
days of 1-minute bars 6 times, a tenth of the hours; on days the windows of the literature. Weights
are such that all positions together stay below the equity. Nothing is searched and nothing is left
out. Exit code 0 whatever the verdicts are: most strategies fail, and that is the finding.
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

from sluice.market.importers import ImportOptions
from sluice.operations.data import ImportRequest, import_data
from sluice.operations.judge import run
from sluice.operations.request import Gate, JudgeRequest
from sluice.runtime.build import clock, open_catalog

REPOSITORY = Path(__file__).resolve().parents[2]
HOURLY, MINUTES, POUND = "crypto-spot-1h-2017-2024", "crypto-spot-5m-2024", "fx-5m-gbpusd-2017"
PERPETUALS, SHARES = "crypto-perp-1m-2025", "us-equities-dow30"
PUBLISHED, TWO_COINS = "us-equities-pit-2015-2017", "crypto-spot-5m-2023"
# Where a data set is not the folder of its name.
PATHS = {
    SHARES: "us-equities-daily/dow30_1999_2019.parquet",
    PUBLISHED: "us-equities-pit-2015-2017/prices_2015-03_2016-08.parquet",
}
CALENDARS = {SHARES: "XNYS", PUBLISHED: "XNYS"}
GATES: tuple[Gate, Gate] = ("research", "validate")


@dataclass(frozen=True)
class Case:
    """One strategy on one data set; `params` as typed after --param."""

    dataset: str
    strategy: str
    params: tuple[str, ...] = ()


# Parameters by data set, as the rules of the docstring give them; a strategy that is not named does
# not fit: what ranks needs a panel, a pair two legs that can both be sold short. On the 1.7 million
# bars of the 24 coins four are judged; the trend followers are on the two coins of the year before.
PARAMS = {
    HOURLY: {
        "ema_cross": "",
        "bollinger_reversion": "",
        "time_series_momentum": "",
        "donchian_breakout": "",
        "vol_target_trend": "",
    },
    TWO_COINS: {
        "time_series_momentum": "lookback=8640",
        "donchian_breakout": "n=5760",
        "vol_target_trend": "fast=1152 slow=4608 n=2016 bars_per_year=105120",
    },
    POUND: {
        "ema_cross": "fast=144 slow=576",
        "bollinger_reversion": "n=576",
        "time_series_momentum": "lookback=8640",
        "donchian_breakout": "n=5760",
        "vol_target_trend": "fast=1152 slow=4608 n=2016 bars_per_year=74880",
    },
    PERPETUALS: {
        "ema_cross": "fast=72 slow=288",
        "bollinger_reversion": "n=288",
        "cross_momentum": "lookback=4320 skip=144",
        "time_series_momentum": "lookback=4320",
        "donchian_breakout": "n=2880",
        "cross_reversal": "lookback=144",
        "vol_target_trend": "fast=576 slow=2304 n=1008 bars_per_year=525600",
        "cointegrated_pair": "leg=ETHUSDT-PERP hedge=BTCUSDT-PERP n=2880 patience=1440",
    },
    SHARES: {
        "ema_cross": "weight=0.03",
        "bollinger_reversion": "n=20 weight=0.03",
        "cross_momentum": "lookback=252 skip=21",
        "time_series_momentum": "lookback=252 weight=0.03",
        "donchian_breakout": "n=20 weight=0.03",
        "cross_reversal": "lookback=1",
        "vol_target_trend": "fast=16 slow=64 n=21 bars_per_year=252 annual=0.01",
        "cointegrated_pair": "leg=GS hedge=JPM n=252 patience=126",
    },
    PUBLISHED: {
        "cross_momentum": "lookback=252 skip=21",
        "cross_reversal": "lookback=1",
    },
    MINUTES: {
        "ema_cross": "fast=144 slow=576 weight=0.04",
        "bollinger_reversion": "n=576 weight=0.04",
        "cross_momentum": "lookback=8640 skip=288",
        "cross_reversal": "lookback=288",
    },
}
CASES = tuple(
    Case(dataset, strategy, tuple(params.split()))
    for dataset, cases in PARAMS.items()
    for strategy, params in cases.items()
)


def import_all(folder: Path, names: set[str]) -> dict[str, int]:
    """Put the data sets into the catalog of this home; the number of bars of each."""
    rows = {}
    for name in sorted(names):
        started = time.monotonic()
        options = ImportOptions(calendar=CALENDARS.get(name))
        path = folder / PATHS.get(name, name)
        request = ImportRequest(path, name=name, policy="refuse", options=options)
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


def page(lines: list[dict[str, Any]], left: list[str]) -> str:
    """The text of docs/verdicts.md; `left` are the cases that were not judged in the time given."""
    day = datetime.fromtimestamp(clock().now_ns() / 1e9, UTC).date().isoformat()
    verdicts = [verdict for line in lines for verdict in line["verdicts"]]
    data = {line["verdicts"][0]["manifest"]["data"]["name"]: line for line in lines}
    return (
        (Path(__file__).parent / "verdicts.template.md")
        .read_text(encoding="utf-8")
        .format(
            day=day,
            passed=sum(verdict["passed"] for verdict in verdicts) or "None",
            judged=len(verdicts),
            left="; ".join(left) or "none",
            data="\n".join(_data_row(name, line) for name, line in data.items()),
            verdicts="\n".join(_verdict_row(day, verdict) for verdict in verdicts),
            why="\n\n".join(_why(verdict) for verdict in verdicts),
        )
    )


def _data_row(name: str, line: dict[str, Any]) -> str:
    data = line["verdicts"][0]["manifest"]["data"]
    start, end = (
        datetime.fromtimestamp(data[edge] / 1e9, UTC).strftime("%Y-%m-%d %H:%M")
        for edge in ("start_ns", "end_ns")
    )
    symbols, every, digest = len(data["symbols"]), data["every"], data["digest"]
    cells = (name, symbols, f"{line['rows']:,}", every, start, end, f"`{digest}`", line["commit"])
    return "| " + " | ".join(map(str, cells)) + " |"


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
    parser.add_argument("--only", help="one data set; no page is written")
    parser.add_argument(
        "--keep",
        help="what is judged already; a second call goes on",
        type=Path,
        default=REPOSITORY / ".build" / "real-verdicts.jsonl",
    )
    parser.add_argument("--within", type=float, default=600, help="begin no case after so many s")
    asked = parser.parse_args()
    cases = [case for case in CASES if asked.only in (None, case.dataset)]
    started = time.monotonic()
    asked.keep.parent.mkdir(parents=True, exist_ok=True)
    kept = kept_lines(asked.keep)
    missing = [case for case in cases if key(case) not in kept]
    with tempfile.TemporaryDirectory(prefix="real-verdicts-") as home:
        os.environ["SLUICE_HOME"] = home
        rows: dict[str, int] = {}
        for case in missing:
            if time.monotonic() - started > asked.within:
                break
            if case.dataset not in rows:
                rows |= import_all(asked.data, {case.dataset})
            line = {"rows": rows[case.dataset], "commit": commit(), "verdicts": judged(case)}
            kept[key(case)] = line
            with asked.keep.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"key": key(case), **line}) + "\n")
    if asked.only is None:
        lines = [kept[key(case)] for case in cases if key(case) in kept]
        left = [f"`{key(case)}`" for case in cases if key(case) not in kept]
        asked.page.write_text(page(lines, left), encoding="utf-8")
        print(f"written: {asked.page}")
    return 0


def key(case: Case) -> str:
    """What a case is called in the file of those already judged."""
    return " ".join((case.dataset, case.strategy, *case.params))


def kept_lines(path: Path) -> dict[str, dict[str, Any]]:
    """What earlier calls judged; delete the file to judge all anew."""
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    lines = (json.loads(line) for line in text.splitlines())
    return {line["key"]: line for line in lines}


def commit() -> str:
    """The commit that is checked out."""
    git = ["git", "-C", str(REPOSITORY), "rev-parse", "--short", "HEAD"]
    ran = subprocess.run(git, capture_output=True, text=True, check=False)
    return ran.stdout.strip() or "unknown"


if __name__ == "__main__":
    sys.exit(main())
