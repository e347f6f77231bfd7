"""Cheats and clean expressions: the corpus against which the static check is held.

Each cheat stands with the stage it is written for, the severity expected (None: known to be
missed, see its comment) and the rule. A new polars that serializes a node otherwise fails here.
"""

import numpy as np
import polars as pl

from sluice import (
    beta,
    close,
    ema,
    high,
    hold,
    long_short,
    low,
    of,
    score,
    sma,
    std,
    volume,
    zscore,
)

ts = pl.col("ts")
past = close.pct_change(1)

CHEATS = {
    # rows of the future
    "shift back": (close.shift(-1), "error", "negative_shift"),
    "tomorrow's return": (close.shift(-24) / close - 1, "error", "negative_shift"),
    "shift back and fill": (close.shift(-2, fill_value=0.0), "error", "negative_shift"),
    "hidden in a condition": (hold(close.shift(-1) > close), "error", "negative_shift"),
    "another instrument's future": (of("ETH").close.shift(-1) > 0, "error", "negative_shift"),
    "difference forward": (close.diff(-1), "error", "negative_shift"),
    "return forward": (close.pct_change(-5), "error", "negative_shift"),
    "shift by minus a literal": (close.shift(-pl.lit(3)), "error", "computed_shift"),
    "shift by a count": (close.shift(pl.len() - 1), "error", "computed_shift"),
    "shift by a column": (close.shift(volume.cast(pl.Int64).first()), "error", "computed_shift"),
    "reversed": (close.reverse(), "error", "reverse"),
    "future mean by reversal": (close.reverse().rolling_mean(5).reverse(), "error", "reverse"),
    "cumulated from the end": (volume.cum_sum(reverse=True), "error", "reverse"),
    "highest still to come": (high.cum_max(reverse=True) > close, "error", "reverse"),
    "peak": (close.peak_max(), "error", "next_row"),
    "trough": (close.peak_min(), "error", "next_row"),
    # the whole column
    "min-max of the sample": (
        (close - close.min()) / (close.max() - close.min()),
        "error",
        "whole_column",
    ),
    "z-score of the sample": ((close - close.mean()) / close.std(), "error", "whole_column"),
    "above the sample's median": (close > close.median(), "error", "whole_column"),
    "sample quantile": (close > close.quantile(0.9), "error", "whole_column"),
    "rank in the sample": (close.rank() / 100, "error", "whole_column"),
    "quantile bucket": (close.bin_quantiles([0.3, 0.6], labels=False), "error", "whole_column"),
    "last close": (close.last() > close, "error", "whole_column"),
    "row of the maximum": (close.arg_max() > 5, "error", "whole_column"),
    "share of the total": (volume / volume.sum(), "error", "whole_column"),
    "length of the data": (close * pl.len(), "error", "whole_column"),
    "correlation of the sample": (pl.corr("close", "volume") > 0, "error", "whole_column"),
    "last distinct": (close.is_last_distinct(), "error", "whole_column"),
    "missing filled by the mean": (close.fill_null(strategy="mean"), "error", "whole_column"),
    # holes filled from the future
    "backward fill": (close.backward_fill(), "error", "backward_fill"),
    "backward fill, limited": (
        close.fill_null(strategy="backward", limit=2),
        "error",
        "backward_fill",
    ),
    "interpolated": (close.interpolate(), "error", "interpolate"),
    # windows that end later
    "centered mean": (close.rolling_mean(21, center=True), "error", "centered_window"),
    "centered maximum": (high.rolling_max(5, center=True) > close, "error", "centered_window"),
    "forward window": (
        close.mean().rolling(index_column="ts", period="3h", offset="0h"),
        "error",
        "forward_window",
    ),
    "window by volume": (
        close.rolling_mean_by(volume.cast(pl.Int64), "10i"),
        "error",
        "window_by_another_column",
    ),
    # order of the rows
    "sorted": (close.sort(), "error", "reorder"),
    "sorted by volume": (close.sort_by(volume), "error", "reorder"),
    "picked by position": (close.gather([5]), "error", "reorder"),
    "sliced": (close.slice(1), "error", "reorder"),
    "filtered": (close.filter(close > 0), "error", "reorder"),
    "nulls dropped": (close.drop_nulls(), "error", "reorder"),
    # windows of the author's own
    "high of the day": (high.max().over(ts.dt.date()), "error", "partition_by_date"),
    "close of the day": (close.last().over(ts.dt.truncate("1d")), "error", "partition_by_date"),
    "mean over the instrument": (close.mean().over("instrument"), "error", "nested_window"),
    "chance": (close.shuffle(seed=1), "error", "chance"),
    # what cannot be read: warnings, and the dynamic tests judge
    "Python function": (close.map_batches(lambda s: s.shift(-1)), "warning", "python_function"),
    "rolling Python function": (close.rolling_map(lambda s: s[0], 3), "warning", "python_function"),
    "embedded Series": (close * pl.lit(pl.Series(np.arange(3.0))), "warning", "embedded_series"),
    # a constant fitted on the sample looks like any other constant: only counted trials and a
    # walk-forward help
    "fitted constant": (close > 42_123.7, None, None),
}

ALLOCATION_CHEATS = {
    "yesterday's score": (score.shift(1), "error", "time_in_allocate"),
    "score's mean in time": (score.rolling_mean(3), "error", "time_in_allocate"),
    "score carried": (score.forward_fill(), "error", "time_in_allocate"),
    "score smoothed": (score.ewm_mean(span=3), "error", "time_in_allocate"),
    "score cumulated": (score.cum_sum(), "error", "time_in_allocate"),
    "nested window": (score.rank().over("ts"), "error", "nested_window"),
}

CLEAN = {
    "mean cross": sma(close, 10) > sma(close, 50),
    "exponential cross": ema(close, 12) > ema(close, 48),
    "z-score": zscore(close, 48),
    "Bollinger": hold(
        zscore(close, 48) < -2,
        short=zscore(close, 48) > 2,
        exits=zscore(close, 48) * zscore(close, 48).shift(1) <= 0,
        size=0.1,
    ),
    "momentum": close.shift(24) / close.shift(720) - 1,
    "breakout": (close > high.rolling_max(96).shift(1)).cast(pl.Float64),
    "Donchian exit": hold(close > high.rolling_max(20).shift(1), exits=close < low.rolling_min(10)),
    "log return": close.log() - close.log().shift(1),
    "difference": close.diff(3) / close,
    "volatility": past.rolling_std(20),
    "inverse volatility": 0.01 / past.ewm_std(span=30, adjust=False).clip(0.001, 1),
    "rolling quantile": close > close.rolling_quantile(0.9, window_size=100),
    "rolling rank": close.rolling_rank(50) / 50,
    "rolling skew": past.rolling_skew(50).clip(-1, 1),
    "rolling correlation": pl.rolling_corr(close, volume, window_size=30),
    "by time": close > close.rolling_mean_by("ts", "24h"),
    "trailing window": close.mean().rolling(index_column="ts", period="3h"),
    "time of day": pl.when(ts.dt.hour().is_between(8, 16)).then(0.1).otherwise(0.0),
    "weekday": (ts.dt.weekday() <= 5).cast(pl.Float64),
    "carried": close.forward_fill(3),
    "carried for ever": volume.forward_fill(),
    "missing is zero": volume.fill_null(0.0).cum_sum(),
    "highest so far": close / high.cum_max() - 1,
    "another instrument": close / of("ETH").close - 1,
    "beta": beta(past, of("ETH").close.pct_change(1), 30),
    "deviation": (close - sma(close, 20)) / std(close, 20),
    "range": pl.max_horizontal(high - low, (high - close.shift(1)).abs()).ewm_mean(alpha=1 / 14),
    "squashed": (zscore(close, 20) / 3).tanh() * 0.5,
    "list of hours": ts.dt.hour().is_in([8, 9, 10]),
    "branches": pl.when(close > 2).then(1).when(close < 1).then(-1).otherwise(None),
    "run length": (close > close.shift(1)).rle_id(),
    "nothing": pl.lit(None),
}

CLEAN_ALLOCATIONS = {
    "long-short": long_short(0.2),
    "rank weights": (score.rank() - score.mean()) / score.count(),
    "demeaned": (score - score.mean()) / score.abs().sum(),
    "best one": (score == score.max()).cast(pl.Float64),
    "equal": 1.0 / pl.len(),
    "top quantile": (score > score.quantile(0.8)).cast(pl.Float64),
    "capped": score.clip(-0.1, 0.1),
    "positive ones": pl.when(score > 0).then(score / score.filter(score > 0).sum()),
}
