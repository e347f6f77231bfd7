"""What is asked overrides what is configured; what cannot be is refused before anything runs."""

from decimal import Decimal

import pytest

from market_bars import bar_set
from sluice.domain.errors import MissingData, StrategyError, UsageError
from sluice.research.plan import Asked, plan
from sluice.strategy.library.ema_cross import EmaCross

BARS = bar_set(("BTCUSDT", "ETHUSDT"))
DAY = 86_400 * 10**9
START = BARS.window[0]


def planned(**asked):
    return plan(EmaCross(), Asked(data=BARS, **asked))


def test_without_a_word_everything_is_as_configured():
    run = planned()
    assert run.cash == 100_000
    assert run.seed == 0
    assert run.latency_ns == 0
    assert run.below_floor == ()
    assert not run.bars.narrowed
    assert all(cost.taker > 0 for cost in run.costs)


def test_fees_replace_maker_and_taker_and_slippage_the_half_spread():
    scheduled = planned().costs[0]
    run = planned(fees=Decimal("0.003"), slippage=Decimal("0.004"))
    assert {(c.maker, c.taker, c.half_spread) for c in run.costs} == {
        (Decimal("0.003"), Decimal("0.003"), Decimal("0.004"))
    }
    assert planned(fees=Decimal("0.003")).costs[0].half_spread == scheduled.half_spread
    assert planned(slippage=Decimal("0.004")).costs[0].taker == scheduled.taker


def test_costs_below_the_schedule_are_named_by_instrument():
    ids = ("BTCUSDT.BINANCE", "ETHUSDT.BINANCE")
    assert planned(fees=Decimal(0)).below_floor == ids
    assert planned(slippage=Decimal(0)).below_floor == ids
    assert planned(fees=Decimal("0.01")).below_floor == ()


def test_the_theoretical_run_has_no_costs_and_is_otherwise_the_same():
    run = planned(seed=3)
    free = run.frictionless()
    assert all((c.maker, c.taker, c.half_spread) == (0, 0, 0) for c in free.costs)
    assert (free.seed, free.cash, free.bars) == (run.seed, run.cash, run.bars)


def test_cash_seed_and_latency_are_taken():
    run = planned(cash=5.0, seed=9, latency_ns=7)
    assert (run.cash, run.seed, run.latency_ns) == (5.0, 9, 7)


@pytest.mark.parametrize(
    "asked",
    [{"symbols": ("ETHUSDT",)}, {"start_ns": START + DAY}, {"end_ns": START + DAY}],
)
def test_a_narrower_window_or_universe_is_marked(asked):
    assert planned(**asked).bars.narrowed


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"cash": 0.0}, "cash"),
        ({"cash": float("nan")}, "cash"),
        ({"cash": 1e13}, "cash"),
        ({"latency_ns": -1}, "latency"),
        ({"start_ns": START + DAY, "end_ns": START + DAY}, "not before"),
    ],
)
def test_a_figure_that_cannot_be_is_refused(asked, words):
    with pytest.raises(UsageError, match=words):
        planned(**asked)


def test_a_window_outside_the_data_says_what_the_data_spans():
    with pytest.raises(MissingData, match="it spans 2024-01-01 00:00 to 2024-01-03 00:00"):
        planned(start_ns=START + 9 * DAY)


def test_a_class_in_place_of_an_instance_is_told_what_to_write():
    with pytest.raises(StrategyError, match=r"write EmaCross\(\)"):
        plan(EmaCross, Asked(data=BARS))
