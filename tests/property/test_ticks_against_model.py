"""Random quotes, prints and orders of every kind: the core fills as the slow model does."""

import copy
import math

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from property.models.contingent_model import OPEN, Order, Rules
from property.models.contingent_orders import (
    MONEY,
    QUANTITY_SCALE,
    SCALE,
    STEP,
    TICK,
    bracket,
    fills_of,
    order,
    wished,
)
from property.models.tick_model import Tick, simulate
from sluice import core

SIZES = (math.nan, 1.0, 5.0, 30.0, 200.0)


class Scripted:
    """Does what a script says after the tick at each place."""

    def __init__(self, script):
        self.script, self.place = script, -1

    def on_quote(self, ctx, tick):
        self.place += 1
        for wish in self.script.get(self.place, ()):
            wished(ctx, wish)

    on_trade = on_quote


@st.composite
def ticks(draw, kinds):
    ts, price, out = 0, 1_000, []
    for _ in range(draw(st.integers(1, 25))):
        ts += draw(st.integers(0, 3)) * STEP // 4
        price = max(700, price + draw(st.integers(-30, 30)))
        if draw(st.sampled_from(kinds)) == "quote":
            ask = price + draw(st.integers(0, 20))
            sizes = [draw(st.sampled_from((*SIZES, 0.0))) for _ in range(2)]
            out.append(Tick(ts, price * TICK, ask * TICK, *sizes))
        else:
            out.append(Tick(ts, price=price * TICK, size=draw(st.sampled_from(SIZES))))
    return sorted(out, key=lambda tick: (tick.ts, tick.price is not None))


@st.composite
def scenes(draw, kinds):
    stream = draw(ticks(kinds))
    quoted = any(tick.price is None for tick in stream)
    script, number, free, mark = {}, 1, [], 0
    for place, tick in enumerate(stream):
        if not quoted or tick.price is None:
            mark = tick.mid // TICK * TICK  # what the check measures stops and targets by
        wishes = script.setdefault(place, [])
        for _ in range(draw(st.integers(0, 2)) if mark else 0):
            if draw(st.booleans()):
                wishes.extend(draw(bracket(number, mark, tick.ts)))
            else:
                wishes.append(draw(order(number, mark, tick.ts, free)))
                free.append(number)
            number = 1 + max(one.number for one in wishes if isinstance(one, Order))
        if number > 1 and draw(st.integers(0, 4)) == 0:
            wishes.append(draw(st.integers(1, number - 1)))
    rules = Rules(
        maker=draw(st.sampled_from((0, -50_000))),
        taker=draw(st.sampled_from((0, 500_001))),
        half_spread=draw(st.sampled_from((0, 333_333))),
        touch=draw(st.booleans()),
        participation=draw(st.sampled_from((None, None, 0.1, 0.5))),
        quantity_scale=QUANTITY_SCALE,
        money=MONEY,
    )
    return stream, script, rules


def played(stream, script, rules, latency):
    instrument = core.Instrument(
        "AAA.SIM",
        currency="USD",
        price_scale=SCALE,
        quantity_scale=QUANTITY_SCALE,
        tick=TICK,
        lot=1,
        multiplier=10**9,
        min_notional=0,
        shortable=rules.shortable,
    )
    none, stamps = np.array([], dtype=np.float64), np.array([], dtype=np.int64)
    bars = core.BarColumns(
        [instrument], stamps, stamps, stamps.astype(np.uint32), none, none, none, none, none
    )
    quotes = [tick for tick in stream if tick.price is None]
    trades = [tick for tick in stream if tick.price is not None]

    def column(kept, name, scale=1):
        return np.array([getattr(tick, name) / scale for tick in kept], dtype=np.float64)

    def times(kept):
        return np.array([tick.ts for tick in kept], dtype=np.int64)

    prices = [column(quotes, name, 10**SCALE) for name in ("bid", "ask")]
    sizes = [column(quotes, name) for name in ("bid_size", "ask_size")]
    return core.run(
        bars,
        [core.CostRule(maker=rules.maker, taker=rules.taker, half_spread=rules.half_spread)],
        core.RunSettings(
            cash=10**18,
            bar_ns=1,
            leverage=10.0,
            latency_ns=latency,
            touch_fills=rules.touch,
            participation=rules.participation,
        ),
        strategy=Scripted(script),
        callbacks=["on_quote", "on_trade"],
        quotes=core.QuoteColumns(bars, times(quotes), None, *prices, *sizes) if quotes else None,
        trades=core.TradeColumns(
            bars,
            times(trades),
            None,
            column(trades, "price", 10**SCALE),
            column(trades, "size"),
            np.zeros(len(trades), dtype=np.int8),
        )
        if trades
        else None,
    )


@pytest.mark.parametrize(
    "kinds", [("quote",), ("trade",), ("quote", "quote", "trade")], ids=["quotes", "trades", "both"]
)
@settings(max_examples=150, deadline=None)
@given(st.data(), st.sampled_from((0, 1, STEP)))
def test_orders_fill_and_end_on_ticks_as_the_model_says(kinds, data, latency):
    stream, script, rules = data.draw(scenes(kinds))
    desk = simulate(stream, copy.deepcopy(script), rules, latency=latency)
    run = played(stream, script, rules, latency)
    event(f"fills: {min(len(desk.fills), 12) // 4 * 4}+")
    assert fills_of(run) == desk.fills
    ended = dict(zip(run.orders["order_id"].tolist(), run.orders["status"], strict=True))
    expected = {key: one.status for key, one in desk.orders.items()}
    last = "PENDING_CANCEL" if latency else "CANCELED"  # the run ends before the cancel arrives
    assert ended == {key: last if word in OPEN else word for key, word in expected.items()}
    assert run.counts["volume_unknown"] == desk.unknown_fills
    paid = sum(
        desk.orders[one.order].side * one.quantity * one.price * rules.money + one.fee
        for one in desk.fills
    )
    mark = desk.best.mid if desk.best is not None else 0
    assert run.final_equity_nanos == 10**18 - paid + desk.position * mark * rules.money
    assert list(run.equity["ts"]) == sorted(set(run.equity["ts"]))
    assert run.equity["ts"][-1] == stream[-1].ts
