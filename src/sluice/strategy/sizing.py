"""How large a target is, as expressions: sizes for `signals`, weights for `allocate`."""

import polars as pl

from sluice.market.features import close, score
from sluice.strategy.indicators.exact import quotient, window


def vol_target(
    x: pl.Expr = close, *, annual: float, n: int, periods: float, cap: float = 1.0
) -> pl.Expr:
    """The weight at which a position in x has a yearly volatility of `annual`; null while unknown.

    annual / (deviation of n log returns · √periods), at most `cap`. Volatility clusters, so that of
    the last n bars says something about the next ones (Moreira & Muir, Journal of Finance, 2017).

    Args:
        x: a price, above 0.
        annual: volatility aimed at, a fraction a year: 0.1 is 10 %.
        n: bars to measure over.
        periods: bars a year: 8,760 hours where the market never closes, 252 days of shares.
        cap: largest weight, a fraction of equity.
    """
    deviation = x.log().diff(1).rolling_std(window(n, 2))
    return quotient(pl.lit(annual / periods**0.5), deviation).clip(upper_bound=cap)


def inverse_vol(gross: float = 1.0) -> pl.Expr:
    """Weights for `allocate` where `score` is each instrument's volatility: ∝ 1 / score, long only.

    They sum to `gross`. Each position then risks the same where returns are uncorrelated (risk
    parity in its naive form: Maillard, Roncalli & Teiletche, 2010). No score, or 0: no position.
    """
    calm = pl.when(score > 0).then(1 / score)
    return gross * quotient(calm, calm.sum())
