"""Bad data, bad costs and bad windows at the script's door: exit 2, clear words, the same store."""

import gzip
import shutil
from pathlib import Path

import pytest

import door
from market_bars import HEADER
from tides import STRATEGY, bars_of, store


@pytest.fixture(scope="module")
def home(tide_home, tmp_path_factory):
    """A home with the market of tides and one recorded run; no test of this file may change it."""
    home = shutil.copytree(tide_home, tmp_path_factory.mktemp("bad-input") / "home")
    done = door.backtest(home, "--strategy", "ema_cross", "--data", "tides")
    assert done.code == 0, done.err
    return home


@pytest.fixture
def tide(tmp_path):
    path = tmp_path / "tide.py"
    path.write_text(STRATEGY)
    return f"{path}:Tide"


@pytest.fixture
def refused(home, tmp_path):
    """Run the script; hold it to exit 2, these words, an unchanged store and no report."""

    def run(*words, says, home=home, **environment):
        before, report = door.store(home), tmp_path / "report.html"
        done = door.backtest(home, *words, "--report", report, **environment)
        door.refused(done, *says)
        assert not report.exists()
        assert door.store(home) == before

    return run


def rows(*, change=None, every=4, count=60):
    """Lines of a CSV of sound bars, one of them changed."""
    frame = bars_of(3, count)
    lines = [",".join(map(str, row)) for row in frame.iter_rows()]
    if every != 4:
        lines = [
            f"2022-01-{1 + i * every // 24:02d} {i * every % 24:02d}:00,{line.split(',', 1)[1]}"
            for i, line in enumerate(lines)
        ]
    if change is not None:
        lines = change(lines)
    return lines


def priced(value):
    def change(lines):
        fields = lines[30].split(",")
        fields[4] = value
        return [*lines[:30], ",".join(fields), *lines[31:]]

    return change


def zoned(lines):
    stamp, rest = lines[30].split(",", 1)
    return [*lines[:30], f"{stamp.replace(' ', 'T')}:00+02:00,{rest}", *lines[31:]]


def backwards(lines):
    return [*lines[:30], lines[31], lines[30], *lines[32:]]


@pytest.mark.parametrize(
    ("header", "lines", "says"),
    [
        ("date,open,high,low,price,volume", rows(), ("no column for close", "close=")),
        ("1,2,3,4,5,6", rows(), ("is numbers", "must name the columns")),
        (HEADER, [], ("no rows",)),
        (HEADER, rows(change=priced("nan")), ("missing, NaN or infinite", "row 31")),
        (HEADER, rows(change=priced("inf")), ("missing, NaN or infinite", "row 31")),
        (HEADER, rows(change=priced("")), ("missing, NaN or infinite", "row 31")),
        (HEADER, rows(change=priced("0")), ("row 31", "sluice data import")),
        (HEADER, rows(change=priced("-5")), ("row 31",)),
        (HEADER, rows(change=priced("12,5")), ("AAAUSDT.csv",)),
        (HEADER, rows(change=backwards), ("before an earlier row's", "row 32")),
        (HEADER, rows(change=zoned), ("mixed time zones",)),
    ],
)
def test_a_file_given_as_data_is_refused_with_the_row_and_nothing_is_stored(
    refused, tmp_path, header, lines, says
):
    path = tmp_path / "AAAUSDT.csv"
    path.write_text("\n".join((header, *lines)) + "\n")
    refused("--strategy", "ema_cross", "--data", path, says=says)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.csv", b"", ("empty",)),
        ("noise.parquet", b"PAR1 no parquet", ("noise.parquet",)),
        ("noise.csv.gz", b"no gzip", ("noise.csv.gz",)),
        ("cut.csv.gz", gzip.compress(b"time,open\n" * 9999, mtime=0)[:40], ("cut.csv.gz",)),
        ("bars.xlsx", b"PK", (".csv",)),
        ("binary.csv", bytes(range(256)) * 8, ("binary.csv",)),
    ],
)
def test_a_file_that_is_no_table_is_refused(refused, tmp_path, name, content, says):
    path = tmp_path / name
    path.write_bytes(content)
    refused("--strategy", "ema_cross", "--data", path, says=says)


def test_declared_data_that_is_not_there_names_the_command_that_brings_it(refused):
    refused("--strategy", "ema_cross", says=("no data set holds", "sluice data "))


def test_an_empty_catalog_names_the_command_and_stays_empty(refused, tmp_path):
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    says = ("no data set holds", "`sluice data simulate`", "The catalog is empty")
    refused("--strategy", "bollinger_reversion", "--mode", "research", says=says, home=fresh)
    assert list(fresh.iterdir()) == []


def test_a_declared_interval_that_the_data_cannot_make_says_what_there_is(refused, tmp_path):
    path = tmp_path / "tide.py"
    path.write_text(STRATEGY.replace('every="4h"', 'every="1h"'))
    refused("--strategy", path, says=("at 1h", "tides has bars of 4h", "sluice data import"))


def test_an_interval_said_on_import_that_the_data_does_not_have_stores_nothing(home, tmp_path):
    path = tmp_path / "AAAUSDT.csv"
    path.write_text("\n".join((HEADER, *rows())) + "\n")
    before = door.store(home)
    done = door.sluice(home, "data", "import", path, "--every", "15m", "--name", "new")
    door.refused(done, "--every 15m does not match the data", "4h")
    assert door.store(home) == before


def test_two_data_sets_that_fit_the_declaration_are_listed(
    refused, tide, tide_files, home, tmp_path
):
    two = shutil.copytree(home, tmp_path / "two")
    store(tide_files, two, "tides-again")
    says = ("several data sets hold", "tides", "tides-again", "--data")
    refused("--strategy", tide, "--mode", "research", says=says, home=two)


def test_too_little_history_for_the_warm_up_says_how_much_is_needed(refused, tide, tmp_path):
    path = tmp_path / "AAAUSDT.csv"
    path.write_text("\n".join((HEADER, *rows(count=40))) + "\n")
    says = ("bars before it can speak", "at most 40", "history")
    refused("--strategy", tide, "--data", path, says=says)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ("--from", "2023-06-01", "--to", "2022-06-01"),
            ("--from 2023-06-01", "not before --to 2022-06-01"),
        ),
        (("--from", "2023-06-01", "--to", "2023-06-01"), ("--from",)),
        (("--to", "2021-01-01"), ("spans 2022-01-01",)),
        (("--to", "31.12.2022"), ("--to", "2024-01-31")),
        (("--from", "0001-01-01"), ("--from", "1677", "2262")),
        (("--to", "9999-12-31"), ("--to", "1677", "2262")),
        (("--latency", "99999999d"), ("latency", "365 days")),
        (("--symbols", "AAAUSD"), ("AAAUSDT",)),
        (("--symbols", " , "), ("names no symbol",)),
        (("--fees", "cheap"), ("--fees", "10bp")),
        (("--fees", "-0.001"), ("--fees",)),
        (("--fees", "nan"), ("--fees",)),
        (("--slippage", "2"), ("--slippage",)),
        (("--cash", "0"), ("--cash",)),
        (("--cash", "inf"), ("--cash",)),
        (("--cash", "1e30"), ("cash",)),
        (("--seed", "-1"), ("--seed",)),
        (("--seed", "1.5"), ("--seed",)),
        (("--latency", "soon"), ("--latency",)),
        (("--latency", "-5ms"), ("--latency",)),
        (("--mode", "validate"), ("research",)),
        (("--mode", "research", "--validate"), ("one after the other",)),
        (("--parma", "fast=3"), ("--param",)),
        (("--param", "fast"), ("name=value",)),
        (("--param", "fast=12", "--param", "slow=5"), ("fast must be below slow",)),
        (("--param", "fast=1.5"), ("fast",)),
        (("--param", "fast=nan"), ("fast",)),
    ],
)
def test_an_option_that_cannot_be_is_named(refused, words, says):
    refused("--strategy", "ema_cross", "--data", "tides", *words, says=says)


def test_a_costs_file_with_wrong_keys_and_values_names_all_at_once(refused, tmp_path):
    house = tmp_path / "config"
    house.mkdir()
    (house / "costs.toml").write_text(
        '[crypto_spot.default]\nmakr = "0.001"\ntaker = "-1"\nhalf_spread = "wide"\n'
    )
    says = ("crypto_spot.default.makr: unknown key", "crypto_spot.default.taker", "half_spread")
    words = ("--strategy", "ema_cross", "--data", "tides")
    refused(*words, says=says, SLUICE_CONFIG=str(house))


@pytest.mark.parametrize("words", [(), ("--mode", "research")])
def test_a_report_that_cannot_be_written_leaves_no_run(home, tmp_path, words):
    (tmp_path / "file").write_text("kept")
    before = door.store(home)
    options = ("--strategy", "ema_cross", "--data", "tides", *words)
    done = door.backtest(home, *options, "--report", tmp_path / "file" / "report.html")
    door.refused(done, "report.html cannot be written", "Name a place")
    assert door.store(home) == before
    assert (tmp_path / "file").read_text() == "kept"


def test_a_report_path_that_is_a_folder_is_refused_and_the_folder_kept(home, tmp_path):
    before = door.store(home)
    options = ("--strategy", "ema_cross", "--data", "tides")
    done = door.backtest(home, *options, "--report", tmp_path)
    door.refused(done, "cannot be written")
    assert door.store(home) == before
    assert list(tmp_path.iterdir()) == []


def test_a_home_that_is_a_file_is_told(tmp_path):
    home = tmp_path / "home"
    home.write_text("not a folder")
    for words in (("data", "simulate", "--days", "30"), ("data", "list")):
        done = door.sluice(home, *words)
        assert "Traceback" not in done.err
        assert words[1] == "list" or (done.code == 2 and "home" in done.err)
    done = door.backtest(home, "--strategy", "ema_cross")
    assert done.code == 2
    assert home.read_text() == "not a folder"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("words", [(), ("--json",)])
def test_output_that_cannot_be_written_is_told(home, tmp_path, words):
    own = shutil.copytree(home, tmp_path / "own")
    with Path("/dev/full").open("w") as full:
        process = door.started(
            own, "--strategy", "ema_cross", "--data", "tides", *words, stdout=full
        )
        done = door.ended(process)
    assert done.code == 2, done.err
    assert "Traceback" not in done.err
    assert "No space left" in done.err
