"""Quotes and trades in the simulated day: their order beside bars, fills, what is recorded."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

import polars as pl
import pytest

from sluice.domain.errors import BadData, CallbackError
from sluice.domain.instrument import CostSchedule
from sluice.market.market_set import MarketSet
from sluice.market.ticks import QuoteSet, TradeSet
from sluice.strategy.base import Strategy
from unit.engine.days import HOUR, instrument, market, run

MINUTE = HOUR // 60
AAA = instrument("AAA")


def quotes(rows, instruments=(AAA,), provenance="simulated"):
    """Rows of (ts, bid, ask), of the first instrument, or with the instrument's id behind."""
    shaped = [(*row[:3], 5.0, 5.0, row[3] if len(row) > 3 else instruments[0].id) for row in rows]
    names = ("ts", "bid", "ask", "bid_size", "ask_size", "instrument")
    frame = pl.DataFrame(shaped, schema=names, orient="row")
    return QuoteSet.build(frame, instruments, name="quotes", provenance=provenance)


def trades(rows, instruments=(AAA,)):
    shaped = [(*row, instruments[0].id) for row in rows]
    frame = pl.DataFrame(shaped, schema=("ts", "price", "size", "side", "instrument"), orient="row")
    return TradeSet.build(frame, instruments, name="trades", provenance="simulated")


class Diary(Strategy):
    """Writes down what it sees."""

    @dataclass
    class State:
        pass

    seen: ClassVar[list] = []

    def on_bar(self, ctx, bar):
        self.seen.append(("bar", ctx.now_ns, bar.close))

    def on_quote(self, ctx, quote):
        self.seen.append(("quote", ctx.now_ns, quote.bid))

    def on_trade(self, ctx, trade):
        self.seen.append(("trade", ctx.now_ns, trade.price))


def test_at_one_stamp_bars_come_before_quotes_and_quotes_before_trades():
    Diary.seen.clear()
    parts = [
        market({"AAA": [100.0, 101.0]}),
        quotes([(HOUR, 99.0, 99.5), (HOUR, 98.0, 98.5), (HOUR + 1, 97.0, 97.5)]),
        trades([(HOUR, 99.25, 1.0, 1), (2 * HOUR + 1, 96.0, 1.0, -1)]),
    ]
    run(Diary(), MarketSet.of(parts))
    assert Diary.seen == [
        ("bar", HOUR, 100.0),
        ("quote", HOUR, 99.0),
        ("quote", HOUR, 98.0),
        ("trade", HOUR, 99.25),
        ("quote", HOUR + 1, 97.0),
        ("bar", 2 * HOUR, 101.0),
        ("trade", 2 * HOUR + 1, 96.0),
    ]


class Once(Strategy):
    """Buys one unit at the first bar."""

    @dataclass
    class State:
        done: bool = False

    def on_bar(self, ctx, bar):
        if not ctx.state.done:
            ctx.state.done = True
            ctx.buy(bar.instrument, 1.0)


def test_an_instrument_with_quotes_is_filled_and_marked_on_them_and_not_on_its_bars():
    parts = [
        market({"AAA": [100.0, 101.0, 102.0]}),
        quotes([(HOUR - 1, 90.0, 91.0), (HOUR + 5, 92.0, 93.0), (2 * HOUR, 94.0, 95.0)]),
    ]
    done = run(Once(), MarketSet.of(parts))
    assert list(done.fills["ts"]) == [HOUR + 5]
    assert list(done.fills["price"]) == [93.0]
    assert list(done.fills["ref_price"]) == [92.5]
    assert done.equity["equity"][-1] == pytest.approx(100_000 + 94.5 - 93.0)


def test_an_instrument_without_ticks_keeps_its_bars():
    bbb = instrument("BBB")
    parts = [market({"AAA": [100.0, 101.0]}), quotes([(HOUR + 5, 9.0, 9.1)], (bbb,))]
    done = run(Once(), MarketSet.of(parts))
    assert list(done.fills["price"]) == [100.0]


def test_without_a_price_yet_an_order_is_denied():
    parts = [market({"AAA": [100.0, 101.0]}), quotes([(HOUR + 5, 92.0, 93.0)])]
    done = run(Once(), MarketSet.of(parts))
    assert done.counts["denied.no_price"] == 1


def test_the_real_spread_takes_the_place_of_the_scheduled_half_spread():
    dear = CostSchedule(Decimal(0), Decimal("0.001"), Decimal("0.01"), "test")
    rows = [(HOUR - 1, 90.0, 91.0), (HOUR + 5, 92.0, 93.0)]
    done = run(Once(), MarketSet.of([market({"AAA": [100.0]}), quotes(rows)]), cost=dear)
    assert list(done.fills["price"]) == [93.0]
    assert done.fills["fee"][0] == pytest.approx(0.093)
    prints = trades([(HOUR - 1, 90.0, 1.0, 0), (HOUR + 5, 92.0, 1.0, 0)])
    done = run(Once(), MarketSet.of([market({"AAA": [100.0]}), prints]), cost=dear)
    assert list(done.fills["price"]) == [pytest.approx(92.92)]


def test_latency_counts_every_nanosecond_on_ticks():
    rows = [(HOUR - 1, 90.0, 91.0), *((HOUR + i, 90.0 + i, 91.0 + i) for i in range(1, 8))]
    done = run(Once(), MarketSet.of([market({"AAA": [100.0]}), quotes(rows)]), latency_ns=5)
    assert list(done.fills["ts"]) == [HOUR + 5]


class Watch(Strategy):
    def on_quote(self, ctx, quote):
        pass


def test_equity_is_recorded_on_a_grid_at_fills_and_at_the_end_and_not_at_each_quote():
    rows = [(i * MINUTE // 10, 90.0, 91.0) for i in range(100)]
    done = run(Watch(), MarketSet.of([quotes(rows)]))
    assert list(done.equity["ts"]) == [*(i * MINUTE for i in range(10)), 99 * MINUTE // 10]
    done = run(Watch(), MarketSet.of([quotes(rows)], sample_ns=5 * MINUTE))
    assert list(done.equity["ts"]) == [0, 5 * MINUTE, 99 * MINUTE // 10]


class Keeper(Strategy):
    kept: ClassVar[list] = []

    def on_quote(self, ctx, quote):
        assert ctx.last_quote(quote.instrument).bid_ticks == quote.bid_ticks
        if len(self.kept) < 2:
            self.kept.append(quote)


def test_a_quote_that_is_kept_stays_what_it_was():
    Keeper.kept.clear()
    run(Keeper(), MarketSet.of([quotes([(i, 90.0 + i, 91.0 + i) for i in range(1, 6)])]))
    assert [(q.ts_ns, q.bid, q.ask, q.mid) for q in Keeper.kept] == [
        (1, 91.0, 92.0, 91.5),
        (2, 92.0, 93.0, 92.5),
    ]
    assert (Keeper.kept[0].bid_ticks, Keeper.kept[0].bid_size) == (9100, 5.0)
    assert "bid=91" in repr(Keeper.kept[0])


class Blind(Strategy):
    def on_trade(self, ctx, trade):
        assert ctx.last_quote("AAA") is None
        assert ctx.last_trade("AAA").side == trade.side
        raise RuntimeError("enough")


def test_a_callback_that_fails_is_shown_with_its_own_lines():
    with pytest.raises(CallbackError, match="enough"):
        run(Blind(), MarketSet.of([trades([(5, 90.0, 1.0, -1)])]))


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ((5, float("nan"), 91.0), "bid NaN"),
        ((5, 90.0, -1.0), "ask -1"),
        ((5, 90.0, float("inf")), "ask inf"),
        ((5, 90.0, 1e18), "does not fit"),
    ],
    ids=["nan", "negative", "infinite", "huge"],
)
def test_a_price_that_is_none_is_refused_with_its_row(row, words):
    with pytest.raises(BadData, match=rf"row 1: {words}|row 1: .*{words}"):
        run(Watch(), MarketSet.of([quotes([(1, 90.0, 91.0), row])]))


def test_signals_on_bars_trade_on_quotes():
    class Half(Strategy):
        def signals(self):
            return pl.col("close") * 0 + 0.5

    rows = [(HOUR - 1, 99.0, 101.0), (HOUR + 5, 99.0, 101.0)]
    done = run(Half(), MarketSet.of([market({"AAA": [100.0]}), quotes(rows)]))
    assert list(done.fills["qty"]) == [500.0]
    assert list(done.fills["price"]) == [101.0]
