"""What a callback sees and may wish, through the public way in."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pytest

from sluice import core
from sluice.domain.errors import CallbackError
from sluice.engine.simulated_day import DaySettings, core_bars
from sluice.strategy.base import Strategy
from unit.engine.days import HOUR, market, run

WALK = 100 + np.cumsum(np.random.default_rng(7).integers(-3, 4, 200)) / 4


def watched(bars, look, **settings):
    """Runs `look(ctx, bar)` at every bar and returns what it said."""
    said = []

    class Watch(Strategy):
        def on_bar(self, ctx, bar):
            said.append(look(ctx, bar))

    run(Watch(), bars, **settings)
    return said


def test_the_clock_is_the_end_of_the_bar():
    said = watched(market({"AAA": WALK[:2]}), lambda ctx, bar: (ctx.now, ctx.now_ns, bar.ts_ns))
    assert said[0] == (datetime(1970, 1, 1, 1, tzinfo=UTC), HOUR, HOUR)


def test_a_bar_has_exact_prices_and_ticks():
    bars = market({"AAA": [0.07, 1234.57]})
    said = watched(bars, lambda ctx, bar: (bar.close, bar.close_ticks, bar.open, bar.volume))
    assert said[0] == (0.07, 7, 0.07, 1.0)
    assert said[1] == (1234.57, 123_457, 0.07, 2.0)


def test_bars_that_are_kept_stay_what_they_were():
    bars = watched(market({"AAA": WALK}), lambda ctx, bar: bar)
    assert [bar.close for bar in bars] == list(WALK)


def test_a_symbol_is_the_name_where_it_is_unique_and_the_id_where_it_is_not():
    bars = market({"AAA": WALK[:1], "BBB@1": WALK[:1], "BBB@2": WALK[:1]}, venues={"BBB@2": "ALT"})
    assert watched(bars, lambda ctx, bar: bar.instrument) == ["AAA", "BBB.ALT", "BBB.SIM"]
    assert watched(bars, lambda ctx, bar: ctx.position("AAA.SIM").qty) == [0, 0, 0]
    with pytest.raises(CallbackError, match=r"no instrument 'BBB' in this run; did you mean BBB"):
        watched(bars, lambda ctx, bar: ctx.position("BBB"))


@pytest.mark.parametrize("n", [2, 5, 30])
@pytest.mark.parametrize("field", ["close", "high", "volume"])
def test_native_indicators_are_those_of_numpy(n, field):
    def look(ctx, bar):
        i = bar.instrument
        window = ctx.history(i, n)[field]
        native = [f(i, n, field) for f in (ctx.sma, ctx.std, ctx.max, ctx.min)]
        if len(window) < n:
            return np.isnan(native).all()
        plain = [window.mean(), window.std(ddof=1), window.max(), window.min()]
        return np.allclose(native, plain, rtol=1e-12, atol=1e-12)

    assert all(watched(market({"AAA": WALK, "BBB": WALK[::-1]}), look))


def test_an_ema_starts_at_the_first_bar_and_is_recursive():
    said = watched(market({"AAA": WALK}), lambda ctx, bar: ctx.ema(bar.instrument, 9))
    expected = [WALK[0]]
    for close in WALK[1:]:
        expected.append(0.2 * close + 0.8 * expected[-1])
    assert np.allclose(said, expected, rtol=1e-12)


def test_an_indicator_first_asked_for_late_is_computed_from_history():
    def look(ctx, bar):
        return ctx.sma("AAA", 10) if ctx.now_ns > 150 * HOUR else None

    assert watched(market({"AAA": WALK}), look)[150] == pytest.approx(WALK[141:151].mean())


def test_history_is_a_copy_of_what_is_known_and_no_more():
    def look(ctx, bar):
        past = ctx.history(bar.instrument, 3)["close"]
        past[:] = 0
        assert not isinstance(past.base, np.ndarray), "a slice would lead to the future"
        return ctx.history(bar.instrument, 3)["close"].tolist()

    said = watched(market({"AAA": [1, 2, 3, 4]}), look)
    assert said == [[1], [1, 2], [1, 2, 3], [2, 3, 4]]


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (lambda ctx: ctx.buy("AAA", -1), "qty is -1; it must be finite and not negative"),
        (lambda ctx: ctx.buy("AAA", float("nan")), "qty is NaN"),
        (lambda ctx: ctx.sell("AAA", 1, limit=float("inf")), "limit is inf"),
        (lambda ctx: ctx.sell("AAA", 1, limit=2, stop=1), "the limit 2 refuses the price 1"),
        (lambda ctx: ctx.buy("AAA", 1, tif="GTD"), 'tif is "GTD"'),
        (lambda ctx: ctx.target("AAA", float("nan")), "target weight is NaN"),
        (lambda ctx: ctx.sma("AAA", 3, "price"), 'no field "price"'),
        (lambda ctx: ctx.std("AAA", 1), "a window of 1 bars is too short"),
    ],
)
def test_what_cannot_be_is_refused_in_words(wish, words):
    with pytest.raises(CallbackError, match=words):
        watched(market({"AAA": WALK}), lambda ctx, bar: wish(ctx))


def test_the_core_lets_an_exception_of_the_strategy_out_unchanged_with_its_traceback():
    class OddError(Exception):
        pass

    class Odd:
        def on_bar(self, ctx, bar):
            raise OddError("mine")

    bars = core_bars(market({"AAA": WALK}), DaySettings(cash=1))
    free = core.CostRule(maker=0, taker=0, half_spread=0)
    rules = core.RunSettings(cash=10**9, bar_ns=HOUR)
    with pytest.raises(OddError, match="mine") as caught:
        core.run(bars, [free], rules, strategy=Odd(), callbacks=["on_bar"])
    assert caught.traceback[-1].name == "on_bar"


def test_less_than_a_lot_is_counted_and_gives_no_order():
    said = []

    class Small(Strategy):
        def on_bar(self, ctx, bar):
            said.append(ctx.buy("AAA", 0.0009))

    result = run(Small(), market({"AAA": [1, 1]}))
    assert said == [None, None]
    assert result.counts["below_lot"] == 2
    assert len(result.orders["order_id"]) == 0


def test_orders_fills_and_denials_come_back_under_the_number_that_was_given():
    class Talk(Strategy):
        @dataclass
        class State:
            told: list = None

        def on_start(self, ctx):
            ctx.state.told = []

        def on_bar(self, ctx, bar):
            if bar.ts_ns == HOUR:
                ctx.state.told.append(ctx.buy("AAA", 1e6))
                ctx.state.told.append(ctx.buy("AAA", 2, limit=90.004, tif="DAY", tag="low"))
                ctx.state.told.append(ctx.buy("AAA", 1, tag="now"))

        def on_fill(self, ctx, fill):
            held = ctx.position("AAA").qty
            ctx.state.told.append((fill.order_id, fill.tag, fill.side, fill.price, held))

        def on_order(self, ctx, order):
            row = (order.order_id, order.status, order.reason or order.limit)
            ctx.state.told.append(row)

        def on_stop(self, ctx):
            seen.extend(ctx.state.told)
            with pytest.raises(RuntimeError, match="orders are taken only inside"):
                ctx.buy("AAA", 1)

    seen = []
    run(Talk(), market({"AAA": [100, 100, 80]}))
    assert seen == [
        1,
        2,
        3,
        (1, "DENIED", "buying_power"),
        (2, "NEW", 90.0),
        (3, "now", "buy", 100.0, 1.0),
        (3, "FILLED", None),
        (2, "low", "buy", 90.0, 3.0),
        (2, "FILLED", 90.0),
    ]


def test_a_cancel_takes_the_order_back():
    class Change(Strategy):
        def on_bar(self, ctx, bar):
            if bar.ts_ns == HOUR:
                ctx.buy("AAA", 1, limit=90)
                ctx.sell("AAA", 1, limit=110)
            if bar.ts_ns == 2 * HOUR:
                ctx.cancel(1)
                ctx.cancel(99)
            if bar.ts_ns == 3 * HOUR:
                ctx.cancel_all("AAA")

    result = run(Change(), market({"AAA": [100] * 5}))
    assert result.orders["status"] == ["CANCELED", "CANCELED"]
    assert (result.orders["ts_final"] // HOUR).tolist() == [2, 3]


def test_chance_comes_from_the_seed():
    bars = market({"AAA": WALK[:20]})

    def draws(seed):
        return watched(bars, lambda ctx, bar: ctx.rng.random(), seed=seed)

    assert draws(1) == draws(1) != draws(2)


def test_a_context_kept_beyond_the_run_takes_no_orders():
    kept = []
    watched(market({"AAA": WALK[:2]}), lambda ctx, bar: kept.append(ctx))
    with pytest.raises(RuntimeError, match="orders are taken only inside"):
        kept[0].buy("AAA", 1)
