"""Round trips of `allocate`: the portfolio between two rebalances, with the costs it paid."""

import numpy as np
import polars as pl
import pytest

import sluice
from sluice import Param, Strategy, close, score
from unit.research.panels import panel


class Weekly(Strategy):
    """Long what fell, short what rose; by default once a day."""

    rebalance = "1d"
    n: int = Param(12, ge=1)

    def signals(self) -> pl.Expr:
        return 1 - close / close.shift(self.n)

    def allocate(self) -> pl.Expr:
        return (score / score.abs().sum()).fill_nan(0.0)


class Leaves(Weekly):
    """In the market every second day only."""

    def allocate(self) -> pl.Expr:
        in_market = pl.col("ts").dt.day() % 2 == 0
        return pl.when(in_market).then((score / score.abs().sum()).fill_nan(0.0)).otherwise(0.0)


@pytest.fixture(params=[Weekly, Leaves])
def result(request):
    return sluice.backtest(request.param(), data=panel(("A", "B", "C"), 24 * 20))


def test_the_trips_together_are_the_change_of_equity_since_the_first(result):
    trips, equity = result.round_trips, result.equity
    since = equity.filter(pl.col("ts") >= trips["entry_ts"].min())["equity"]
    assert trips["pnl"].sum() == pytest.approx(since[-1] - since[0], abs=1e-6)
    assert since[0] == result.cash


def test_no_cost_is_lost_between_the_trips(result):
    for of_trips, of_fills in (("fees", "fee"), ("slippage", "slippage")):
        paid = result.fills[of_fills].sum()
        assert result.round_trips[of_trips].sum() == pytest.approx(paid, rel=1e-12)


def test_a_trip_begins_with_the_rebalance_that_bought_it(result):
    trips = result.round_trips
    assert trips["entry_ts"][0] == result.orders["ts_decided"].min()
    first = result.fills.filter(pl.col("ts") < trips["entry_ts"][1])
    assert trips["fees"][0] == pytest.approx(first["fee"].sum(), rel=1e-12)


def test_an_instant_without_a_position_is_no_trip(result):
    assert (result.round_trips["pnl"] != 0).all()
    assert result.stats["round_trips"] == result.round_trips.height


def test_each_return_is_the_gain_over_the_equity_it_began_with(result):
    trips = result.round_trips
    gains = (trips["pnl"] / trips["entry_px"]).to_numpy()
    np.testing.assert_allclose(trips["return_"].to_numpy(), gains)
    np.testing.assert_allclose(
        (trips["exit_px"] - trips["entry_px"]).to_numpy(), trips["pnl"].to_numpy()
    )


def test_a_portfolio_that_is_never_held_makes_no_trip():
    result = sluice.backtest(Weekly(n=500), data=panel(("A", "B"), 501))
    assert result.round_trips.is_empty()
    assert result.stats["round_trips"] == 0


def test_only_the_last_may_be_open_at_the_end(result):
    assert not result.round_trips["open_at_end"][:-1].any()
