"""The shapes of polars' serialized expressions that we read, held against the polars installed."""

import polars as pl
import pytest

from sluice import close, ema, of, open_, sma
from sluice.strategy.reach_ahead import ALONG
from sluice.strategy.tree import _parse, literal_value, read

ts = pl.col("ts")


@pytest.mark.parametrize(
    ("expr", "kind", "text"),
    [
        (close, "column", "close"),
        (open_, "column", "open_"),
        (of("ETHUSDT").open_, "column", 'of("ETHUSDT").open_'),
        (pl.lit(2.5), "literal", "2.5"),
        (close.shift(-1), "Shift", "close.shift(-1)"),
        (close.shift(2, fill_value=0), "ShiftAndFill", "close.shift(2, 0)"),
        (close.diff(3), "Diff", "close.diff(3)"),
        (close.pct_change(2), "PctChange", "close.pct_change(2)"),
        (sma(close, 20), "Rolling.Mean", "close.rolling_mean(20)"),
        (close.rolling_std(20), "Rolling.Std", "close.rolling_std(20)"),
        (close.rolling_max(5), "Rolling.Max", "close.rolling_max(5)"),
        (close.rolling_mean_by("ts", "3h"), "RollingBy.MeanBy", "close.rolling_mean_by(ts)"),
        (ema(close, 3), "EwmMean", "close.ewm_mean(alpha=0.5)"),
        (close.mean(), "Agg.Mean", "close.mean()"),
        (close.max(), "Agg.Max", "close.max()"),
        (close.quantile(0.5), "Quantile", "close.quantile(0.5)"),
        (close.backward_fill(), "FillNullWithStrategy", "close.fill_null(strategy='backward')"),
        (close.interpolate(), "Interpolate", "close.interpolate()"),
        (close.cum_sum(reverse=True), "CumSum", "close.cum_sum(reverse=True)"),
        (close.filter(close > 1), "Filter", "close.filter(close > 1)"),
        (close.sort(), "Sort", "close.sort()"),
        (close.slice(1), "Slice", "close.slice(1, None)"),
        (pl.len(), "Len", "pl.len()"),
        (close.max().over(ts.dt.date()), "Over", "close.max().over(ts.dt.date())"),
        (ts.dt.hour(), "TemporalExpr.Hour", "ts.dt.hour()"),
        (close.is_null(), "Boolean.IsNull", "close.is_null()"),
        (close.is_between(1, 2), "Boolean.IsBetween", "close.is_between(1, 2)"),
        (close.cast(pl.Float64), "Cast", "close.cast(Float64)"),
        ((close + 1) * 2, "Binary.Multiply", "(close + 1) * 2"),
        (
            pl.when(close > 1).then(0.5).otherwise(None),
            "Ternary",
            "when(close > 1).then(0.5).otherwise(None)",
        ),
        (pl.rolling_corr(close, open_, window_size=5), "Rolling.CorrCov", None),
    ],
)
def test_a_node_has_its_kind_and_names_itself(expr, kind, text):
    node = read(expr)
    assert node.kind == kind
    assert text is None or node.text == text


def test_a_literal_gives_its_value():
    assert literal_value(read(pl.lit(-3))) == -3
    assert literal_value(read(pl.lit(-3, dtype=pl.Int32))) == -3
    assert literal_value(read(pl.lit(None))) is None
    assert literal_value(read(close)) is None


def test_a_node_can_be_rebuilt_and_evaluated_alone():
    node = read(pl.when(sma(close, 2) > 1).then(close))
    (inner,) = [part for part in node.walk() if part.kind == "Rolling.Mean"]
    frame = pl.DataFrame({"close": [1.0, 3.0]})
    assert frame.select(inner.expr()).to_series().to_list() == [None, 2.0]


def test_a_python_function_is_a_node_with_what_is_readable_below_it():
    node = read(close.shift(-1).map_batches(lambda s: s) + 1)
    assert node.kind == "python"
    assert "close.shift(-1)" in [part.text for part in node.walk()]
    assert node.expr() is None


def test_an_unknown_shape_is_no_error():
    assert read(pl.all()).kind.startswith("unknown:")


@pytest.mark.parametrize(
    "raw",
    ["New", {"New": 1}, {"Function": {"input": []}}, {"Ternary": {}}, {"A": 1, "B": 2}, [1], None],
)
def test_a_shape_of_a_later_polars_is_no_error(raw):
    node = _parse(raw)
    assert node.text
    assert ALONG(node)[0] == "warning"
