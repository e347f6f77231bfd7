"""Random quotes, prints and orders: the core fills as the slow model does."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from property.models.tick_model import Order, Tick, simulate
from sluice import core

SCALE, TICK = 4, 100
LOT = 100


class Scripted:
    """Sends the orders of a script after the tick at their place."""

    def __init__(self, script):
        self.script, self.place, self.ids = script, -1, {}

    def on_quote(self, ctx, tick):
        self.act(ctx, tick.instrument)

    on_trade = on_quote

    def act(self, ctx, name):
        self.place += 1
        for order in self.script.get(self.place, []):
            level = {"market": {}, "limit": {"limit": order.level / 100}}
            terms = level.get(order.kind, {"stop": order.level / 100})
            send = ctx.buy if order.side > 0 else ctx.sell
            self.ids[send(name, 1.0, tif=order.tif, **terms)] = order.number


@st.composite
def ticks(draw, kinds):
    ts, price, out = 0, 10_000, []
    for _ in range(draw(st.integers(1, 25))):
        ts += draw(st.integers(0, 3))
        price += draw(st.integers(-3, 3))
        if draw(st.sampled_from(kinds)) == "quote":
            wide = draw(st.integers(0, 3))
            shown = [draw(st.integers(0, 9)) > 0 for _ in range(2)]
            out.append(Tick(ts, price, price + wide, *shown))
        else:
            out.append(Tick(ts, price=price))
    return sorted(out, key=lambda tick: (tick.ts, tick.price is not None))


@st.composite
def scenes(draw, kinds):
    stream = draw(ticks(kinds))
    quoted = any(tick.price is None for tick in stream)
    script, number, priced = {}, 0, False
    for place, tick in enumerate(stream):
        priced = priced or not quoted or tick.price is None
        for _ in range(draw(st.integers(0, 2)) if priced else 0):
            number += 1
            kind = draw(st.sampled_from(("market", "limit", "stop")))
            level = draw(st.integers(9_990, 10_010))
            tif = draw(st.sampled_from(("GTC", "GTC", "IOC", "FOK")))
            side = draw(st.sampled_from((1, -1)))
            script.setdefault(place, []).append(Order(number, side, kind, level, tif, tick.ts))
    return stream, script, quoted


def played(stream, script, latency, touch_fills):
    instrument = core.Instrument(
        "AAA.SIM",
        currency="USD",
        price_scale=SCALE,
        quantity_scale=0,
        tick=TICK,
        lot=1,
        multiplier=10**9,
        min_notional=0,
        shortable=True,
    )
    none = np.array([], dtype=np.float64)
    stamps = np.array([], dtype=np.int64)
    bars = core.BarColumns(
        [instrument], stamps, stamps, stamps.astype(np.uint32), none, none, none, none, none
    )
    quotes = [tick for tick in stream if tick.price is None]
    trades = [tick for tick in stream if tick.price is not None]

    def floats(values):
        return np.array(list(values), dtype=np.float64)

    strategy = Scripted(script)
    done = core.run(
        bars,
        [core.CostRule(maker=0, taker=0, half_spread=0)],
        core.RunSettings(
            cash=10**18, bar_ns=1, leverage=1000.0, latency_ns=latency, touch_fills=touch_fills
        ),
        strategy=strategy,
        callbacks=["on_quote", "on_trade"],
        quotes=core.QuoteColumns(
            bars,
            np.array([tick.ts for tick in quotes], dtype=np.int64),
            None,
            floats(tick.bid / 100 for tick in quotes),
            floats(tick.ask / 100 for tick in quotes),
            floats(5.0 if tick.bid_shown else 0.0 for tick in quotes),
            floats(5.0 if tick.ask_shown else 0.0 for tick in quotes),
        )
        if quotes
        else None,
        trades=core.TradeColumns(
            bars,
            np.array([tick.ts for tick in trades], dtype=np.int64),
            None,
            floats(tick.price / 100 for tick in trades),
            floats(1.0 for _ in trades),
            np.zeros(len(trades), dtype=np.int8),
        )
        if trades
        else None,
    )
    assert not any(done.counts[name] for name in done.counts if name.startswith("denied"))
    table = done.fills
    return [
        (
            int(table["ts"][row]),
            strategy.ids[int(table["order_id"][row])],
            int(table["side"][row]),
            round(float(table["price"][row]) * 100, 6),
            ("maker", "taker")[table["liquidity"][row]],
        )
        for row in range(len(table["ts"]))
    ], done


@pytest.mark.parametrize(
    "kinds", [("quote",), ("trade",), ("quote", "quote", "trade")], ids=lambda kinds: kinds[-1]
)
@settings(max_examples=150, deadline=None)
@given(st.data(), st.sampled_from((0, 1, 4)), st.booleans())
def test_orders_fill_on_ticks_as_the_model_says(kinds, data, latency, touch_fills):
    stream, script, quoted = data.draw(scenes(kinds))
    found, done = played(stream, script, latency, touch_fills)
    told = simulate(stream, script, latency=latency, touch_fills=touch_fills, quoted=quoted)
    assert found == told
    assert list(done.equity["ts"]) == sorted(set(done.equity["ts"]))
    assert done.equity["ts"][-1] == stream[-1].ts
