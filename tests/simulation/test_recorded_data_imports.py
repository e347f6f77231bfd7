"""Every recorded set that holds bars, quotes or trades imports; rows and spans are its README's."""

import subprocess
import sys

import pytest

from sluice.domain.errors import BadData, MissingData
from sluice.market.calendars import utc_text
from sluice.market.catalog import Catalog
from sluice.market.importers import ImportOptions
from sluice.operations.data import ImportRequest, import_data

NOW = 1_798_761_600_000_000_000  # 2027-01-01

# Path, what the README counts in its files, the first and the last stamp of what is stored.
BARS = [
    ("crypto-spot-5m-2023", 209_632, "2023-01-01 00:00", "2023-12-31 00:00"),
    ("crypto-perp-1m-2025", 259_196, "2025-05-25 10:33", "2025-06-24 10:35"),
    ("crypto-spot-1h-2017-2024", 58_419, "2017-08-17 04:00", "2024-04-21 15:00"),
    ("binance-dump-format", 1_440, "2021-11-27 00:00", "2021-11-28 00:00"),
    ("fx-1m", 60_234, "2012-02-01 00:00", "2012-03-01 00:01"),
    ("fx-5m-gbpusd-2017", 74_529, "2017-01-02 01:00", "2017-12-30 00:00"),
    ("us-equities-daily/DJI_index_2000_2019.csv.gz", 5_031, "2000-01-03 00:00", "2020-01-01 00:00"),
    ("us-equities-daily/raw_csv", 10_148, "1999-11-01 00:00", "2020-01-01 00:00"),
    ("us-equity-ticks-2013/minute/spy", 10_251, "2013-10-04 08:00", "2013-10-12 00:01"),
]
LARGE = [
    ("crypto-spot-5m-2024", 1_727_924, "2024-01-01 00:00", "2024-09-07 02:35"),
    ("us-equities-daily/dow30_1999_2019.parquet", 143_875, "1999-11-01 00:00", "2020-01-01 00:00"),
    ("us-equities-daily/large_caps_1999_2019.parquet", 369_196, "1999-11-01", "2020-01-01"),
]
# … the kind, and the rows that are stored: changes of the best, or without what was left out.
TICKS = [
    ("us-taq-2018/sampleTDataRaw.parquet", 77_263, "trades", 77_261),
    ("us-taq-2018/sampleQDataRaw.parquet", 131_401, "quotes", None),
    ("us-equity-ticks-2013/tick/ibm", 126_395, "trades", 126_395),
    ("us-equity-ticks-2013/tick/ibm/20131007_quote.zip", 109_067, "quotes", None),
    ("us-equity-ticks-2013/tick/bac/20131007_trade.zip", 88_172, "trades", 88_172),
    ("crypto-l2-raw/spot", 73_174, "quotes", 73_174),
    ("crypto-l2-raw/spot", 19_904, "trades", 19_904),
    ("crypto-l2-raw/cm", 48_355, "quotes", 48_355),
    ("crypto-l2-raw/cm", 5_235, "trades", 5_235),
    ("crypto-l2-raw/usdm", 66_089, "quotes", 66_089),
    ("crypto-l2-raw/usdm", 21_313, "trades", 21_313),
    ("dex-lighter-2025/btc_trades_with_accounts.csv.gz", 773, "trades", 773),
]


@pytest.fixture
def imported(real_data, tmp_path):
    """Import what lies at a path of the recorded data into a fresh catalog."""

    def run(path, **options):
        wish = ImportRequest(real_data / path, "set", options=ImportOptions(**options))
        return import_data(wish, Catalog(tmp_path / "catalog"), NOW)

    return run


def held_to(info, rows, first, last):
    assert sum(source.rows for source in info.origin.sources) == rows
    assert not info.quality.errors
    assert info.quality.notes
    assert utc_text(info.start_ns).startswith(first)
    assert utc_text(info.end_ns).startswith(last)


@pytest.mark.parametrize(("path", "rows", "first", "last"), BARS, ids=[b[0] for b in BARS])
def test_recorded_bars_import_with_the_rows_and_span_of_their_readme(
    imported, path, rows, first, last
):
    held_to(imported(path), rows, first, last)


@pytest.mark.slow
@pytest.mark.parametrize(("path", "rows", "first", "last"), LARGE, ids=[b[0] for b in LARGE])
def test_large_recorded_bars_import_with_the_rows_and_span_of_their_readme(
    imported, path, rows, first, last
):
    held_to(imported(path), rows, first, last)


@pytest.mark.slow
def test_prices_with_publication_dates_import_as_bars(imported):
    info = imported("us-equities-pit-2015-2017/prices_2015-03_2016-08.parquet")
    held_to(info, 355_516, "2015-03-20", "2016-09-01")
    assert len(info.instruments) == 1_050


@pytest.mark.parametrize(
    ("path", "rows", "kind", "stored"), TICKS, ids=[f"{t[0]} {t[2]}" for t in TICKS]
)
def test_recorded_ticks_import_with_the_rows_of_their_readme(imported, path, rows, kind, stored):
    info = imported(path, kind=kind)
    assert info.kind == kind
    assert sum(source.rows for source in info.origin.sources) == rows
    assert not info.quality.errors
    if stored is not None:
        assert info.rows == stored


def test_the_national_best_of_the_large_day_is_never_crossed(imported):
    info = imported("us-equity-ticks-2013/tick/bac/20131007_quote.zip")
    assert info.origin.sources[0].rows == 476_855
    assert any(
        "changes of the national best quote made of 476,855" in n for n in info.quality.notes
    )
    assert not info.quality.of("crossed")


_MEASURED = """
import sys
from pathlib import Path
from sluice.market.catalog import Catalog
from sluice.operations.data import ImportRequest, import_data
source, catalog, now = sys.argv[1:]
info = import_data(ImportRequest(Path(source), "day"), Catalog(Path(catalog)), int(now))
# Not ru_maxrss: a child inherits that mark from the process that started it.
peak_kb = int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
print(info.origin.sources[0].rows, peak_kb // 1024)
"""


def test_half_a_million_quotes_are_imported_in_less_than_half_a_gigabyte(real_data, tmp_path):
    path = real_data / "us-equity-ticks-2013/tick/bac/20131007_quote.zip"
    words = [sys.executable, "-c", _MEASURED, str(path), str(tmp_path / "catalog"), str(NOW)]
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=300)
    rows, megabytes = map(int, done.stdout.split())
    assert rows == 476_855
    assert megabytes < 500


def test_the_known_dirt_of_taq_is_said(imported):
    notes = imported("us-taq-2018/sampleQDataRaw.parquet").quality.notes
    assert any("96 quotes with a side of zero withdraw" in n for n in notes)
    assert any("of 131,401 quotes of 12 exchanges" in n for n in notes)


def test_the_clock_of_the_recorder_is_said_to_be_behind(imported):
    notes = imported("crypto-l2-raw/usdm", kind="quotes").quality.notes
    assert any("median -1,26" in n and "recorder's clock is behind" in n for n in notes)


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("crypto-l3-bitstamp-2015/orders.csv.xz", "a feed of single orders"),
        ("crypto-l3-bitstamp-2015/2015-05-01.log.xz", "a feed of single orders"),
        ("crypto-l3-bitfinex-2021/tBTCUSD-R0.parquet", "a feed of single orders"),
        ("crypto-l3-bitfinex-2021/tBTCUSD-R0.json.gz", "no list of candles"),
        ("futures-mbo-es/es-mbo-20240508-2s.parquet", "a feed of single orders"),
        ("futures-mbo-es/es-mbo-20240508-2s.dbn.zst", "of no kind that is read here"),
        ("dex-lighter-2025/btc_ws_20251210.json.gz", "no list of candles"),
        ("us-equity-ticks-2013/factor_files/ibm.csv", "factors or renames, no prices"),
        ("us-equity-ticks-2013/map_files/ibm.csv", "factors or renames, no prices"),
    ],
)
def test_what_holds_neither_bars_nor_quotes_nor_trades_says_so(imported, path, says):
    with pytest.raises((BadData, MissingData), match=says):
        imported(path)
