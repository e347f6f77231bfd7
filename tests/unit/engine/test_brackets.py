"""Brackets, trailing stops and sizes as a strategy asks for them."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest

from sluice import Param, Strategy, close, high
from sluice.domain.errors import CallbackError
from unit.engine.days import HOUR, market, run

WALK = 100 + np.cumsum(np.random.default_rng(3).integers(-3, 4, 600)) / 4
FLAT = [100.0] * 6


class BreakoutBracket(Strategy):
    n: int = Param(10, ge=10, le=500)
    risk: float = Param(0.01, gt=0, le=0.05)

    @dataclass
    class State:
        losses: int = 0

    def signals(self) -> pl.Expr:
        return (close > high.rolling_max(self.n).shift(1)).cast(pl.Float64)

    def on_bar(self, ctx, bar):
        i = bar.instrument
        if ctx.signal(i) != 1 or ctx.position(i).qty or ctx.state.losses >= 3:
            return
        past = ctx.history(i, 20)
        stop_distance = 2 * (past["high"] - past["low"]).mean()
        if stop_distance > 0:
            ctx.bracket(
                i,
                qty=ctx.equity * self.risk / stop_distance,
                stop=bar.close - stop_distance,
                take=bar.close + 2 * stop_distance,
            )

    def on_fill(self, ctx, fill):
        ctx.state.losses = ctx.state.losses + 1 if fill.tag == "stop" else 0


def first(bars, act, **settings):
    """Runs `act(ctx)` at the first bar; returns what it said and the run."""
    said = []

    class Once(Strategy):
        def on_bar(self, ctx, bar):
            if not said:
                said.append(act(ctx))

    done = run(Once(), bars, **settings)
    return said[0], done


def status_of(done):
    return list(done.orders["status"])


def test_the_breakout_with_a_bracket_runs_as_it_is_written():
    steps = np.random.default_rng(3).normal(0.003, 0.02, 600)
    prices = np.round(100 * np.exp(np.cumsum(steps)), 2)
    done = run(BreakoutBracket(), market({"AAA": prices}))
    entries = [tag for tag in done.fills["tag"] if tag == ""]
    exits = [tag for tag in done.fills["tag"] if tag]
    assert len(entries) > 3
    assert set(exits) == {"stop", "take"}
    assert len(done.round_trips["pnl"]) == len(entries)
    assert sum(status == "FILLED" for status in status_of(done)) == len(done.fills["qty"])
    assert not any(value for name, value in done.counts.items() if name.startswith("denied"))


def test_a_bracket_gives_the_three_ids_and_its_legs_hold_until_the_entry_fills():
    bars = market({"AAA": [100, 100, 104, 104]})

    def act(ctx):
        return ctx.bracket("AAA", qty=1, stop=95, take=103, tag="in")

    legs, done = first(bars, act)
    assert (legs.entry, legs.stop, legs.take) == (1, 2, 3)
    assert tuple(legs) == (1, 2, 3)
    assert repr(legs) == "Bracket(entry=1, stop=2, take=3)"
    assert done.fills["tag"] == ["in", "take"]
    assert status_of(done) == ["FILLED", "CANCELED", "FILLED"]
    assert list(done.orders["parent"]) == [0, 1, 1]
    assert list(done.orders["group"]) == [0, 2, 2]
    assert list(done.orders["reduce_only"]) == [False, True, True]
    assert list(done.orders["kind"]) == ["market", "stop", "limit"]


def test_a_short_bracket_and_a_trailing_one_close_what_they_opened():
    falling = market({"AAA": [100, 100, 96, 90, 90]})
    _, done = first(falling, lambda ctx: ctx.bracket("AAA", qty=-1, stop=105, take=95))
    assert done.fills["tag"] == ["", "take"]
    assert list(done.fills["side"]) == [-1, 1]
    turning = market({"AAA": [100, 100, 110, 100, 100]})
    _, done = first(turning, lambda ctx: ctx.bracket("AAA", qty=1, trail=3.0))
    assert done.fills["tag"] == ["", "stop"]
    assert list(done.orders["trail"])[1] == 3.0
    assert done.positions == {}


def test_canceling_the_entry_takes_its_held_legs_with_it():
    bars = market({"AAA": FLAT})

    class Regret(Strategy):
        def on_bar(self, ctx, bar):
            if ctx.now_ns == HOUR:
                ctx.bracket("AAA", qty=1, stop=70, take=90, limit=80)
            elif ctx.now_ns == 3 * HOUR:
                ctx.cancel(1)

    done = run(Regret(), bars)
    assert status_of(done) == ["CANCELED"] * 3
    assert list(done.orders["ts_final"]) == [3 * HOUR] * 3


def test_exits_of_a_position_that_is_there_are_sized_by_it():
    class Protect(Strategy):
        def on_bar(self, ctx, bar):
            if ctx.now_ns == HOUR:
                ctx.buy("AAA", 2)
            elif ctx.now_ns == 2 * HOUR:
                ctx.oco("AAA", stop=95, take=103)

    done = run(Protect(), market({"AAA": [100, 100, 100, 104, 104]}))
    assert list(done.fills["qty"]) == [2, 2]
    assert status_of(done) == ["FILLED", "CANCELED", "FILLED"]


@pytest.mark.parametrize(
    ("act", "says"),
    [
        (lambda ctx: ctx.bracket("AAA", 1, stop=105, take=110), "exits on the wrong side"),
        (lambda ctx: ctx.bracket("AAA", 1, stop=95, take=99), "exits on the wrong side"),
        (lambda ctx: ctx.bracket("AAA", -1, stop=95, take=105), "a short position"),
        (lambda ctx: ctx.bracket("AAA", 1, stop=95, take=105, limit=94), "the entry 94"),
        (lambda ctx: ctx.bracket("AAA", 1, stop=float("nan")), "exits on the wrong side"),
        (lambda ctx: ctx.bracket("AAA", 1), "give stop, take, trail or trail_rate"),
        (lambda ctx: ctx.bracket("AAA", 1, stop=95, trail=2), "stands or it follows"),
        (lambda ctx: ctx.bracket("AAA", 1, trail=0), "trail is 0"),
        (lambda ctx: ctx.bracket("AAA", float("nan"), stop=95), "qty is NaN"),
        (lambda ctx: ctx.oco("AAA", stop=95), "no position to leave"),
        (lambda ctx: ctx.buy("AAA", 1, trail=-1.0), "trail is -1"),
        (lambda ctx: ctx.buy("AAA", 1, trail_rate=1.0), "between 0 and 1"),
        (lambda ctx: ctx.buy("AAA", 1, trail=1, trail_rate=0.1), "give one of them"),
        (lambda ctx: ctx.buy("AAA", 1, trail=1, limit=99), "neither a limit nor a stop"),
        (lambda ctx: ctx.buy("AAA", 1, limit=99, stop=101), "refuses the price 101"),
        (lambda ctx: ctx.sell("AAA", 1, limit=101, stop=99), "refuses the price 99"),
        (lambda ctx: ctx.buy("AAA", 1, tif="GTD"), "until is missing"),
        (lambda ctx: ctx.buy("AAA", 1, until=5), "until is for tif"),
        (lambda ctx: ctx.buy("AAA", 1, tif="GTD", until="soon"), "datetime with a time zone"),
        (lambda ctx: ctx.buy("AAA", 1, tif="GTD", until=datetime(2030, 1, 1)), "time zone"),  # noqa: DTZ001
        (lambda ctx: ctx.qty_for("AAA"), "say one of"),
        (lambda ctx: ctx.qty_for("AAA", weight=0.1, notional=5), "say one of"),
        (lambda ctx: ctx.qty_for("AAA", risk=0.01), "needs the stop"),
        (lambda ctx: ctx.qty_for("AAA", risk=-0.01, stop=95), "above zero"),
        (lambda ctx: ctx.qty_for("AAA", risk=0.01, stop=100), "without a distance"),
        (lambda ctx: ctx.qty_for("AAA", weight=0.1, stop=95), "stop goes with risk"),
        (lambda ctx: ctx.qty_for("AAA", weight=float("inf")), "finite"),
        (lambda ctx: ctx.qty_for("AAA", weight=0.1, price=0.0), "above zero"),
    ],
)
def test_what_cannot_be_asked_says_why(act, says):
    with pytest.raises(CallbackError, match=says):
        first(market({"AAA": FLAT}), act)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"reduce_only": True}, "reduce_only"),
        ({"post_only": True}, "post_only"),
        ({"after": 77}, "bad_link"),
        ({"oco": 77}, "bad_link"),
        ({"tif": "GTD", "until": HOUR}, "bad_expiry"),
    ],
)
def test_what_the_check_refuses_is_counted_under_its_code(asked, code):
    _, done = first(market({"AAA": FLAT}), lambda ctx: ctx.sell("AAA", 1, **asked))
    assert done.counts[f"denied.{code}"] == 1
    assert list(done.denials["code"]) == [code]


def test_an_order_good_till_a_date_is_gone_after_it():
    until = datetime(1970, 1, 1, 3, tzinfo=UTC)
    bars = market({"AAA": [100, 100, 100, 100, 80]})
    _, done = first(bars, lambda ctx: ctx.buy("AAA", 1, limit=90, tif="GTD", until=until))
    assert status_of(done) == ["EXPIRED"]
    assert list(done.orders["ts_final"]) == [3 * HOUR]


def test_an_order_after_another_waits_for_its_fill():
    bars = market({"AAA": [100, 100, 100, 88, 88, 88]})

    def act(ctx):
        parent = ctx.buy("AAA", 1, limit=90)
        return ctx.buy("AAA", 2, after=parent)

    child, done = first(bars, act)
    assert child == 2
    assert list(done.fills["order_id"]) == [1, 2]
    assert done.fills["ts"][0] == done.fills["ts"][1] == 4 * HOUR


def test_sizes_are_whole_lots_towards_zero():
    def act(ctx):
        return (
            ctx.qty_for("AAA", units=1.23456),
            ctx.qty_for("AAA", units=-1.23456),
            ctx.qty_for("AAA", notional=12_345.6),
            ctx.qty_for("AAA", weight=0.1),
            ctx.qty_for("AAA", weight=-0.1, price=200),
            ctx.qty_for("AAA", risk=0.01, stop=97),
            ctx.qty_for("AAA", risk=0.01, stop=103),
        )

    sizes, _ = first(market({"AAA": FLAT}), act)
    assert sizes == (1.234, -1.234, 123.456, 100.0, -50.0, 333.333, -333.333)


def test_our_fills_take_no_more_than_their_share_of_a_bar():
    bars = market({"AAA": FLAT})  # volumes 1, 2, 3 …
    _, done = first(bars, lambda ctx: ctx.buy("AAA", 2.0), participation=0.25)
    assert list(done.fills["qty"]) == [0.5, 0.75, 0.75]
    _, done = first(bars, lambda ctx: ctx.buy("AAA", 2.0, tif="IOC"), participation=0.25)
    assert (list(done.fills["qty"]), status_of(done)) == ([0.5], ["EXPIRED"])
    _, done = first(bars, lambda ctx: ctx.buy("AAA", 2.0, tif="FOK"), participation=0.25)
    assert (list(done.fills["qty"]), status_of(done)) == ([], ["EXPIRED"])


def test_a_drawn_latency_is_the_same_in_every_run_and_another_by_seed():
    def arrivals(seed):
        class Every(Strategy):
            def on_bar(self, ctx, bar):
                ctx.buy("AAA", 0.001)

        samples = (0, HOUR, 3 * HOUR)
        done = run(Every(), market({"AAA": WALK[:60]}), latency_samples=samples, seed=seed)
        decided = dict(zip(done.orders["order_id"], done.orders["ts_decided"], strict=True))
        fills = zip(done.fills["ts"], done.fills["order_id"], strict=True)
        return {order: (ts - decided[order]) // HOUR for ts, order in fills}

    assert arrivals(1) == arrivals(1)
    assert arrivals(1) != arrivals(2)
    assert set(arrivals(1).values()) == {0, 1, 3}
