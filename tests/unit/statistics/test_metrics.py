"""The figures of a run at values that can be checked by hand, and where they are undefined."""

import math

import numpy as np
import pytest

from sluice.statistics import metrics
from sluice.statistics.drawdown import drawdown, max_drawdown
from sluice.statistics.returns import daily_returns, monthly_table

HOUR = 3_600_000_000_000
DAY = 24 * HOUR


def array(*values):
    return np.array(values, dtype=np.float64)


def sessions(ts):
    return (ts - 1) // DAY


def test_one_return_a_session_from_the_last_mark_and_the_first_from_the_initial_equity():
    ts = np.array([12 * HOUR, DAY, DAY + 12 * HOUR, 2 * DAY])
    daily = daily_returns(ts, array(101, 110, 120, 99), 100.0, sessions(ts))
    assert daily.returns == pytest.approx([0.1, -0.1])
    assert daily.session.tolist() == [0, 1]
    assert daily.start_equity.tolist() == [100.0, 110.0]
    assert daily.calendar_days == 2


def test_a_mark_at_midnight_belongs_to_the_day_that_ends():
    ts = np.array([DAY, DAY + 1])
    assert daily_returns(ts, array(110, 121), 100.0, sessions(ts)).session.tolist() == [0, 1]


def test_a_session_without_bars_gives_no_observation_and_the_next_spans_the_gap():
    ts = np.array([DAY, 4 * DAY])
    daily = daily_returns(ts, array(110, 121), 100.0, sessions(ts))
    assert daily.returns == pytest.approx([0.1, 0.1])
    assert daily.calendar_days == 4


def test_after_ruin_returns_are_undefined_and_so_is_the_sharpe():
    ts = np.array([DAY, 2 * DAY, 3 * DAY])
    daily = daily_returns(ts, array(50, -10, 20), 100.0, sessions(ts))
    assert daily.returns[:2] == pytest.approx([-0.5, -1.2])
    assert np.isnan(daily.returns[2])
    assert math.isnan(metrics.sharpe(daily.returns, 365))


def test_no_marks_give_no_returns():
    empty = np.array([], dtype=np.int64)
    daily = daily_returns(empty, array(), 100.0, empty)
    assert len(daily) == 0
    assert daily.calendar_days == 0
    assert monthly_table(daily).years == ()


@pytest.mark.parametrize(
    ("ts", "equity", "start", "message"),
    [
        ([2, 1], [1.0, 1.0], 1.0, "order of time"),
        ([1, 2], [1.0], 1.0, "lengths differ"),
        ([1], [1.0], 0.0, "above zero"),
    ],
)
def test_marks_that_make_no_curve_are_refused(ts, equity, start, message):
    stamps = np.array(ts)
    with pytest.raises(ValueError, match=message):
        daily_returns(stamps, np.array(equity), start, np.zeros(stamps.size, dtype=np.int64))


def test_monthly_table_compounds_days_and_leaves_absent_months_empty():
    days = np.array([np.datetime64(d, "D").astype(int) for d in ("2023-12-30", "2023-12-31")])
    days = np.append(days, np.datetime64("2024-02-01", "D").astype(int))
    daily = daily_returns((days + 1) * DAY, array(110, 121, 133.1), 100.0, days)
    table = monthly_table(daily)
    assert table.years == (2023, 2024)
    assert table.months[0, 11] == pytest.approx(0.21)
    assert table.months[1, 1] == pytest.approx(0.1)
    assert np.isnan(table.months[1, 0])
    assert table.totals == pytest.approx([0.21, 0.1])


def test_sharpe_is_mean_over_sample_deviation_annualized():
    assert metrics.sharpe(array(0.01, 0.03), 252) == pytest.approx(
        0.02 / math.sqrt(0.0002) * math.sqrt(252)
    )


@pytest.mark.parametrize("returns", [[], [0.01], [0.0, 0.0, 0.0], [0.001] * 7])
def test_sharpe_without_variance_is_undefined_not_zero(returns):
    assert math.isnan(metrics.sharpe(np.array(returns), 252))


def test_volatility_of_a_still_curve_is_zero():
    assert metrics.volatility(array(0.0, 0.0), 252) == 0.0


def test_drawdown_counts_the_first_equity_and_is_positive():
    assert drawdown(array(100, 90, 120, 60)).tolist() == pytest.approx([0, 0.1, 0, 0.5])
    assert max_drawdown(array(100, 90, 95)) == pytest.approx(0.1)
    assert max_drawdown(array(100, 110)) == 0.0


def test_a_debt_is_a_drawdown_above_one_and_no_equity_has_none():
    assert max_drawdown(array(100, -20)) == pytest.approx(1.2)
    assert math.isnan(max_drawdown(array()))
    assert math.isnan(max_drawdown(array(100, float("nan"))))


def test_cagr_and_total_return():
    assert metrics.total_return(array(0.1, 0.1)) == pytest.approx(0.21)
    assert metrics.cagr(array(0.1, 0.1), 1) == pytest.approx(0.1)
    assert metrics.cagr(array(-1.0, 0.5), 252) == -1.0
    assert math.isnan(metrics.cagr(array(), 252))
    assert metrics.total_return(array()) == 0.0


def test_sortino_and_calmar_without_a_loss():
    assert metrics.sortino(array(0.01, 0.02), 252) == math.inf
    assert math.isnan(metrics.sortino(array(0.0), 252))
    assert math.isnan(metrics.sortino(array(), 252))
    assert math.isnan(metrics.calmar(array(0.01, 0.02), 252))


def test_kurtosis_is_raw():
    assert metrics.kurtosis(array(-1, 1)) == 1.0
    assert metrics.skew(array(-1, 1)) == 0.0
    assert math.isnan(metrics.kurtosis(array(1, 1)))
    assert math.isnan(metrics.skew(array(1)))


def test_win_rate_counts_a_trip_of_zero_as_not_won():
    assert metrics.win_rate(array(1, 0, -1, 2)) == 0.5
    assert math.isnan(metrics.win_rate(array()))
    assert math.isnan(metrics.win_rate(array(1, float("nan"))))


def test_profit_factor_is_won_over_lost():
    assert metrics.profit_factor(array(3, -1, -1, 0)) == 1.5
    assert metrics.profit_factor(array(-1)) == 0.0
    assert metrics.profit_factor(array(1)) == math.inf
    assert math.isnan(metrics.profit_factor(array()))
    assert math.isnan(metrics.profit_factor(array(0)))
    assert math.isnan(metrics.profit_factor(array(1, float("nan"))))


def test_turnover_counts_each_fill_once_and_gives_the_break_even_cost():
    """Gross 20 % a year at a turnover of 25 a year breaks even at 80 bps a unit traded."""
    turnover = metrics.turnover_per_year(np.full(50, 50.0), array(100, 100), 1.0)
    assert turnover == 25.0
    assert 0.20 / turnover == pytest.approx(80e-4)
    assert math.isnan(metrics.turnover_per_year(array(1), array(1), 0.0))
    assert math.isnan(metrics.turnover_per_year(array(1), array(-1), 1.0))


def test_exposure_and_time_in_market():
    assert metrics.exposure(array(0, 50), array(100, 100)) == 0.25
    assert metrics.time_in_market(array(0, 50)) == 0.5
    assert math.isnan(metrics.exposure(array(1), array(0)))
    assert math.isnan(metrics.time_in_market(array()))
