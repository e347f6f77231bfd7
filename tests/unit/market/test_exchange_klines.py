"""Klines in the exchange's dump layout: units, headers, names, markets, and files that overlap."""

import hashlib

import pytest

from market_bars import HOUR, START
from market_files import KLINE_HEADER, klines, packed
from sluice.domain.errors import BadData, UsageError
from sluice.market.importers import ImportOptions, read_bars
from sluice.market.instruments import make_instruments

MINUTE = HOUR // 60
NAME = "BTCUSDT-1m-2024-01-01"


def read(path, **options):
    return read_bars(path, ImportOptions(**options))


@pytest.mark.parametrize("suffix", ["zip", "csv"])
@pytest.mark.parametrize("header", [True, False], ids=["header", "bare"])
@pytest.mark.parametrize("unit", [1, 1000], ids=["ms", "us"])
def test_zip_and_csv_with_and_without_header_in_ms_and_us_give_the_same_bars(
    tmp_path, suffix, header, unit
):
    lines = ([KLINE_HEADER] if header else []) + klines(5, unit=unit)
    raw = read(packed(tmp_path / f"{NAME}.{suffix}", lines))
    assert raw.every_ns == MINUTE
    assert raw.rows["ts_start"].to_list() == [START + i * MINUTE for i in range(5)]
    assert raw.rows["close"].to_list() == [100.25, 101.25, 102.25, 103.25, 104.25]
    assert raw.rows["symbol"].unique().to_list() == ["BTCUSDT"]
    assert raw.rows["venue"].unique().to_list() == ["BINANCE"]
    assert any(f"epoch {'ms' if unit == 1 else 'us'}" in note for note in raw.notes)


@pytest.mark.parametrize(
    ("folder", "name", "symbol", "asset_class"),
    [
        ("data/spot/daily/klines/BTCUSDT/1m", "BTCUSDT", "BTCUSDT", "crypto_spot"),
        ("data/futures/um/daily/klines/BTCUSDT/1m", "BTCUSDT", "BTCUSDT-PERP", "perpetual"),
        ("data/futures/cm/daily/klines/X/1m", "BTCUSD_PERP", "BTCUSD-PERP", "perpetual"),
        ("mine", "BTCUSD_PERP", "BTCUSD-PERP", "perpetual"),
        ("mine", "BTCUSDT_240628", "BTCUSDT-240628", "future"),
        ("mine", "PEPEBTC", "PEPEBTC", "crypto_spot"),
    ],
)
def test_the_market_is_told_by_the_folder_or_the_symbol(
    tmp_path, folder, name, symbol, asset_class
):
    raw = read(packed(tmp_path / folder / f"{name}-1m-2024-01-01.zip", klines(3)))
    instruments, _ = make_instruments(raw, ImportOptions())
    assert list(instruments) == [symbol]
    assert instruments[symbol].asset_class == asset_class
    assert any("told by" in n or "no folder says" in n for n in raw.notes)


def test_one_bar_alone_has_the_length_that_it_says_itself(tmp_path):
    assert read(packed(tmp_path / "BTCUSDT-1m-2024-01-01.zip", klines(1))).every_ns == MINUTE


def test_a_file_of_another_name_is_told_by_its_content(tmp_path):
    raw = read(packed(tmp_path / "mine.csv", klines(4)), symbol="ETHUSDT")
    assert raw.rows["symbol"][0] == "ETHUSDT"


def test_months_and_days_that_overlap_alike_are_merged_and_said(tmp_path):
    packed(tmp_path / "dump" / "BTCUSDT-1m-2024-01.zip", klines(10))
    packed(tmp_path / "dump" / "BTCUSDT-1m-2024-01-01.zip", klines(4, 3))
    packed(tmp_path / "dump" / "BTCUSDT-1m-2024-01-02.csv", klines(4, 8))
    raw = read(tmp_path / "dump")
    assert raw.rows["ts_start"].to_list() == [START + i * MINUTE for i in range(12)]
    (said,) = [n for n in raw.notes if "alike in two files" in n]
    assert said.startswith("6 rows stand alike")
    assert len(raw.sources) == 3


def test_files_out_of_order_by_name_come_out_in_the_order_of_time(tmp_path):
    packed(tmp_path / "dump" / "BTCUSDT-1m-2024-01-01.zip", klines(3, 10))
    packed(tmp_path / "dump" / "BTCUSDT-1m-2024-01-02.zip", klines(3, 0))
    starts = read(tmp_path / "dump").rows["ts_start"].to_list()
    assert starts == sorted(starts)


def test_files_that_contradict_each_other_are_named_with_the_stamp(tmp_path):
    packed(tmp_path / "dump" / "BTCUSDT-1m-2024-01-01.zip", klines(10))
    packed(tmp_path / "dump" / "BTCUSDT-1m-2024-01.zip", klines(4, 3, close=1.0))
    with pytest.raises(BadData, match="contradict each other on BTCUSDT: 4 rows differ") as told:
        read(tmp_path / "dump")
    assert "BTCUSDT-1m-2024-01-01.zip and BTCUSDT-1m-2024-01.zip" in str(told.value)
    assert "2024-01-01 00:03" in str(told.value)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([*klines(3), "1,2,3"], "line 4: 3 columns where this layout has 12"),
        ([*klines(2), klines(1)[0] + ",9"], "line 3: 13 columns"),
        ([*klines(2), KLINE_HEADER, *klines(2, 2)], "line 3: open_time holds 'open_time'"),
        ([KLINE_HEADER, *klines(2), "x" + klines(1)[0]], "line 4: open_time holds 'x1704"),
        ([*klines(2), *klines(2, 2, unit=1000)], "line 3: open_time is 1704067320000000"),
        ([r.replace("000,", ",") for r in klines(2)], "line 1: open_time is 1704067200"),
        ([*klines(2), klines(1, 2)[0].replace("102", "a", 1)], "line 3: open holds 'a'"),
    ],
    ids=["short", "long", "header inside", "letters", "two units", "seconds", "price"],
)
def test_what_is_no_kline_is_named_by_file_and_line(tmp_path, lines, says):
    path = packed(tmp_path / f"{NAME}.zip", lines)
    with pytest.raises(BadData, match=r"BTCUSDT-1m-2024-01-01\.zip") as told:
        read(path)
    assert says in str(told.value)


def test_a_checksum_beside_a_file_is_held(tmp_path):
    path = packed(tmp_path / f"{NAME}.zip", klines(3))
    beside = tmp_path / f"{NAME}.zip.CHECKSUM"
    right = hashlib.sha256(path.read_bytes()).hexdigest()
    beside.write_text(f"{right}  {path.name}\n")
    assert len(read(path).rows) == 3
    beside.write_text(f"{'0' * 64}  {path.name}\n")
    with pytest.raises(BadData, match=r"is not what .*CHECKSUM says"):
        read(path)
    beside.write_text("<html>\n")
    with pytest.raises(BadData, match="holds no SHA-256"):
        read(path)


def test_a_format_that_is_unknown_or_does_not_fit_is_refused(tmp_path):
    path = packed(tmp_path / f"{NAME}.zip", klines(3))
    assert len(read(path, format="exchange-klines").rows) == 3
    with pytest.raises(UsageError, match="there is no such format; one of exchange-klines"):
        read(path, format="klines")
    with pytest.raises(BadData, match="does not look like lean-bars"):
        read(path, format="lean-bars")
    with pytest.raises(UsageError, match="--kind trades: the source holds bars"):
        read(path, kind="trades")
