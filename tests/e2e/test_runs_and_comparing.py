"""`sluice runs`, `compare` and `doctor`: words, JSON, exit codes, an unchanged home."""

import json
import os
import time

import pytest

import sluice
from door import refused, rows, store
from door import sluice as command
from sluice.domain.errors import MissingData, UsageError
from sluice.strategy.library.bollinger_reversion import BollingerReversion
from sluice.strategy.library.ema_cross import EmaCross


@pytest.fixture(scope="module")
def two_runs(tmp_path_factory):
    """A home with two recorded runs of ema_cross on a hundred simulated days."""
    home = tmp_path_factory.mktemp("runs")
    assert command(home, "data", "simulate", "--days", 100, "--name", "sim").code == 0
    for fast in (6, 12):
        words = ("backtest", "--strategy", "ema_cross", "--data", "sim", "--param", f"fast={fast}")
        assert command(home, *words).code == 0
    return home


def said(done):
    assert done.code == 0, done.err
    return json.loads(done.out)


def test_runs_are_listed_newest_first_and_narrowed(two_runs):
    listed = said(command(two_runs, "runs", "list", "--json"))["runs"]
    assert [run["run_id"] for run in listed] == [2, 1]
    assert said(command(two_runs, "runs", "list", "--limit", 1, "--json"))["runs"] == listed[:1]
    none = said(command(two_runs, "runs", "list", "--strategy", "cross_momentum", "--json"))
    assert none["runs"] == []


def test_a_run_is_found_by_number_as_latest_and_by_its_digest(two_runs):
    latest = said(command(two_runs, "runs", "show", "latest", "--json"))
    assert latest["run_id"] == 2
    assert latest["params"]["fast"] == 12
    by_digest = said(command(two_runs, "runs", "show", latest["result_digest"][:8], "--json"))
    assert by_digest["run_id"] == 2
    assert "sharpe" in command(two_runs, "runs", "show", "#1").out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("show", "99"), "there is no run 99"),
        (("show", "zz"), "names no run"),
        (("show", "abcdef123"), "no run has a result digest"),
        (("hide", "99"), "there is no run 99"),
        (("list", "--limit", "0"), "--limit 0"),
        (("show", "9" * 30), "no run has a result digest"),
    ],
    ids=["number", "word", "digest", "hide", "limit", "huge"],
)
def test_a_run_that_is_not_there_is_said_so(two_runs, words, expected):
    before = store(two_runs)
    refused(command(two_runs, "runs", *words), expected)
    assert store(two_runs) == before


def test_two_runs_are_compared_in_a_table_in_json_and_on_a_page(two_runs, tmp_path):
    page = tmp_path / "compared.html"
    done = said(command(two_runs, "compare", 1, 2, "--out", page, "--json"))
    assert done["differences"]["param.fast"] == ["6", "12"]
    assert "data.digest" not in done["differences"]
    assert done["correlation"][0][0] == pytest.approx(1.0)
    assert -1 <= done["correlation"][0][1] < 1
    text = page.read_text()
    assert "param.fast" in text
    assert "http:" not in text.split("<script", maxsplit=1)[0]
    table = command(two_runs, "compare", 1, 2, "--out", page)
    assert "sharpe" in table.out
    assert "ema_cross #1" in table.out


def test_comparing_needs_two_different_runs(two_runs):
    before = store(two_runs)
    refused(command(two_runs, "compare", 1), "needs two runs")
    refused(command(two_runs, "compare", 1, 1), "named twice")
    refused(command(two_runs, "compare", 1, 7), "there is no run 7")
    assert store(two_runs) == before


def test_a_hidden_run_leaves_the_list_and_still_counts(tmp_path):
    assert command(tmp_path, "data", "simulate", "--days", 40, "--name", "sim").code == 0
    words = ("backtest", "--strategy", "ema_cross", "--data", "sim")
    assert command(tmp_path, *words).code == 0
    assert command(tmp_path, "runs", "hide", 1).code == 0
    assert said(command(tmp_path, "runs", "list", "--json"))["runs"] == []
    hidden = said(command(tmp_path, "runs", "list", "--hidden", "--json"))["runs"]
    assert [run["hidden"] for run in hidden] == [True]
    assert len(rows(tmp_path)) == 1


def test_results_at_hand_are_compared_with_recorded_ones(tide_home, tide_files):
    data = tide_files
    first = sluice.backtest(EmaCross(), data=data)
    second = sluice.backtest(BollingerReversion(), data=data)
    found = sluice.compare(first, second, 1)
    assert [side.strategy for side in found.sides] == [
        "ema_cross",
        "bollinger_reversion",
        "ema_cross",
    ]
    sharpe = found.figures.filter(found.figures["figure"] == "sharpe").row(0)
    assert sharpe[1] == pytest.approx(first.stats["sharpe"])
    assert sharpe[1] == sharpe[3]
    assert found.correlation[0, 2] == pytest.approx(1.0)
    assert "Sharpe" in found._repr_html_()
    assert found.report(tide_home / "page.html").stat().st_size > 1_000_000
    with pytest.raises(MissingData, match="no run 99"):
        sluice.compare(first, 99)
    with pytest.raises(UsageError, match="is no run"):
        sluice.compare(first, "2")
    with pytest.raises(UsageError, match="labels"):
        sluice.compare(first, second, labels=("one",))


def test_the_doctor_finds_a_well_installation_well(tmp_path):
    done = command(tmp_path / "home", "doctor", "--json")
    report = json.loads(done.out)
    named = {finding["name"]: finding for finding in report["findings"]}
    for name in ("python", "libraries", "configuration", "home", "disk", "clock", "registry"):
        assert named[name]["state"] == "ok", named[name]
    assert done.code == (0 if report["well"] else 2)
    assert not (tmp_path / "home").exists()


def test_the_doctor_names_a_home_that_is_a_file_and_a_clock_that_went_back(tmp_path, two_runs):
    home = tmp_path / "home"
    home.write_text("not a folder")
    done = command(home, "doctor")
    assert done.code == 2
    assert "is a file" in done.out
    assert "SLUICE_HOME" in done.out


def test_the_doctor_names_settings_that_are_wrong(tmp_path):
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "base.toml").write_text("[account]\ncash = -1\n")
    done = command(tmp_path, "doctor", "--json")
    named = {finding["name"]: finding for finding in json.loads(done.out)["findings"]}
    assert done.code == 2
    assert named["configuration"]["state"] == "broken"
    assert "account.cash" in named["configuration"]["seen"]


def test_the_doctor_says_what_an_optional_part_lacks_and_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    done = command(tmp_path / "home", "doctor", "--json", PATH=str(tmp_path))
    named = {finding["name"]: finding for finding in json.loads(done.out)["findings"]}
    assert named["browser"]["state"] == "missing"
    assert "apt-get install chromium" in named["browser"]["remedy"]
    assert named["browser"]["required"] is False


def test_the_doctor_notices_a_record_from_tomorrow(tmp_path):
    assert command(tmp_path, "data", "simulate", "--days", 40, "--name", "sim").code == 0
    assert command(tmp_path, "backtest", "--strategy", "ema_cross", "--data", "sim").code == 0
    os.utime(tmp_path, (time.time(), time.time()))
    from fakes.runs import a_run
    from sluice.adapters.storage.registry import SqlRunStore, sqlite_url

    tomorrow = time.time_ns() + 86_400 * 10**9
    with SqlRunStore.open(sqlite_url(tmp_path / "registry.db"), busy_timeout_ns=10**9) as registry:
        registry.record(a_run(created_ns=tomorrow))
    done = command(tmp_path, "doctor", "--json")
    named = {finding["name"]: finding for finding in json.loads(done.out)["findings"]}
    assert named["clock"]["state"] == "broken"
