"""freqtrade's and LEAN's bars: what their names tell, and what is left out."""

import polars as pl
import pytest

from market_bars import HOUR, START
from market_files import START_MS, freqtrade_json, packed
from sluice.domain.errors import BadData
from sluice.market.importers import ImportOptions, read_bars
from sluice.market.instruments import make_instruments

ROWS = [[START_MS + i * 300_000, 100.0, 101.5, 99.5, 100.25 + i, 5.5] for i in range(4)]
FIVE = 5 * HOUR // 60


def read(path, **options):
    return read_bars(path, ImportOptions(**options))


def feather(path, rows=ROWS):
    path.parent.mkdir(parents=True, exist_ok=True)
    names = ["date", "open", "high", "low", "close", "volume"]
    frame = pl.DataFrame(rows, schema=names, orient="row")
    frame.with_columns(pl.col("date").cast(pl.Int64).cast(pl.Datetime("ms", "UTC"))).write_ipc(path)
    return path


@pytest.mark.parametrize(
    ("name", "symbol", "asset_class"),
    [
        ("BTC_USDT-5m", "BTCUSDT", "crypto_spot"),
        ("BTC_USDT_USDT-5m-futures", "BTCUSDT-PERP", "perpetual"),
        ("1INCH_USDT-5m", "1INCHUSDT", "crypto_spot"),
    ],
)
def test_feather_and_json_of_freqtrade_give_the_same_bars(tmp_path, name, symbol, asset_class):
    one = read(feather(tmp_path / f"{name}.feather"))
    two = read(freqtrade_json(tmp_path / f"{name}.json", ROWS))
    assert one.rows.drop("file").equals(two.rows.drop("file"))
    assert one.rows["ts_start"][0] == START
    assert one.every_ns == FIVE
    assert make_instruments(one, ImportOptions())[0][symbol].asset_class == asset_class


def test_mark_and_index_beside_the_candles_are_left_out_and_said(tmp_path):
    feather(tmp_path / "futures" / "BTC_USDT_USDT-5m-futures.feather")
    feather(tmp_path / "futures" / "BTC_USDT_USDT-8h-index.feather")
    feather(tmp_path / "futures" / "BTC_USDT_USDT-8h-mark.feather")
    raw = read(tmp_path / "futures")
    assert len(raw.sources) == 1
    assert sum("was left out: it holds no traded prices" in n for n in raw.notes) == 2
    with pytest.raises(BadData, match="cannot be imported: it holds no traded prices"):
        read(tmp_path / "futures" / "BTC_USDT_USDT-8h-mark.feather")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{}", "holds no list of rows"),
        ("[]", "holds no list of rows"),
        ("[[1,2,3]]", "row 1: [1, 2, 3] is no [ms, o, h, l, c, v]"),
        ('[[1,"a",3,4,5,6]]', "row 1"),
        ("[[1,2,3,4,5", "is no whole JSON"),
    ],
)
def test_json_of_another_shape_is_told(tmp_path, text, says):
    path = tmp_path / "BTC_USDT-5m.json"
    path.write_text(text)
    with pytest.raises(BadData, match=r"BTC_USDT-5m\.json") as told:
        read(path)
    assert says in str(told.value)


MINUTE_ROWS = (
    "34200000,1001000,1002500,1000000,1002000,300",
    "34260000,1002000,1002500,1001000,1,2",
)


def test_lean_minutes_are_new_york_time_and_ten_thousandths(tmp_path):
    path = packed(tmp_path / "20240102_trade.zip", MINUTE_ROWS, "20240102_spy_minute_trade.csv")
    raw = read(path)
    assert raw.rows["symbol"].to_list() == ["SPY", "SPY"]
    assert raw.rows["open"].to_list() == [100.10, 100.20]
    assert raw.rows["ts_start"][0] == START + 24 * HOUR + 14 * HOUR + 30 * HOUR // 60  # 09:30 EST
    assert any("America/New_York, prices are dollars × 10,000" in n for n in raw.notes)


def test_lean_crypto_is_utc_and_plain_decimals_told_by_its_folder(tmp_path):
    row = "60000,42000.5,42001,42000,42000.5,1.25"
    path = packed(
        tmp_path / "crypto/coinbase/minute/btcusd/20240102_trade.zip",
        [row, row.replace("60000", "120000", 1)],
        "20240102_btcusd_minute_trade.csv",
    )
    raw = read(path)
    assert raw.rows["open"][0] == 42000.5
    assert raw.rows["ts_start"][0] == START + 24 * HOUR + HOUR // 60
    one = make_instruments(raw, ImportOptions())[0]["BTCUSD"]
    assert (one.venue, one.asset_class) == ("COINBASE", "crypto_spot")


def test_lean_quote_bars_are_two_instruments_without_volume(tmp_path):
    row = "34200000,1000000,1001000,999000,1000000,300,1001000,1002000,1000000,1001000,200"
    path = packed(
        tmp_path / "20240102_quote.zip",
        [row, row.replace("34200000", "34260000")],
        "20240102_spy_minute_quote.csv",
    )
    raw = read(path)
    assert raw.rows["symbol"].unique(maintain_order=True).to_list() == ["SPY-BID", "SPY-ASK"]
    assert raw.rows["close"].to_list() == [100.0, 100.0, 100.1, 100.1]
    assert raw.rows["volume"].null_count() == 4


def test_a_lean_daily_zip_holds_all_days_as_days(tmp_path):
    rows = ["20240102 00:00,1001000,1002500,1000000,1002000,300", "20240103 00:00,1,2,1,2,5"]
    raw = read(packed(tmp_path / "equity/usa/daily/spy.zip", rows, "spy.csv"))
    assert raw.every_ns == 24 * HOUR
    assert raw.rows["ts_start"][0] == START + 24 * HOUR
    assert raw.rows["open"][0] == 100.10


def test_a_lean_tree_is_searched_whole(tmp_path):
    for day in ("20240102", "20240103"):
        packed(
            tmp_path / f"equity/usa/minute/spy/{day}_trade.zip",
            MINUTE_ROWS,
            f"{day}_spy_minute_trade.csv",
        )
    raw = read(tmp_path / "equity")
    assert len(raw.rows) == 4
    assert len(raw.sources) == 2
