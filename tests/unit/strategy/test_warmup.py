"""Warm-up: derived from the tree, and shown to suffice on the operands of comparisons."""

import math

import polars as pl
import pytest

from sluice import close, ema, high, hold, low, of, sma, volume, zscore
from sluice.strategy.tree import read
from sluice.strategy.warmup import compared, derive, operands, verify
from unit.strategy.frames import bars


def ewm_rows(alpha):
    return math.ceil(math.log(1e-12) / math.log(1 - alpha))


@pytest.mark.parametrize(
    ("expr", "rows"),
    [
        (close, 1),
        (pl.lit(1.0), 1),
        (sma(close, 20), 20),
        (close.shift(5), 6),
        (close.diff(3), 4),
        (close.pct_change(2), 3),
        (sma(close, 20).shift(5), 25),
        (sma(sma(close, 20), 10), 29),
        (sma(close, 20) > sma(close, 50), 50),
        (close / of("ETH").close.shift(7), 8),
        (ema(close, 12), ewm_rows(2 / 13) + 1),
        (ema(close, 12) > ema(close, 48), 665),
        (close.ewm_mean(alpha=1.0), 1),
        (close.forward_fill(3), 4),
        (volume.fill_null(0.0), 1),
        (hold(zscore(close, 48) < -2, exits=zscore(close, 48).shift(1) > 0), 49),
        (pl.rolling_corr(close, volume, window_size=30), 30),
        (pl.max_horizontal(high - low, (high - close.shift(1)).abs()), 2),
    ],
)
def test_windows_add_along_a_path_and_the_longest_branch_counts(expr, rows):
    assert derive(expr) == rows


@pytest.mark.parametrize(
    "expr",
    [
        close.cum_max(),
        close.forward_fill(),
        close.map_batches(lambda s: s),
        close.shift(pl.len()),
        close * pl.lit(pl.Series([1.0, 2.0])),
        (close > 1).rle_id(),
        close.rolling_mean_by("ts", "3h"),
        close.mean(),
        close.reinterpret(signed=True),
        sma(close.cum_sum(), 5),
    ],
)
def test_what_depends_on_the_whole_past_is_unbounded(expr):
    assert derive(expr) is None


def test_operands_are_the_largest_parts_without_a_comparison():
    expr = pl.when(ema(close, 3) > sma(close, 5) * 2).then(close / 10).otherwise(-0.5)
    texts = {read(part).text for part in operands(expr)}
    assert texts == {"close.ewm_mean(alpha=0.5)", "close.rolling_mean(5) * 2", "close / 10"}


def test_an_expression_without_a_comparison_is_its_own_operand():
    assert [read(part).text for part in operands(close / close.shift(1))] == [
        "close / close.shift(1)"
    ]


def test_compared_are_the_sides_of_comparisons_that_are_no_constants():
    expr = pl.when(close > high.shift(1)).then(close / low)
    assert {read(part).text for part in compared(expr)} == {"close", "high.shift(1)"}


@pytest.mark.parametrize(
    "expr",
    [
        ema(close, 12) > ema(close, 48),
        hold(zscore(close, 48) < -2, exits=zscore(close, 48) * zscore(close, 48).shift(1) <= 0),
        sma(close, 10) > sma(close, 50),
        close.ewm_std(span=10, adjust=False) > close.diff(3).abs(),
    ],
)
def test_the_derived_window_suffices(expr):
    frame = bars(1500)
    assert verify(expr, frame, derive(expr), range(700, 1500, 37)) == []


def test_a_window_that_is_too_short_is_found_on_the_operand_though_the_signs_agree():
    # 64 rows give the same sign on nearly every bar; 665 are needed
    expr = ema(close, 12) > ema(close, 48)
    found = verify(expr, bars(1500), 64, range(700, 1500, 37))
    assert {mismatch.node for mismatch in found} == {"close.ewm_mean(alpha=0.0408163)"} | {
        "close.ewm_mean(alpha=0.153846)"
    }
    assert found[0].instrument == "AAA.SIM"


def test_rows_before_the_window_is_full_are_not_judged():
    assert verify(close.cum_max() > 1, bars(30), 20, range(5)) == []
