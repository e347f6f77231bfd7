"""Indicators on prices of any shape: causal, within their derived warm-up, finite or null."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sluice import close, high, low, of, volume
from sluice.domain.errors import ParamError
from sluice.strategy import indicators as ta
from sluice.strategy.causality import check_expression
from sluice.strategy.warmup import derive
from unit.strategy.frames import bars

ROWS = 160
CUMULATIVE = {"obv", "ad"}


def all_of(n=5):
    """Every indicator with short windows, by name."""
    return {
        **{name: getattr(ta, name)(close, n) for name in _OF_A_SERIES},
        **{name: getattr(ta, name)(n) for name in _OF_BARS},
        **{name: getattr(ta, name)() for name in _OF_A_BAR},
        **_fields("macd", ta.macd(close, n, 2 * n, n)),
        **_fields("stochastic", ta.stochastic(n, 2, 3)),
        **_fields("stochrsi", ta.stochrsi(close, n, 3, 2)),
        **_fields("aroon", ta.aroon(n)),
        **_fields("bbands", ta.bbands(close, n)),
        **_fields("donchian", ta.donchian(n)),
        **_fields("keltner", ta.keltner(n, 2.0, n)),
        "bbands.width": ta.bbands(close, n).width,
        "bbands.percent": ta.bbands(close, n).percent(),
        "ppo": ta.ppo(close, n, 2 * n),
        "adosc": ta.adosc(2, n),
        "ultosc": ta.ultosc(2, 3, n),
        "beta": ta.beta(high, low, n),
        "correl": ta.correl(high, volume, n),
        "hedge_ratio": ta.hedge_ratio(high.log(), low.log(), n),
        **_fields("cointegration", ta.cointegration(high.log(), volume.log1p(), n + 8)),
    }


_OF_A_SERIES = (
    *("sma", "ema", "rma", "wma", "hma", "dema", "tema", "t3", "trima", "midpoint", "vwma", "mom"),
    *("roc", "rsi", "cmo", "trix", "std", "var", "zscore", "linreg", "linreg_slope", "tsf"),
    "linreg_intercept",
)
_OF_BARS = (
    *("midprice", "atr", "natr", "willr", "cci", "plus_di", "minus_di", "dx", "adx", "mfi"),
    "vwap",
)
_OF_A_BAR = ("trange", "bop", "obv", "ad", "typprice", "medprice", "wclprice", "avgprice")


def _fields(name, said):
    return {f"{name}.{field}": expr for field, expr in said._asdict().items()}


@st.composite
def rough_bars(draw):
    """Positive prices with flat stretches, bars without range or volume, and bars left out."""
    levels = st.floats(1e-6, 1e6)
    steps = draw(
        st.lists(
            st.one_of(st.just(1.0), st.floats(0.5, 2.0), st.floats(0.999, 1.001)),
            min_size=40,
            max_size=ROWS,
        )
    )
    x = np.clip(draw(levels) * np.cumprod(steps), 1e-9, 1e9)
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    reach = rng.choice([0.0, 0.0, 1e-4, 0.05], len(x))
    traded = rng.choice([0.0, 1e-6, 1.0, 1e9], len(x))
    frame = pl.DataFrame(
        {"open": x, "high": x * (1 + reach), "low": x * (1 - reach), "close": x, "volume": traded}
    )
    if draw(st.booleans()):  # another instrument, joined by stamp: null where it has no bar
        here = pl.Series(rng.random(len(x)) < 0.9)
        frame = frame.with_columns(pl.when(here).then(pl.all()))
    return frame


@settings(max_examples=60, deadline=None)
@given(frame=rough_bars(), n=st.integers(2, 9))
def test_every_indicator_is_finite_or_null_on_any_positive_prices(frame, n):
    said = frame.select(expr.cast(pl.Float64).alias(name) for name, expr in all_of(n).items())
    for column in said:
        values = column.drop_nulls().to_numpy()
        assert np.isfinite(values).all(), f"{column.name}: {values[~np.isfinite(values)]}"


@pytest.mark.parametrize("name", all_of())
def test_an_indicator_reads_no_future_and_knows_its_warm_up(name):
    expr = all_of()[name]
    assert check_expression(expr) == []
    assert (derive(expr) is None) == (name in CUMULATIVE)


@pytest.mark.parametrize("name", sorted(set(all_of()) - CUMULATIVE))
def test_the_derived_warm_up_suffices(name):
    expr, frame = all_of()[name], bars(900, seed=3)
    whole = frame.select(expr.alias("x"))["x"]
    size, rows = whole.abs().mean(), derive(expr)
    for last in range(rows, 900, 83):
        cut = frame[last - rows + 1 : last + 1].select(expr.alias("x"))["x"][-1]
        assert math.isclose(cut, whole[last], rel_tol=1e-9, abs_tol=1e-9 * size)


@pytest.mark.parametrize("name", sorted(set(all_of()) - {"ema", *CUMULATIVE}))
def test_an_indicator_is_null_until_its_window_is_full_and_never_after(name):
    said = bars(300, seed=4).select(all_of()[name].alias("x"))["x"].is_null()
    first = said.arg_min()
    assert first <= derive(all_of()[name]) - 1
    assert not said[first:].any()
    # 5 bars are the shortest window, but of those that look at single bars
    single = {*_OF_A_BAR, "ultosc", "mom", "roc"}
    assert first >= 4 or name in single or derive(all_of()[name]) <= first + 1


@pytest.mark.parametrize("name", all_of())
def test_flat_prices_without_volume_say_a_price_a_zero_or_nothing(name):
    flat = pl.DataFrame({c: [0.1] * 200 for c in ("open", "high", "low", "close")})
    said = flat.with_columns(volume=pl.lit(0.0)).select(all_of()[name].alias("x"))["x"]
    values = said.drop_nulls().to_numpy()
    assert all(min(abs(v - 0.1), abs(v)) < 1e-12 or v in (0.0, 100.0) for v in values)


def test_another_instrument_is_read_by_name():
    said = ta.atr(14, of("ETH"))
    assert set(said.meta.root_names()) == {"high@ETH", "low@ETH", "close@ETH"}


@pytest.mark.parametrize("n", [0, -1, 2.5, True, "14"])
def test_a_window_that_is_no_number_of_bars_is_refused(n):
    with pytest.raises(ParamError, match="whole number of at least 1"):
        ta.rsi(close, n)


def test_a_hedge_ratio_keeps_its_digits_on_log_prices():
    """Against long doubles; a rolling covariance loses 2e-9 here."""
    rng = np.random.default_rng(0)
    x = np.log(30_000 * np.exp(np.cumsum(rng.normal(0, 0.005, 20_000))))
    y = 0.8 * x + np.cumsum(rng.normal(0, 0.003, 20_000))
    frame = pl.DataFrame({"x": x, "y": y})
    for n in (20, 240, 2000):
        said = frame.select(ta.hedge_ratio(pl.col("y"), pl.col("x"), n)).to_series()
        for last in range(n, 20_000, 371):
            a, b = (v[last - n + 1 : last + 1].astype(np.longdouble) for v in (x, y))
            exact = float(((a - a.mean()) * (b - b.mean())).sum() / ((a - a.mean()) ** 2).sum())
            assert said[last] == pytest.approx(exact, abs=1e-11)


def test_cointegration_is_engle_and_granger_in_each_window():
    """Against a least-squares fit and a Dickey-Fuller regression of each window, in NumPy."""
    rng = np.random.default_rng(1)
    x = np.log(100) + np.cumsum(rng.normal(0, 0.01, 900))
    y = 0.7 * x + rng.normal(0, 0.01, 900)
    n = 120
    said = ta.cointegration(pl.col("y"), pl.col("x"), n)
    frame = pl.DataFrame({"x": x, "y": y}).select(**said._asdict())
    for last in range(n, 900, 61):
        a, b = x[last - n + 1 : last + 1], y[last - n + 1 : last + 1]
        ratio, start = np.polyfit(a, b, 1)
        r = b - start - ratio * a
        level, change = r[:-1], np.diff(r)
        slope, constant = np.polyfit(level, change, 1)
        rest = change - constant - slope * level
        error = np.sqrt((rest @ rest) / (n - 3) / ((level - level.mean()) ** 2).sum())
        expected = ratio, r[-1] / r.std(ddof=1), slope / error
        assert frame.row(last) == pytest.approx(expected, rel=1e-7)
