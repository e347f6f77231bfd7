"""Whether there is a trend and how strong: directional movement and Aroon."""

from typing import NamedTuple

import polars as pl

from sluice.strategy.indicators.averages import rma
from sluice.strategy.indicators.columns import OWN, Columns
from sluice.strategy.indicators.exact import highest, lowest, quotient, window
from sluice.strategy.indicators.volatility import trange


class Aroon(NamedTuple):
    """`up`, `down`, 0 … 100, and `osc` = up − down."""

    up: pl.Expr
    down: pl.Expr
    osc: pl.Expr


def plus_di(n: int = 14, bars: Columns = OWN) -> pl.Expr:
    """Rises of the high that exceed the falls of the low, in percent of the true range.

    Both are Wilder's means of n bars; 0 … 100 (Wilder, New Concepts, 1978).
    """
    up, down = bars.high.diff(1), -bars.low.diff(1)
    return _indicated(up, down, n, bars)


def minus_di(n: int = 14, bars: Columns = OWN) -> pl.Expr:
    """Falls of the low that exceed the rises of the high, in percent of the true range."""
    up, down = bars.high.diff(1), -bars.low.diff(1)
    return _indicated(down, up, n, bars)


def dx(n: int = 14, bars: Columns = OWN) -> pl.Expr:
    """Directional index, 100 |+DI − −DI| / (+DI + −DI); 0 … 100, null where both are 0."""
    plus, minus = plus_di(n, bars), minus_di(n, bars)
    return 100 * quotient((plus - minus).abs(), plus + minus)


def adx(n: int = 14, bars: Columns = OWN) -> pl.Expr:
    """Average directional index: Wilder's mean of dx over n bars; 0 … 100."""
    return rma(dx(n, bars), n)


def aroon(n: int = 14, bars: Columns = OWN) -> Aroon:
    """100 (n − bars since the highest high of n + 1 bars) / n, and the same for the lowest low.

    Of equal extremes the latest counts; n + 1 shifted columns (Chande, TASC, September 1995).
    """
    up = _freshness(bars.high, highest(bars.high, window(n) + 1), n)
    down = _freshness(bars.low, lowest(bars.low, n + 1), n)
    return Aroon(up, down, up - down)


def _indicated(move: pl.Expr, against: pl.Expr, n: int, bars: Columns) -> pl.Expr:
    counted = move * ((move > against) & (move > 0)).cast(pl.Float64)
    return 100 * quotient(rma(counted, n), rma(trange(bars), n))


def _freshness(x: pl.Expr, extreme: pl.Expr, n: int) -> pl.Expr:
    ages = [pl.when(x.shift(i) == extreme).then(100.0 * (n - i) / n) for i in range(n + 1)]
    return pl.coalesce(ages)
