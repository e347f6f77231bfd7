"""Callbacks on shares: past bars adjusted forwards, as signals see them; raw ones beside."""

from datetime import date

import numpy as np
import polars as pl
import pytest

import sluice
from property.strategy.test_timeframes import bars_of
from sluice import Strategy, close, raw_close, sma, volume
from sluice.domain.duration import DAY_NS
from sluice.market.actions import ACTIONS


def split_bars(split=2.0, dividend=0.0, extra=()):
    """Ten days at 100, which split on the sixth: then they trade at 100 / split."""
    prices = np.where(np.arange(12) < 5, 100.0, 100.0 / split)
    bars = bars_of(range(12), prices, every=DAY_NS, asset_class="equity")
    row = ("A.X", date(2024, 1, 6), dividend, split)
    table = pl.DataFrame([row, *extra], schema=dict(ACTIONS), orient="row")
    return bars.with_events(table, None)


class Watch(Strategy):
    """Notes what it sees at each bar."""

    rows = ()

    def signals(self):
        return sma(close, 3)

    def on_bar(self, ctx, bar):
        i = bar.instrument
        past = ctx.history(i, 3)
        type(self).rows.append(
            {
                "bar": bar.close,
                "close": past["close"].tolist(),
                "raw": past["raw_close"].tolist(),
                "volume": past["volume"].tolist(),
                "raw_volume": past["raw_volume"].tolist(),
                "sma": ctx.sma(i, 3),
                "high": ctx.max(i, 3, "high"),
                "raw_sma": ctx.sma(i, 3, "raw_close"),
                "spread": ctx.std(i, 3),
                "signal": ctx.signal(i),
                "coarse": ctx.history(i, 2, every="2d")["close"].tolist(),
            }
        )


def watched(bars):
    Watch.rows = []
    sluice.backtest(Watch(), bars, fees=0, slippage=0)
    return Watch.rows


def test_past_bars_do_not_see_the_split_and_raw_ones_do():
    rows = watched(split_bars())
    before, after = rows[4], rows[6]
    assert (before["bar"], after["bar"]) == (50.0, 50.0)  # each close is the next open
    assert after["raw"] == [50.0, 50.0, 50.0]
    assert after["close"] == [50.0, 100.0, 100.0]
    assert after["raw_volume"] == [4.0, 5.0, 6.0]
    assert after["volume"] == [4.0, 2.5, 3.0]
    assert after["raw_sma"] == 50.0
    assert after["coarse"][-1] == 100.0


def test_native_indicators_are_those_of_the_signals():
    frame = split_bars(split=4.0, dividend=1.5).signal_frame
    means = frame["close"].rolling_mean(3).to_list()
    tops = frame["high"].rolling_max(3).to_list()
    spreads = frame["close"].rolling_std(3).to_list()
    rows = watched(split_bars(split=4.0, dividend=1.5))
    for row, mean, top, spread in zip(rows[2:], means[2:], tops[2:], spreads[2:], strict=True):
        assert row["sma"] == pytest.approx(mean, rel=1e-9) == row["signal"]
        assert row["high"] == pytest.approx(top, rel=1e-9)
        assert row["spread"] == pytest.approx(spread, rel=1e-6, abs=1e-6)


def test_without_actions_both_are_the_prices_as_traded():
    bars = bars_of(range(12), np.linspace(90, 101, 12).round(2), every=DAY_NS)
    assert bars.forward_factors is None
    for row in watched(bars):
        assert row["close"] == row["raw"]
        assert row["volume"] == row["raw_volume"]


def test_an_unknown_field_names_those_there_are():
    class Wrong(Strategy):
        def on_bar(self, ctx, bar):
            ctx.history(bar.instrument, 3)["raw_ts"]

    with pytest.raises(sluice.SluiceError, match="raw_open"):
        sluice.backtest(Wrong(), split_bars())


def test_apple_s_seven_for_one_is_no_crash(real_data):
    from sluice.market.importers import ImportOptions, read_bars
    from sluice.market.source import assemble

    class Split(Strategy):
        seen = None

        def on_bar(self, ctx, bar):
            i = bar.instrument
            mean = ctx.sma(i, 20)
            if ctx.now.date() == date(2014, 6, 10):  # known when the session of the 9th ends
                past = ctx.history(i, 2)
                type(self).seen = {
                    "bar": bar.close,
                    "raw": past["raw_close"].tolist(),
                    "move": past["close"][1] / past["close"][0] - 1,
                    "mean": past["close"][1] / mean,
                }

    path = real_data / "us-equities-daily" / "raw_csv" / "DA-AAPL.csv.gz"
    options = ImportOptions(symbol="AAPL", venue="XNAS", tick="0.01", lot="1")
    bars = assemble(read_bars(path, options), options, name="apple", now_ns=None).bars
    sluice.backtest(Split(), bars, fees=0, slippage=0)
    before, after = Split.seen["raw"]
    assert before > 600
    assert after == Split.seen["bar"] < 100
    assert Split.seen["move"] == pytest.approx(after * 7 / before - 1, abs=1e-4)
    assert 0.9 < Split.seen["mean"] < 1.2


def test_expressions_still_name_the_raw_columns():
    class Both(Strategy):
        def signals(self):
            return (raw_close / close) * (volume * 0 + 1)

    assert sluice.backtest(Both(), split_bars(), fees=0, slippage=0).digest
