"""`ctx.history(i, n, every=…)` on bars with holes: what a plain loop makes, never ahead."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sluice
from property.models.timeframe_model import last_completed
from property.strategy.test_timeframes import FIVE, START, bars_of, rows_of
from sluice import Strategy
from sluice.domain.duration import parse_duration
from sluice.domain.errors import SluiceError

FIELDS = ("open", "high", "low", "close", "volume")


class Notes(Strategy):
    """Writes down the last three coarser bars at each bar."""

    seen = ()
    every = "1h"

    def on_bar(self, ctx, bar):
        past = ctx.history(bar.instrument, 3, every=self.every)
        table = np.array([past[name] for name in FIELDS]).T
        assert len(past) == len(table) == len(past["ts"])
        assert all(past["ts"] <= ctx.now_ns)
        assert all(past["ts_start"] < past["ts"])
        type(self).seen.append([tuple(row) for row in table.tolist()])


def noted(bars, every):
    Notes.seen, Notes.every = [], every
    sluice.backtest(Notes(), bars, fees=0, slippage=0)
    return Notes.seen


@settings(max_examples=25, deadline=None)
@given(
    offsets=st.sets(st.integers(0, 150), min_size=30, max_size=80),
    shift=st.integers(0, 20),
    every=st.sampled_from(["5m", "15m", "1h", "4h"]),
    seed=st.integers(0, 2**16),
)
def test_the_last_whole_bars_are_those_of_the_slow_model(offsets, shift, every, seed):
    prices = np.random.default_rng(seed).uniform(50, 150, len(offsets)).round(2)
    bars = bars_of(sorted(offsets), prices, start=START + shift * FIVE)
    expected = last_completed(rows_of(bars), parse_duration(every), lambda known: known[-3:])
    for one, other in zip(noted(bars, every), expected, strict=True):
        assert one == [pytest.approx(row, rel=1e-12) for row in other]


def test_days_of_an_exchange_are_its_sessions(real_data):
    from sluice.engine.coarser import CoarserBars
    from sluice.market.importers import ImportOptions, read_bars
    from sluice.market.resample import resample
    from sluice.market.source import assemble

    path = real_data / "us-equities-daily" / "raw_csv" / "DA-AAPL.csv.gz"
    options = ImportOptions(symbol="AAPL", venue="XNAS", tick="0.01", lot="1")
    bars = assemble(read_bars(path, options), options, name="apple", now_ns=None).bars
    weeks, made = resample(bars, parse_duration("1w")).frame, CoarserBars(bars)(0, "1w")
    kept = len(weeks)
    assert kept > 900
    assert made["ts"][:kept].tolist() == weeks["ts"].to_physical().to_list()
    assert made["raw_close"][:kept].tolist() == weeks["close"].to_list()
    assert made["close"][-1] > 30 * made["raw_close"][-1]


@pytest.mark.parametrize(
    ("every", "word"),
    [("soon", "not a duration"), ("7m", "no multiple"), ("0m", "no time"), ("1m", "no multiple")],
)
def test_an_interval_that_cannot_be_made_is_refused(every, word):
    with pytest.raises(SluiceError, match=word):
        noted(bars_of(range(30), np.linspace(50, 60, 30)), every)
