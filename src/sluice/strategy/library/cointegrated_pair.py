"""Cointegrated pair: two prices that move together; buy the cheaper leg, sell the dearer one."""

import polars as pl

from sluice.domain.strategy import Bars, Expect, Hypothesis
from sluice.market.features import of, score
from sluice.strategy.base import Strategy
from sluice.strategy.indicators import cointegration
from sluice.strategy.params import Param


class CointegratedPair(Strategy):
    """Trades the residual of one log price on another, only while it shows that it returns.

    Both legs are one position, weights in the ratio 1 : −slope as of the entry, opened together and
    closed together at the line or after `patience` bars; `allocate` makes one round trip of them. A
    second entry while the position is held sets its ratio anew.

    References: Engle & Granger, Co-integration and error correction, Econometrica 55 (1987); Gatev,
    Goetzmann & Rouwenhorst, Pairs trading, Review of Financial Studies 19 (2006); on its decline,
    Do & Faff, Does simple pairs trading still work?, Financial Analysts Journal 66 (2010). Known to
    fail where the tie between the two breaks: there is no price stop, only the patience.
    """

    hypothesis = Hypothesis(
        claim="Two prices tied by one cause return to their ratio within days of leaving it",
        mechanism="orders in one leg push it alone; those who compare the two trade it back",
        falsified_if="the net Sharpe ratio is below 0.5, or trips end by patience more than half",
        expect=Expect(sharpe=1.0, max_drawdown=0.10, turnover_per_year=50),
    )
    data = Bars("ALPHA", "BRAVO", every="1h", history="730d", max_gap="3h")
    capacity_usd = 300_000

    leg: str = Param("ALPHA")
    hedge: str = Param("BRAVO")
    n: int = Param(480, ge=20, le=10_000)
    entry: float = Param(2.0, gt=0, le=6)
    evidence: float = Param(3.34, ge=0, le=10)
    patience: int = Param(240, ge=1, le=10_000)
    weight: float = Param(0.5, gt=0, le=1)

    def check(self) -> None:
        """A pair has two legs."""
        assert self.leg != self.hedge, "leg and hedge must be two instruments"

    def signals(self) -> pl.Expr:
        """±weight, shared by the legs; 0 at the line; null where nothing is held or begun."""
        leg, hedge = of(self.leg), of(self.hedge)
        ratio, z, t = cointegration(leg.close.log(), hedge.close.log(), self.n)
        far = (z.abs() > self.entry) & (z.shift(1).abs() <= self.entry)
        tied = (t < -self.evidence) & (ratio > 0)
        side = pl.when(far & tied).then(-z.sign()).when(z * z.shift(1) <= 0).then(0.0)
        share = pl.when(leg.here).then(1.0).when(hedge.here).then(-ratio) / (1 + ratio)
        return (self.weight * share * side).forward_fill(self.patience)

    def allocate(self) -> pl.Expr:
        """The targets as they are; what says nothing is out."""
        return score
