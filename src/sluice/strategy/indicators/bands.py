"""Bands around price, of an upper, a middle and a lower line: Bollinger, Donchian, Keltner."""

from typing import NamedTuple

import polars as pl

from sluice.market.features import close
from sluice.strategy.indicators.columns import OWN, Columns
from sluice.strategy.indicators.exact import highest, lowest, mean, quotient, smooth, window
from sluice.strategy.indicators.volatility import atr


class Bands(NamedTuple):
    """Three lines in the unit of the price."""

    upper: pl.Expr
    middle: pl.Expr
    lower: pl.Expr

    @property
    def width(self) -> pl.Expr:
        """(upper − lower) / middle, a fraction; null where the middle is 0."""
        return quotient(self.upper - self.lower, self.middle)

    def percent(self, x: pl.Expr = close) -> pl.Expr:
        """Bollinger's %b: 0 at the lower line, 1 at the upper; null where they meet."""
        return quotient(x - self.lower, self.upper - self.lower)


def bbands(x: pl.Expr = close, n: int = 20, k: float = 2.0) -> Bands:
    """The n-bar mean and k standard deviations (divisor n) on each side (Bollinger, 2001).

    Where the n values are equal all three lines are x: a rolling deviation of equal prices may come
    out as 1e-9, a range cannot.
    """
    still = highest(x, window(n, 2)) == lowest(x, n)
    middle = pl.when(still).then(x).otherwise(mean(x, n))
    reach = pl.when(still).then(pl.lit(0.0)).otherwise(k * x.rolling_std(n, ddof=0))
    return Bands(middle + reach, middle, middle - reach)


def donchian(n: int = 20, bars: Columns = OWN) -> Bands:
    """The highest high and the lowest low of n bars, the present one included (Donchian).

    A breakout compares with the bar before: `close > donchian(20).upper.shift(1)`.
    """
    upper, lower = highest(bars.high, n), lowest(bars.low, n)
    return Bands(upper, (upper + lower) / 2, lower)


def keltner(n: int = 20, k: float = 2.0, m: int = 10, bars: Columns = OWN) -> Bands:
    """Exponential mean of span n, and k average true ranges of m bars on each side (Raschke)."""
    middle, reach = smooth(bars.close, n), k * atr(m, bars)
    return Bands(middle + reach, middle, middle - reach)
