"""The words of a strategy's expressions: bar columns, averages, deviations, other instruments.

Everything here is a polars expression that reads the present row and earlier ones only. Windows
count bars of the instrument. Averages and deviations are null until their window is full; an
`ema` speaks from the first bar, and the derived warm-up keeps it silent until it has settled.
Prices of shares are adjusted forwards for dividends and splits; `raw_close` and the like are as
traded.
"""

import polars as pl

open_ = pl.col("open")
high = pl.col("high")
low = pl.col("low")
close = pl.col("close")
volume = pl.col("volume")
raw_open = pl.col("raw_open")
raw_high = pl.col("raw_high")
raw_low = pl.col("raw_low")
raw_close = pl.col("raw_close")
raw_volume = pl.col("raw_volume")
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

    @property
    def here(self) -> pl.Expr:
        """Whether this row is that instrument's own; null where it has no bar at the stamp."""
        return pl.col("instrument") == pl.col(f"instrument{SEPARATOR}{self.symbol}")

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


def beta(y: pl.Expr, x: pl.Expr, n: int) -> pl.Expr:
    """Slope of y on x over the last n values (n ≥ 2): cov(x, y) / var(x); null if x stands still.

    Every value is measured from the first of its window, Σ (x − x₀)(y − y₀) − n·mean·mean being
    the same for any x₀. So no large level is squared: a plain rolling covariance of log prices
    keeps 8 digits, this one 12 or more. It costs n shifted columns, so prefer it for n ≤ 200.
    """
    dx = [x.shift(i) - x.shift(n - 1) for i in range(n - 1)]
    dy = [y.shift(i) - y.shift(n - 1) for i in range(n - 1)]
    sum_x, sum_y = _total(dx), _total(dy)
    products = _total([a * b for a, b in zip(dx, dy, strict=True)])
    squares = _total([a * a for a in dx])
    spread = squares - sum_x * sum_x / n
    moves = x.rolling_max(n) > x.rolling_min(n)
    return pl.when(moves & (spread > 0)).then((products - sum_x * sum_y / n) / spread)


def _total(parts: list[pl.Expr]) -> pl.Expr:
    """Sum, pairwise, which keeps the tree shallow and the rounding small."""
    while len(parts) > 1:
        parts = [
            parts[i] + parts[i + 1] if i + 1 < len(parts) else parts[i]
            for i in range(0, len(parts), 2)
        ]
    return parts[0]
