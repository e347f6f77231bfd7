"""`hold`, `long_short` and the features, against slow loops and values computed by hand."""

import itertools
import math

import numpy as np
import polars as pl
import pytest

from sluice import beta, close, ema, hold, long_short, of, open_, sma, std, zscore
from unit.strategy.frames import prices

CONDITIONS = (True, False, None)


def _said(long, short, exits, size):
    """The rule of hold in plain Python: the value said on one row."""
    spoken = [value for on, value in ((long, size), (short, -size), (exits, 0.0)) if on]
    return spoken[0] if len(spoken) == 1 else None


@pytest.mark.parametrize(("long", "short", "exits"), list(itertools.product(CONDITIONS, repeat=3)))
def test_hold_truth_table(long, short, exits):
    schema = {"l": pl.Boolean, "s": pl.Boolean, "x": pl.Boolean}
    frame = pl.DataFrame({"l": [long], "s": [short], "x": [exits]}, schema=schema)
    expr = hold(pl.col("l"), short=pl.col("s"), exits=pl.col("x"), size=0.25)
    assert frame.select(expr).item() == _said(long, short, exits, 0.25)


def test_hold_keeps_the_position_of_a_slow_loop_on_20000_random_bars():
    rng = np.random.default_rng(7)
    signs = rng.random((20_000, 3)) < 0.15
    frame = pl.DataFrame(signs, schema=["l", "s", "x"])
    said = frame.select(hold(pl.col("l"), short=pl.col("s"), exits=pl.col("x"), size=0.5))
    kept = said.to_series().forward_fill().fill_null(0.0).to_list()
    position, slow = 0.0, []
    for long, short, exits in signs:
        if long and not short and not exits:
            position = 0.5
        elif short and not long and not exits:
            position = -0.5
        elif exits and not long and not short:
            position = 0.0
        slow.append(position)
    assert kept == slow


def test_hold_takes_an_expression_as_size():
    frame = prices([1.0, 2.0])
    assert frame.select(hold(close > 1, size=close / 10)).to_series().to_list() == [None, 0.2]


@pytest.mark.parametrize(
    ("scores", "quantile", "weights"),
    [
        ([1, 2, 3, 4], 0.25, [-0.5, 0, 0, 0.5]),
        ([4, 3, 2, 1], 0.5, [0.25, 0.25, -0.25, -0.25]),
        ([1, 2, 3], 0.2, [-0.5, 0, 0.5]),
        ([1, None, 3], 0.2, [-0.5, 0, 0.5]),
        ([1], 0.5, [0]),
        ([None, None], 0.5, [0, 0]),
        ([5, 5, 5, 5], 0.25, [-0.5, 0, 0, 0.5]),
    ],
)
def test_long_short_by_hand(scores, quantile, weights):
    frame = pl.DataFrame({"score": scores}, schema={"score": pl.Float64})
    assert frame.select(long_short(quantile)).to_series().to_list() == weights


def test_long_short_counts_29_of_100_at_29_percent():
    frame = pl.DataFrame({"score": np.arange(100.0)})
    weights = frame.select(long_short(0.29)).to_series()
    assert (weights > 0).sum() == (weights < 0).sum() == 29
    assert math.isclose(weights.abs().sum(), 1.0)
    assert abs(weights.sum()) < 1e-12


def test_the_zscore_is_null_where_prices_stand_still():
    values = [1e6 + 1e-3 * i for i in range(30)] + [1e6 + 0.123] * 30 + [1e6 + 1.0]
    z = prices(values).select(zscore(close, 10)).to_series()
    assert z[:9].null_count() == 9
    assert z[9:30].null_count() == 0
    assert z[39:60].to_list() == [None] * 21
    assert z[60] is not None


def test_a_zscore_on_flat_prices_enters_no_trade():
    flat = prices([100.0] * 50)
    assert flat.select(hold(zscore(close, 10) > 2)).to_series().null_count() == 50


def test_the_zscore_by_hand():
    z = prices([1.0, 2.0, 3.0, 4.0, 10.0]).select(zscore(close, 5)).to_series()[-1]
    values = np.array([1.0, 2.0, 3.0, 4.0, 10.0])
    assert math.isclose(z, (10 - values.mean()) / values.std(ddof=1), rel_tol=1e-12)


def test_the_ema_is_the_recursive_one():
    values = [10.0, 11.0, 9.0, 14.0]
    expected, level = [], values[0]
    for value in values:
        level += 0.5 * (value - level)  # span 3: α = 2 / (3 + 1)
        expected.append(level)
    said = prices(values).select(ema(close, 3)).to_series().to_list()
    assert said == pytest.approx(expected, rel=1e-14)


def test_averages_and_deviations_are_null_until_their_window_is_full():
    frame = prices([1.0, 2.0, 3.0, 4.0])
    assert frame.select(sma(close, 3)).to_series().to_list() == [None, None, 2.0, 3.0]
    deviations = frame.select(std(close, 3)).to_series().to_list()
    assert deviations[:2] == [None, None]
    assert deviations[2:] == pytest.approx([1.0, 1.0])


def test_the_rolling_beta_keeps_its_digits_on_log_prices():
    rng = np.random.default_rng(3)
    n, window = 500, 40
    x = 11 + np.cumsum(rng.normal(0, 1e-3, n))
    y = 9 + 1.3 * (x - 11) + rng.normal(0, 1e-4, n)
    said = pl.DataFrame({"x": x, "y": y}).select(beta(pl.col("y"), pl.col("x"), window))
    for row in range(window - 1, n, 23):
        a = x[row - window + 1 : row + 1].astype(np.longdouble)
        b = y[row - window + 1 : row + 1].astype(np.longdouble)
        exact = ((a - a.mean()) * (b - b.mean())).sum() / ((a - a.mean()) ** 2).sum()
        assert math.isclose(said.item(row, 0), float(exact), rel_tol=1e-11)


def test_the_beta_is_null_where_x_stands_still():
    frame = pl.DataFrame({"x": [1.0] * 5, "y": [1.0, 2.0, 3.0, 4.0, 5.0]})
    assert frame.select(beta(pl.col("y"), pl.col("x"), 3)).to_series().null_count() == 5


def test_of_names_its_columns():
    assert of("ETHUSDT").close.meta.output_name() == "close@ETHUSDT"
    assert open_.meta.output_name() == "open"
    assert repr(of("ETHUSDT")) == "of('ETHUSDT')"
