"""What must hold of the figures for every series of returns."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sluice.statistics import metrics
from sluice.statistics.drawdown import drawdown, max_drawdown
from sluice.statistics.returns import daily_returns
from sluice.statistics.sharpe import dsr, psr

RETURNS = arrays(np.float64, st.integers(2, 60), elements=st.floats(-0.5, 0.5, width=32))
PNL = arrays(np.float64, st.integers(1, 60), elements=st.floats(-1e6, 1e6))
EQUITY = arrays(np.float64, st.integers(1, 60), elements=st.floats(1.0, 1e6))


@given(RETURNS)
def test_sharpe_changes_sign_with_the_returns(returns):
    ours, mirrored = metrics.sharpe(returns, 252), metrics.sharpe(-returns, 252)
    assert math.isnan(ours) == math.isnan(mirrored)
    if not math.isnan(ours):
        assert mirrored == pytest.approx(-ours)


@given(RETURNS, st.floats(0.1, 10))
def test_sharpe_does_not_see_leverage(returns, leverage):
    ours = metrics.sharpe(returns, 252)
    assume(not math.isnan(ours))
    assert metrics.sharpe(returns * leverage, 252) == pytest.approx(ours, rel=1e-6, abs=1e-9)


@given(EQUITY)
def test_drawdown_of_positive_equity_lies_between_zero_and_one(equity):
    depth = drawdown(equity)
    assert np.all((depth >= 0) & (depth < 1))
    assert depth[0] == 0
    assert max_drawdown(equity) == depth.max()


@given(EQUITY)
def test_drawdown_is_never_larger_of_a_part_than_of_the_whole(equity):
    assert max_drawdown(equity[: equity.size // 2 + 1]) <= max_drawdown(equity)


@given(EQUITY, st.floats(1.0, 1e6))
def test_daily_returns_compound_to_the_last_equity(equity, start):
    day = np.arange(equity.size, dtype=np.int64)
    daily = daily_returns((day + 1) * 86_400_000_000_000, equity, start, day)
    assert start * np.prod(1 + daily.returns) == pytest.approx(equity[-1], rel=1e-9)


@given(PNL)
def test_profit_factor_exceeds_one_exactly_where_money_was_made(pnl):
    factor, total = metrics.profit_factor(pnl), math.fsum(pnl)
    if abs(total) > 1e-6 * np.abs(pnl).sum():
        assert (factor > 1) == (total > 0)


@given(PNL)
def test_win_rate_of_wins_and_of_losses_add_up(pnl):
    flat = np.count_nonzero(pnl == 0) / pnl.size
    assert metrics.win_rate(pnl) + metrics.win_rate(-pnl) + flat == pytest.approx(1.0)


@given(RETURNS)
def test_kurtosis_is_at_least_one_plus_squared_skew(returns):
    kurtosis, skew = metrics.kurtosis(returns), metrics.skew(returns)
    assume(not math.isnan(kurtosis))
    assert kurtosis >= 1 + skew**2 - 1e-6 * kurtosis


@given(st.floats(-0.3, 0.3), st.integers(10, 5000), st.integers(2, 1000))
def test_more_trials_never_raise_the_deflated_sharpe(sharpe, n, trials):
    plain = psr(sharpe, n)
    deflated = dsr(sharpe, n, trials=trials, trials_variance=0.001)
    assert dsr(sharpe, n, trials=trials + 1, trials_variance=0.001) <= deflated <= plain
