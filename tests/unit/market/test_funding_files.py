"""Files of funding beside the bars: the exchange's dump and freqtrade's become the table."""

import polars as pl
import pytest

from market_files import START_MS, freqtrade_json, packed
from sluice.domain.errors import BadData
from sluice.market.importers import ImportOptions, read_bars
from sluice.market.source import assemble

HOUR_MS = 3_600_000
NOW = 1_767_225_600_000_000_000
CANDLES = [[START_MS + i * HOUR_MS, 100.0, 101.5, 99.5, 100.25, 5.5] for i in range(24)]
TIMES = [START_MS, START_MS + 8 * HOUR_MS, START_MS + 16 * HOUR_MS]
RATES = [0.0001, -0.0002, 0.00015]
HEADER = "calc_time,funding_interval_hours,last_funding_rate"


def bars_of(folder):
    options = ImportOptions()
    return assemble(read_bars(folder, options), options, name="set", now_ns=NOW).bars


def rates_of(bars):
    return bars.funding.with_columns(pl.col("ts").to_physical() // 10**6).rows()


def dump(folder, header=True, name="BTCUSDT-fundingRate-2024-01", times=TIMES, rates=RATES):
    rows = [f"{t},8,{r:.8f}" for t, r in zip(times, rates, strict=True)]
    return packed(folder / f"{name}.zip", [*([HEADER] if header else []), *rows])


def klines(folder, symbol="BTCUSDT"):
    rows = [
        f"{t},{o},{h},{low},{c},{v},{t + HOUR_MS - 1},0,0,0,0,0" for t, o, h, low, c, v in CANDLES
    ]
    return packed(folder / f"{symbol}-1h-2024-01.zip", rows)


@pytest.mark.parametrize("header", [True, False], ids=["header", "bare"])
def test_the_exchange_s_dump_becomes_the_table_of_funding(tmp_path, header):
    klines(tmp_path / "um")
    dump(tmp_path / "um", header)
    bars = bars_of(tmp_path / "um")
    expected = [("BTCUSDT-PERP.BINANCE", *one) for one in zip(TIMES, RATES, strict=True)]
    assert rates_of(bars) == expected


@pytest.mark.parametrize("kind", ["json", "feather"])
def test_freqtrade_s_rates_are_the_opens_of_its_series(tmp_path, kind):
    series = [[t, r, 0.0, 0.0, 0.0, 0.0] for t, r in zip(TIMES, RATES, strict=True)]
    for name, rows in (("1h-futures", CANDLES), ("8h-funding_rate", series)):
        path = tmp_path / f"BTC_USDT_USDT-{name}.{kind}"
        if kind == "json":
            freqtrade_json(path, rows)
        else:
            names = ["date", "open", "high", "low", "close", "volume"]
            frame = pl.DataFrame(rows, schema=names, orient="row")
            date = pl.col("date").cast(pl.Int64).cast(pl.Datetime("ms", "UTC"))
            frame.with_columns(date).write_ipc(path)
    bars = bars_of(tmp_path)
    assert [row[1:] for row in rates_of(bars)] == list(zip(TIMES, RATES, strict=True))


def test_a_month_that_is_there_twice_counts_once(tmp_path):
    klines(tmp_path / "um")
    dump(tmp_path / "um")
    dump(tmp_path / "um", name="BTCUSDT-fundingRate-2024-01-01", times=TIMES[:2], rates=RATES[:2])
    assert len(bars_of(tmp_path / "um").funding) == 3


def test_files_that_contradict_each_other_are_refused(tmp_path):
    klines(tmp_path / "um")
    dump(tmp_path / "um")
    dump(tmp_path / "um", name="BTCUSDT-fundingRate-2024-01-01", times=TIMES[:1], rates=[0.3])
    with pytest.raises(BadData, match="two rates"):
        bars_of(tmp_path / "um")


def test_funding_for_a_spot_instrument_is_refused(tmp_path):
    klines(tmp_path / "spot")
    dump(tmp_path / "spot")
    with pytest.raises(BadData, match="is crypto_spot, and only perpetuals"):
        bars_of(tmp_path / "spot")


def test_a_rate_in_percent_is_refused(tmp_path):
    klines(tmp_path / "um")
    dump(tmp_path / "um", rates=[0.0001, 7.0, 0.0])
    with pytest.raises(BadData, match="a rate is a fraction"):
        bars_of(tmp_path / "um")


def test_rates_alone_are_no_data_set(tmp_path):
    with pytest.raises(BadData, match="put it into one folder with the bars"):
        read_bars(dump(tmp_path), ImportOptions())


def test_a_table_named_funding_wins(tmp_path):
    klines(tmp_path / "um")
    dump(tmp_path / "um")
    (tmp_path / "um" / "funding.csv").write_text(
        "ts,symbol,rate\n2024-01-01 08:00,BTCUSDT-PERP,0.5\n"
    )
    assert bars_of(tmp_path / "um").funding["rate"].to_list() == [0.5]
