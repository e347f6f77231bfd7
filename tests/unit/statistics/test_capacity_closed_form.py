"""Square-root impact against the closed form of statistics and against its own grid."""

import math

import numpy as np
import pytest

from sluice.statistics.capacity import (
    SquareRootStrategy,
    largest_scale,
    net_sharpe,
    square_root_impact,
)

EXAMPLE = SquareRootStrategy(
    gross_return=0.20,
    trades_per_year=250,
    fraction=0.1,
    spread_cost=2e-4,
    sigma_d=0.02,
    adv=50e6,
)


def test_capital_at_which_impact_eats_the_whole_return():
    assert EXAMPLE.break_even_capital == pytest.approx(76.05e6, rel=1e-4)
    assert EXAMPLE.net_return(EXAMPLE.break_even_capital) == pytest.approx(0.0, abs=1e-12)


def test_capital_that_earns_most_is_four_ninths_of_it_and_impact_eats_two_thirds():
    best = EXAMPLE.best_capital
    assert best == pytest.approx(33.8e6, rel=1e-3)
    assert EXAMPLE.net_return(best) == pytest.approx(0.065, abs=1e-12)
    assert EXAMPLE.net_return(best) * best == pytest.approx(2.197e6, rel=1e-4)
    assert EXAMPLE.b * math.sqrt(best) == pytest.approx(2 / 3 * EXAMPLE.a)


def test_a_grid_finds_the_same_maximum():
    grid = np.linspace(1e6, 80e6, 79_001)
    money = (EXAMPLE.a - EXAMPLE.b * np.sqrt(grid)) * grid
    assert grid[np.argmax(money)] == pytest.approx(33_799_964, abs=1_000)


def test_a_strategy_that_costs_eat_has_no_capacity():
    dear = SquareRootStrategy(0.001, 250, 0.1, 2e-4, 0.02, 50e6)
    assert dear.break_even_capital == 0.0


def test_impact_of_one_percent_of_volume_is_a_tenth_of_the_deviation():
    impact = square_root_impact(np.array([1e6, -1e6]), np.array([100e6, 100e6]), np.array([0.02]))
    assert impact == pytest.approx([0.002, 0.002])


def test_impact_without_volume_is_infinite():
    assert square_root_impact(np.array([1.0]), np.array([0.0]), np.array([0.02]))[0] == math.inf


def test_largest_scale_is_where_the_sharpe_crosses_the_floor():
    rng = np.random.default_rng(1)
    returns = rng.normal(0.002, 0.01, 1000)
    impact = np.full(1000, 1e-4)
    scale = largest_scale(lambda k: net_sharpe(returns, impact, k, 365), 1.2, 1e9)
    assert net_sharpe(returns, impact, scale, 365) == pytest.approx(1.2, abs=1e-9)
    deviation = np.std(returns, ddof=1)
    exact = ((returns.mean() - 1.2 / math.sqrt(365) * deviation) / 1e-4) ** 2
    assert scale == pytest.approx(exact, rel=1e-9)


@pytest.mark.parametrize(("sharpe", "scale"), [(1.0, 0.0), (float("nan"), 0.0), (9.0, 7.0)])
def test_largest_scale_is_nothing_below_the_floor_and_the_limit_far_above(sharpe, scale):
    assert largest_scale(lambda k: sharpe, 1.2, 7.0) == scale
