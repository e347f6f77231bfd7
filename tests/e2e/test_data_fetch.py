"""`sluice data fetch` against a real server of the archive's layout, with each of its faults."""

import json
import os
import signal
import time

import pytest

import archive_server
import door
from market_files import klines, zipped
from small_disk import fill, mounted

DAY_MS = 86_400_000
HOUR_MS = 3_600_000
JANUARY = 1_704_067_200_000  # 2024-01-01
PATIENCE = '[data]\narchive_timeout = "500ms"\narchive_attempts = 3\narchive_pause = "1ms"\n'
DAILY = "data/spot/daily/klines/BTCUSDT/1h/BTCUSDT-1h-2024-02-01.zip"


def hours(symbol, when, start, count, **how):
    """The zip of an hourly dump."""
    rows = klines(count, start=start, step=HOUR_MS, **how)
    return zipped({f"{symbol}-1h-{when}.csv": ("\n".join(rows) + "\n").encode()})


@pytest.fixture
def archive():
    """January 2024 as a month, the first of February as a day."""
    with archive_server.serving() as served:
        month = "data/spot/monthly/klines/BTCUSDT/1h/BTCUSDT-1h-2024-01.zip"
        served.put(month, hours("BTCUSDT", "2024-01", JANUARY, 31 * 24))
        served.put(DAILY, hours("BTCUSDT", "2024-02-01", JANUARY + 31 * DAY_MS, 24))
        yield served


@pytest.fixture
def house(home):
    """A home whose configuration is impatient."""
    (home / "config").mkdir(parents=True)
    (home / "config" / "base.toml").write_text(PATIENCE)
    return home


@pytest.fixture
def fetch(archive, house):
    """Run the command on one day of BTCUSDT (or what is said); hold it to its exit code."""

    def run(*words, code=0, start="2024-02-01", symbol="BTCUSDT", home=house):
        said = ("data", "fetch", symbol, "--every", "1h", "--from", start, "--to", "2024-02-01")
        done = door.sluice(home, *said, "--base-url", archive.url, *words, NO_PROXY="127.0.0.1")
        assert done.code == code, done.err + done.out
        assert "Traceback" not in done.err
        return done

    return run


def data(home):
    return {p.relative_to(home): p.read_bytes() for p in (home / "data").rglob("*.parquet")}


def test_months_come_as_months_days_as_days_and_become_a_data_set(fetch, archive, house):
    done = fetch("--json", start="2024-01-01")
    said = json.loads(done.out)
    assert said["schema"] == "sluice.fetch/1"
    assert [f["name"] for f in said["files"]] == [
        "BTCUSDT-1h-2024-01.zip",
        "BTCUSDT-1h-2024-02-01.zip",
    ]
    assert (said["fetched"], said["cached"], said["missing"]) == (2, 0, [])
    assert said["dataset"]["rows"] == 32 * 24
    assert said["dataset"]["name"] == "BTCUSDT-1h"
    assert said["dataset"]["instruments"][0]["venue"] == "BINANCE"
    assert not list((house / "downloads").rglob("*.part"))
    assert "0 errors" in door.sluice(house, "data", "quality", "BTCUSDT-1h").out


def test_what_is_here_already_is_not_fetched_again(fetch, archive):
    fetch()
    taken = fetch(code=2)
    assert "holds a data set BTCUSDT-1h; add --replace" in taken.err
    before = len(archive.requests(DAILY))
    again = json.loads(fetch("--replace", "--json").out)
    assert (again["fetched"], again["cached"]) == (0, 1)
    assert len(archive.requests(DAILY)) == before


def test_a_month_that_is_not_there_yet_comes_as_its_days_and_what_is_missing_is_listed(
    fetch, archive
):
    for day in (3, 4):
        path = DAILY.replace("2024-02-01", f"2023-12-0{day}")
        start = JANUARY - 31 * DAY_MS + (day - 1) * DAY_MS
        archive.put(path, hours("BTCUSDT", f"2023-12-0{day}", start, 24))
    said = json.loads(fetch("--json", start="2023-12").out)
    assert len(said["files"]) == 4
    assert len(said["missing"]) == 29
    assert "BTCUSDT-1h-2023-12-01.zip" in said["missing"]
    assert said["dataset"]["quality"]["findings"][0]["rule"] == "gaps"


def test_several_symbols_are_one_data_set(fetch, archive):
    other = DAILY.replace("BTCUSDT", "ETHUSDT")
    archive.put(other, hours("ETHUSDT", "2024-02-01", JANUARY + 31 * DAY_MS, 24))
    done = fetch("ETHUSDT", "--name", "two")
    assert "two: 48 bars of 1h, 2 instruments" in done.out
    assert "2 files fetched" in done.out


@pytest.mark.parametrize(
    ("faults", "times"),
    [
        ((500, 503), 3),
        ((429,), 2),
        (("slow",), 2),
        (("cut",), 2),
        (("truncated",), 2),
        (("other",), 2),
    ],
    ids=["500 twice", "429", "slow", "cut", "truncated", "other bytes"],
)
def test_a_fault_that_passes_is_met_by_asking_again(fetch, archive, faults, times):
    archive.fault(DAILY, *faults)
    assert "24 bars of 1h" in fetch().out
    assert len(archive.requests(DAILY)) == times


def test_a_connection_cut_half_way_goes_on_where_it_stopped(fetch, archive):
    archive.fault(DAILY, "cut")
    fetch()
    half = len(archive.files[DAILY]) // 2
    assert archive.requests(DAILY) == [None, f"bytes={half}-"]


def test_a_server_that_knows_no_ranges_starts_again(fetch, archive):
    archive.fault(DAILY, "cut", "no-range")
    assert "24 bars of 1h" in fetch().out


def test_a_partial_file_of_another_run_goes_on_and_a_stale_one_starts_again(fetch, archive, house):
    part = house / "downloads" / (DAILY + ".part")
    part.parent.mkdir(parents=True)
    part.write_bytes(archive.files[DAILY][:100])
    fetch()
    assert archive.requests(DAILY) == ["bytes=100-"]
    (house / "downloads" / DAILY).unlink()
    part.write_bytes(b"stale" * 1000)
    fetch("--replace")
    assert archive.requests(DAILY)[1:] == ["bytes=5000-", None]


@pytest.mark.parametrize(
    ("path", "fault", "says"),
    [
        (DAILY, 500, "answers 500"),
        (DAILY, "slow", "does not answer in time"),
        (DAILY, "html", "sends a web page (text/html; charset=utf-8) instead of the file"),
        (DAILY, "truncated", "its checksum says"),
        (DAILY, "other", "twice; nothing was kept"),
        (DAILY, 403, "answers 403"),
        (DAILY + ".CHECKSUM", 500, "answers 500"),
        (DAILY + ".CHECKSUM", "html", "holds no SHA-256"),
        (DAILY + ".CHECKSUM", 404, "has no checksum beside it"),
    ],
    ids=str,
)
def test_a_fault_that_stays_is_two_and_the_catalog_is_unchanged(
    fetch, archive, house, path, fault, says
):
    archive.fault(path, fault, forever=True)
    done = fetch(code=2)
    assert says in " ".join(done.err.split())
    assert done.out == ""
    assert not data(house)
    assert not (house / "downloads" / DAILY).exists()


def test_half_a_file_is_kept_when_the_server_gives_up(fetch, archive, house):
    archive.fault(DAILY, "cut", 500, forever=True)
    assert "the same command goes on from there" in fetch(code=2).err
    half = len(archive.files[DAILY]) // 2
    assert (house / "downloads" / (DAILY + ".part")).stat().st_size == half


def test_nothing_found_is_an_error_that_says_what_was_asked(fetch, house):
    done = fetch(code=2, symbol="NOSUCH")
    assert "the archive holds nothing of NOSUCH in that window" in done.err
    assert not data(house)


def test_a_zip_that_is_none_of_klines_leaves_the_catalog_as_it_was(fetch, archive, house):
    archive.put(DAILY, zipped({"a.csv": b"1,2,3\n"}))
    assert "columns" in fetch(code=2).err
    assert not data(house)


@pytest.mark.parametrize("kind", ["trades", "aggTrades"])
def test_trades_become_a_data_set_of_trades(archive, house, kind):
    stamps = [JANUARY + i for i in range(5)]
    between = {"trades": "50", "aggTrades": "7,9"}[kind]  # quote quantity; first and last id
    body = [f"{i},100.5,0.5,{between},{stamp},True,True" for i, stamp in enumerate(stamps)]
    path = f"data/spot/daily/{kind}/BTCUSDT/BTCUSDT-{kind}-2024-01-01.zip"
    archive.put(path, zipped({"a.csv": ("\n".join(body) + "\n").encode()}))
    done = door.sluice(
        house,
        *("data", "fetch", "BTCUSDT", "--kind", kind, "--from", "2024-01-01"),
        *("--to", "2024-01-01", "--base-url", archive.url),
        NO_PROXY="127.0.0.1",
    )
    assert done.code == 0, done.err
    assert f"BTCUSDT-{kind}: 5 trades, 1 instrument" in done.out


def test_nobody_listening_is_two(house):
    done = door.sluice(
        house,
        *("data", "fetch", "BTCUSDT", "--every", "1h", "--from", "2024-02-01"),
        *("--to", "2024-02-01", "--base-url", "http://127.0.0.1:9"),
        NO_PROXY="127.0.0.1",
    )
    door.refused(done, "cannot be fetched", "3 attempts")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("BTC/USDT", "--every", "1h", "--from", "2024-01"), "is no symbol"),
        (("BTCUSDT", "--from", "2024-01"), "say the interval of the klines"),
        (("BTCUSDT", "--every", "7m", "--from", "2024-01"), "--every 7m"),
        (("BTCUSDT", "--every", "1h", "--from", "01/02/2024"), "is no date"),
        (("BTCUSDT", "--every", "1h", "--from", "2199-01"), "is after"),
        (("BTCUSDT", "--kind", "trades", "--every", "1h", "--from", "2024-01"), "no interval"),
        (("BTCUSDT", "--every", "1h", "--from", "2024-01", "--base-url", "nowhere"), "no address"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_asked_is_told_before_anything_is_fetched(house, words, says):
    door.refused(door.sluice(house, "data", "fetch", *words), says)
    assert not list((house / "downloads").rglob("*.zip"))


def test_ctrl_c_keeps_what_is_finished_and_what_is_half(fetch, archive, house):
    archive.slow_s = 30
    month = "data/spot/monthly/klines/BTCUSDT/1h/BTCUSDT-1h-2024-01.zip"
    archive.fault(DAILY, "slow", forever=True)
    (house / "config" / "base.toml").write_text(PATIENCE.replace("500ms", "60s"))
    process = door.started(
        house,
        *("data", "fetch", "BTCUSDT", "--every", "1h", "--from", "2024-01", "--to", "2024-02-01"),
        *("--base-url", archive.url),
        script=False,
        NO_PROXY="127.0.0.1",
    )
    deadline = time.monotonic() + 60
    while not archive.requests(DAILY) and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGINT)
    done = door.ended(process)
    assert done.code == 130, done.err
    assert (house / "downloads" / month).is_file()
    assert not data(house)


def test_two_at_once_on_one_folder_are_told_apart(fetch, archive, house):
    import fcntl

    folder = (house / "downloads" / DAILY).parent
    folder.mkdir(parents=True)
    with (folder / ".fetch.lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert "another process is fetching into" in fetch(code=2).err
    fetch()


def test_a_full_disk_is_two_and_goes_on_when_there_is_room(fetch, archive, tmp_path):
    with mounted(tmp_path / "small", "400k") as disk:
        home = disk / "home"
        (home / "config").mkdir(parents=True)
        (home / "config" / "base.toml").write_text(PATIENCE)
        big = DAILY.replace("2024-02-01", "2024-01-31")
        archive.put(big, hours("BTCUSDT", "2024-01-31", JANUARY + 30 * DAY_MS, 24))
        (home / "downloads" / DAILY).parent.mkdir(parents=True)
        fill(disk)
        assert "no space is left" in fetch(code=2, home=home).err
        (disk / "filler").unlink()
        assert "24 bars of 1h" in fetch(home=home).out
