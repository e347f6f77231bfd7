"""The series behind the charts: sessions, months, drawdowns, points left out, money added up."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.research.report.attribution import by_instrument, by_month
from sluice.research.report.benchmark import buy_and_hold
from sluice.research.report.charts.prices import FILLS_ALL, FINE, price_panels
from sluice.research.report.series import (
    deepest,
    drawdown,
    monthly_returns,
    rolling_sharpe,
    sessions,
    thinned,
    yearly_returns,
)
from unit.research.report.random_walk import fake_run


def marks(*values: float, start=datetime(2024, 1, 1, 12, tzinfo=UTC), every=timedelta(hours=12)):
    stamps = [start + every * i for i in range(len(values))]
    return pl.DataFrame({"ts": stamps, "equity": [float(v) for v in values]})


@pytest.fixture(scope="module")
def run():
    return fake_run(symbols=3, bars=24 * 120, hold=36)


def test_a_mark_at_midnight_belongs_to_the_day_that_it_closes():
    daily = sessions(marks(110, 121, 121), cash=100.0)
    assert daily["day"].to_list() == [date(2024, 1, 1), date(2024, 1, 2)]
    assert daily["return_"].to_list() == pytest.approx([0.21, 0.0])


def test_months_compound_their_sessions_and_years_their_months():
    daily = sessions(marks(*(100 * 1.01**i for i in range(1, 121)), every=timedelta(days=1)), 100.0)
    months = monthly_returns(daily)
    assert months[2024, 2] == pytest.approx(1.01**29 - 1)
    grown = np.prod([1 + value for value in months.values()])
    assert yearly_returns(daily)[2024] == pytest.approx(grown - 1)


def test_the_capital_at_the_start_is_the_first_peak():
    assert drawdown(marks(90, 99, 120, 60), cash=100.0).tolist() == pytest.approx(
        [0.10, 0.01, 0.0, 0.5]
    )


def test_drawdown_episodes_run_from_peak_to_recovery_and_the_last_may_be_open():
    frame = marks(100, 80, 90, 100, 130, 65)
    stamps = frame["ts"].to_list()
    first, second = deepest(stamps, drawdown(frame, 100.0), 5)
    assert (first.peak, first.trough, first.recovered) == (stamps[4], stamps[5], None)
    assert first.depth == pytest.approx(0.5)
    assert (second.peak, second.trough, second.recovered) == (stamps[0], stamps[1], stamps[3])


def test_rolling_sharpe_agrees_with_the_formula_and_is_silent_without_variance():
    rng = np.random.default_rng(3)
    returns = np.concatenate((rng.normal(0.001, 0.01, 200), np.zeros(100)))
    values = rolling_sharpe(returns, 90, 365.0)
    window = returns[10:100]
    assert values[99] == pytest.approx(window.mean() / window.std(ddof=1) * np.sqrt(365))
    assert np.isnan(values[:89]).all()
    assert np.isnan(values[-1])


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=400),
    st.integers(4, 60),
)
def test_thinning_keeps_the_ends_and_the_extremes_within_the_limit(values, limit):
    array = np.array(values)
    kept = thinned(array, limit)
    assert len(kept) <= limit or len(values) <= limit
    assert kept[0] == 0
    assert kept[-1] == len(values) - 1
    assert array[kept].min() == array.min()
    assert array[kept].max() == array.max()
    assert (np.diff(kept) > 0).all()


def test_buy_and_hold_waits_in_cash_for_an_instrument_that_starts_later():
    stamps = [datetime(2024, 1, day, tzinfo=UTC) for day in (1, 2, 3)]
    bars = pl.DataFrame(
        {
            "ts": [*stamps, *stamps[1:]],
            "instrument": ["A", "A", "A", "B", "B"],
            "open": [10.0, 11.0, 12.0, 5.0, 6.0],
            "close": [11.0, 12.0, 20.0, 6.0, 10.0],
        }
    )
    held = buy_and_hold(bars, 1_000.0)
    assert held["equity"].to_list() == pytest.approx(
        [500 * 1.1 + 500, 500 * 1.2 + 500 * 1.2, 500 * 2.0 + 500 * 2.0]
    )


def test_attribution_adds_up_to_the_change_of_equity(run):
    rows = by_instrument(run.fills, run.round_trips, run.bars)
    change = run.equity["equity"][-1] - run.cash
    assert rows["pnl"].sum() == pytest.approx(change, abs=1e-6)
    assert rows["fees"].sum() == pytest.approx(run.fills["fee"].sum())
    assert rows["trips"].sum() == run.round_trips.height


def test_gross_less_costs_is_net_in_every_month_and_nets_add_up(run):
    months = by_month(run.equity, run.fills, run.cash)
    left = months["gross"] - months["fee"] - months["slippage"] - months["impact"]
    assert left.to_list() == pytest.approx(months["net"].to_list(), abs=1e-6)
    assert months["net"].sum() == pytest.approx(run.equity["equity"][-1] - run.cash)
    assert months["fee"].sum() == pytest.approx(run.fills["fee"].sum())


def test_coarse_candles_keep_the_extremes_and_say_what_was_joined(run):
    assert run.bars.height // 3 < FINE
    long = fake_run(symbols=1, bars=FINE + 1, hold=36)
    panel = price_panels(long.bars, long.fills)[0]
    assert len(panel["x"]) <= FINE // 2
    assert panel["high"].max() == pytest.approx(long.bars["high"].max(), rel=1e-6)
    assert panel["low"].min() == pytest.approx(long.bars["low"].min(), rel=1e-6)
    assert panel["close"][-1] == pytest.approx(long.bars["close"][-1], rel=1e-6)
    assert "candles of 4h from 3,001 bars" in panel["note"]


def test_fills_left_out_of_a_price_chart_are_counted_in_its_note(run):
    many = pl.concat([run.fills.head(1)] * (FILLS_ALL + 1))
    panel = price_panels(run.bars, many)[0]
    assert "largest of 16,001 fills are marked" in panel["note"]
