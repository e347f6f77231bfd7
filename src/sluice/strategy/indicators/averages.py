"""Moving averages of any expression, all in the unit of x; null until their window is full.

Recursive ones (`rma`, `dema`, `tema`, `t3`) start at the first value they see and forget it at
1 − α a bar. The derived warm-up keeps a strategy silent until 1e-12 of that start is left.
"""

import math

import polars as pl

from sluice.market.features import ema, sma
from sluice.strategy.indicators.columns import OWN, Columns
from sluice.strategy.indicators.exact import (
    highest,
    lowest,
    mean,
    quotient,
    smooth,
    total,
    weighted,
    window,
)

__all__ = [
    "dema",
    "ema",
    "hma",
    "midpoint",
    "midprice",
    "rma",
    "sma",
    "t3",
    "tema",
    "trima",
    "vwma",
    "wma",
]


def rma(x: pl.Expr, n: int) -> pl.Expr:
    """Wilder's mean: r = r₋₁ + (x − r₋₁) / n, from r = x (Wilder, New Concepts, 1978)."""
    return x.ewm_mean(alpha=1 / window(n), adjust=False, min_samples=n)


def wma(x: pl.Expr, n: int) -> pl.Expr:
    """Linear weights: Σ (n − i) x₋ᵢ / (n (n + 1) / 2), i = 0 … n − 1; n shifted columns."""
    if window(n) == 1:
        return x
    return weighted(x, [(n - i) / (n * (n + 1) / 2) for i in range(n)])


def hma(x: pl.Expr, n: int) -> pl.Expr:
    """Hull's mean, wma(2 wma(x, n/2) − wma(x, n), √n), n ≥ 2 (Hull, 2005)."""
    raw = 2 * wma(x, window(n, 2) // 2) - wma(x, n)
    return wma(raw, math.isqrt(n))


def dema(x: pl.Expr, n: int) -> pl.Expr:
    """Double exponential mean, 2 e − e(e) with e of span n (Mulloy, TASC, February 1994)."""
    once = smooth(x, n)
    return 2 * once - smooth(once, n)


def tema(x: pl.Expr, n: int) -> pl.Expr:
    """Triple exponential mean, 3 e − 3 e(e) + e(e(e)) with e of span n (Mulloy, TASC, 1994)."""
    once = smooth(x, n)
    twice = smooth(once, n)
    return 3 * once - 3 * twice + smooth(twice, n)


def t3(x: pl.Expr, n: int, v: float = 0.7) -> pl.Expr:
    """Tillson's T3: three times GD(x) = (1 + v) e − v e(e), v in [0, 1] (TASC, January 1998)."""
    for _ in range(3):
        once = smooth(x, n)
        x = (1 + v) * once - v * smooth(once, n)
    return x


def trima(x: pl.Expr, n: int) -> pl.Expr:
    """Triangular weights: a mean of a mean, ⌈(n + 1)/2⌉ and ⌊(n + 1)/2⌋ bars."""
    first, second = window(n) // 2 + 1, (n + 1) // 2
    return mean(mean(x, second), first)


def midpoint(x: pl.Expr, n: int) -> pl.Expr:
    """Halfway between the largest and the smallest of the last n values."""
    return (highest(x, n) + lowest(x, n)) / 2


def midprice(n: int, bars: Columns = OWN) -> pl.Expr:
    """Halfway between the highest high and the lowest low of n bars."""
    return (highest(bars.high, n) + lowest(bars.low, n)) / 2


def vwma(x: pl.Expr, n: int, bars: Columns = OWN) -> pl.Expr:
    """Mean of x weighted by volume, Σ x·v / Σ v; null where n bars have no volume. x ≥ 0."""
    return quotient(total(x * bars.volume, n), total(bars.volume, n))
