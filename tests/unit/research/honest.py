"""Strategies that read only the past, one for each way to be suspected; none may be accused."""

import polars as pl

from sluice.market.features import close, ema, of, sma, std, volume, zscore
from sluice.strategy.base import Strategy
from sluice.strategy.expressions import hold, long_short
from sluice.strategy.library.bollinger_reversion import BollingerReversion
from sluice.strategy.library.cross_momentum import CrossMomentum
from sluice.strategy.library.ema_cross import EmaCross


class FollowsB(Strategy):
    """Reads another instrument at the same stamp."""

    def signals(self) -> pl.Expr:
        lead = of("B").close
        return hold(ema(lead, 5) > ema(lead, 20), exits=sma(close, 5) < sma(close, 20), size=0.1)


class HourOfDay(Strategy):
    """Uses the clock of the bars, which is no future."""

    def signals(self) -> pl.Expr:
        calm = std(close.log().diff(), 24) < 0.02
        return pl.when((pl.col("ts").dt.hour() < 8) & calm).then(0.1).otherwise(0.0)


class Cumulated(Strategy):
    """Depends on the whole past, so nothing but the whole prefix will do."""

    def signals(self) -> pl.Expr:
        average = (close * volume).cum_sum() / volume.cum_sum()
        return pl.when(close > average).then(0.1).otherwise(-0.1)


class RankedDaily(Strategy):
    """A panel by z-score, each day."""

    rebalance = "1d"

    def signals(self) -> pl.Expr:
        return -zscore(close, 30)

    def allocate(self) -> pl.Expr:
        return long_short(0.5)


class RankedOnChange(Strategy):
    """A panel whose weights may change at every bar."""

    def signals(self) -> pl.Expr:
        return close / close.shift(12) - 1

    def allocate(self) -> pl.Expr:
        return long_short(0.3)


class CausalFrame(Strategy):
    """A frame of its own that looks only backward."""

    warmup = 25

    def signals_frame(self, bars: pl.LazyFrame) -> pl.LazyFrame:
        mean = close.rolling_mean(20).over("instrument")
        return bars.select("ts", "instrument", (close > mean).cast(pl.Float64).alias("signal"))


class OnBars(Strategy):
    """Speaks through a callback alone."""

    def on_bar(self, ctx, bar) -> None:
        ctx.target(bar.instrument, 0.1)


class TooShort(Strategy):
    """Declares less warm-up than its frame needs."""

    warmup = 3

    def signals_frame(self, bars: pl.LazyFrame) -> pl.LazyFrame:
        mean = close.rolling_mean(20, min_samples=1).over("instrument")
        return bars.select("ts", "instrument", (close / mean).alias("signal"))


CLEAN = [
    EmaCross(),
    BollingerReversion(),
    CrossMomentum(lookback=100),
    FollowsB(),
    HourOfDay(),
    Cumulated(),
    RankedDaily(),
    RankedOnChange(),
    CausalFrame(),
]


def rising(expr: pl.Expr) -> Strategy:
    """A strategy that is long while `expr` rises and short while it falls."""

    class Rising(Strategy):
        def signals(self) -> pl.Expr:
            return pl.when(expr > expr.shift(1)).then(0.1).otherwise(-0.1)

    return Rising()
