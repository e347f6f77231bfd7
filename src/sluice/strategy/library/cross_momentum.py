"""Cross-sectional momentum: each week long the winners of the panel, short the losers."""

import polars as pl

from sluice.domain.strategy import Expect, Hypothesis
from sluice.market.features import close
from sluice.strategy.base import Strategy
from sluice.strategy.expressions import long_short
from sluice.strategy.library.universe import SIMULATED_MARKET
from sluice.strategy.params import Param


class CrossMomentum(Strategy):
    """Ranks the instruments by their past return, the latest bars left out; gross 1, net 0.

    It needs a panel: with fewer than two instruments it takes no position, and where shorts are
    not allowed only its long side trades.
    """

    hypothesis = Hypothesis(
        claim="Instruments that did better than their peers over a month do so for another week",
        mechanism=(
            "capital moves between peers slowly and in the direction of past returns; the latest "
            "days are left out because short-term reversal works against it"
        ),
        falsified_if="the net Sharpe ratio is below 0.3, or winners do no better than losers",
        expect=Expect(sharpe=0.8, max_drawdown=0.20, turnover_per_year=40),
    )
    data = SIMULATED_MARKET
    capacity_usd = 1_000_000
    rebalance = "1w"

    lookback: int = Param(720, ge=2, le=10_000)
    skip: int = Param(24, ge=0, le=1000)
    quantile: float = Param(0.25, gt=0, le=0.5)

    def check(self) -> None:
        """Something must be left of the look-back."""
        assert self.skip < self.lookback, "skip must be below lookback"

    def signals(self) -> pl.Expr:
        """The score: the return over `lookback` bars up to `skip` bars ago."""
        return close.shift(self.skip) / close.shift(self.lookback) - 1

    def allocate(self) -> pl.Expr:
        """Equal weights on the best and the worst `quantile` of the panel."""
        return long_short(self.quantile)
