"""A strategy through the door as a user types it: verdicts, digests, exit codes, the record."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sluice.adapters.storage.registry import SqlRunStore, sqlite_url

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "run_backtest.py"
EMA = ("--strategy", "ema_cross", "--data", "simulated")
METRICS = {
    "sharpe",
    "total_return",
    "max_drawdown",
    "win_rate",
    "profit_factor",
    "round_trips",
    "orders",
    "fees",
    "turnover_per_year",
}


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    """A home with a small simulated market in its catalog."""
    root = tmp_path_factory.mktemp("market") / "home"
    command = "from sluice.cli.main import main; main()"
    options = ["data", "simulate", "--days", "60", "--instruments", "2"]
    made = started(root, "-c", command, *options)
    _, complaints = made.communicate(timeout=120)
    assert made.returncode == 0, complaints
    return root


def started(home, *command):
    return subprocess.Popen(
        [sys.executable, *map(str, command)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"SLUICE_HOME": str(home)},
    )


def judged(home, *options):
    """Exit code, standard output and standard error of one run in a fresh process."""
    process = started(home, SCRIPT, *options)
    out, err = process.communicate(timeout=300)
    return process.returncode, out, err


def recorded(home):
    with SqlRunStore.open(sqlite_url(home / "registry.db"), busy_timeout_ns=10**9) as store:
        return store.runs(limit=100, hidden=True)


def test_gate_1_prints_one_object_and_exits_as_it_says(market):
    code, out, _ = judged(market, *EMA, "--mode", "research", "--json")
    verdict = json.loads(out)
    assert verdict["schema"] == "sluice.verdict/1"
    assert verdict["gate"] == 1
    assert [check["id"] for check in verdict["checks"]] == [
        "hypothesis",
        "theoretical_sharpe",
        "capacity",
        "data_identified",
        "data_met",
        "lookahead",
    ]
    assert set(verdict["metrics"]) >= METRICS
    assert verdict["provenance"] == "simulated"
    assert code == (0 if verdict["passed"] else 1)
    assert Path(verdict["report"]).is_file()


def test_gate_2_is_refused_where_gate_1_was_not_passed(market):
    options = ("--validate", "--json", "--param", "fast=13")
    code, out, _ = judged(market, *EMA, *options)
    checks = {check["id"]: check for check in json.loads(out)["checks"]}
    assert code == 1
    assert not checks["gate1_passed"]["passed"]
    assert "--mode research" in checks["gate1_passed"]["reason"]
    assert not checks["too_short"]["passed"]


def test_a_second_run_in_a_fresh_process_gives_the_same_digest(market):
    first, second = (json.loads(judged(market, *EMA, "--json")[1]) for _ in range(2))
    assert first["schema"] == "sluice.backtest/1"
    assert first["result_digest"] == second["result_digest"]
    assert first["manifest"] == second["manifest"]


def test_another_parameter_gives_another_digest(market):
    digests = {
        json.loads(judged(market, *EMA, "--json", "--param", f"fast={fast}")[1])["result_digest"]
        for fast in (8, 9)
    }
    assert len(digests) == 2


def test_a_backtest_that_is_not_judged_shows_its_figures_and_exits_zero(market):
    code, out, _ = judged(market, *EMA)
    assert code == 0
    assert "Sharpe" in out
    assert "next" in out
    assert "PASSED" not in out
    assert "FAILED" not in out


def test_a_narrowed_run_is_exploratory_counts_and_passes_nothing(market):
    before = len(recorded(market))
    code, out, _ = judged(market, *EMA, "--mode", "research", "--json", "--from", "2022-01-20")
    verdict = json.loads(out)
    assert code == 1
    assert verdict["exploratory"]
    assert not verdict["passed"]
    run = recorded(market)[0]
    assert len(recorded(market)) == before + 1
    assert run.exploratory
    assert run.passed is False


def test_costs_below_the_schedule_fail_the_verdict(market):
    _, out, _ = judged(market, *EMA, "--validate", "--json", "--fees", "0")
    checks = {check["id"]: check["passed"] for check in json.loads(out)["checks"]}
    assert not checks["costs_below_floor"]


def test_the_record_holds_what_the_verdict_said(market):
    _, out, _ = judged(market, *EMA, "--mode", "research", "--json", "--seed", "5")
    verdict, run = json.loads(out), recorded(market)[0]
    assert run.kind == "gate1"
    assert run.seed == 5
    assert run.result_digest == verdict["result_digest"]
    assert json.loads(run.checks) == verdict["checks"]
    assert json.loads(run.manifest) == verdict["manifest"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--strategy", "ema_cros"), "ema_cross"),
        (("--strategy", "no/such/file.py:Class"), "no/such/file.py"),
        ((*EMA, "--param", "fast=1000"), "fast"),
        ((*EMA, "--param", "fast=much"), "fast"),
        ((*EMA, "--param", "fats=10"), "fast"),
        (("--strategy", "ema_cross", "--data", "no_such_data"), "no_such_data"),
        ((*EMA, "--symbols", "DOGE"), "DOGE"),
        ((*EMA, "--from", "yesterday"), "--from"),
        ((*EMA, "--from", "2030-01-01"), "spans 2022-01-01"),
    ],
)
def test_what_cannot_be_done_is_two_says_why_and_records_nothing(market, options, words):
    before = recorded(market)
    code, out, err = judged(market, *options, "--mode", "research", "--json")
    assert code == 2, err
    assert words in err
    assert "Traceback" not in err
    assert out == ""
    assert recorded(market) == before


SLOW = """
from pathlib import Path
from sluice import Strategy

class Slow(Strategy):
    def on_bar(self, ctx, bar):
        Path({marker!r}).touch()
        sum(range(300_000))
"""


def test_an_interrupted_run_is_130_and_records_nothing(market, tmp_path):
    marker, strategy = tmp_path / "running", tmp_path / "slow.py"
    strategy.write_text(SLOW.format(marker=str(marker)))
    before = recorded(market)
    process = started(market, SCRIPT, "--strategy", f"{strategy}:Slow", "--data", "simulated")
    for _ in range(600):
        if marker.exists() or process.poll() is not None:
            break
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, complaints = process.communicate(timeout=60)
    assert process.returncode == 130, complaints
    assert "interrupted" in complaints
    assert recorded(market) == before
