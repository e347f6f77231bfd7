"""Time-series momentum: each week long what has risen over the month, short what has fallen."""

import polars as pl

from sluice.domain.strategy import Expect, Hypothesis
from sluice.market.features import close
from sluice.strategy.base import Strategy
from sluice.strategy.expressions import hold
from sluice.strategy.library.universe import SIMULATED_MARKET
from sluice.strategy.params import Param


class TimeSeriesMomentum(Strategy):
    """The sign of an instrument's own past return is its position; no other instrument matters.

    References: Moskowitz, Ooi & Pedersen, Time series momentum, Journal of Financial Economics 104
    (2012); against it, Huang, Li, Wang & Zhou, Time series momentum: is it there?, the same 135
    (2020). Known to fail after sharp reversals, when all instruments turn together.
    """

    hypothesis = Hypothesis(
        claim="An instrument that has risen over a month rises over the next week, and conversely",
        mechanism=(
            "investors react late to news and then chase the move; hedgers pay those who take the "
            "other side of it"
        ),
        falsified_if="the net Sharpe ratio is below 0.3, or the short side alone loses",
        expect=Expect(sharpe=0.8, max_drawdown=0.20, turnover_per_year=30),
    )
    data = SIMULATED_MARKET
    capacity_usd = 1_000_000
    rebalance = "1w"

    lookback: int = Param(720, ge=2, le=10_000)
    weight: float = Param(0.125, gt=0, le=1)

    def signals(self) -> pl.Expr:
        """±weight by the sign of the return over `lookback` bars."""
        before = close.shift(self.lookback)
        return hold(close > before, short=close < before, size=self.weight)
