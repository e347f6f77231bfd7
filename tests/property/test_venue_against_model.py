"""The Rust venue plays random bars and random orders beside a slow, plain model of it."""

import copy

import numpy as np
from hypothesis import event, given, settings
from hypothesis import strategies as st

from property.models.venue_model import DAY_NS, Candle, Fill, Order, Rules, simulate
from sluice import core

STEP = DAY_NS // 6
SCALE, TICK = 4, 100  # prices with two decimals, counted two finer
QUANTITY_SCALE = 2
MONEY = 10**9 // 10 ** (SCALE + QUANTITY_SCALE)
NAMES = ("AAA", "BBB")
ENDLESS = {"PENDING_NEW": "CANCELED", "NEW": "CANCELED"}  # the driver cancels what is left


@st.composite
def candles(draw, instrument):
    """Bars of one or two steps around a price of 100, some missing, some without volume."""
    length = draw(st.sampled_from((1, 2))) * STEP
    price, bars = 10_000, []
    move = st.integers(-300, 300)
    for number in range(draw(st.integers(2, 8))):
        open_ = price + draw(move)
        close = open_ + draw(move)
        high = max(open_, close) + abs(draw(move))
        low = min(open_, close) - abs(draw(move))
        price = max(5_000, close)
        if draw(st.integers(0, 6)) == 0:
            continue
        start = number * length
        counts = [tick * TICK for tick in (open_, high, low, close)]
        figures = st.one_of(st.none(), st.floats(10.0, 1e6))
        bars.append(
            Candle(
                instrument,
                start,
                start + length,
                *counts,
                volume=draw(figures),
                adv=draw(figures),
                sigma=draw(st.one_of(st.none(), st.floats(0.0, 0.1))),
            )
        )
    return bars


@st.composite
def scripts(draw, bars):
    """Orders of every kind and time in force, by the row after which they are sent; and cancels."""
    script, number = {}, 0
    for row, bar in enumerate(bars):
        priced = sorted({one.instrument for one in bars if one.start < bar.end})
        for _ in range(draw(st.integers(0, 3))):
            number += 1
            kind = draw(st.sampled_from(("market", "limit", "stop")))
            script.setdefault(row, []).append(
                Order(
                    number,
                    draw(st.sampled_from(priced)),
                    draw(st.sampled_from((1, -1))),
                    draw(st.integers(1, 5_000)),
                    kind,
                    0 if kind == "market" else draw(st.integers(9_500, 10_500)) * TICK,
                    draw(st.sampled_from(("GTC", "GTC", "DAY", "IOC", "FOK"))),
                    bar.end,
                )
            )
        if number and draw(st.integers(0, 3)) == 0:
            script.setdefault(row, []).append(draw(st.integers(1, number)))
    return script


@st.composite
def scenes(draw):
    bars = [bar for instrument in range(2) for bar in draw(candles(instrument))]
    bars.sort(key=lambda bar: (bar.end, bar.instrument))
    rules = Rules(
        maker=draw(st.sampled_from((0, -50_000, 200_000))),
        taker=draw(st.sampled_from((0, 500_001))),
        half_spread=draw(st.sampled_from((0, 1, 333_333))),
        volume_slippage=draw(st.sampled_from((0.0, 0.1))),
        impact=draw(st.sampled_from((0.0, 1.0))),
        latency=draw(st.sampled_from((0, STEP // 2, STEP, STEP + 1, 3 * STEP))),
        bar=STEP,
        touch=draw(st.booleans()),
        quantity_scale=QUANTITY_SCALE,
        money=MONEY,
    )
    return bars, draw(scripts(bars)), rules


class Scripted:
    def __init__(self, bars, script):
        self.rows = {(bar.end, NAMES[bar.instrument]): row for row, bar in enumerate(bars)}
        self.script = script

    def on_bar(self, ctx, bar):
        for wish in self.script.get(self.rows[bar.ts_ns, bar.instrument], ()):
            if not isinstance(wish, Order):
                ctx.cancel(wish)
                continue
            send = ctx.buy if wish.side > 0 else ctx.sell
            price = {} if wish.kind == "market" else {wish.kind: wish.price / 10**SCALE}
            quantity = wish.quantity / 10**QUANTITY_SCALE
            assert send(NAMES[wish.instrument], quantity, tif=wish.tif, **price) == wish.number


def played(bars, script, rules):
    def column(name, kind=np.float64):
        values = [getattr(bar, name) for bar in bars]
        return np.array([np.nan if value is None else value for value in values], dtype=kind)

    instruments = [
        core.Instrument(
            f"{name}.TEST",
            currency="USD",
            price_scale=SCALE,
            quantity_scale=QUANTITY_SCALE,
            tick=TICK,
            lot=1,
            multiplier=10**9,
            min_notional=0,
            shortable=True,
        )
        for name in NAMES
    ]
    prices = [column(name) / 10**SCALE for name in ("open", "high", "low", "close")]
    columns = core.BarColumns(
        instruments,
        column("start", np.int64),
        column("end", np.int64),
        column("instrument", np.uint32),
        *prices,
        column("volume"),
        adv=column("adv"),
        sigma=column("sigma"),
    )
    cost = core.CostRule(
        maker=rules.maker,
        taker=rules.taker,
        half_spread=rules.half_spread,
        volume_slippage=rules.volume_slippage,
        impact=rules.impact,
    )
    rich = core.RunSettings(
        cash=10**18,
        bar_ns=rules.bar,
        latency_ns=rules.latency,
        touch_fills=rules.touch,
        leverage=10.0,
    )
    return core.run(
        columns, [cost, cost], rich, strategy=Scripted(bars, script), callbacks=["on_bar"]
    )


def fills_of(run):
    table = run.fills
    return [
        Fill(
            ts=int(table["ts"][row]),
            order=int(table["order_id"][row]),
            price=round(table["price"][row] * 10**SCALE),
            reference=round(table["ref_price"][row] * 10**SCALE),
            fee=round(table["fee"][row] * 10**9),
            maker=table["liquidity"][row] == 0,
        )
        for row in range(len(table["ts"]))
    ]


@settings(max_examples=200, deadline=None)
@given(scenes())
def test_the_venue_fills_and_ends_every_order_as_the_model_does(scene):
    bars, script, rules = scene
    venue, statuses = simulate(bars, copy.deepcopy(script), rules)
    run = played(bars, script, rules)
    event(f"fills: {min(len(venue.fills), 12) // 4 * 4}+")
    assert run.counts["impact_unknown"] == venue.unknown
    assert fills_of(run) == venue.fills
    ended = dict(zip(run.orders["order_id"].tolist(), run.orders["status"], strict=True))
    if rules.latency < rules.bar:  # else a last cancel is still on its way when the day ends
        assert ended == {number: ENDLESS.get(word, word) for number, word in statuses.items()}


@settings(max_examples=50, deadline=None)
@given(scenes())
def test_no_order_meets_a_price_from_before_its_decision(scene):
    bars, script, rules = scene
    run = played(bars, script, rules)
    decided = dict(zip(run.orders["order_id"], run.orders["ts_decided"], strict=True))
    starts = {bar.start for bar in bars}
    for ts, order in zip(run.fills["ts"], run.fills["order_id"], strict=True):
        assert ts >= decided[order]
        assert ts in starts or ts > decided[order]
