"""Coarser bars in expressions: as a slow model says, over random bars with holes, never ahead."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from property.models.timeframe_model import last_completed
from sluice import Bars, Strategy, at, close, high, sma, volume
from sluice.domain.duration import parse_duration
from sluice.domain.errors import BadData, SignalError
from sluice.domain.instrument import Instrument
from sluice.market.bars import BarSet
from sluice.market.resample import resample
from sluice.research.lookahead.report import lookahead_report, verify_warmup
from sluice.strategy.causality import check_expression, static_check
from sluice.strategy.evaluate import evaluate, evaluate_frame
from sluice.strategy.timeframes import framed, widened
from sluice.strategy.warmup import derive

MINUTE = 60_000_000_000
FIVE = 5 * MINUTE
HOUR = 60 * MINUTE
START = 1_704_067_200_000_000_000  # 2024-01-01, a Monday


def instrument(symbol, **more):
    return Instrument.from_json(
        {
            "symbol": symbol,
            "venue": "X",
            "asset_class": "crypto_spot",
            "currency": "USD",
            "tick_size": "0.01",
            "lot_size": "0.01",
            **more,
        }
    )


def bars_of(offsets, prices, *, every=FIVE, start=START, symbols=("A",), **more):
    """Bars that start `offsets` intervals after `start`, one instrument after the other."""
    frames = []
    for symbol in symbols:
        open_ = np.asarray(prices, dtype=np.float64)
        close_ = np.roll(open_, -1)
        begin = start + np.asarray(offsets, dtype=np.int64) * every
        frames.append(
            pl.DataFrame(
                {
                    "ts": begin + every,
                    "ts_start": begin,
                    "instrument": [f"{symbol}.X"] * len(begin),
                    "open": open_,
                    "high": np.maximum(open_, close_) + 1,
                    "low": np.minimum(open_, close_) - 1,
                    "close": close_,
                    "volume": np.arange(len(begin), dtype=np.float64),
                }
            )
        )
    return BarSet.build(
        pl.concat(frames),
        [instrument(symbol, **more) for symbol in symbols],
        every_ns=every,
        name="random",
        provenance="simulated",
    )


def said(expr, bars):
    """The expression on every row, evaluated as `signals` are."""
    wide = widened(bars.frame, expr.meta.root_names())
    return wide.select(expr.over("instrument")).to_series().to_list()


def rows_of(bars):
    columns = ("ts_start", "ts", "open", "high", "low", "close", "volume")
    frame = bars.frame.with_columns(pl.col("ts", "ts_start").to_physical())
    return list(frame.select(columns).iter_rows())


def mean_of_three(known):
    return sum(bar[3] for bar in known[-3:]) / 3 if len(known) >= 3 else None


def range_of_last(known):
    return known[-1][1] - known[-1][2] if known else None


def volume_before(known):
    return known[-2][4] if len(known) >= 2 else None


@settings(max_examples=60, deadline=None)
@given(
    offsets=st.sets(st.integers(0, 150), min_size=2, max_size=80),
    shift=st.integers(0, 20),
    every=st.sampled_from(["5m", "15m", "1h", "4h"]),
    seed=st.integers(0, 2**16),
)
def test_the_last_completed_bar_is_that_of_the_slow_model(offsets, shift, every, seed):
    prices = np.random.default_rng(seed).uniform(50, 150, len(offsets))
    bars = bars_of(sorted(offsets), prices, start=START + shift * FIVE)
    every_ns = parse_duration(every)
    for expr, model in (
        (at(every, sma(close, 3)), mean_of_three),
        (at(every, high - pl.col("low")), range_of_last),
        (at(every, volume.shift(1)), volume_before),
    ):
        expected = last_completed(rows_of(bars), every_ns, model)
        for one, other in zip(said(expr, bars), expected, strict=True):
            assert (one is None) == (other is None)
            assert one is None or math.isclose(one, other, rel_tol=1e-9)


@settings(max_examples=25, deadline=None)
@given(cut=st.integers(60, 290), seed=st.integers(0, 2**16))
def test_neither_truncation_nor_another_future_changes_the_past(cut, seed):
    rng = np.random.default_rng(seed)
    offsets = np.flatnonzero(rng.random(400) < 0.8)[:300]
    prices = rng.uniform(50, 150, len(offsets))
    bars = bars_of(offsets, prices)
    expr = close > at("1h", sma(close, 4))
    whole = said(expr, bars)
    cut = min(cut, len(offsets) - 2)
    frame = bars.frame.with_columns(
        pl.when(pl.int_range(pl.len()) > cut).then(pl.col(name) * 10).otherwise(pl.col(name))
        for name in ("open", "high", "low", "close")
    )
    for other in (bars.frame[: cut + 1], frame):
        wide = widened(other, expr.meta.root_names())
        seen = wide.select(expr.over("instrument")).to_series().to_list()
        assert seen[: cut + 1] == whole[: cut + 1]


class TwoSpeeds(Strategy):
    """Trades five-minute closes on the side of the hour's mean."""

    data = Bars("A", "B", every="5m")

    def signals(self):
        return pl.when(close > at("1h", sma(close, 5))).then(0.2).otherwise(-0.2)


@pytest.fixture(scope="module")
def two_days():
    rng = np.random.default_rng(3)
    offsets = np.flatnonzero(rng.random(900) < 0.95)
    prices = 100 * np.exp(np.cumsum(rng.normal(0, 0.01, len(offsets))))
    return bars_of(offsets, prices, symbols=("A", "B"))


def test_the_look_ahead_tests_hold_an_expression_of_two_intervals(two_days):
    report = lookahead_report(TwoSpeeds(), two_days)
    assert not report.findings
    assert report.rows_tested >= 200
    assert static_check(TwoSpeeds()) == []


def test_the_derived_warmup_is_enough_for_every_row(two_days):
    rows = np.arange(500, len(two_days.frame), 7)
    assert verify_warmup(TwoSpeeds(), two_days, rows) == ()
    window = derive(TwoSpeeds().signals(), FIVE)
    frame = two_days.frame.filter(pl.col("instrument").cast(pl.String) == "A.X")
    whole = evaluate_frame(TwoSpeeds(), frame, FIVE).signal
    for row in range(window, len(frame), 11):
        cut = evaluate_frame(TwoSpeeds(), frame[row - window + 1 : row + 1], FIVE).signal
        assert cut[-1] == whole[row]


def test_a_look_into_the_next_coarse_bar_is_named():
    findings = check_expression(close > at("1h", close.shift(-1)))
    assert [f.rule for f in findings] == ["negative_shift"]
    assert findings[0].node == "close.shift(-1)"


def test_a_coarse_bar_has_no_place_in_allocate():
    findings = check_expression(at("1d", close), stage="allocate")
    assert [f.rule for f in findings] == ["time_in_allocate"]


def test_rows_of_coarser_bars_count_in_the_warmup():
    assert derive(close > at("1h", sma(close, 20)), FIVE) == (19 + 3) * 12 + 1
    assert derive(at("1h", close)) is None  # of bars that are not known


@pytest.mark.parametrize("every", ["soon", "0h", ""])
def test_a_duration_that_cannot_be_read_is_refused(every):
    with pytest.raises(SignalError, match="write"):
        at(every, close)


def test_neither_a_python_function_nor_another_at_fits_inside():
    with pytest.raises(SignalError, match="Python function"):
        at("1h", close.map_batches(lambda s: s))
    with pytest.raises(SignalError, match="another at"):
        at("1d", at("1h", close))


def test_an_interval_that_is_no_multiple_is_refused(two_days):
    class Odd(TwoSpeeds):
        def signals(self):
            return at("7m", close)

    with pytest.raises(BadData, match="7m is no multiple"):
        evaluate(Odd(), two_days)


@pytest.fixture
def around_the_fourth():
    third = np.datetime64("2024-07-03T13:30", "ns").astype(np.int64)
    two_days_later = (np.datetime64("2024-07-05T13:30", "ns").astype(np.int64) - third) // FIVE
    offsets = np.concatenate([np.arange(-6, 42), np.arange(42, 50), two_days_later + np.arange(78)])
    return bars_of(
        offsets,
        np.arange(len(offsets)) + 100.0,
        start=third,
        asset_class="equity",
        calendar="XNYS",
    )


def test_a_day_is_a_session_and_hours_are_counted_from_the_open(around_the_fourth):
    days = resample(around_the_fourth, 24 * HOUR)
    ends = [str(ts)[:16] for ts in days.frame["ts"]]
    assert ends == ["2024-07-03 17:00", "2024-07-05 20:00"]
    assert days.frame["volume"][0] == sum(range(6, 48))  # nothing from before or after
    hours = resample(around_the_fourth, HOUR)
    assert [str(ts)[11:16] for ts in hours.frame["ts"][:4]] == ["14:30", "15:30", "16:30", "17:00"]
    assert days.gaps()["expected"].all()
    assert days.calendar.session_index(days.frame["ts"].to_physical().to_numpy()).tolist() == [
        int(np.datetime64(day, "D").astype(int)) for day in ("2024-07-03", "2024-07-05")
    ]


def test_yesterdays_close_is_known_at_the_early_close(around_the_fourth):
    class Yesterday(Strategy):
        data = Bars("A", every="5m")
        warmup = 1

        def signals(self):
            return at("1d", close)

    wide = widened(framed(Yesterday(), around_the_fourth), Yesterday().signals().meta.root_names())
    values = wide.select("ts", pl.col(wide.columns[-1]).alias("day"))
    known = values.filter(pl.col("day").is_not_null())
    assert str(known["ts"][0])[:16] == "2024-07-03 17:00"
