"""How far and how fast prices went: differences, rates, RSI, MACD, a close's place in its range.

Where a denominator is 0 (flat prices) the answer is null: nothing moved, so nothing is said.
"""

from typing import NamedTuple

import polars as pl

from sluice.market.features import close
from sluice.strategy.indicators.averages import rma
from sluice.strategy.indicators.columns import OWN, Columns
from sluice.strategy.indicators.exact import (
    added,
    highest,
    lowest,
    mean,
    quotient,
    smooth,
    total,
    window,
)
from sluice.strategy.indicators.price import typprice
from sluice.strategy.indicators.volatility import trange


class Macd(NamedTuple):
    """`line`, its `signal`, and `hist` = line − signal."""

    line: pl.Expr
    signal: pl.Expr
    hist: pl.Expr


class Stochastic(NamedTuple):
    """`k` and its moving mean `d`, both 0 … 100."""

    k: pl.Expr
    d: pl.Expr


def mom(x: pl.Expr, n: int = 10) -> pl.Expr:
    """x − x₋ₙ, in the unit of x."""
    return x - x.shift(window(n))


def roc(x: pl.Expr, n: int = 10) -> pl.Expr:
    """Rate of change in percent, 100 (x / x₋ₙ − 1)."""
    return 100 * quotient(mom(x, n), x.shift(n))


def rsi(x: pl.Expr = close, n: int = 14) -> pl.Expr:
    """Relative strength, 100 · up / (up + down), Wilder's means of rises and falls; 0 … 100.

    Null where nothing has moved yet (Wilder, New Concepts, 1978).
    """
    up, down = _rises_and_falls(x, n)
    return 100 * quotient(up, up + down)


def cmo(x: pl.Expr = close, n: int = 14) -> pl.Expr:
    """Chande momentum, 100 (up − down) / (up + down), smoothed as Wilder does; −100 … 100."""
    up, down = _rises_and_falls(x, n)
    return 100 * quotient(up - down, up + down)


def macd(x: pl.Expr = close, fast: int = 12, slow: int = 26, signal: int = 9) -> Macd:
    """Exponential mean of span `fast` less that of span `slow`, with its own mean of span `signal`.

    In the unit of x (Appel, 1979).
    """
    line = smooth(x, fast) - smooth(x, slow)
    mean_of_line = smooth(line, signal)
    return Macd(line, mean_of_line, line - mean_of_line)


def ppo(x: pl.Expr = close, fast: int = 12, slow: int = 26) -> pl.Expr:
    """The MACD line in percent of the slow mean."""
    fast_mean, slow_mean = smooth(x, fast), smooth(x, slow)
    return 100 * quotient(fast_mean - slow_mean, slow_mean)


def trix(x: pl.Expr = close, n: int = 30) -> pl.Expr:
    """One-bar change in percent of a threefold exponential mean of span n (Hutson, TASC, 1983)."""
    return roc(smooth(smooth(smooth(x, n), n), n), 1)


def stochastic(n: int = 14, k: int = 3, d: int = 3, bars: Columns = OWN) -> Stochastic:
    """Where in the range of n bars the close is, in percent; k-bar and then d-bar means (Lane).

    k = 1 is the fast form.
    """
    return _stochastic(bars.close, (bars.high, bars.low), n, k, d)


def stochrsi(x: pl.Expr = close, n: int = 14, k: int = 5, d: int = 3) -> Stochastic:
    """The RSI's place in its range of k bars, and the d-bar mean of it (Chande & Kroll, 1994)."""
    strength = rsi(x, n)
    return _stochastic(strength, (strength, strength), k, 1, d)


def willr(n: int = 14, bars: Columns = OWN) -> pl.Expr:
    """Williams' %R, −100 (highest − close) / (highest − lowest) of n bars; −100 … 0."""
    top, bottom = highest(bars.high, n), lowest(bars.low, n)
    return -100 * quotient(top - bars.close, top - bottom)


def cci(n: int = 20, bars: Columns = OWN) -> pl.Expr:
    """Commodity channel, (tp − mean) / (0.015 · mean absolute deviation), tp = (h + l + c) / 3.

    n shifted columns; null where the n typical prices are equal (Lambert, Commodities, 1980).
    """
    x = typprice(bars)
    middle = mean(x, window(n, 2))
    deviation = added([(x.shift(i) - middle).abs() for i in range(n)]) / n
    moves = (highest(x, n) > lowest(x, n)) & (deviation > 0)
    return pl.when(moves).then((x - middle) / (0.015 * deviation))


def ultosc(short: int = 7, middle: int = 14, long: int = 28, bars: Columns = OWN) -> pl.Expr:
    """Ultimate oscillator: buying pressure over true range in three windows, weights 4 : 2 : 1.

    0 … 100 (Williams, TASC, 1985).
    """
    reach = trange(bars)
    before = bars.close.shift(1)
    floor = pl.when(before.is_not_null()).then(pl.min_horizontal(bars.low, before))
    pressure = bars.close - floor
    part = [quotient(total(pressure, n), total(reach, n)) for n in (short, middle, long)]
    return 100 * (4 * part[0] + 2 * part[1] + part[2]) / 7


def bop(bars: Columns = OWN) -> pl.Expr:
    """Balance of power, (close − open) / (high − low); −1 … 1."""
    return quotient(bars.close - bars.open_, bars.high - bars.low)


def _rises_and_falls(x: pl.Expr, n: int) -> tuple[pl.Expr, pl.Expr]:
    change = x.diff(1)
    return rma(change.clip(lower_bound=0), n), rma((-change).clip(lower_bound=0), n)


def _stochastic(x: pl.Expr, within: tuple[pl.Expr, pl.Expr], n: int, k: int, d: int) -> Stochastic:
    top, bottom = highest(within[0], n), lowest(within[1], n)
    fast = 100 * quotient(x - bottom, top - bottom)
    slow = fast if window(k) == 1 else mean(fast, k)
    return Stochastic(slow, mean(slow, d))
