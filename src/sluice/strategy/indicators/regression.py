"""Straight lines: through the last n values against time, and of one series on another."""

from typing import NamedTuple

import polars as pl

from sluice.market.features import beta
from sluice.strategy.indicators.exact import highest, lowest, mean, quotient, weighted, window

__all__ = [
    "beta",
    "cointegration",
    "correl",
    "hedge_ratio",
    "linreg",
    "linreg_intercept",
    "linreg_slope",
    "tsf",
]


class Cointegration(NamedTuple):
    """What a window says of y − ratio · x: the ratio, the distance from 0 now, and its evidence."""

    ratio: pl.Expr
    zscore: pl.Expr
    t: pl.Expr


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
    return pl.when(moves & (spread > 0)).then(_cov(x, y, n) / spread)


def cointegration(y: pl.Expr, x: pl.Expr, n: int) -> Cointegration:
    """The line of y on x through n bars (n ≥ 10), and whether y comes back to it.

    ratio: its slope. zscore: the residual of this bar in standard deviations of the residuals. t:
    Dickey and Fuller's statistic of these residuals, the regression of their change on their level
    with a constant and no lags; strongly negative where they return. Under no cointegration it is
    below −3.34 with 5 % (Engle & Granger, 1987; MacKinnon, 2010). Null where nothing moves.

    y and x are of like scale, as two log prices are; see `hedge_ratio`.
    """
    ratio = hedge_ratio(y, x, window(n, 10))
    rest = y.rolling_var(n) - ratio * _cov(x, y, n)
    residual = (y - mean(y, n)) - ratio * (x - mean(x, n))
    steady = pl.when(rest > 1e-12 * y.rolling_var(n)).then(rest)
    return Cointegration(ratio, residual / steady.sqrt(), _dickey_fuller(y, x, ratio, n - 1))


def _dickey_fuller(y: pl.Expr, x: pl.Expr, ratio: pl.Expr, n: int) -> pl.Expr:
    """t of the slope of Δr on r₋₁, r = y − ratio · x with today's ratio, over n pairs.

    With S for the (co)variances of the two, t = S_rΔ √((n − 2) / (S_r S_Δ − S_rΔ²)).
    """
    changes, levels = (y.diff(1), x.diff(1)), (y.shift(1), x.shift(1))
    both = _of_residual(changes, levels, ratio, n)
    change = _of_residual(changes, changes, ratio, n)
    rest = change * _of_residual(levels, levels, ratio, n) - both * both
    return pl.when(rest > 0).then(both * ((n - 2) / rest).sqrt())


def _of_residual(
    a: tuple[pl.Expr, pl.Expr], b: tuple[pl.Expr, pl.Expr], ratio: pl.Expr, n: int
) -> pl.Expr:
    """Covariance of a₀ − ratio · a₁ with b₀ − ratio · b₁ over n bars."""
    cross = _cov(a[0], b[1], n) + _cov(a[1], b[0], n)
    return _cov(a[0], b[0], n) - ratio * (cross - ratio * _cov(a[1], b[1], n))


def _cov(x: pl.Expr, y: pl.Expr, n: int) -> pl.Expr:
    if x is y:
        return x.rolling_var(n)
    return ((x + y).rolling_var(n) - (x - y).rolling_var(n)) / 4
