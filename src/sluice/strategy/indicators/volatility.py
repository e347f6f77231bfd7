"""How much prices move: true range, average true range, variance, deviation."""

import polars as pl

from sluice.market.features import std, zscore
from sluice.strategy.indicators.averages import rma
from sluice.strategy.indicators.columns import OWN, Columns
from sluice.strategy.indicators.exact import quotient, window

__all__ = ["atr", "natr", "std", "trange", "var", "zscore"]


def trange(bars: Columns = OWN) -> pl.Expr:
    """True range, max(high − low, |high − close₋₁|, |low − close₋₁|); null on the first bar.

    In the unit of the price (Wilder, New Concepts, 1978).
    """
    before = bars.close.shift(1)
    reach = (bars.high - before).abs(), (bars.low - before).abs()
    return pl.when(before.is_not_null()).then(pl.max_horizontal(bars.high - bars.low, *reach))


def atr(n: int = 14, bars: Columns = OWN) -> pl.Expr:
    """Average true range: Wilder's mean of n true ranges, in the unit of the price."""
    return rma(trange(bars), n)


def natr(n: int = 14, bars: Columns = OWN) -> pl.Expr:
    """Average true range in percent of the close."""
    return 100 * quotient(atr(n, bars), bars.close)


def var(x: pl.Expr, n: int, *, ddof: int = 1) -> pl.Expr:
    """Variance of the last n values (n ≥ 2), divisor n − ddof, in the unit of x squared."""
    return x.rolling_var(window(n, 2), ddof=ddof)
