"""Straight lines: through the last n values against time, and of one series on another."""

import polars as pl

from sluice.market.features import beta
from sluice.strategy.indicators.exact import highest, lowest, mean, quotient, weighted, window

__all__ = ["beta", "correl", "hedge_ratio", "linreg", "linreg_intercept", "linreg_slope", "tsf"]


def linreg_slope(x: pl.Expr, n: int = 14) -> pl.Expr:
    """Slope per bar of the least-squares line through n values (n ≥ 2); n shifted columns."""
    middle = (window(n, 2) - 1) / 2
    spread = n * (n * n - 1) / 12
    return weighted(x, [(middle - i) / spread for i in range(n)])


def linreg(x: pl.Expr, n: int = 14) -> pl.Expr:
    """The value of that line at the present bar."""
    return mean(x, n) + linreg_slope(x, n) * ((n - 1) / 2)


def linreg_intercept(x: pl.Expr, n: int = 14) -> pl.Expr:
    """The value of that line at the first of the n bars."""
    return mean(x, n) - linreg_slope(x, n) * ((n - 1) / 2)


def tsf(x: pl.Expr, n: int = 14) -> pl.Expr:
    """The value of that line one bar ahead, a forecast from what is known now."""
    return mean(x, n) + linreg_slope(x, n) * ((n + 1) / 2)


def correl(x: pl.Expr, y: pl.Expr, n: int = 30) -> pl.Expr:
    """Pearson's correlation of the last n values (n ≥ 2); −1 … 1, null where one stands still.

    From `beta`, which measures both from inside their window: n shifted columns.
    """
    both_move = (highest(x, n) > lowest(x, n)) & (highest(y, n) > lowest(y, n))
    scale = quotient(x.rolling_std(window(n, 2)), y.rolling_std(n))
    return pl.when(both_move).then((beta(y, x, n) * scale).clip(-1.0, 1.0))


def hedge_ratio(y: pl.Expr, x: pl.Expr, n: int) -> pl.Expr:
    """`beta(y, x, n)` for long windows and series of like scale, such as two log prices.

    cov = (var(x + y) − var(x − y)) / 4: a rolling variance is updated around its own mean and keeps
    its digits where a rolling covariance, E[xy] − E[x]E[y], loses 2e-9 of log prices; this loses
    1e-12, in one pass whatever n. Digits go where the deviations of x and y differ by orders of
    magnitude: take logs, or `beta`. Null where x stands still.
    """
    moves = highest(x, window(n, 2)) > lowest(x, n)
    spread = x.rolling_var(n)
    covariance = ((x + y).rolling_var(n) - (x - y).rolling_var(n)) / 4
    return pl.when(moves & (spread > 0)).then(covariance / spread)
