"""Donchian breakout: buy a new high of n bars, sell a new low, leave at the middle."""

import polars as pl

from sluice.domain.strategy import Expect, Hypothesis
from sluice.market.features import close
from sluice.strategy.base import Strategy
from sluice.strategy.expressions import hold
from sluice.strategy.indicators import donchian
from sluice.strategy.library.universe import SIMULATED_MARKET
from sluice.strategy.params import Param


class DonchianBreakout(Strategy):
    """Enters where the close leaves the channel of the n bars before, and rides until it is back.

    The channel ends with the bar before, else no close could be above it. Most breakouts fail: few
    long trips must pay for many short ones, so the win rate is low by design.

    References: Donchian, High finance in copper, Financial Analysts Journal 16 (1960); Hurst, Ooi &
    Pedersen, A century of evidence on trend-following investing, Journal of Portfolio Management
    44 (2017).
    """

    hypothesis = Hypothesis(
        claim="A price that leaves its range of three weeks goes on in that direction for days",
        mechanism=(
            "stops and late buyers stand beyond old extremes; who was on the wrong side must trade "
            "in the direction of the break"
        ),
        falsified_if="the net Sharpe ratio is below 0.3, or the largest tenth of trips loses",
        expect=Expect(sharpe=0.7, max_drawdown=0.20, turnover_per_year=60),
    )
    data = SIMULATED_MARKET
    capacity_usd = 1_000_000

    n: int = Param(480, ge=2, le=10_000)
    weight: float = Param(0.125, gt=0, le=1)

    def signals(self) -> pl.Expr:
        """±weight beyond the channel, flat where its middle is crossed."""
        upper, middle, lower = (line.shift(1) for line in donchian(self.n))
        long, short = close > upper, close < lower
        gone = close - middle
        back = gone * gone.shift(1) <= 0
        return hold(long, short=short, exits=back & ~long & ~short, size=self.weight)
