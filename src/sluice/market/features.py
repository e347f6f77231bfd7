"""The words of a strategy's expressions: bar columns, averages, deviations, other instruments.

Everything here is a polars expression that reads the present row and earlier ones only. Windows
count bars of the instrument. Averages and deviations are null until their window is full; an
`ema` speaks from the first bar, and the derived warm-up keeps it silent until it has settled.
"""

import polars as pl

open_ = pl.col("open")
high = pl.col("high")
low = pl.col("low")
close = pl.col("close")
volume = pl.col("volume")
score = pl.col("score")

SEPARATOR = "@"


class Other:
    """The bar columns of another instrument at exactly the same stamp; null where it has none."""

    def __init__(self, symbol: str) -> None:
        self.symbol = symbol
        self.open_ = pl.col(f"open{SEPARATOR}{symbol}")
        self.high = pl.col(f"high{SEPARATOR}{symbol}")
        self.low = pl.col(f"low{SEPARATOR}{symbol}")
        self.close = pl.col(f"close{SEPARATOR}{symbol}")
        self.volume = pl.col(f"volume{SEPARATOR}{symbol}")

    def __repr__(self) -> str:
        return f"of({self.symbol!r})"


def of(symbol: str) -> Other:
    """Another instrument: `of("ETHUSDT").close`, as SYMBOL.VENUE or the symbol where unique."""
    return Other(symbol)


def sma(x: pl.Expr, n: int) -> pl.Expr:
    """Mean of the last n values (n ≥ 1), the present one included."""
    return x.rolling_mean(n)


def ema(x: pl.Expr, span: float) -> pl.Expr:
    """Exponential mean, e = e₋₁ + α (x − e₋₁), α = 2 / (span + 1), from e = x at the first value.

    This is the recursive form (`adjust=False`); libraries that seed with a simple mean agree only
    after some ten spans.
    """
    return x.ewm_mean(span=span, adjust=False)


def std(x: pl.Expr, n: int, *, ddof: int = 1) -> pl.Expr:
    """Standard deviation of the last n values (n ≥ 2), divisor n − ddof."""
    return x.rolling_std(n, ddof=ddof)


def zscore(x: pl.Expr, n: int, *, ddof: int = 1) -> pl.Expr:
    """Distance of x from its n-bar mean in n-bar standard deviations; null where that is 0.

    The test for 0 is on the range of the window: a rolling deviation of equal prices may come out
    as 1e-9, a range cannot. Without it 0/0 is NaN, and polars counts NaN as larger than anything.
    """
    deviation = x.rolling_std(n, ddof=ddof)
    moves = (x.rolling_max(n) > x.rolling_min(n)) & (deviation > 0)
    return pl.when(moves).then((x - x.rolling_mean(n)) / deviation)
