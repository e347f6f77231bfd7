"""EMA cross: long while the fast exponential mean is above the slow one, short while below."""

import polars as pl

from sluice.domain.strategy import Expect, Hypothesis
from sluice.market.features import close, ema
from sluice.strategy.base import Strategy
from sluice.strategy.expressions import hold
from sluice.strategy.library.universe import SIMULATED_MARKET
from sluice.strategy.params import Param


class EmaCross(Strategy):
    """Follows the trend of each instrument on its own; reverses at each cross.

    Known to fail: where prices mean-revert within days, as in the simulated market, every cross
    comes too late, and the costs of reversing add to the loss.
    """

    hypothesis = Hypothesis(
        claim="Trends in liquid markets persist for days after they have become visible",
        mechanism=(
            "news spreads slowly, and funds that follow or must cut losses trade in the direction "
            "of the move; they pay for being late"
        ),
        falsified_if="the net Sharpe ratio over any 12 months of the test window is below 0.5",
        expect=Expect(sharpe=1.0, max_drawdown=0.15, turnover_per_year=400),
    )
    data = SIMULATED_MARKET
    capacity_usd = 1_000_000

    fast: int = Param(12, ge=2, le=200)
    slow: int = Param(48, ge=5, le=1000)
    weight: float = Param(0.10, gt=0, le=1)

    def check(self) -> None:
        """The fast mean must be the faster one."""
        assert self.fast < self.slow, "fast must be below slow"

    def signals(self) -> pl.Expr:
        """±weight at each bar, by the order of the two means; nothing where they are equal."""
        fast, slow = ema(close, self.fast), ema(close, self.slow)
        return hold(fast > slow, short=fast < slow, size=self.weight)
