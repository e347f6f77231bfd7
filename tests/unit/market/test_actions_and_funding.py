"""Tables of actions and funding: read, refused, stored beside the bars, charged in a run."""

import gzip

import polars as pl
import pytest

import sluice
from market_bars import HOUR, NOW, START, bar_set
from sluice import Strategy
from sluice.domain.errors import BadData
from sluice.market.actions import lean_factors, ratio
from sluice.market.catalog import Catalog
from sluice.market.dataset import Origin
from sluice.market.importers import ImportOptions, read_bars
from sluice.market.source import assemble

PERPETUAL = ImportOptions(symbol="BTCUSDT", asset_class="perpetual", tick="0.01", lot="0.001")


class OneUnit(Strategy):
    """Long one unit from the first bar on."""

    sizing = "units"

    def signals(self):
        return pl.when(sluice.close > 0).then(1.0)


class ShortUnit(OneUnit):
    """Short one unit from the first bar on."""

    def signals(self):
        return pl.when(sluice.close > 0).then(-1.0)


def write_bars(folder, hours=24):
    rows = ["date,open,high,low,close,volume"]
    rows += [f"2024-01-01 {hour:02}:00,100,100,100,100,5" for hour in range(hours)]
    path = folder / "bars.csv"
    path.write_text("\n".join(rows) + "\n")
    return path


def assembled(path, options=PERPETUAL):
    return assemble(read_bars(path, options), options, name="set", now_ns=NOW).bars


def test_recorded_funding_is_charged_at_its_stamps_to_both_sides(tmp_path):
    path = write_bars(tmp_path)
    (tmp_path / "funding.csv").write_text(
        "ts,symbol,rate\n2024-01-01 08:00,BTCUSDT,0.001\n2024-01-01 16:00,BTCUSDT,-0.002\n"
    )
    bars = assembled(path)
    paid = sluice.backtest(OneUnit(), bars, fees=0, slippage=0)
    assert paid.ledger["amount"].to_list() == pytest.approx([-0.1, 0.2])
    assert paid.ledger["kind"].to_list() == ["funding", "funding"]
    assert paid.counts["ledger.funding"] == 2
    earned = sluice.backtest(ShortUnit(), bars, fees=0, slippage=0)
    assert earned.ledger["amount"].to_list() == pytest.approx([0.1, -0.2])
    assert earned.stats["funding"] == pytest.approx(-0.1)


def test_assumed_funding_is_paid_by_longs_and_not_received_by_shorts(tmp_path):
    bars = assembled(write_bars(tmp_path))
    paid = sluice.backtest(OneUnit(), bars, fees=0, slippage=0)
    assert paid.ledger["kind"].unique().to_list() == ["assumed_funding"]
    assert paid.ledger["amount"].to_list() == pytest.approx([-0.01] * 3)  # 08, 16, 24
    assert sluice.backtest(ShortUnit(), bars, fees=0, slippage=0).ledger.is_empty()


def test_funding_for_a_spot_instrument_is_refused(tmp_path):
    path = write_bars(tmp_path)
    (tmp_path / "funding.csv").write_text("ts,symbol,rate\n2024-01-01 08:00,BTCUSDT,0.001\n")
    with pytest.raises(BadData, match="is crypto_spot, and only perpetuals"):
        assembled(path, ImportOptions(symbol="BTCUSDT", asset_class="crypto_spot"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ts,symbol\n2024-01-01,BTCUSDT\n", "no column rate"),
        ("ts,symbol,rate\n2024-01-01,BTCUSDT,7\n", "a rate is a fraction"),
        ("ts,symbol,rate\n2024-01-01,BTCUSDT,x\n", "a rate is a fraction"),
        (
            "ts,symbol,rate\n2024-01-01 08:00,BTCUSDT,0.1\n2024-01-01 08:00,BTCUSDT,0.2\n",
            "two rates",
        ),
    ],
)
def test_a_funding_table_that_cannot_be_is_refused(tmp_path, text, words):
    path = write_bars(tmp_path)
    (tmp_path / "funding.csv").write_text(text)
    with pytest.raises(BadData, match=words):
        assembled(path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("symbol,ex_date\nACME,2024-01-03\n", "dividend or split"),
        ("symbol,ex_date,split\nACME,soon,2\n", "YYYY-MM-DD"),
        ("symbol,ex_date,split\nACME,2024-01-03,0\n", "from 0.001 to 1000"),
        ("symbol,ex_date,dividend\nACME,2024-01-03,-1\n", "0 or more"),
        ("symbol,ex_date,split\nACME,2024-01-03,2\nACME,2024-01-03,3\n", "two entries"),
    ],
)
def test_a_table_of_actions_that_cannot_be_is_refused(tmp_path, text, words):
    path = write_bars(tmp_path)
    (tmp_path / "actions.csv").write_text(text)
    with pytest.raises(BadData, match=words):
        assembled(path, ImportOptions(symbol="ACME", asset_class="equity"))


def test_a_split_of_what_is_no_share_is_refused(tmp_path):
    path = write_bars(tmp_path)
    (tmp_path / "actions.csv").write_text("symbol,ex_date,split\nBTCUSDT,2024-01-01,2\n")
    with pytest.raises(BadData, match="is perpetual, and only shares"):
        assembled(path)


def test_events_are_stored_with_the_data_set_and_change_its_digest(tmp_path):
    bars = bar_set(("ACME",), asset_class="equity")
    ex_date = pl.Series([START // (24 * HOUR) + 1]).cast(pl.Int32).cast(pl.Date)
    actions = pl.DataFrame(
        {"instrument": ["ACME.BINANCE"], "ex_date": ex_date, "dividend": [1.0], "split": [2.0]}
    )
    with_them = bars.with_events(actions, None)
    catalog = Catalog(tmp_path)
    catalog.write("shares", with_them, Origin("recorded"), NOW)
    read = catalog.load("shares")
    assert read.actions.equals(actions)
    assert read.digest == with_them.digest != bars.digest
    assert read.only(["ACME"]).digest == read.digest
    assert catalog.load("shares", 2 * HOUR).actions.equals(actions)
    frame = read.signal_frame
    assert frame["close"][23] == frame["raw_close"][23]
    before = frame["raw_close"][23]
    assert frame["close"][24] == pytest.approx(frame["raw_close"][24] * 2 * before / (before - 2.0))
    assert frame["volume"][24] == frame["raw_volume"][24] / 2


def test_ratios_are_those_that_were_meant():
    assert [ratio(x) for x in (2.0, 1.5, 0.1, 7.00000700001, 1.281)] == [
        *((2, 1), (3, 2), (1, 10), (7, 1), (1281, 1000)),
    ]


def test_a_missing_split_is_named_and_large_dividends_too(real_data):
    path = real_data / "us-equities-daily" / "large_caps_1999_2019.parquet"
    options = ImportOptions()
    report = assemble(read_bars(path, options), options, name="x", policy="accept", now_ns=NOW)
    found = {f.instrument: f.text for f in report.judged.report.of("missing_split")}
    assert set(found) == {"TRMB", "ZBRA"}
    assert "2007-02-23 (2 for 1)" in found["TRMB"]
    assert "2003-08-21 (3 for 2), 2004-08-25 (3 for 2)" in found["ZBRA"]
    large = {f.instrument: f.text for f in report.judged.report.of("large_dividends")}
    assert "2007-07-02" in large["JCI"]
    assert "2013-09-30" in large["LDOS"]


def test_a_split_that_only_the_prices_show_is_named(real_data, tmp_path):
    raw = real_data / "us-equities-daily" / "raw_csv" / "DA-AAPL.csv.gz"
    table = pl.read_csv(gzip.decompress(raw.read_bytes()))
    table.select("timestamp", "open", "high", "low", "close", "volume").write_csv(
        tmp_path / "AAPL.csv"
    )
    options = ImportOptions(venue="XNAS")
    made = assemble(read_bars(tmp_path / "AAPL.csv", options), options, name="x", now_ns=NOW)
    (found,) = made.judged.report.of("missing_split")
    assert "2000-06-21 (2 for 1), 2005-02-28 (2 for 1), 2014-06-09 (7 for 1)" in found.text


def test_lean_factor_files_tell_dividends_and_splits(real_data):
    folder = real_data / "us-equity-ticks-2013" / "factor_files"
    bank = lean_factors(folder / "bac.csv", "BAC")
    last = bank.row(-1, named=True)
    assert (str(last["ex_date"]), last["dividend"]) == ("2021-03-04", 0.18)
    assert bank.filter(pl.col("split") != 1)["split"].to_list() == [2.0]
    machines = lean_factors(folder / "ibm.csv", "IBM")
    assert machines.filter(pl.col("split") != 1).height == 1
