"""Faults of the machine under a run: full disks, damaged registries, kills, four runs at once.

After each the home holds what it held before, whole, and the next run goes on from there.
"""

import resource
import shutil
import signal
import sqlite3
import subprocess
import time
from contextlib import closing

import pytest

import door
from sluice.domain.errors import DiskFull
from sluice.operations import judge
from sluice.operations.request import JudgeRequest
from small_disk import fill, mounted

RUN = ("--strategy", "ema_cross", "--data", "tides")


@pytest.fixture
def home(tide_home, tmp_path):
    """A home of this test alone, with the market of tides."""
    return shutil.copytree(tide_home, tmp_path / "home")


def files_of_at_most(size):
    """What the child does first: no file it writes may grow beyond `size` bytes."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def left_behind(folder):
    """Everything below a folder but what a registry and locks leave, temporary files too."""
    return [
        path.name
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".lock" and not path.name.startswith("registry.db")
    ]


@pytest.mark.parametrize("gate", [(), ("--mode", "research")])
def test_no_room_for_the_report_leaves_no_run_and_no_part_of_a_report(home, tmp_path, gate):
    before, reports = door.store(home), tmp_path / "reports"
    words = (*RUN, *gate, "--report", reports / "one.html")
    done = door.backtest(home, *words, limit=files_of_at_most(200_000))
    door.refused(done, "no space left for the report", "Free some space")
    assert door.store(home) == before
    assert left_behind(reports) == []
    assert door.backtest(home, *words).code in {0, 1}
    assert len(door.rows(home)) == 1


def test_a_report_that_stood_there_survives_a_full_disk(home, tmp_path):
    report = tmp_path / "one.html"
    report.write_text("the last one")
    done = door.backtest(home, *RUN, "--report", report, limit=files_of_at_most(200_000))
    door.refused(done, "no space left")
    assert report.read_text() == "the last one"


def test_no_room_for_the_registry_leaves_no_report(home, tmp_path):
    report = tmp_path / "one.html"
    done = door.backtest(home, *RUN, "--report", report, limit=files_of_at_most(4096))
    door.refused(done, "registry.db")
    assert not report.exists()
    assert door.rows(home) == []
    assert door.backtest(home, *RUN, "--report", report).code == 0
    assert len(door.rows(home)) == 1


def test_no_room_for_an_import_leaves_the_catalog_as_it_was(home, tide_files):
    before = door.store(home)
    words = ("data", "import", tide_files, "--name", "more")
    done = door.sluice(home, *words, limit=files_of_at_most(30_000))
    door.refused(done, "no space is left", "Free space")
    assert door.store(home) == before
    assert door.sluice(home, *words).code == 0


@pytest.fixture
def small_disk(tmp_path):
    """A disk of one megabyte, where this user may mount one."""
    with mounted(tmp_path / "small", "1m") as folder:
        yield folder


def test_a_disk_too_small_for_a_data_set_keeps_nothing_of_it(small_disk, tide_files):
    fill(small_disk)
    (small_disk / "filler").open("r+b").truncate(900_000)
    done = door.sluice(small_disk, "data", "import", tide_files)
    door.refused(done, "no space is left")
    assert left_behind(small_disk) == ["filler"]


def test_a_disk_too_small_for_the_report_keeps_nothing_of_it(home, small_disk):
    before = door.store(home)
    done = door.backtest(home, *RUN, "--report", small_disk / "one.html")
    door.refused(done, "no space left for the report")
    assert door.store(home) == before
    assert left_behind(small_disk) == []


def test_a_full_disk_under_the_registry_leaves_no_report_and_mends_when_there_is_room(
    home, small_disk, tmp_path
):
    config = home / "config"
    config.mkdir()
    url = f"sqlite:///{small_disk / 'registry.db'}"
    (config / "base.toml").write_text(f'[registry]\nurl = "{url}"\n')
    report = tmp_path / "one.html"
    assert door.backtest(home, *RUN, "--report", report).code == 0
    report.unlink()
    fill(small_disk)
    done = door.backtest(home, *RUN, "--report", report)
    door.refused(done, "the disk is full", "nothing was written")
    assert not report.exists()
    (small_disk / "filler").unlink()
    assert door.backtest(home, *RUN, "--report", report).code == 0
    assert len(door.rows(small_disk)) == 2


def test_a_home_that_may_not_be_written_is_told_and_left_as_it_is(
    tide_home, small_disk, tide_files, tmp_path
):
    home = shutil.copytree(tide_home, small_disk / "home")
    before, report = door.store(home), tmp_path / "one.html"
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True, timeout=20)
    door.refused(door.backtest(home, *RUN, "--report", report), "registry.db")
    done = door.sluice(home, "data", "import", tide_files, "--name", "more")
    door.refused(done, "Read-only file system")
    assert door.store(home) == before
    assert not report.exists()


def test_a_report_is_taken_back_where_its_run_could_not_be_recorded(home, tmp_path, monkeypatch):
    def full(*_):
        raise DiskFull("the disk is full: nothing was written")

    monkeypatch.setenv("SLUICE_HOME", str(home))
    monkeypatch.setattr(judge, "recorded", full)
    before = door.store(home)
    with pytest.raises(DiskFull):
        judge.run(JudgeRequest("ema_cross", data="tides"))
    assert door.store(home) == before
    kept = tmp_path / "kept.html"
    kept.write_text("of the user")
    with pytest.raises(DiskFull):
        judge.run(JudgeRequest("ema_cross", data="tides", report=kept))
    assert kept.exists()


def recorded_once(home):
    done = door.backtest(home, *RUN)
    assert done.code == 0, done.err
    with closing(sqlite3.connect(home / "registry.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return home / "registry.db"


def test_a_damaged_registry_is_named_and_left_as_it_is(home, tmp_path):
    path = recorded_once(home)
    content = bytearray(path.read_bytes())
    content[:200] = b"\xff" * 200
    path.write_bytes(content)
    report = tmp_path / "one.html"
    done = door.backtest(home, *RUN, "--report", report)
    door.refused(done, "registry.db is damaged")
    assert path.read_bytes() == content
    assert not report.exists()


def test_a_registry_of_a_newer_sluice_is_left_as_it_is(home, tmp_path):
    path = recorded_once(home)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    before, report = door.rows(home), tmp_path / "one.html"
    done = door.backtest(home, *RUN, "--report", report)
    door.refused(done, "newer sluice", "update sluice")
    assert door.rows(home) == before
    assert not report.exists()


SLOW = """
from pathlib import Path
from sluice import Strategy

class Slow(Strategy):
    def on_bar(self, ctx, bar):
        Path({marker!r}).touch()
        sum(range(300_000))
"""


def test_a_killed_run_leaves_a_home_that_the_next_run_goes_on_with(home, tmp_path):
    marker, strategy = tmp_path / "running", tmp_path / "slow.py"
    strategy.write_text(SLOW.format(marker=str(marker)))
    recorded_once(home)
    before = door.store(home)
    process = door.started(home, "--strategy", strategy, *RUN[2:], "--validate")
    while not marker.exists() and process.poll() is None:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    assert door.ended(process).code == -signal.SIGKILL
    assert door.store(home) == before
    assert door.backtest(home, *RUN).code == 0
    assert len(door.rows(home)) == 2


def test_four_runs_at_once_on_a_new_registry_are_all_recorded(home):
    running = [door.started(home, *RUN, "--json", "--seed", seed) for seed in range(4)]
    for done in [door.ended(process) for process in running]:
        assert done.code == 0, done.err
    rows = door.rows(home)
    assert [row[0] for row in rows] == [1, 2, 3, 4]
    assert len(list((home / "reports").glob("*.html"))) == 4
