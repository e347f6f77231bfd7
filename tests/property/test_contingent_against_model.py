"""Contingent orders and the walk through a bar, beside a slow, plain model of them."""

import copy

import numpy as np
from hypothesis import event, given, settings
from hypothesis import strategies as st

from property.models.contingent_model import OPEN, Candle, Order, Rules, simulate
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
from sluice import core


@st.composite
def candles(draw):
    price, bars = 1_000, []
    move = st.integers(-40, 40)
    for number in range(draw(st.integers(3, 10))):
        open_ = price + draw(move)
        close = open_ + draw(move)
        high = max(open_, close) + abs(draw(move))
        low = min(open_, close) - abs(draw(move))
        price = max(700, close)
        counts = [tick * TICK for tick in (open_, high, low, close)]
        volume = draw(st.sampled_from((float("nan"), 0.0, 3.0, 30.0, 200.0)))
        bars.append(Candle(number * STEP, (number + 1) * STEP, *counts, volume=volume))
    return bars


@st.composite
def scenes(draw):
    bars, script, number, free = draw(candles()), {}, 1, []
    for row, bar in enumerate(bars):
        wishes = script.setdefault(row, [])
        for _ in range(draw(st.integers(0, 2))):
            if draw(st.booleans()):
                wishes.extend(draw(bracket(number, bar.close, bar.end)))
            else:
                wishes.append(draw(order(number, bar.close, bar.end, free)))
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
    return bars, script, rules


class Scripted:
    def __init__(self, bars, script):
        self.rows = {bar.end: row for row, bar in enumerate(bars)}
        self.script = script

    def on_bar(self, ctx, bar):
        for wish in self.script.get(self.rows[bar.ts_ns], ()):
            wished(ctx, wish)


def played(bars, script, rules):
    def column(name, kind=np.float64):
        return np.array([getattr(bar, name) for bar in bars], dtype=kind)

    instrument = core.Instrument(
        "AAA.TEST",
        currency="USD",
        price_scale=SCALE,
        quantity_scale=QUANTITY_SCALE,
        tick=TICK,
        lot=1,
        multiplier=10**9,
        min_notional=0,
        shortable=rules.shortable,
    )
    columns = core.BarColumns(
        [instrument],
        column("start", np.int64),
        column("end", np.int64),
        np.zeros(len(bars), np.uint32),
        *[column(name) / 10**SCALE for name in ("open", "high", "low", "close")],
        column("volume"),
    )
    cost = core.CostRule(maker=rules.maker, taker=rules.taker, half_spread=rules.half_spread)
    rich = core.RunSettings(
        cash=10**18,
        bar_ns=STEP,
        touch_fills=rules.touch,
        leverage=10.0,
        participation=rules.participation,
    )
    return core.run(columns, [cost], rich, strategy=Scripted(bars, script), callbacks=["on_bar"])


@settings(max_examples=300, deadline=None)
@given(scenes())
def test_contingent_orders_fill_and_end_as_the_model_says(scene):
    bars, script, rules = scene
    desk = simulate(bars, copy.deepcopy(script), rules)
    run = played(bars, script, rules)
    event(f"fills: {min(len(desk.fills), 12) // 4 * 4}+")
    assert fills_of(run) == desk.fills
    ended = dict(zip(run.orders["order_id"].tolist(), run.orders["status"], strict=True))
    expected = {key: one.status for key, one in desk.orders.items()}
    assert ended == {key: "CANCELED" if word in OPEN else word for key, word in expected.items()}
    assert run.counts["volume_unknown"] == desk.unknown_fills
    paid = sum(
        desk.orders[one.order].side * one.quantity * one.price * rules.money + one.fee
        for one in desk.fills
    )
    worth = desk.position * bars[-1].close * rules.money
    assert run.final_equity_nanos == 10**18 - paid + worth
