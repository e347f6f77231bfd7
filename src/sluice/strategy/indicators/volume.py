"""Price and volume together. `obv` and `ad` cumulate from the first bar of the data.

So their warm-up is unbounded and a level of theirs means nothing; differences over n bars do, and
`adosc` and `mfi` forget.
"""

import polars as pl

from sluice.strategy.indicators.averages import vwma
from sluice.strategy.indicators.columns import OWN, Columns
from sluice.strategy.indicators.exact import quotient, smooth, total, window
from sluice.strategy.indicators.price import typprice

# Sums of three prices that are equal in ticks differ by this at most, relative to their size.
ROUNDING = 1e-12


def obv(bars: Columns = OWN) -> pl.Expr:
    """On-balance volume: Σ volume · sign(close − close₋₁) from the first bar on (Granville, 1963).

    In units of volume. Unbounded: declare `warmup`, or use `obv().diff(n)`, and still declare it.
    """
    direction = bars.close.diff(1).sign().fill_null(1.0)
    return (direction * bars.volume).cum_sum()


def ad(bars: Columns = OWN) -> pl.Expr:
    """Accumulation/distribution: Σ volume · ((c − l) − (h − c)) / (h − l) (Chaikin). Unbounded.

    A bar without range adds nothing. In units of volume.
    """
    return _money_flow(bars).cum_sum()


def adosc(fast: int = 3, slow: int = 10, bars: Columns = OWN) -> pl.Expr:
    """Chaikin's oscillator: exponential mean of `ad` of span `fast` less that of span `slow`.

    `ad` itself is unbounded, this is not: ad − e(ad) = (1 − α)/α · e(flow), where α = 2/(span + 1)
    and flow is what a bar adds to `ad`, so it is computed from means of the flow.
    """
    flow = _money_flow(bars)

    def lag(span: int) -> pl.Expr:
        alpha = 2 / (window(span) + 1)
        return (1 - alpha) / alpha * smooth(flow, span)

    return lag(slow) - lag(fast)


def mfi(n: int = 14, bars: Columns = OWN) -> pl.Expr:
    """Money flow index, 100 · up / (up + down) of typical price · volume over n bars; 0 … 100.

    A bar counts up or down by the change of its typical price, where it is more than rounding; null
    where none moved with volume (Quong & Soudack, TASC, March 1989).
    """
    x = typprice(bars)
    change, flow = x.diff(1), x * bars.volume
    up = total(flow * (change > ROUNDING * x).cast(pl.Float64), n)
    down = total(flow * (change < -ROUNDING * x).cast(pl.Float64), n)
    return 100 * quotient(up, up + down)


def vwap(n: int, bars: Columns = OWN) -> pl.Expr:
    """Volume-weighted mean of the typical price over n bars; null where they have no volume."""
    return vwma(typprice(bars), n, bars)


def _money_flow(bars: Columns) -> pl.Expr:
    high, low, close = bars.high, bars.low, bars.close
    place = pl.when(high > low).then(((close - low) - (high - close)) / (high - low))
    return place.when(high <= low).then(pl.lit(0.0)) * bars.volume
