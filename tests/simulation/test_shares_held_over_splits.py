"""A share held over three splits and seven years of dividends, against exact arithmetic."""

from decimal import Decimal

import polars as pl
import pytest

import sluice
from sluice import Strategy, raw_close
from sluice.market.importers import ImportOptions, read_bars
from sluice.market.source import assemble

SHARES = 100


class BuyOnce(Strategy):
    """Buys at the first bar and holds."""

    def on_bar(self, ctx, bar):
        if not ctx.position(bar.instrument).qty and ctx.now_ns < 950_000_000_000_000_000:
            ctx.buy(bar.instrument, SHARES)


class AboveRaw(Strategy):
    """Long where the adjusted price is above the raw one: after the first dividend or split."""

    sizing = "units"

    def signals(self):
        return pl.when(sluice.close > raw_close * 1.5).then(1.0).otherwise(0.0)


@pytest.fixture(scope="module")
def apple(real_data):
    path = real_data / "us-equities-daily" / "raw_csv" / "DA-AAPL.csv.gz"
    options = ImportOptions(symbol="AAPL", venue="XNAS", tick="0.01", lot="1")
    return assemble(read_bars(path, options), options, name="apple", now_ns=None).bars


def exact_worth(bars):
    """Cash and shares at the end, in whole cents and dollars, from the table of the source."""
    rows = bars.frame.join(
        bars.actions.select(
            pl.col("ex_date").cast(pl.Datetime("ns", "UTC")).alias("ts_start"), "dividend", "split"
        ),
        on="ts_start",
        how="left",
    ).iter_rows(named=True)
    cash, shares = Decimal(100_000), 0
    for number, row in enumerate(rows):
        if row["split"] is not None:
            shares *= round(row["split"])
            cash += shares * Decimal(str(row["dividend"]))
        if number == 1:  # decided at the close before
            shares = SHARES
            cash -= shares * Decimal(str(row["open"]))
        last = row["close"]
    return cash + shares * Decimal(str(last)), shares


def test_dividends_in_cash_and_splits_in_shares_are_what_a_pencil_says(apple):
    result = sluice.backtest(BuyOnce(), apple, fees=0, slippage=0)
    worth, shares = exact_worth(apple)
    assert shares == 2800
    assert result.tables.run.final_equity_nanos == worth * 10**9
    assert result.ledger.filter(pl.col("kind") == "split")["qty"].to_list() == [200, 400, 2800]
    assert result.ledger.filter(pl.col("kind") == "dividend").height == 30
    assert result.stats["dividends"] == pytest.approx(result.ledger["amount"].sum())
    assert result.stats["cash_in_lieu"] == 0
    (trip,) = result.round_trips.iter_rows(named=True)
    assert trip["pnl"] == pytest.approx(float(worth) - 100_000, abs=1e-6)
    assert trip["ledger"] == pytest.approx(result.stats["dividends"])


def test_the_theoretical_run_has_its_dividends_too(apple):
    from sluice.research.execute import execute
    from sluice.research.plan import Asked, plan

    run = execute(plan(BuyOnce(), Asked(data=apple)).frictionless())
    assert run.stats["dividends"] > 0


def test_signals_see_forward_adjusted_prices_and_raw_ones_beside(apple):
    result = sluice.backtest(AboveRaw(), apple, fees=0, slippage=0)
    bought = result.fills.row(0, named=True)
    assert str(bought["ts"].date()) == "2000-06-22"  # the open after the first split's close
    assert bought["price"] == 55.75  # as traded


def test_an_adjustment_never_changes_an_earlier_row(apple):
    whole = apple.signal_frame
    for end in (160, 170, 1340, 3700):
        stop = int(apple.frame["ts"].to_physical()[end - 1])
        part = apple.between(None, stop).signal_frame
        assert part.equals(whole.head(end))


def test_adjusted_returns_are_those_of_a_holder(apple):
    frame = apple.signal_frame
    total = frame["close"][-1] / frame["close"][0]
    assert frame["close"][0] == frame["raw_close"][0]
    # The source's own adjusted close tells the same return, within its rounding of dividends.
    assert total == pytest.approx(72.77 / 0.5967, rel=0.01)
