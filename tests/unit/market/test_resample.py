"""Coarser bars from finer ones."""

import polars as pl
import pytest

from market_bars import HOUR, START, bar_set, hourly_frame, instrument
from sluice.domain.errors import BadData
from sluice.market.bars import BarSet
from sluice.market.resample import resample


def build(frame, asset_class="crypto_spot"):
    return BarSet.build(
        frame, [instrument(asset_class=asset_class)], every_ns=HOUR, name="t", provenance="recorded"
    )


def test_a_window_takes_first_open_highest_high_lowest_low_last_close_and_all_volume():
    fine = bar_set(bars=8)
    coarse = resample(fine, 4 * HOUR).frame
    part = fine.frame.head(4)
    first = coarse.row(0, named=True)
    assert first["open"] == part["open"][0]
    assert first["high"] == part["high"].max()
    assert first["low"] == part["low"].min()
    assert first["close"] == part["close"][3]
    assert first["volume"] == part["volume"].sum()
    assert first["ts"] == part["ts"][3]
    assert len(coarse) == 2


def test_a_window_cut_by_the_first_or_last_bar_is_left_out():
    coarse = resample(build(hourly_frame(bars=10, start=START + HOUR)), 4 * HOUR)
    assert coarse.window == (START + 4 * HOUR, START + 8 * HOUR)


def test_a_window_without_bars_is_absent_and_not_filled():
    frame = hourly_frame(bars=12).filter(~pl.int_range(pl.len()).is_between(4, 7))
    assert len(resample(build(frame), 4 * HOUR).frame) == 2


def test_volume_is_null_where_any_of_the_window_is():
    frame = hourly_frame(bars=8).with_columns(
        pl.when(pl.int_range(pl.len()) == 2).then(None).otherwise(pl.col("volume")).alias("volume")
    )
    volume = resample(build(frame), 4 * HOUR).frame["volume"]
    assert volume[0] is None
    assert volume[1] is not None


def test_weeks_start_on_monday():
    assert resample(bar_set(bars=24 * 21), 7 * 24 * HOUR).window[0] == START  # a Monday


@pytest.mark.parametrize("every_ns", [HOUR // 2, HOUR * 3 // 2])
def test_an_interval_that_is_no_multiple_cannot_be_made(every_ns):
    with pytest.raises(BadData, match="is no multiple of that and cannot be made"):
        resample(bar_set(), every_ns)
