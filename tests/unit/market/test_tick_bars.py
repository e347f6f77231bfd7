"""Bars made from quotes and trades look at nothing later than their end."""

import polars as pl
import pytest

from market_bars import START, instrument
from market_ticks import SECOND, quote_set, trade_set
from sluice.domain.errors import BadData
from sluice.market.tick_bars import bars_from_ticks
from sluice.market.ticks import TradeSet


def prints(rows):
    frame = pl.DataFrame(rows, schema=("ts", "price", "size"), orient="row").with_columns(
        pl.lit("BTCUSDT.BINANCE").alias("instrument"), pl.lit(0).alias("side")
    )
    return TradeSet.build(frame, [instrument()], name="t", provenance="recorded")


def test_a_print_at_the_end_of_a_window_belongs_to_the_next_bar():
    s = SECOND
    rows = [(START + t, p, 1.0) for t, p in ((0, 1.0), (10 * s, 5.0), (15 * s, 7.0), (19 * s, 6.0))]
    bars = bars_from_ticks(prints([*rows, (START + 20 * s, 99.0, 1.0)]), 10 * s).frame
    assert bars.select("open", "high", "low", "close", "volume").rows() == [(5.0, 7.0, 5.0, 6.0, 3)]
    assert bars["ts"].to_physical().to_list() == [START + 20 * s]


def test_later_ticks_change_no_bar_that_is_known():
    ticks = trade_set(("BTCUSDT", "ETHUSDT"), ticks=600)
    whole = bars_from_ticks(ticks, 60 * SECOND)
    cut = bars_from_ticks(ticks.between(None, START + 300 * SECOND), 60 * SECOND)
    assert len(cut.frame) == 2 * 4
    assert whole.frame.head(len(cut.frame)).equals(cut.frame)


def test_bars_of_quotes_are_of_their_mids_and_without_volume():
    bars = bars_from_ticks(quote_set(ticks=120), 10 * SECOND)
    assert bars.frame["open"][0] == pytest.approx(100.01)
    assert bars.frame["volume"].null_count() == len(bars.frame)


def test_a_size_that_is_not_known_leaves_the_volume_unknown():
    rows = [(START + i * SECOND, 5.0, None if i == 12 else 1.0) for i in range(40)]
    assert bars_from_ticks(prints(rows), 10 * SECOND).frame["volume"].to_list() == [None, 10.0]


def test_no_whole_window_is_an_error():
    with pytest.raises(BadData, match="no whole window"):
        bars_from_ticks(trade_set(), 3_600 * SECOND)
