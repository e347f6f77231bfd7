"""What every indicator is made of: windows that check their length, quotients without NaN.

0/0 is NaN, and polars counts NaN as larger than anything, so every quotient is null where its
divisor is 0. Sums of what cannot be negative are exactly 0 where all of the window is: a running
sum keeps a residue of what has left it, and a quotient of residues is noise.
"""

import polars as pl

from sluice.domain.errors import ParamError


def window(n: int, least: int = 1) -> int:
    """`n` itself, where it is a whole number of bars of at least `least`.

    Raises:
        ParamError: it is not.
    """
    if isinstance(n, bool) or not isinstance(n, int) or n < least:
        raise ParamError(f"a window of {n!r} bars; write a whole number of at least {least}")
    return n


def quotient(a: pl.Expr, b: pl.Expr) -> pl.Expr:
    """a / b; null where b is 0 or one of them is null."""
    return pl.when(b != 0).then(a / b)


def mean(x: pl.Expr, n: int) -> pl.Expr:
    """Mean of the last n values."""
    return x.rolling_mean(window(n))


def highest(x: pl.Expr, n: int) -> pl.Expr:
    """Largest of the last n values."""
    return x.rolling_max(window(n))


def lowest(x: pl.Expr, n: int) -> pl.Expr:
    """Smallest of the last n values."""
    return x.rolling_min(window(n))


def total(x: pl.Expr, n: int) -> pl.Expr:
    """Sum of the last n values of what cannot be negative; exactly 0 where all of them are."""
    most = highest(x, n)
    return pl.when(most > 0).then(x.rolling_sum(n)).when(most <= 0).then(pl.lit(0.0))


def smooth(x: pl.Expr, span: int) -> pl.Expr:
    """Exponential mean, α = 2 / (span + 1), from e = x at the first value; null before `span`."""
    return x.ewm_mean(span=window(span), adjust=False, min_samples=span)


def weighted(x: pl.Expr, weights: list[float]) -> pl.Expr:
    """Σ weights[i] · (x, i bars ago); measured from the present value, so that no level is squared.

    Written as shifted columns: polars has no weighted window over values that may be null.
    """
    parts = [(x.shift(i) - x) * weight for i, weight in enumerate(weights) if i]
    whole = sum(weights)
    return added(parts) + x * whole if abs(whole) > 1e-15 else added(parts)


def added(parts: list[pl.Expr]) -> pl.Expr:
    """Sum, pairwise, which keeps the tree shallow and the rounding small."""
    while len(parts) > 1:
        pairs = zip(parts[::2], parts[1::2], strict=False)
        rest = parts[-1:] if len(parts) % 2 else []
        parts = [*(a + b for a, b in pairs), *rest]
    return parts[0]
