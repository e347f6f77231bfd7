"""Cross-sectional reversal: each day long the day's losers of the panel, short its winners."""

import polars as pl

from sluice.domain.strategy import Expect, Hypothesis
from sluice.market.features import close
from sluice.strategy.base import Strategy
from sluice.strategy.expressions import long_short
from sluice.strategy.library.universe import SIMULATED_MARKET
from sluice.strategy.params import Param


class CrossReversal(Strategy):
    """Ranks the instruments by their latest return, the worst first; gross 1, net 0.

    It earns what market makers earn and trades the whole portfolio every day, so costs decide. It
    needs a panel: with fewer than two instruments it takes no position.

    References: Lehmann, Fads, martingales and market efficiency, Quarterly Journal of Economics 105
    (1990); Lo & MacKinlay, When are contrarian profits due to stock market overreaction?, Review of
    Financial Studies 3 (1990); Nagel, Evaporating liquidity, the same 25 (2012).
    """

    hypothesis = Hypothesis(
        claim="What fell behind its peers over a day makes part of it good over the next day",
        mechanism=(
            "sellers in a hurry push one price below those of its peers; who buys from them is "
            "paid for holding it until other buyers come"
        ),
        falsified_if="the net Sharpe ratio is below 0.5, or the gross gain a turn is below costs",
        expect=Expect(sharpe=1.0, max_drawdown=0.15, turnover_per_year=500),
    )
    data = SIMULATED_MARKET
    capacity_usd = 300_000
    rebalance = "1d"

    lookback: int = Param(24, ge=1, le=10_000)
    quantile: float = Param(0.25, gt=0, le=0.5)

    def signals(self) -> pl.Expr:
        """The score: the return over `lookback` bars with its sign turned."""
        return 1 - close / close.shift(self.lookback)

    def allocate(self) -> pl.Expr:
        """Equal weights on the worst and the best `quantile` of the panel."""
        return long_short(self.quantile)
