"""Bollinger reversion: buy far below the moving mean, sell far above it, leave at the mean."""

import polars as pl

from sluice.domain.strategy import Expect, Hypothesis
from sluice.market.features import close, zscore
from sluice.strategy.base import Strategy
from sluice.strategy.expressions import hold
from sluice.strategy.library.universe import SIMULATED_MARKET
from sluice.strategy.params import Param


class BollingerReversion(Strategy):
    """Takes the other side of a move that went further than its own recent width.

    The exit is the crossing of the mean: the deviation of this bar and of the one before have
    different signs. There is no price stop, so a market that has turned into a trend is the risk.
    """

    hypothesis = Hypothesis(
        claim="Moves far from the recent mean of price are partly undone within a day",
        mechanism=(
            "urgent orders push the price past its value; who provides liquidity is paid for "
            "waiting until the pressure has passed"
        ),
        falsified_if="the net Sharpe ratio is below 0.5, or the mean trip loses after costs",
        expect=Expect(sharpe=2.0, max_drawdown=0.10, turnover_per_year=350),
    )
    data = SIMULATED_MARKET
    capacity_usd = 300_000

    n: int = Param(48, ge=5, le=1000)
    entry: float = Param(2.0, gt=0, le=6)
    weight: float = Param(0.125, gt=0, le=1)

    def signals(self) -> pl.Expr:
        """Long below −entry deviations, short above +entry, flat when the mean is crossed."""
        z = zscore(close, self.n)
        return hold(
            z < -self.entry,
            short=z > self.entry,
            exits=z * z.shift(1) <= 0,
            size=self.weight,
        )
