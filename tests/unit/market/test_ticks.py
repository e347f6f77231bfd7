"""The one shape of quotes and trades."""

import polars as pl
import pytest

from market_bars import START, instrument
from market_ticks import SECOND, quote_frame, quote_set, trade_set
from sluice.domain.errors import MissingData
from sluice.market.bars import STAMP
from sluice.market.ticks import QUOTE_COLUMNS, TRADE_COLUMNS, QuoteSet, TradeSet


def test_quotes_and_trades_have_their_columns_and_types():
    quotes, trades = quote_set(), trade_set()
    assert tuple(quotes.frame.columns) == QUOTE_COLUMNS
    assert tuple(trades.frame.columns) == TRADE_COLUMNS
    assert quotes.frame["ts"].dtype == STAMP
    assert trades.frame["side"].dtype == pl.Int8
    assert quotes.window == (START, START + 59 * SECOND)
    assert QuoteSet.build(
        quotes.frame.clear(), quotes.instruments, name="none", provenance="recorded"
    ).window == (0, 0)


def test_any_row_order_gives_the_one_shape():
    quotes = quote_set(("BTCUSDT", "ETHUSDT"))
    shuffled = quotes.frame.sample(fraction=1.0, shuffle=True, seed=3)
    again = QuoteSet.build(shuffled, quotes.instruments, name="other", provenance="recorded")
    assert again.frame.equals(quotes.frame)
    assert again.digest == quotes.digest


def test_ticks_of_one_stamp_keep_the_order_of_the_source():
    sizes = [3.0, 1.0, 2.0]
    frame = pl.DataFrame(
        {
            "ts": [START + 1, START, START],
            "instrument": ["BTCUSDT.BINANCE"] * 3,
            "price": [100.0, 100.0, 99.0],
            "size": sizes,
            "side": [0, 1, -1],
        }
    )
    trades = TradeSet.build(frame, [instrument()], name="t", provenance="recorded")
    assert trades.frame["size"].to_list() == [1.0, 2.0, 3.0]


def test_columns_in_shape_are_shared_and_not_copied():
    quotes = quote_set()
    again = QuoteSet.build(quotes.frame, quotes.instruments, name="x", provenance="recorded")
    ours, theirs = (s.frame["bid"].to_numpy(allow_copy=False) for s in (quotes, again))
    assert ours.ctypes.data == theirs.ctypes.data


@pytest.mark.parametrize("column", ["bid", "ask", "bid_size", "ask_size", "ts"])
def test_every_column_counts_in_the_digest(column):
    frame = quote_frame()
    moved = frame.with_columns(pl.col(column) + 1)
    build = lambda f: QuoteSet.build(f, [instrument()], name="x", provenance="recorded")  # noqa: E731
    assert build(frame).digest != build(moved).digest


def test_a_size_that_is_not_known_is_null_or_nan_alike():
    frame = quote_frame(ticks=2)
    null, nan = (
        QuoteSet.build(
            frame.with_columns(pl.lit(v, dtype=pl.Float64).alias("bid_size")),
            [instrument()],
            name="x",
            provenance="recorded",
        )
        for v in (None, float("nan"))
    )
    assert null.digest == nan.digest


def test_a_part_is_narrowed_and_the_whole_is_not():
    quotes = quote_set(("BTCUSDT", "ETHUSDT"))
    one = quotes.only(["ETHUSDT"])
    assert one.narrowed
    assert one.ids == ("ETHUSDT.BINANCE",)
    assert len(one.frame) == 60
    assert not quotes.only(["BTCUSDT", "ETHUSDT"]).narrowed
    some = quotes.between(START + SECOND, START + 3 * SECOND)
    assert some.window == (START + SECOND, START + 3 * SECOND)
    assert some.narrowed


def test_a_window_without_ticks_says_what_there_is():
    with pytest.raises(MissingData, match="spans 2024-01-01 00:00"):
        quote_set().between(START - 5, START - 1)


def test_an_instrument_that_is_not_listed_is_a_fault():
    with pytest.raises((ValueError, pl.exceptions.PolarsError)):
        QuoteSet.build(quote_frame(), [instrument("ETH")], name="x", provenance="recorded")
