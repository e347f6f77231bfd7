"""The quality report of quotes and trades, and what becomes of them in the catalog."""

import polars as pl
import pytest

from market_bars import HOUR, NOW, START
from sluice.domain.errors import BadData, QualityRefused, UsageError
from sluice.market.catalog import Catalog
from sluice.market.importers import ImportOptions
from sluice.market.market_set import MarketSet
from sluice.market.source import read_source, resolve_market
from sluice.market.tick_store import load_ticks
from sluice.operations.data import ImportRequest, import_data, list_datasets, show


def quotes(tmp_path, name="BTCUSDT.csv", **changes):
    count = 40
    frame = pl.DataFrame(
        {
            "ts": [START + i * 10**9 for i in range(count)],
            "bid": [100.0 + i % 5 / 10 for i in range(count)],
            "ask": [100.5 + i % 5 / 10 for i in range(count)],
            "bid_size": [1.0] * count,
            "ask_size": [2.0] * count,
        }
    )
    for column, (row, value) in changes.items():
        cells = frame[column].to_list()
        cells[row] = value
        frame = frame.with_columns(pl.Series(column, cells))
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    frame.write_csv(path)
    return path


def report(path, policy="refuse"):
    source = read_source(path, ImportOptions(), name="x", policy=policy, now_ns=NOW)
    return source.judged.report


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"ts": (20, START)}, "out_of_order"),
        ({"ts": (39, NOW + HOUR)}, "future"),
        ({"bid": (7, float("nan"))}, "not_a_number"),
        ({"ask": (7, float("inf"))}, "not_a_number"),
        ({"bid": (7, -1.0)}, "non_positive"),
        ({"bid_size": (7, -1.0)}, "invalid_size"),
    ],
)
def test_a_bad_tick_is_named_and_nothing_is_stored(tmp_path, changes, rule):
    path = quotes(tmp_path, **changes)
    found = report(path)
    assert found.refused
    assert [f.rule for f in found.errors] == [rule]
    (row, _) = next(iter(changes.values()))
    assert f"first in row {row + 1} of BTCUSDT.csv" in found.errors[0].text
    catalog = Catalog(tmp_path / "catalog")
    with pytest.raises(QualityRefused, match=r"of BTCUSDT\.csv"):
        import_data(ImportRequest(path), catalog, NOW)
    assert catalog.names() == []


def test_quarantine_sets_the_tick_aside(tmp_path):
    found = report(quotes(tmp_path, bid=(7, -1.0)), "quarantine")
    assert (found.rows_kept, found.rows_quarantined) == (39, 1)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"bid": (7, 101.0)}, "crossed"),
        ({"bid": (7, 100.7)}, "locked"),
        ({"ts": (8, START + 7 * 10**9)}, "shared_stamps"),
        ({"ts": (39, START + 3 * HOUR)}, "silences"),
        ({"ask_size": (3, None)}, "missing_size"),
        ({"ask": (7, 200.0)}, "outliers"),
    ],
)
def test_an_odd_tick_is_a_warning(tmp_path, changes, rule):
    found = report(quotes(tmp_path, **changes))
    assert not found.refused
    assert rule in [f.rule for f in found.warnings]


def test_ticks_come_back_from_the_catalog_as_they_were(tmp_path):
    catalog = Catalog(tmp_path / "catalog")
    path = quotes(tmp_path)
    info = import_data(ImportRequest(path, name="ticks"), catalog, NOW)
    assert (info.kind, info.rows, info.every_ns) == ("quotes", 40, 0)
    ticks = load_ticks(catalog, "ticks")
    assert ticks.digest == info.digest
    assert ticks.frame["bid"].to_list()[:2] == [100.0, 100.1]
    assert [f.path for f in info.files] == [
        "kind=quotes/instrument=BTCUSDT.LOCAL/day=2024-01-01.parquet"
    ]
    assert list_datasets(catalog)[0] == info
    assert show(catalog, "ticks").instruments[0].rows == 40
    with pytest.raises(UsageError, match="ticks holds quotes, not bars"):
        catalog.load("ticks")
    damaged = tmp_path / "catalog" / "ticks" / info.files[0].path
    damaged.write_bytes(damaged.read_bytes()[:-9] + b"x" * 9)
    with pytest.raises(BadData, match="is not what was written"):
        load_ticks(catalog, "ticks")


def test_a_file_of_quotes_may_be_used_without_importing_it(tmp_path):
    catalog = Catalog(tmp_path / "catalog")
    market = resolve_market(str(quotes(tmp_path)), None, catalog, now_ns=NOW)
    assert isinstance(market, MarketSet)
    assert market.name == "BTCUSDT"
    with pytest.raises(QualityRefused, match="zero or below"):
        resolve_market(quotes(tmp_path, bid=(7, -1.0)), None, catalog, now_ns=NOW)
    assert catalog.names() == []
