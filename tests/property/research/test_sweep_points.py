"""Any point of a sweep is `sluice.backtest` of that point on the same window."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sluice
from market_bars import HOUR, bar_set
from sluice import Param, Strategy, close, ema, hold, sma
from sluice.market.bars import BarSet
from sluice.research.sweep.figures import FIGURES


class Means(Strategy):
    """Long above, short below, or out, as asked."""

    sizing = "weight"
    fast: int = Param(3, ge=1)
    slow: int = Param(9, ge=1)
    shorts: bool = Param(default=False)
    weight: float = Param(0.5, gt=0)

    def check(self) -> None:
        assert self.fast < self.slow, "fast must be below slow"

    def signals(self) -> pl.Expr:
        fast, slow = sma(close, self.fast), sma(close, self.slow)
        if self.shorts:
            return hold(fast > slow, short=fast < slow, size=self.weight)
        return pl.when(fast > slow).then(self.weight).otherwise(0.0)


class Exponentials(Means):
    """The same of exponential means: no sum stands for them."""

    def signals(self) -> pl.Expr:
        fast, slow = ema(close, self.fast), ema(close, self.slow)
        return hold(fast > slow, short=fast < slow, size=self.weight)


class Breakout(Means):
    """No crossing of two operands: evaluated row by row."""

    def signals(self) -> pl.Expr:
        up = close > close.shift(1).rolling_max(self.slow)
        return hold(up, exits=close < sma(close, self.fast), size=self.weight)


class Weekly(Means):
    """Retargets on a calendar, so that drift is traded."""

    rebalance = "1d"


class Called(Means):
    """Trades in its callback."""

    def on_bar(self, ctx, bar) -> None:
        fast, slow = ctx.sma(bar.instrument, self.fast), ctx.sma(bar.instrument, self.slow)
        if not math.isnan(slow):
            ctx.target(bar.instrument, self.weight if fast > slow else 0.0)


def walk(seed, bars=400, symbols=("BTCUSDT",), asset_class="crypto_spot") -> BarSet:
    shape = bar_set(symbols, bars=bars, asset_class=asset_class)
    rng = np.random.default_rng(seed)
    closes = np.round(100 * np.exp(np.cumsum(0.01 * rng.standard_normal(len(shape.frame)))), 1)
    opens = np.concatenate(([100.0], closes[:-1]))
    frame = shape.frame.with_columns(
        open=pl.Series(opens),
        high=pl.Series(np.maximum(opens, closes) + 1),
        low=pl.Series(np.minimum(opens, closes) - 0.1),
        close=pl.Series(closes),
    )
    return BarSet.build(
        frame, shape.instruments, every_ns=HOUR, name="walk", provenance="simulated"
    )


def assert_every_point_is_its_backtest(cls, bars, **grid):
    found = sluice.sweep(cls, bars, whole=True, fresh=True, fees="10bp", **grid)
    assert len(found.table) + found.skipped == np.prod([len(values) for values in grid.values()])
    for row in found.table.iter_rows(named=True):
        strategy = cls(**{name: row[name] for name in grid})
        stats = sluice.backtest(strategy, bars, fees="10bp").stats
        for name in FIGURES:
            assert row[name] == pytest.approx(stats[name], rel=1e-12, abs=1e-12, nan_ok=True), name
    return found


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 10_000), shorts=st.booleans(), perpetual=st.booleans())
def test_crossings_of_means_in_the_core_are_backtests(seed, shorts, perpetual):
    bars = walk(seed, asset_class="perpetual" if perpetual else "crypto_spot")
    grid = {"fast": [1, 2, 5, 12], "slow": [5, 12], "shorts": [shorts], "weight": [0.3, 1.0]}
    found = assert_every_point_is_its_backtest(Means, bars, **grid)
    assert found.skipped == 6


@pytest.mark.parametrize("cls", [Exponentials, Breakout, Weekly, Called])
def test_points_of_other_kinds_are_backtests(cls):
    assert_every_point_is_its_backtest(cls, walk(7), fast=[2, 3], slow=[4, 9])


@pytest.mark.parametrize("cls", [Means, Breakout])
def test_points_on_several_instruments_are_backtests(cls):
    bars = walk(3, bars=150, symbols=("BTCUSDT", "ETHUSDT"))
    assert_every_point_is_its_backtest(cls, bars, fast=[2, 3], slow=[4, 9], weight=[0.4, 0.9])
