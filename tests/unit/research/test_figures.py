"""The figures of a run against frames made by hand."""

import math
from datetime import UTC, datetime

import numpy as np
import pytest

from market_bars import HOUR, bar_set
from sluice.research.figures import Measured, definitions, figures

CASH = 1000.0
BARS = bar_set(bars=96)  # four days of hours, from Monday 2024-01-01


def made(equity, pnl=(), notional=(), gross=None):
    """What a run left whose equity is this at each bar."""
    ts = BARS.frame["ts"].to_physical().to_numpy()
    return Measured(
        ts=ts,
        equity=np.array(equity, dtype=np.float64),
        gross=np.array(gross or [0.0] * len(ts)),
        notional=np.array(notional, dtype=np.float64),
        fees=np.full(len(notional), 1.5),
        slippage=np.full(len(notional), 0.5),
        pnl=np.array(pnl, dtype=np.float64),
        orders=len(notional),
        denials=0,
    )


def stats(*args, **kwargs):
    return figures(made(*args, **kwargs), BARS, CASH).stats


def daily(*marks):
    """Equity that moves to each mark at the last hour of its day."""
    before = (CASH, *marks)
    return [before[i // 24 + (i % 24 == 23)] for i in range(96)]


def test_daily_returns_the_sharpe_ratio_and_its_parts_by_hand():
    said = stats(daily(1010.0, 1010.0, 999.9, 1019.898))
    returns = [0.01, 0.0, -0.01, 0.02]
    mean = sum(returns) / 4
    sd = math.sqrt(sum((r - mean) ** 2 for r in returns) / 3)
    assert said["sharpe"] == pytest.approx(mean / sd * math.sqrt(365))
    assert said["volatility"] == pytest.approx(sd * math.sqrt(365))
    assert said["total_return"] == pytest.approx(0.019898)
    assert said["max_drawdown"] == pytest.approx(0.01)
    assert said["sessions"] == 4
    assert said["calendar_days"] == 4
    assert said["final_equity"] == pytest.approx(1019.898)


def test_the_first_equity_counts_as_a_peak():
    assert stats(daily(900.0, 950.0, 950.0, 950.0))["max_drawdown"] == pytest.approx(0.1)


def test_trips_fees_and_turnover_by_hand():
    said = stats(daily(*[CASH] * 4), pnl=(3.0, -1.0, 1.0, 0.0), notional=(500.0, 250.0))
    assert said["win_rate"] == 0.5
    assert said["profit_factor"] == 4.0
    assert said["round_trips"] == 4
    assert said["fees"] == 3.0
    assert said["slippage"] == 1.0
    assert said["turnover_per_year"] == pytest.approx(0.75 / (4 / 365.25))


def test_exposure_is_the_mean_of_gross_over_equity():
    said = stats([CASH] * 96, gross=[500.0] * 48 + [0.0] * 48)
    assert said["exposure"] == pytest.approx(0.25)
    assert said["time_in_market"] == pytest.approx(0.5)


def test_what_is_undefined_is_nan_and_not_zero():
    said = stats([CASH] * 96)
    for name in ("sharpe", "win_rate", "profit_factor"):
        assert math.isnan(said[name]), name
    assert said["max_drawdown"] == 0.0
    assert said["round_trips"] == 0


def test_every_figure_that_a_gate_asks_for_has_a_definition():
    defined = definitions()
    for name in ("sharpe", "max_drawdown", "win_rate", "profit_factor", "turnover_per_year"):
        assert len(defined[name]) > 40


def test_the_span_is_that_of_the_bars():
    first = BARS.frame["ts_start"][0]
    assert first == datetime(2024, 1, 1, tzinfo=UTC)
    assert BARS.window[1] - BARS.window[0] == 96 * HOUR
