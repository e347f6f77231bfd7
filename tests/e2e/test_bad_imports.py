"""Bad files of every layout at the command: exit 2, file and line named, the same store after."""

import hashlib

import pytest

import door
from market_files import KLINE_HEADER, klines, packed, zipped
from sluice.cli.main import main
from small_disk import fill, mounted

NAME = "BTCUSDT-1m-2024-01-01.zip"
TRADES = "BTCUSDT-aggTrades-2024-01-01.zip"
LEAN = "20240102_trade.zip"
MINUTE = "20240102_spy_minute_trade.csv"


def text(lines):
    return ("\n".join(lines) + "\n").encode()


def rows_with(place, cell, value):
    """Twenty klines, one of them with another value in a column."""
    lines = klines(20)
    cells = lines[place].split(",")
    cells[cell] = value
    return [*lines[:place], ",".join(cells), *lines[place + 1 :]]


def lean(i, volume="5"):
    return f"{34_200_000 + i * 60_000},1001000,1002500,1000000,1002000,{volume}"


def agg(i, price="100.5", size="1"):
    return f"{i},{price},{size},{i},{i},{1_704_067_200_000 + i},true,true"


BAD = [
    ("truncated zip", NAME, zipped({"a.csv": text(klines(500))})[:-30], ("cannot be read",)),
    ("two members", NAME, zipped({"a.csv": b"1\n", "b.csv": b"2\n"}), ("holds 2 files",)),
    ("empty file", NAME, b"", ("is empty",)),
    ("empty member", NAME, zipped({"a.csv": b""}), ("is empty",)),
    ("columns", NAME, [*klines(3), "1,2,3"], ("line 4", "3 columns", "has 12")),
    ("mixed headers", NAME, [*klines(3), KLINE_HEADER, *klines(3, 3)], ("line 4", "open_time")),
    ("seconds", NAME, [r.replace("0000,", "0,", 1) for r in klines(3)], ("line 1", "milliseconds")),
    ("NaN", NAME, rows_with(7, 4, "NaN"), ("missing, NaN or infinite", "row 8 of BTCUSDT")),
    ("infinite", NAME, rows_with(7, 2, "inf"), ("missing, NaN or infinite", "row 8 of BTCUSDT")),
    ("negative volume", NAME, rows_with(7, 5, "-1"), ("volume that is negative", "row 8 of")),
    ("zero price", NAME, rows_with(7, 3, "0"), ("zero or below", "row 8 of")),
    ("duplicates", NAME, [*klines(9), *klines(1, 8)], ("a stamp that was there before", "row 10")),
    ("order", NAME, [*klines(9, 1), *klines(1, 0)], ("before an earlier row's", "row 10 of")),
    ("lean columns", LEAN, zipped({MINUTE: text([lean(0), "1,2"])}), ("line 2", "2 columns")),
    ("lean volume", LEAN, zipped({MINUTE: text([lean(0), lean(1, "-5")])}), ("row 2 of 2024",)),
    ("lean letters", LEAN, zipped({MINUTE: text([lean(0), lean(1, "x")])}), ("line 2", "'x'")),
    ("trade columns", TRADES, [agg(0), "1,2,3"], ("line 2", "3 columns")),
    ("trade NaN", TRADES, [agg(0), agg(1, "NaN")], ("row 2 of BTCUSDT-aggTrades",)),
    ("trade size", TRADES, [agg(0), agg(1, size="-1")], ("size that is negative", "row 2 of")),
    ("trade order", TRADES, [agg(1), agg(0)], ("before an earlier row's", "row 2 of")),
    ("freqtrade json", "BTC_USDT-5m.json", b"[[1, 2, 3]]", ("row 1", "is no [ms")),
    ("orders", "orders.csv", b"id,timestamp,price,action\n1,2,3,created\n", ("single orders",)),
    ("not a table", "x.parquet", b"PAR1 no", ("x.parquet",)),
]


@pytest.fixture
def sluice(tmp_path, monkeypatch, capsys):
    """Run `sluice data …` in this process, in a fresh folder; the exit code and its words."""
    monkeypatch.chdir(tmp_path)

    def run(*args):
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(["data", *map(str, args)])
        said = capsys.readouterr()
        return door.Done(ended.value.code, said.out, said.err)

    return run


def put(path, content):
    if isinstance(content, bytes):
        path.write_bytes(content)
        return path
    return packed(path, content)


@pytest.mark.parametrize(("name", "content", "says"), [b[1:] for b in BAD], ids=[b[0] for b in BAD])
def test_a_bad_file_is_told_and_the_store_is_unchanged(sluice, home, tmp_path, name, content, says):
    assert sluice("import", packed(tmp_path / "good" / NAME, klines(5)), "--name", "set").code == 0
    before = door.store(home)
    path = put(tmp_path / name, content)
    for extra in ((), ("--name", "set", "--replace")):
        door.refused(sluice("import", path, *extra), *says)
        assert door.store(home) == before


def test_a_wrong_checksum_is_told_and_the_right_one_taken(sluice, home, tmp_path):
    path = packed(tmp_path / NAME, klines(5))
    beside = tmp_path / (NAME + ".CHECKSUM")
    beside.write_text(f"{hashlib.sha256(b'other').hexdigest()}  {NAME}\n")
    door.refused(sluice("import", path), f"{NAME} is not what {NAME}.CHECKSUM says", "damaged")
    assert door.store(home)[0] == {}
    beside.write_text(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {NAME}\n")
    assert sluice("import", path).code == 0


def test_files_that_contradict_each_other_are_named_and_nothing_is_stored(sluice, home, tmp_path):
    folder = tmp_path / "dump"
    packed(folder / NAME, klines(10))
    packed(folder / "BTCUSDT-1m-2024-01.zip", klines(3, 4, close="1.5"))
    door.refused(sluice("import", folder), NAME, "BTCUSDT-1m-2024-01.zip", "2024-01-01 00:04")
    assert door.store(home)[0] == {}


def test_quarantine_keeps_the_rest(sluice, tmp_path):
    path = packed(tmp_path / NAME, rows_with(7, 4, "NaN"))
    done = sluice("import", path, "--policy", "quarantine")
    assert done.code == 0
    assert "19 kept, 1 set aside" in done.out


def test_a_full_disk_is_two_and_leaves_nothing_half(tmp_path):
    path = packed(tmp_path / NAME, klines(500))
    with mounted(tmp_path / "small", "300k") as disk:
        home = disk / "home"
        home.mkdir()
        fill(disk)
        done = door.sluice(home, "data", "import", path, PYTHONDONTWRITEBYTECODE="1")
        door.refused(done, "no space is left")
        assert not list(home.rglob("*.parquet"))
        (disk / "filler").unlink()
        assert door.sluice(home, "data", "import", path).code == 0
