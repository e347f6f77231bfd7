"""What a run may be given as data."""

import polars as pl
import pytest

from market_bars import NOW, ROWS, START, bar_set
from sluice.domain.errors import MissingData, QualityRefused, UsageError
from sluice.domain.strategy import Bars
from sluice.market.catalog import Catalog
from sluice.market.dataset import Origin
from sluice.market.source import dataset_name, resolve


@pytest.fixture
def catalog(tmp_path):
    catalog = Catalog(tmp_path / "data")
    catalog.write("stored", bar_set(("BTCUSDT", "ETHUSDT")), Origin("recorded"), NOW)
    return catalog


def test_bars_are_used_as_they_are(catalog):
    bars = bar_set()
    assert resolve(bars, None, catalog) is bars


def test_a_name_is_a_data_set_whole_whatever_is_declared(catalog):
    bars = resolve("stored", Bars("BTCUSDT", every="4h"), catalog)
    assert (len(bars.instruments), bars.every_ns) == (2, 3600 * 10**9)


def test_nothing_is_the_declaration(catalog):
    assert resolve(None, Bars("BTCUSDT", every="1h"), catalog).ids == ("BTCUSDT.BINANCE",)
    with pytest.raises(UsageError, match="declares no data"):
        resolve(None, None, catalog)


def test_a_file_is_judged_and_used_without_being_stored(catalog, csv):
    path = csv()
    bars = resolve(path, None, catalog, now_ns=NOW)
    assert bars.window[0] == START
    assert bars.quality is not None
    assert bars.quality.policy == "refuse"
    assert bars.provenance == "recorded"
    assert catalog.names() == ["stored"]
    assert resolve(str(path), None, catalog, now_ns=NOW).digest == bars.digest


def test_a_file_and_the_data_set_made_of_it_have_one_digest(catalog, csv):
    bars = resolve(csv(), None, catalog, now_ns=NOW)
    catalog.write("copy", bars, Origin("recorded"), NOW)
    assert catalog.load("copy").digest == bars.digest


def test_a_file_with_wrong_rows_is_refused(catalog, csv):
    path = csv((*ROWS, "2024-01-01 04:00,-1,1,-1,1,1"))
    with pytest.raises(QualityRefused, match="price of zero or below"):
        resolve(path, None, catalog, now_ns=NOW)


def test_a_frame_is_read_like_a_file(catalog):
    frame = bar_set().frame.drop("ts")
    bars = resolve(frame, None, catalog, now_ns=NOW)
    assert bars.ids == ("BTCUSDT.BINANCE",)
    assert len(bars.frame) == 48


def test_currencies_have_no_volume_and_it_stays_null(catalog, csv):
    rows = [r.rsplit(",", 1)[0] for r in ROWS]
    bars = resolve(csv(rows, "time,open,high,low,close", "GBPUSD-1h.csv"), None, catalog)
    assert bars.frame["volume"].null_count() == 4
    assert bars.instruments[0].asset_class == "fx"
    assert not bars.calendar.always_open


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("storred", "did you mean stored"),
        ("nope/prices.csv", "there is no file or folder"),
        ("prices.csv", "there is no file or folder"),
    ],
)
def test_what_is_not_there_is_told(catalog, data, message):
    with pytest.raises(MissingData, match=message):
        resolve(data, None, catalog)


def test_a_frame_of_another_library_is_told_the_way(catalog):
    with pytest.raises(UsageError, match=r"a polars or a pandas frame"):
        resolve({"close": [1]}, None, catalog)


def test_an_empty_frame_is_told(catalog):
    with pytest.raises(Exception, match="the frame has no rows"):
        resolve(pl.DataFrame({"ts": []}), None, catalog)


def test_a_source_lends_its_name(tmp_path):
    assert dataset_name(tmp_path / "my prices.csv.gz") == "my-prices"
    assert dataset_name(tmp_path / "crypto-1h") == "crypto-1h"
