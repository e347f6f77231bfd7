"""Contract line 5 on expressions: the full frame and the frame cut at t say the same at t."""

import math

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from sluice import Strategy, beta, close, ema, high, hold, low, of, sma, std, volume, zscore
from sluice.strategy.causality import check_expression
from sluice.strategy.evaluate import evaluate_frame
from sluice.strategy.load import registered
from sluice.strategy.tree import read
from sluice.strategy.warmup import derive, operands
from unit.strategy.frames import bars

ROWS = 400
NAMES = ("AAA.SIM", "BBB.SIM", "CCC.SIM", "DDD.SIM")
# Windows short enough that every strategy speaks within 1,200 bars.
SHORT = {
    "cointegrated_pair": {"n": 60, "evidence": 2.0},
    "donchian_breakout": {"n": 100},
    "vol_target_trend": {"fast": 6, "slow": 24, "n": 24},
}
SHIPPED = ("ALPHA.SIM", "BRAVO.SIM", "CHARLIE.SIM", "DELTA.SIM")

windows = st.integers(2, 40)
columns = st.sampled_from([close, high, low, volume, of("BBB").close])


@st.composite
def smooth(draw):
    """A column, or a window on it that leaves no plateau.

    On a plateau a rolling deviation is rounding alone, and what divides by it has no digits to
    compare; zscore() says null there, which its own tests hold.
    """
    x, n = draw(columns), draw(windows)
    return draw(st.sampled_from([x, sma(x, n), ema(x, n), x.shift(n), x.diff(n)]))


@st.composite
def indicators(draw):
    """A causal expression of up to two nested windows."""
    x, n = draw(smooth()), draw(windows)
    return draw(
        st.sampled_from(
            [
                sma(x, n),
                ema(x, n),
                std(x, n),
                zscore(x, n),
                x.shift(n),
                x.diff(n),
                x.rolling_max(n),
                x.rolling_quantile(0.7, window_size=n),
                x / x.abs().rolling_max(n),
                beta(x, volume, min(n, 8)),
            ]
        )
    )


@st.composite
def signals(draw):
    """A target in any of the ways authors write one."""
    left, right = draw(indicators()), draw(indicators())
    return draw(
        st.sampled_from(
            [
                left,
                left > right,
                pl.when(left > right).then(0.5).otherwise(-0.5),
                hold(left > right, short=left < right, size=0.1),
                hold(left > 0, exits=right.shift(1) < 0),
            ]
        )
    )


def agree(full, cut, scale):
    """Within 1e-9 of the value, or of the column's mean size where the value is near zero."""
    if full is None or cut is None:
        return full is cut
    if not (math.isfinite(full) and math.isfinite(cut)):
        return repr(full) == repr(cut)
    return abs(full - cut) <= 1e-9 * max(abs(full), scale)


def differing(expr, wide, first, row):
    """The operands whose value at `row` changes when only the rows from `first` on are seen."""
    found = []
    for part in operands(expr):
        column = wide.select(part.cast(pl.Float64).alias("x"))["x"]
        cut = wide[first : row + 1].select(part.cast(pl.Float64).alias("x"))["x"][-1]
        scale = column.fill_nan(None).abs().mean() or 0.0
        if not agree(column[row], cut, scale):
            found.append((read(part).text, column[row], cut))
    return found


FRAME = bars(ROWS, NAMES[:2], seed=11)
WIDE = FRAME.filter(pl.col("instrument") == "AAA.SIM").with_columns(
    FRAME.filter(pl.col("instrument") == "BBB.SIM")["close"].alias("close@BBB")
)


@settings(max_examples=150, deadline=None)
@given(expr=signals(), row=st.integers(0, ROWS - 1))
def test_operands_on_the_full_frame_equal_those_on_the_frame_cut_at_t(expr, row):
    assert check_expression(expr) == []
    assert differing(expr, WIDE, 0, row) == []


@settings(max_examples=60, deadline=None)
@given(expr=signals(), row=st.integers(0, ROWS - 1))
def test_the_derived_warm_up_suffices_for_every_operand(expr, row):
    window = derive(expr)
    if row >= window - 1:
        assert differing(expr, WIDE, row - window + 1, row) == []


@settings(max_examples=40, deadline=None)
@given(
    name=st.sampled_from(sorted(registered())),
    row=st.integers(1, 1199),
    seed=st.integers(0, 3),
    factor=st.sampled_from([0.1, 3.0, 10.0]),
)
def test_targets_up_to_t_are_blind_to_what_comes_after(name, row, seed, factor):
    strategy = registered()[name](**SHORT.get(name, {}))
    frame = bars(1200, SHIPPED, seed=seed)
    stamp = frame["ts"][row * len(NAMES)]
    known = (frame["ts"] <= stamp).to_numpy()
    later = pl.col("ts") > stamp
    changed = frame.with_columns(
        pl.when(later).then(pl.col(c) * factor).otherwise(pl.col(c)).alias(c)
        for c in ("open", "high", "low", "close", "volume")
    )
    full = evaluate_frame(strategy, frame)
    for other in (evaluate_frame(strategy, changed), evaluate_frame(strategy, frame.filter(known))):
        part = other.target[: known.sum()]
        np.testing.assert_allclose(part, full.target[known], rtol=1e-9)
        if not isinstance(full.rebalance, str):
            np.testing.assert_array_equal(other.rebalance[: known.sum()], full.rebalance[known])


@settings(max_examples=30, deadline=None)
@given(expr=signals())
def test_the_result_is_the_same_bit_for_bit_on_every_evaluation(expr):
    strategy = type("Saying", (Strategy,), {"signals": lambda self: expr})()
    one = evaluate_frame(strategy, FRAME, strict=False).signal
    two = evaluate_frame(strategy, FRAME, strict=False).signal
    assert one.tobytes() == two.tobytes()
