"""Volatility-targeted trend: an EMA cross whose size falls when the market gets rougher."""

import polars as pl

from sluice.domain.strategy import Expect, Hypothesis
from sluice.market.features import close, ema
from sluice.strategy.base import Strategy
from sluice.strategy.expressions import hold
from sluice.strategy.library.universe import SIMULATED_MARKET
from sluice.strategy.params import Param
from sluice.strategy.sizing import vol_target


class VolTargetTrend(Strategy):
    """Follows slow trends at constant risk: each position aims at the same yearly volatility.

    The size is set once a day, and a change below `min_trade` is left alone. `bars_per_year` turns
    the deviation of a bar into that of a year: 8,760 for hours that never close, 252 for days of
    shares.

    References: Harvey, Hoyle, Korgaonkar, Rattray, Sargaison & Van Hemert, The impact of volatility
    targeting, Journal of Portfolio Management 45 (2018); Moreira & Muir, Volatility-managed
    portfolios, Journal of Finance 72 (2017); against it, Cederburg, O'Doherty, Wang & Yan, On the
    performance of volatility-managed portfolios, Journal of Financial Economics 138 (2020).
    """

    hypothesis = Hypothesis(
        claim="Trends of weeks persist, and pay more for the risk taken when the market is calm",
        mechanism=(
            "volatility clusters but returns do not rise with it, so that risk taken in rough "
            "times is paid worse; trends come from news that spreads slowly"
        ),
        falsified_if="the net Sharpe ratio is below 0.3, or no better than at a fixed size",
        expect=Expect(sharpe=0.8, max_drawdown=0.15, turnover_per_year=40),
    )
    data = SIMULATED_MARKET
    capacity_usd = 1_000_000
    rebalance = "1d"
    min_trade = 0.005

    fast: int = Param(96, ge=2, le=5000)
    slow: int = Param(384, ge=5, le=20_000)
    annual: float = Param(0.04, gt=0, le=2)
    n: int = Param(168, ge=2, le=10_000)
    bars_per_year: int = Param(8760, ge=1, le=32_000_000)

    def check(self) -> None:
        """The fast mean must be the faster one."""
        assert self.fast < self.slow, "fast must be below slow"

    def signals(self) -> pl.Expr:
        """± the weight that aims at `annual`, by the order of the two means."""
        fast, slow = ema(close, self.fast), ema(close, self.slow)
        size = vol_target(annual=self.annual, n=self.n, periods=self.bars_per_year)
        return hold(fast > slow, short=fast < slow, size=size)
