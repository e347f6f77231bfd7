"""Our figures beside empyrical-reloaded, a library that no one here wrote, on random returns.

Where they differ by definition: its drawdown is negative; its volatility, Sharpe and Calmar divide
by the same numbers; a series that never loses has an infinite or undefined Sortino in either.
"""

import empyrical
import numpy as np
import pytest

from sluice.statistics import metrics
from sluice.statistics.drawdown import max_drawdown

PERIODS = (252, 365)


@pytest.fixture(params=range(25))
def returns(request):
    rng = np.random.default_rng(request.param)
    fat = rng.standard_t(4, size=int(rng.integers(30, 1500))) * 0.01
    return np.clip(fat + rng.normal(0, 0.001), -0.5, None)


@pytest.mark.parametrize("periods", PERIODS)
def test_ratios_agree_with_empyrical(returns, periods):
    for ours, theirs in (
        (metrics.sharpe, empyrical.sharpe_ratio),
        (metrics.volatility, empyrical.annual_volatility),
        (metrics.sortino, empyrical.sortino_ratio),
        (metrics.calmar, empyrical.calmar_ratio),
        (metrics.cagr, empyrical.cagr),
    ):
        assert ours(returns, periods) == pytest.approx(
            theirs(returns, annualization=periods), rel=1e-10
        ), theirs.__name__


def test_drawdown_is_the_negative_of_empyricals(returns):
    equity = np.concatenate(([1.0], np.cumprod(1 + returns)))
    assert max_drawdown(equity) == pytest.approx(-empyrical.max_drawdown(returns), rel=1e-10)


def test_total_return_agrees_with_empyrical(returns):
    assert metrics.total_return(returns) == pytest.approx(
        empyrical.cum_returns_final(returns), rel=1e-9
    )


def test_raw_kurtosis_is_scipys_excess_plus_three(returns):
    stats = pytest.importorskip("scipy.stats")
    assert metrics.kurtosis(returns) == pytest.approx(stats.kurtosis(returns) + 3)
    assert metrics.skew(returns) == pytest.approx(stats.skew(returns))
