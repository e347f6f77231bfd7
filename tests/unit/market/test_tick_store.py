"""Quotes and trades in the catalog, and the market that a run sees."""

import pytest

from market_bars import HOUR, NOW, START, bar_set
from market_ticks import SECOND, quote_set, trade_set
from sluice.domain.errors import AmbiguousData, BadData, MissingData, UsageError
from sluice.domain.feeds import Bars, Quotes, Trades
from sluice.market.catalog import Catalog
from sluice.market.dataset import Origin
from sluice.market.market_set import MarketSet
from sluice.market.source import resolve_market
from sluice.market.tick_store import find_ticks, load_ticks


@pytest.fixture
def catalog(tmp_path):
    return Catalog(tmp_path / "data")


def stored(catalog, ticks, name):
    return catalog.write(name, ticks, Origin("recorded"), NOW)


def test_ticks_come_back_from_the_catalog_as_they_were(catalog):
    for ticks in (quote_set(("BTCUSDT", "ETHUSDT")), trade_set(("BTCUSDT", "ETHUSDT"))):
        info = stored(catalog, ticks, ticks.kind)
        assert (info.kind, info.rows, info.every_ns) == (ticks.kind, 120, 0)
        again = load_ticks(catalog, ticks.kind)
        assert again.frame.equals(ticks.frame)
        assert again.digest == ticks.digest == catalog.info(ticks.kind).digest
        assert load_ticks(catalog, ticks.kind, ["ETHUSDT"]).narrowed


def test_a_declaration_finds_its_own_kind(catalog):
    stored(catalog, quote_set(), "best")
    stored(catalog, trade_set(), "prints")
    stored(catalog, bar_set(), "hours")
    assert find_ticks(catalog, Quotes("BTCUSDT")).name == "best"
    assert find_ticks(catalog, Trades("BTCUSDT")).name == "prints"
    assert catalog.find(Bars("BTCUSDT", every="1h")).name == "hours"


def test_bars_are_not_read_as_ticks_nor_ticks_as_bars(catalog):
    stored(catalog, quote_set(), "best")
    stored(catalog, bar_set(), "hours")
    with pytest.raises(UsageError, match="holds bars"):
        load_ticks(catalog, "hours")
    with pytest.raises(UsageError, match="holds quotes"):
        catalog.load("best")


def test_missing_ticks_name_the_command_that_brings_them(catalog):
    with pytest.raises(MissingData, match="sluice data import"):
        find_ticks(catalog, Quotes("BTCUSDT"))
    stored(catalog, quote_set(), "one")
    stored(catalog, quote_set(), "two")
    with pytest.raises(AmbiguousData, match="one, two"):
        find_ticks(catalog, Quotes("BTCUSDT"))


def test_a_damaged_file_is_refused(catalog):
    info = stored(catalog, quote_set(), "best")
    path = catalog.root / "best" / info.files[0].path
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(BadData, match="damaged"):
        load_ticks(catalog, "best")


def test_a_market_holds_bars_quotes_and_trades_over_all_instruments(catalog):
    market = MarketSet.of([bar_set(("BTCUSDT",)), quote_set(("ETHUSDT",)), trade_set(("ETHUSDT",))])
    assert market.ids == ("BTCUSDT.BINANCE", "ETHUSDT.BINANCE")
    assert market.quotes.ids == market.ids
    assert market.window == (START, START + 48 * HOUR)
    assert len(market.frame) == 48
    part = market.only(["ETHUSDT"])
    assert part.frame.is_empty()
    assert part.narrowed
    assert part.window == (START, START + 59 * SECOND)
    early = market.between(START, START + 10 * SECOND)
    assert (len(early.quotes.frame), len(early.frame)) == (11, 0)
    with pytest.raises(MissingData, match="has nothing in that window"):
        market.between(START - 10, START - 5)


def test_each_part_counts_in_the_digest_of_a_market():
    both = MarketSet.of([bar_set(), quote_set()])
    other = MarketSet.of([bar_set(), quote_set(ticks=61)])
    assert len({both.digest, other.digest, bar_set().digest, quote_set().digest}) == 4
    assert MarketSet.of([bar_set(), quote_set()]).digest == both.digest


def test_a_market_takes_one_set_of_a_kind():
    with pytest.raises(UsageError, match="one set of QuoteSet"):
        MarketSet.of([quote_set(), quote_set()])


def test_a_declaration_of_several_kinds_is_resolved_to_one_market(catalog):
    stored(catalog, quote_set(), "best")
    stored(catalog, bar_set(), "hours")
    declared = (Bars("BTCUSDT", every="1h"), Quotes("BTCUSDT", every="10s"))
    market = resolve_market(None, declared, catalog, now_ns=NOW)
    assert isinstance(market, MarketSet)
    assert market.sample_ns == 10 * SECOND
    assert not market.narrowed
    named = resolve_market(("hours", "best"), None, catalog, now_ns=NOW)
    assert named.digest == market.digest
    assert resolve_market("hours", declared, catalog).digest == bar_set().digest
