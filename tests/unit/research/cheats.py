"""Strategies that read the future, one for each way to do it; every one must be caught.

`CHEATS` maps a name to the class and to what the report must name: a rule, and a part of the node
or the column.
"""

import polars as pl

from sluice.market.features import close, ema, high, low
from sluice.strategy.base import Strategy
from sluice.strategy.expressions import long_short


class NextClose(Strategy):
    """Buys what will be higher at the next bar."""

    def signals(self) -> pl.Expr:
        return pl.when(close.shift(-1) > close).then(0.1).otherwise(-0.1)


class WholeSampleRange(Strategy):
    """Scales price by the range of the whole sample."""

    def signals(self) -> pl.Expr:
        place = (close - close.min()) / (close.max() - close.min())
        return pl.when(place < 0.3).then(0.1).otherwise(0.0)


class LastOfTheDay(Strategy):
    """Knows the close of the day from its first hour."""

    def signals(self) -> pl.Expr:
        final = close.last().over(pl.col("ts").dt.date())
        return pl.when(final > close).then(0.1).otherwise(-0.1)


class CenteredMean(Strategy):
    """Buys below a mean that is half in the future."""

    def signals(self) -> pl.Expr:
        return pl.when(close < close.rolling_mean(11, center=True)).then(0.1).otherwise(-0.1)


class BackwardFill(Strategy):
    """Fills a hole with what came after it."""

    def signals(self) -> pl.Expr:
        return pl.when(close.fill_null(strategy="backward") > ema(close, 5)).then(0.1).otherwise(0)


class SameBarFill(Strategy):
    """Trades at the close that it decided on."""

    fill = "close"

    def signals(self) -> pl.Expr:
        return pl.when(close > close.shift(1)).then(0.1).otherwise(-0.1)


class ScaledBeforeTheSplit(Strategy):
    """Standardizes returns with mean and deviation of the whole frame, out of sight of any tree."""

    warmup = 20

    def signals_frame(self, bars: pl.LazyFrame) -> pl.LazyFrame:
        change = close.pct_change().over("instrument")
        scaled = (change - change.mean()) / change.std()
        return bars.select("ts", "instrument", (scaled > 0.5).cast(pl.Float64).alias("signal"))


class HiddenInPython(Strategy):
    """Shifts inside a Python function, which no static check can read."""

    warmup = 10

    def signals(self) -> pl.Expr:
        ahead = close.map_batches(lambda s: s.shift(-1), return_dtype=pl.Float64)
        return pl.when(ahead > close).then(0.1).otherwise(-0.1)


class FillFromBehindInAFrame(Strategy):
    """Fills holes backward where no tree shows it; only a planted hole brings it to light."""

    def signals_frame(self, bars: pl.LazyFrame) -> pl.LazyFrame:
        filled = close.fill_null(strategy="backward").over("instrument")
        return bars.select("ts", "instrument", (filled / 1e4).alias("signal"))


class TomorrowsWinner(Strategy):
    """Ranks a panel by the return that is still to come."""

    rebalance = "1d"

    def signals(self) -> pl.Expr:
        return close.shift(-24) / close - 1

    def allocate(self) -> pl.Expr:
        return long_short(0.5)


class DayHigh(Strategy):
    """Knows the high of the day before it is made."""

    def signals(self) -> pl.Expr:
        top = high.max().over(pl.col("ts").dt.date())
        return pl.when(close > (top + low) / 2).then(-0.1).otherwise(0.1)


# name: class, rule that must be named, part of the node or column that must be named
CHEATS = {
    "shift(-1)": (NextClose, "negative_shift", "shift(-1)"),
    "whole-sample min-max": (WholeSampleRange, "whole_column", "close.m"),
    "last row of the day": (LastOfTheDay, "partition_by_date", "close.last().over"),
    "centered rolling": (CenteredMean, "centered_window", "center=True"),
    "backward fill": (BackwardFill, "backward_fill", "fill_null"),
    "same-bar fill": (SameBarFill, "same_bar_fill", 'fill = "close"'),
    "normalize before split": (ScaledBeforeTheSplit, "fit_on_whole_sample", "signal"),
    "inside a Python function": (HiddenInPython, "truncation", "signal"),
    "backward fill in a frame": (FillFromBehindInAFrame, "fit_on_whole_sample", "signal"),
    "tomorrow's winner": (TomorrowsWinner, "negative_shift", "shift(-24)"),
    "high of the day": (DayHigh, "partition_by_date", "high.max().over"),
}
