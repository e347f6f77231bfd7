"""`sluice data` as a user types it: exit codes, words, one JSON object, and an unchanged store."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass

import pytest

from market_bars import HEADER, ROWS
from sluice.cli.main import main

SLUICE = (sys.executable, "-c", "from sluice.cli.main import main; main()")


@dataclass
class Done:
    """What a command left: its words."""

    stdout: str
    stderr: str


@pytest.fixture
def sluice(tmp_path, monkeypatch, capsys):
    """Run the command in this process, in a fresh folder, and hold it to its exit code."""
    monkeypatch.chdir(tmp_path)

    def run(*args, code=0):
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(["data", *map(str, args)])
        done = Done(*capsys.readouterr())
        assert ended.value.code == code, done.stderr + done.stdout
        return done

    return run


@pytest.fixture
def csv(tmp_path):
    def write(rows=ROWS, header=HEADER, name="BTCUSDT-1h.csv"):
        path = tmp_path / name
        path.write_text("\n".join((header, *rows)) + "\n")
        return path

    return write


def store(home):
    data = home / "data"
    return {
        p.relative_to(data).as_posix(): p.read_bytes()
        for p in sorted(data.rglob("*"))
        if p.is_file() and p.suffix != ".lock"
    }


def test_import_list_show_and_quality_of_a_csv(sluice, csv):
    done = sluice("import", csv(), "--name", "mine", "--venue", "BINANCE")
    assert "mine: 4 bars of 1h, 1 instrument" in done.stdout
    assert "tick_size inferred" in done.stdout
    assert "mine" in sluice("list").stdout
    shown = sluice("show", "mine").stdout
    assert "BTCUSDT.BINANCE" in shown
    assert "~0.01" in shown
    assert "0 errors" in sluice("quality", "mine").stdout


def test_json_is_exactly_one_object(sluice, csv):
    imported = json.loads(sluice("import", csv(), "--json").stdout)
    assert imported["schema"] == "sluice.dataset/1"
    assert imported["policy"] == "refuse"
    assert json.loads(sluice("list", "--json").stdout)["datasets"][0]["rows"] == 4
    assert json.loads(sluice("show", "BTCUSDT-1h", "--json").stdout)["digest"]
    assert json.loads(sluice("quality", "BTCUSDT-1h", "--json").stdout)["rows_in"] == 4


def test_the_simulated_market_is_made_once_and_left_as_it_is(sluice, home):
    made = sluice("simulate", "--days", "20", "--seed", "7")
    assert "simulated: 3,840 bars of 1h, 8 instruments" in made.stdout
    before = store(home)
    sluice("simulate", "--days", "20", "--seed", "7")
    assert store(home) == before
    refused = sluice("simulate", "--days", "20", "--seed", "8", code=2)
    assert "add --replace or choose a --name" in refused.stderr
    assert store(home) == before
    sluice("simulate", "--days", "20", "--seed", "8", "--effect", "none", "--replace")
    assert store(home) != before


def test_an_empty_catalog_says_how_to_fill_it(sluice, home):
    assert "The catalog is empty: `sluice data simulate`" in sluice("list").stdout
    assert not (home / "data").exists()


BAD_ROW = "2024-01-01 04:00,103,104,102,-5,3"


def test_a_refused_import_shows_the_report_and_stores_nothing(sluice, csv, home):
    done = sluice("import", csv((*ROWS, BAD_ROW)), code=2)
    assert "the quality report found errors" in done.stderr
    assert "first in row 5 of BTCUSDT-1h.csv" in done.stderr
    assert "--policy quarantine" in done.stderr
    assert done.stdout == ""
    assert not (home / "data").exists()


def test_quarantine_keeps_the_rest_and_records_the_policy(sluice, csv, home):
    path = csv((*ROWS, BAD_ROW))
    info = json.loads(sluice("import", path, "--policy", "quarantine", "--json").stdout)
    assert (info["policy"], info["rows"]) == ("quarantine", 4)
    assert info["quality"]["rows_quarantined"] == 1
    assert (home / "data" / "BTCUSDT-1h" / "quarantine.parquet").is_file()


def test_the_quality_of_a_file_is_judged_without_storing_it(sluice, csv, home):
    done = sluice("quality", csv((*ROWS, BAD_ROW)), code=1)
    assert "non_positive" in done.stdout
    assert "refused" in done.stdout
    assert not (home / "data").exists()


@pytest.mark.parametrize(
    ("rows", "header", "args", "message"),
    [
        (ROWS, "date,open,high,low,price,volume", (), "no column for close"),
        (ROWS, "date,open,open,low,close,volume", (), "names the column open twice"),
        ((), HEADER, (), "but no rows"),
        ((*ROWS, "2024-01-01 04:00,1,2,x,1,1"), HEADER, (), "'x' in row 5, which is no number"),
        ((*ROWS, "2024-01-01 04:00,nan,2,1,1,1"), HEADER, (), "missing, NaN or infinite"),
        ((*ROWS, "2024-01-01 04:00,1,inf,1,1,1"), HEADER, (), "missing, NaN or infinite"),
        ((*ROWS, ROWS[1]), HEADER, (), "with a stamp that was there before"),
        ((*ROWS, "2023-12-31 20:00,1,1,1,1,1"), HEADER, (), "with a stamp before an earlier row's"),
        ((*ROWS, "2200-01-01 00:00,1,1,1,1,1"), HEADER, (), "with an end in the future"),
        ((*ROWS, "2024-01-01T04:00Z,1,1,1,1,1"), HEADER, (), "mixed time zones"),
        (ROWS, HEADER, ("--every", "5m"), "--every 5m does not match the data"),
        (ROWS, HEADER, ("--every", "soon"), "is not a duration"),
        (ROWS, HEADER, ("--column", "close"), "write field=column"),
        (ROWS, HEADER, ("--tick", "-1"), "write a positive decimal"),
        (ROWS, HEADER, ("--timezone", "Mars"), "no such zone"),
        (ROWS, HEADER, ("--name", "a/b"), "cannot name a data set"),
        (ROWS, HEADER, ("--policy", "repair"), "'repair' is not one of"),
    ],
)
def test_bad_input_is_told_and_the_store_is_unchanged(
    sluice, csv, home, rows, header, args, message
):
    sluice("import", csv(name="GOOD-1h.csv"))
    before = store(home)
    done = sluice("import", csv(rows, header), *args, code=2)
    assert message in " ".join(done.stderr.split())
    assert store(home) == before


def test_what_is_not_there_is_told(sluice, home, tmp_path):
    assert "there is no file or folder" in sluice("import", "nope.csv", code=2).stderr
    (tmp_path / "empty").mkdir()
    assert "holds no table" in sluice("import", "empty", code=2).stderr
    assert "holds no data set nope" in sluice("show", "nope", code=2).stderr
    assert not (home / "data").exists()


def test_an_existing_name_is_replaced_only_on_demand(sluice, csv, home):
    path = csv()
    sluice("import", path)
    before = store(home)
    assert "add --replace" in sluice("import", path, code=2).stderr
    assert store(home) == before
    sluice("import", csv(ROWS[:3]), "--replace")
    assert json.loads(sluice("show", "BTCUSDT-1h", "--json").stdout)["rows"] == 3


def test_ctrl_c_in_an_import_ends_with_130_and_leaves_nothing(csv, home, tmp_path):
    path, pipe = csv(), tmp_path / "instruments-of-mine.toml"
    os.mkfifo(pipe)  # reading it waits for ever: the import is surely under way
    process = subprocess.Popen(
        [*SLUICE, "data", "import", str(path), "--instruments", str(pipe)],
        stderr=subprocess.PIPE,
        text=True,
    )
    end = os.open(pipe, os.O_WRONLY)  # returns when the import has begun to read
    process.send_signal(signal.SIGINT)
    time.sleep(0.2)  # polars' handler restarts the read: the interrupt is raised when it returns
    os.close(end)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "interrupted" in err
    assert not (home / "data").exists()
