"""The Sharpe ratio's error against the numbers that the papers and their reference code print."""

import math

import pytest

from sluice.statistics.sharpe import (
    chance_without_edge,
    dsr,
    expected_max,
    lo_annualization,
    min_btl,
    min_trl,
    min_trl_under_null,
    psr,
    psr_under_null,
    sharpe_standard_error,
)

HEDGE_FUND = {"skew": -2.448, "kurtosis": 10.164}  # monthly moments of the 2012 paper's example
SKEWED_MONTHS = {"skew": -0.72, "kurtosis": 5.78}


@pytest.mark.parametrize(
    ("rho", "eta"),
    [(-0.2, 4.17085), (0.0, 3.46410), (0.1, 3.16011), (0.2, 2.87885), (0.3, 2.61481)],
)
def test_annualization_of_an_ar1_series_follows_lo_2002(rho, eta):
    assert lo_annualization([rho**k for k in range(1, 12)], 12) == pytest.approx(eta, abs=5e-6)


def test_psr_of_the_efficient_frontier_example():
    assert psr(1.585 / math.sqrt(12), 24, **HEDGE_FUND) == pytest.approx(0.9132343069, abs=1e-10)


def test_psr_with_normal_moments_is_much_higher_than_with_the_true_ones():
    assert psr(0.458, 24) == pytest.approx(0.982, abs=5e-4)
    assert psr(0.458, 24) == pytest.approx(0.98167, abs=5e-6)


def test_excess_kurtosis_in_place_of_raw_gives_the_wrong_psr_that_others_print():
    wrong = psr(1.585 / math.sqrt(12), 24, skew=-2.448, kurtosis=10.164 - 3)
    assert wrong == pytest.approx(0.9198410, abs=5e-8)
    assert wrong > psr(1.585 / math.sqrt(12), 24, **HEDGE_FUND)


@pytest.mark.parametrize(
    ("per_year", "years"), [(250, 2.7311878018), (52, 2.8288335869), (12, 3.2398006964)]
)
def test_track_record_needed_for_sharpe_2_over_1(per_year, years):
    root = math.sqrt(per_year)
    assert min_trl(2 / root, 1 / root) / per_year == pytest.approx(years, abs=1e-10)


def test_track_record_needed_with_skewed_monthly_returns():
    root = math.sqrt(12)
    assert min_trl(2 / root, 1 / root, **SKEWED_MONTHS) == pytest.approx(59.895, abs=5e-4)
    assert min_trl(3 / root, 2.5 / root, **SKEWED_MONTHS) / 12 == pytest.approx(
        27.3529201960, abs=1e-9
    )


def test_no_track_record_is_long_enough_below_the_benchmark():
    assert min_trl(0.1, 0.1) == math.inf
    assert min_trl_under_null(0.05, 0.1) == math.inf


@pytest.mark.parametrize(("trials", "expected"), [(100, 2.5306028932), (10, 1.5745983013), (1, 0)])
def test_expected_maximum_of_lucky_trials(trials, expected):
    assert expected_max(trials) == pytest.approx(expected, abs=1e-10)


def _deflated(trials, *, skew=-3.0, kurtosis=10.0):
    return dsr(
        2.5 / math.sqrt(250),
        1250,
        trials=trials,
        trials_variance=0.5 / 250,
        skew=skew,
        kurtosis=kurtosis,
    )


def test_deflated_sharpe_of_the_2014_paper():
    assert math.sqrt(0.5 / 250) * expected_max(100) == pytest.approx(0.1132, abs=5e-5)
    assert _deflated(100) == pytest.approx(0.90039683445, abs=1e-10)
    assert _deflated(46) == pytest.approx(0.9505, abs=5e-5)
    assert _deflated(88, skew=0.0, kurtosis=3.0) == pytest.approx(0.9505, abs=5e-5)


def test_annual_sharpe_with_daily_observations_saturates():
    """The usual field bug: 0.99999994 instead of 0.9004."""
    wrong = dsr(2.5, 1250, trials=100, trials_variance=0.5, skew=-3.0, kurtosis=10.0)
    assert wrong > 0.999


def test_one_trial_is_not_deflated():
    assert _deflated(1) == psr(2.5 / math.sqrt(250), 1250, skew=-3.0, kurtosis=10.0)


def test_the_revision_of_2025_gives_a_very_different_verdict_on_the_same_data():
    ratio = 0.036 / 0.079
    normal_error = math.sqrt((1 + ratio**2 / 2) / 24)
    assert normal_error == pytest.approx(0.214, abs=5e-4)
    error = sharpe_standard_error(ratio, 25, **HEDGE_FUND)  # over T there, over n - 1 here
    assert error == pytest.approx(0.329, abs=5e-4)
    assert psr_under_null(ratio, 24, **HEDGE_FUND) == pytest.approx(0.987, abs=5e-4)
    assert psr_under_null(ratio, 24, **HEDGE_FUND, benchmark=0.1) == pytest.approx(0.939, abs=5e-4)
    assert min_trl_under_null(ratio, **HEDGE_FUND) == pytest.approx(13.029, abs=5e-4)
    assert min_trl(ratio, **HEDGE_FUND) == pytest.approx(34.76, abs=5e-3)


def test_five_years_allow_no_more_than_45_configurations():
    assert min_btl(45, 1.0) == pytest.approx(4.9980870044, abs=1e-10)
    assert min_btl(45, 1.0) < 2 * math.log(45)


@pytest.mark.parametrize(("days", "chance"), [(180, 0.15), (730, 0.017)])
def test_chance_that_a_strategy_without_edge_shows_a_sharpe_of_one_and_a_half(days, chance):
    assert chance_without_edge(1.5, days / 365) == pytest.approx(chance, rel=0.03)


def test_without_a_track_record_half_of_all_strategies_look_good():
    assert chance_without_edge(1.2, 0.0) == 0.5
    assert chance_without_edge(-1.2, 0.0) == 1.0


def test_too_few_returns_or_impossible_moments_give_no_probability():
    assert math.isnan(psr(0.1, 1))
    assert math.isnan(psr(1.0, 100, skew=5.0, kurtosis=1.0))
    assert math.isnan(psr_under_null(1.0, 0))
    assert math.isnan(lo_annualization([-1.0] * 11, 12))
