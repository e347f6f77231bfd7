"""Calendars on the command line: named at import, stored, shown; unknown ones leave no trace."""

import json

import pytest

import door


@pytest.fixture
def spy(tmp_path):
    """A half day and a day of half-hour bars around 4 July 2024, one bar after hours."""
    rows = ["date,open,high,low,close,volume"]
    for day, hours in (("2024-07-03", range(27, 34)), ("2024-07-05", range(27, 41))):
        for half in hours:
            stamp = f"{day} {half // 2:02d}:{half % 2 * 30:02d}"
            rows.append(f"{stamp},100,101,99,100.5,10")
    path = tmp_path / "SPY-30m.csv"
    path.write_text("\n".join(rows) + "\n")
    return path


OPTIONS = ("--asset-class", "equity", "--venue", "ARCX")


def test_bars_are_imported_with_the_calendar_of_their_venue(spy, tmp_path):
    home = tmp_path / "home"
    assert door.sluice(home, "data", "import", spy, "--name", "spy", *OPTIONS).code == 0
    done = door.sluice(home, "data", "quality", "spy", "--json")
    report = json.loads(done.out)
    assert {f["rule"] for f in report["findings"]} == {"extended_hours"}
    assert "calendar guessed: XNYS for SPY" in report["notes"]
    record = json.loads((home / "data" / "spy" / "dataset.json").read_text())
    assert record["instruments"][0]["calendar"] == "XNYS"
    assert "sessions.parquet" in record["beside"]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("NASDAC", ("NASDAQ", "24/5")),
        ("the big board", ("no calendar is called",)),
    ],
)
def test_a_calendar_that_does_not_know_the_exchange_is_refused_and_nothing_is_stored(
    spy, tmp_path, name, says
):
    home = tmp_path / "home"
    done = door.sluice(home, "data", "import", spy, "--name", "spy", "--calendar", name)
    door.refused(done, *says)
    assert not (home / "data" / "spy").exists()


def test_damaged_sessions_are_refused_on_loading(spy, tmp_path):
    home = tmp_path / "home"
    assert door.sluice(home, "data", "import", spy, "--name", "spy", *OPTIONS).code == 0
    path = home / "data" / "spy" / "sessions.parquet"
    path.write_bytes(path.read_bytes()[:-9])
    done = door.sluice(home, "data", "show", "spy")
    door.refused(done, "sessions.parquet of spy is not what was written")
