"""Contingent orders and the walk through a bar, beside a slow, plain model of them."""

import copy

import numpy as np
from hypothesis import event, given, settings
from hypothesis import strategies as st

from property.models.contingent_model import DAY_NS, OPEN, Candle, Fill, Order, Rules, simulate
from sluice import core

STEP = DAY_NS // 6
SCALE, TICK, QUANTITY_SCALE = 4, 100, 2
MONEY = 10**9 // 10 ** (SCALE + QUANTITY_SCALE)


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
def order(draw, number, bar, earlier):
    """Any kind, near the close; tied to earlier orders now and then."""
    near = st.integers(-60, 60).map(lambda ticks: bar.close + ticks * TICK)
    kind = draw(st.sampled_from(("market", "limit", "limit", "stop", "stop_limit", "trailing")))
    one = Order(number, draw(st.sampled_from((1, -1))), draw(st.integers(1, 4_000)), kind)
    one.limit = draw(near) if kind in {"limit", "stop_limit"} else 0
    one.stop = draw(near) if kind in {"stop", "stop_limit"} else 0
    if kind == "stop_limit" and (one.limit - one.stop) * one.side < 0:
        one.limit, one.stop = one.stop, one.limit
    one.trail = draw(st.integers(1, 50)) * TICK if kind == "trailing" else 0
    one.tif = draw(st.sampled_from(("GTC", "GTC", "GTC", "DAY", "GTD", "IOC", "FOK")))
    one.until = bar.end + draw(st.integers(1, 4 * STEP)) if one.tif == "GTD" else 0
    rests = kind == "limit" and one.tif not in {"IOC", "FOK"}
    one.post_only = rests and draw(st.booleans())
    one.reduce_only = draw(st.booleans())
    one.decided = bar.end
    if earlier and draw(st.booleans()):
        one.oco = draw(st.sampled_from(earlier))
    return one


@st.composite
def bracket(draw, number, bar):
    """An entry with a stop or a trail and a target, on their right sides."""
    side = draw(st.sampled_from((1, -1)))
    quantity = draw(st.integers(1, 4_000))
    entry = Order(number, side, quantity, decided=bar.end)
    price = bar.close
    if draw(st.booleans()):
        entry.kind = draw(st.sampled_from(("limit", "stop")))
        price = bar.close + draw(st.integers(-30, 30)) * TICK
        entry.limit = price if entry.kind == "limit" else 0
        entry.stop = price if entry.kind == "stop" else 0
    away = st.integers(1, 40)
    exits = []
    for kind in draw(st.sampled_from((("stop", "limit"), ("trailing", "limit"), ("stop",)))):
        one = Order(number + 1 + len(exits), -side, quantity, kind, decided=bar.end)
        one.after, one.reduce_only = number, True
        one.oco = exits[0].number if exits else 0
        one.stop = price - side * draw(away) * TICK if kind == "stop" else 0
        one.limit = price + side * draw(away) * TICK if kind == "limit" else 0
        one.trail = draw(away) * TICK if kind == "trailing" else 0
        exits.append(one)
    return [entry, *exits]


@st.composite
def scenes(draw):
    bars, script, number, free = draw(candles()), {}, 1, []
    for row, bar in enumerate(bars):
        wishes = script.setdefault(row, [])
        for _ in range(draw(st.integers(0, 2))):
            if draw(st.booleans()):
                wishes.extend(draw(bracket(number, bar)))
            else:
                wishes.append(draw(order(number, bar, free)))
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
            if not isinstance(wish, Order):
                ctx.cancel(wish)
                continue
            asked = {"tif": wish.tif, "post_only": wish.post_only, "reduce_only": wish.reduce_only}
            for name in ("limit", "stop", "trail"):
                if getattr(wish, name):
                    asked[name] = getattr(wish, name) / 10**SCALE
            asked |= {"until": wish.until} if wish.tif == "GTD" else {}
            asked |= {"after": wish.after} if wish.after else {}
            asked |= {"oco": wish.oco} if wish.oco else {}
            send = ctx.buy if wish.side > 0 else ctx.sell
            assert send("AAA", wish.quantity / 10**QUANTITY_SCALE, **asked) == wish.number


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


def fills_of(run):
    table = run.fills
    return [
        Fill(
            ts=int(table["ts"][row]),
            order=int(table["order_id"][row]),
            quantity=round(table["qty"][row] * 10**QUANTITY_SCALE),
            price=round(table["price"][row] * 10**SCALE),
            reference=round(table["ref_price"][row] * 10**SCALE),
            fee=round(table["fee"][row] * 10**9),
            maker=table["liquidity"][row] == 0,
        )
        for row in range(len(table["ts"]))
    ]


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
