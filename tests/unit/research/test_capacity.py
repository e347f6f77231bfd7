"""Capacity against its closed form, and each rule of the estimate on the smallest example of it."""

import math
from dataclasses import replace
from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from sluice.domain.instrument import Instrument
from sluice.lifecycle.thresholds import CAPACITY
from sluice.market.calendars import ALWAYS_OPEN
from sluice.research.capacity import estimate_capacity
from sluice.statistics.capacity import net_sharpe
from sluice.statistics.returns import daily_returns

DAY = 86_400_000_000_000
DAYS = 200
CASH = 100_000.0
DATES = np.arange(1, DAYS + 1, dtype=np.int64) * DAY  # ends of daily bars


def instrument(symbol, **more):
    return Instrument(
        symbol, "SIM", "crypto_spot", "USD", Decimal("0.01"), Decimal("0.001"), **more
    )


A, B = instrument("A"), instrument("B")


def bars(name, *, volume, seed=0, sigma=0.02):
    rng = np.random.default_rng(seed)
    close = 100 * np.cumprod(1 + rng.normal(0, sigma, DAYS))
    traded = np.full(DAYS, volume, dtype=float)
    return pl.DataFrame(
        {"ts": DATES, "instrument": name, "close": close, "volume": traded / close},
        schema_overrides={"ts": pl.Datetime("ns", "UTC")},
    )


def fills(name, *, notional, side="buy", days=range(40, DAYS), parts=1):
    rows = [(d * DAY, name, side, notional / parts) for d in days for _ in range(parts)]
    return pl.DataFrame(
        rows,
        schema={
            "ts": pl.Datetime("ns", "UTC"),
            "instrument": pl.String,
            "side": pl.String,
            "notional": pl.Float64,
        },
        orient="row",
    )


def daily(mean=0.002, sigma=0.01, seed=5):
    rng = np.random.default_rng(seed)
    equity = CASH * np.cumprod(1 + rng.normal(mean, sigma, DAYS))
    return daily_returns(DATES, equity, CASH, ALWAYS_OPEN.session_index(DATES))


def estimate(traded, market, returns=None, instruments=(A, B), rule=CAPACITY):
    return estimate_capacity(
        traded,
        market,
        daily() if returns is None else returns,
        cash=CASH,
        instruments=instruments,
        session_index=ALWAYS_OPEN.session_index,
        sessions_per_year=365,
        rule=rule,
    )


def test_one_percent_of_the_average_daily_volume_is_the_largest_parent():
    found = estimate(fills("A.SIM", notional=1_000.0), bars("A.SIM", volume=50e6))
    assert found.reason == "participation"
    assert found.instrument == "A.SIM"
    assert found.capital == pytest.approx(CASH * 0.01 * 50e6 / 1_000, rel=1e-9)
    assert found.capital == found.participation_capital


def test_slicing_a_parent_is_no_discount():
    whole = estimate(fills("A.SIM", notional=1_000.0), bars("A.SIM", volume=50e6))
    sliced = estimate(fills("A.SIM", notional=1_000.0, parts=10), bars("A.SIM", volume=50e6))
    assert sliced.capital == pytest.approx(whole.capital, rel=1e-12)
    assert sliced.sharpe_capital == pytest.approx(whole.sharpe_capital, rel=1e-9)


def test_buying_and_selling_on_one_day_are_two_parents():
    both = pl.concat(
        [fills("A.SIM", notional=1_000.0), fills("A.SIM", notional=1_000.0, side="sell")]
    )
    assert estimate(both, bars("A.SIM", volume=50e6)).capital == pytest.approx(
        estimate(fills("A.SIM", notional=1_000.0), bars("A.SIM", volume=50e6)).capital
    )


def test_the_worst_instrument_binds():
    traded = pl.concat([fills("A.SIM", notional=1_000.0), fills("B.SIM", notional=1_000.0)])
    market = pl.concat([bars("A.SIM", volume=50e6), bars("B.SIM", volume=2e6, seed=1)])
    found = estimate(traded, market)
    assert found.instrument == "B.SIM"
    assert found.capital == pytest.approx(CASH * 0.01 * 2e6 / 1_000, rel=1e-9)


def test_impact_binds_where_the_sharpe_falls_to_the_floor_first():
    wide = replace(CAPACITY, max_participation=1e9)
    traded = pl.concat(
        [fills("A.SIM", notional=20_000.0), fills("B.SIM", notional=20_000.0, side="sell")]
    )
    market = pl.concat([bars("A.SIM", volume=50e6), bars("B.SIM", volume=2e6, seed=1)])
    found = estimate(traded, market, rule=wide)
    assert found.reason == "sharpe"
    assert found.instrument == "B.SIM"
    assert 0 < found.capital < found.participation_capital


def test_the_sharpe_at_the_capacity_is_the_floor_and_equals_the_closed_form():
    """Parents of 20,000 at a known σ: impact a day is Y·σ·√(k·Q/ADV)·Q over that day's equity."""
    wide = replace(CAPACITY, max_participation=1e9)
    market, returns = bars("A.SIM", volume=50e6), daily()
    found = estimate(fills("A.SIM", notional=20_000.0), market, returns, rule=wide)
    close = market["close"].to_numpy()
    change = np.append(np.nan, close[1:] / close[:-1] - 1)
    drag = np.zeros(DAYS)
    for day in range(40, DAYS):
        sigma = np.std(change[day - 30 : day], ddof=1)
        drag[day] = sigma * math.sqrt(20_000 / 50e6) * 20_000 / returns.start_equity[day]
    scale = found.capital / CASH
    assert net_sharpe(returns.returns, drag, scale, 365) == pytest.approx(1.2, abs=1e-6)


def test_a_strategy_below_the_floor_has_no_capacity():
    found = estimate(
        fills("A.SIM", notional=1_000.0), bars("A.SIM", volume=50e6), daily(mean=0.0001)
    )
    assert (found.capital, found.reason) == (0.0, "sharpe")


def test_the_curve_falls_and_starts_near_the_sharpe_without_impact():
    found = estimate(fills("A.SIM", notional=20_000.0), bars("A.SIM", volume=50e6))
    capitals, sharpes = zip(*found.curve, strict=True)
    assert list(capitals) == sorted(capitals)
    assert list(sharpes) == sorted(sharpes, reverse=True)
    assert sharpes[0] == pytest.approx(net_sharpe(daily().returns, 0.0, 0.0, 365), rel=0.05)


def test_volume_of_the_day_itself_and_of_later_days_is_not_seen():
    market = bars("A.SIM", volume=50e6)
    thin = market.with_columns(
        volume=pl.when(pl.col("ts").dt.epoch("d") >= 100).then(1.0).otherwise(pl.col("volume"))
    )
    traded = fills("A.SIM", notional=1_000.0, days=range(40, 100))
    assert estimate(traded, thin).capital == estimate(traded, market).capital


def test_trades_before_any_history_are_measured_at_the_worst_known_volume():
    growing = bars("A.SIM", volume=50e6).with_columns(
        volume=pl.col("volume") * (pl.col("ts").dt.epoch("d") / 100)
    )
    early = estimate(fills("A.SIM", notional=1_000.0, days=[0]), growing)
    later = estimate(fills("A.SIM", notional=1_000.0, days=[5]), growing)
    assert early.capital == later.capital > 0


@pytest.mark.parametrize("volume", [None, 0.0])
def test_without_volume_nothing_is_estimated(volume):
    market = bars("A.SIM", volume=1.0).with_columns(volume=pl.lit(volume, dtype=pl.Float64))
    found = estimate(fills("A.SIM", notional=1_000.0), market)
    assert found.reason == "no_volume"
    assert found.instrument == "A.SIM"
    assert math.isnan(found.evidence().capital)


def test_a_sourced_volume_of_the_instrument_record_stands_in():
    market = bars("A.SIM", volume=1.0).with_columns(volume=pl.lit(None, dtype=pl.Float64))
    known = instrument("A", adv_usd=Decimal("50e6"), adv_source="venue statistics 2024")
    found = estimate(fills("A.SIM", notional=1_000.0), market, instruments=(known,))
    assert found.capital == pytest.approx(CASH * 0.01 * 50e6 / 1_000)


def test_the_multiplier_scales_the_traded_volume():
    market, traded = bars("A.SIM", volume=50e6), fills("A.SIM", notional=1_000.0)
    ten = instrument("A", multiplier=Decimal(10))
    assert estimate(traded, market, instruments=(ten,)).capital == pytest.approx(
        10 * estimate(traded, market).capital
    )


def test_an_instrument_that_is_not_traded_needs_no_volume():
    silent = bars("B.SIM", volume=1.0).with_columns(volume=pl.lit(None, dtype=pl.Float64))
    market = pl.concat([bars("A.SIM", volume=50e6), silent])
    assert estimate(fills("A.SIM", notional=1_000.0), market).capital > 0


def test_a_month_without_a_trade_in_the_market_leaves_no_capacity():
    dead = bars("A.SIM", volume=50e6).with_columns(
        volume=pl.when(pl.col("ts").dt.epoch("d") < 60).then(0.0).otherwise(pl.col("volume"))
    )
    found = estimate(fills("A.SIM", notional=1_000.0, days=[45]), dead)
    assert (found.capital, found.reason) == (0.0, "participation")


def test_without_fills_there_is_nothing_to_estimate():
    found = estimate(fills("A.SIM", notional=1.0, days=[]), bars("A.SIM", volume=50e6))
    assert found.reason == "no_trades"
    assert math.isnan(found.capital)
    assert found.curve == ()


def test_a_fill_at_the_open_after_midnight_belongs_to_the_session_that_begins():
    """Two fills a nanosecond's session apart are two parents; in one session they are one."""
    first = fills("A.SIM", notional=1_000.0, days=[50])
    evening = first.with_columns(ts=pl.col("ts") - pl.duration(hours=1, time_unit="ns"))
    noon = first.with_columns(ts=pl.col("ts") + pl.duration(hours=12, time_unit="ns"))
    market = bars("A.SIM", volume=50e6)
    apart, together = pl.concat([evening, first]), pl.concat([first, noon])
    assert estimate(together, market).capital == pytest.approx(estimate(apart, market).capital / 2)
