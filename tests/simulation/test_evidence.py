"""Evidence of Gate 1 holds for this very code, parameters and data, and for ninety days."""

import json
import shutil
from dataclasses import replace
from decimal import Decimal

import pytest

import door
import sluice
from sluice.adapters.storage.registry import SqlRunStore, sqlite_url
from sluice.operations import judge
from sluice.operations.request import JudgeRequest
from sluice.runtime import build
from sluice.strategy.load import load
from tides import STRATEGY

DAY_NS = 86_400 * 10**9
HELPED = STRATEGY.replace("import polars as pl\n", "import polars as pl\nfrom bands import LOW\n")
HELPED = HELPED.replace("z < -self.entry", "z < LOW * self.entry")


@pytest.fixture(scope="module")
def passed(tide_home, tmp_path_factory):
    """A folder with a home in which the strategy beside it has passed Gate 1 at the script's door.

    The strategy imports a module of its author's own.
    """
    folder = tmp_path_factory.mktemp("passed")
    home = shutil.copytree(tide_home, folder / "home")
    (folder / "tide.py").write_text(HELPED)
    (folder / "bands.py").write_text("LOW = -1\n")
    done = door.backtest(home, "--strategy", folder / "tide.py", "--mode", "research")
    assert done.code == 0, done.out + done.err
    assert "--validate" in done.out
    return folder


@pytest.fixture
def own(passed, tmp_path, monkeypatch):
    """A copy of that folder for one test, whose home is this process's."""
    folder = shutil.copytree(passed, tmp_path / "own")
    monkeypatch.setenv("SLUICE_HOME", str(folder / "home"))
    return folder


def judged(folder, gate="validate", **asked):
    return judge.run(JudgeRequest(f"{folder / 'tide.py'}:Tide", gate=gate, **asked)).verdict


def gate1(verdict):
    return next(check for check in verdict.checks if check.id == "gate1_passed")


def test_what_passed_gate_1_is_validated_and_passes(passed, tmp_path):
    folder = shutil.copytree(passed, tmp_path / "own")
    done = door.backtest(folder / "home", "--strategy", folder / "tide.py", "--validate", "--json")
    verdict = json.loads(done.out)
    assert done.code == 0, done.err
    assert verdict["passed"]
    assert len(door.rows(folder / "home")) == 2


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("tide.py", '"""Fades the tide."""', '"""Fades the tides."""'),
        ("tide.py", "exits=z > 0", "exits=z > 0.1"),
        ("tide.py", "n: int = Param(60", "n: int = Param(61"),
        ("tide.py", 'max_gap="12h"', 'max_gap="16h"'),
        ("bands.py", "LOW = -1", "LOW = -1.0"),
    ],
)
def test_an_edit_has_passed_nothing(own, file, old, new):
    text = (own / file).read_text()
    assert old in text
    (own / file).write_text(text.replace(old, new))
    verdict = judged(own)
    assert not gate1(verdict).passed
    assert "--mode research" in gate1(verdict).reason
    assert not verdict.passed


@pytest.mark.parametrize("asked", [{"params": ("n=61",)}, {"data": "tides"}])
def test_another_parameter_or_data_named_by_hand_has_passed_nothing(own, asked):
    assert not gate1(judged(own, **asked)).passed


@pytest.mark.parametrize("asked", [{"seed": 9}, {"cash": Decimal(50_000)}, {"params": ("n=60",)}])
def test_what_is_not_part_of_the_identity_leaves_the_evidence(own, asked):
    assert gate1(judged(own, **asked)).passed


@pytest.mark.parametrize(("days", "good"), [(89, True), (91, False)])
def test_evidence_is_good_for_ninety_days(own, days, good):
    path = own / "home" / "registry.db"
    with SqlRunStore.open(sqlite_url(path), busy_timeout_ns=10**9) as store:
        run = store.get(1)
    for file in path.parent.glob("registry.db*"):
        file.unlink()
    then = build.clock().now_ns() - days * DAY_NS
    with SqlRunStore.open(sqlite_url(path), busy_timeout_ns=10**9) as store:
        store.record(replace(run, run_id=None, created_ns=then))
    assert gate1(judged(own)).passed is good


@pytest.mark.parametrize(
    "asked",
    [{"symbols": ("AAAUSDT", "BBBUSDT")}, {"symbols": ("AAAUSDT",)}, {"start": "2022-01-02"}],
)
def test_a_narrowed_run_passes_nothing_and_is_no_evidence(own, asked):
    for file in (own / "home").glob("registry.db*"):
        file.unlink()
    verdict = judged(own, "research", **asked)
    whole = asked.get("symbols") == ("AAAUSDT", "BBBUSDT")
    assert verdict.exploratory is not whole
    assert verdict.passed is whole
    assert gate1(judged(own)).passed is whole


def test_a_narrowed_run_exits_one_at_the_door_and_names_the_whole_run_next(own):
    words = ("--strategy", own / "tide.py", "--mode", "research", "--to", "2024-01-01")
    done = door.backtest(own / "home", *words)
    assert done.code == 1, done.err
    assert "exploratory" in done.out
    follow = next(line for line in done.out.splitlines() if line.startswith("next"))
    assert "--to" not in follow


@pytest.mark.parametrize(("fees", "passes"), [("0.00001", False), ("0", False), ("0.002", True)])
def test_costs_go_upward_only(own, fees, passes):
    checks = {check.id: check for check in judged(own, fees=Decimal(fees)).checks}
    assert checks["costs_below_floor"].passed is passes
    assert passes or "AAAUSDT.BINANCE" in checks["costs_below_floor"].reason


def test_every_evaluation_is_a_trial_of_its_hypothesis_wherever_it_was_made(own, tmp_path):
    first = judge.run(JudgeRequest(str(own / "tide.py")))
    assert first.result.trials == 2  # Gate 1 was the first
    from_python = sluice.backtest(load(str(own / "tide.py"))(n=70))
    assert from_python.trials == 3
    renamed = tmp_path / "undertow.py"
    renamed.write_text(STRATEGY.replace("Tide", "Undertow").replace("1.5, gt", "1.6, gt"))
    copied = judge.run(JudgeRequest(str(renamed), start="2023-01-01"))
    assert copied.result.trials == 4
    other = judge.run(JudgeRequest("ema_cross", data="tides"))
    assert other.result.trials == 1
    again = sluice.backtest(load(str(own / "tide.py"))())
    assert again.trials == 5
    assert again.digest == first.result.digest


def test_the_tear_sheet_shows_the_count_of_trials(own):
    came = [judge.run(JudgeRequest(str(own / "tide.py"))) for _ in range(2)][-1]
    page = came.report.read_text()
    assert "Trials of this lineage" in page
    shown = page.split("Trials of this lineage")[1][:80]
    assert ">3<" in shown


def test_a_run_that_fails_is_no_trial(own):
    with pytest.raises(sluice.SluiceError):
        judge.run(JudgeRequest(str(own / "tide.py"), params=("n=4",)))
    assert len(door.rows(own / "home")) == 1
