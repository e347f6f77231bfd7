"""BarSet: its one shape, its digest, and what narrowing does."""

import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

import market_bars
from market_bars import HOUR, START, bar_set, hourly_frame, instrument
from sluice.domain.errors import MissingData, UsageError
from sluice.market.bars import COLUMNS, BarSet


def test_bars_are_sorted_by_stamp_then_instrument_with_the_enum_in_the_order_of_ids():
    bars = bar_set(("ETHUSDT", "BTCUSDT"), bars=3)
    assert bars.frame.columns == list(COLUMNS)
    assert bars.ids == ("BTCUSDT.BINANCE", "ETHUSDT.BINANCE")
    assert bars.frame["instrument"].to_physical().to_list() == [0, 1] * 3
    assert bars.frame["ts"].is_sorted()
    assert bars.window == (START, START + 3 * HOUR)


def test_the_order_in_which_bars_are_loaded_does_not_change_the_digest():
    bars = bar_set(("BTCUSDT", "ETHUSDT"))
    shuffled = bars.frame.with_columns(pl.col("instrument").cast(pl.String)).sample(
        fraction=1.0, shuffle=True, seed=3
    )
    again = BarSet.build(
        shuffled,
        list(reversed(bars.instruments)),
        every_ns=HOUR,
        name="another name",
        provenance="recorded",
    )
    assert again.digest == bars.digest


def test_the_digest_is_the_same_in_a_fresh_process():
    code = "from market_bars import bar_set; print(bar_set(('A', 'B')).digest)"
    fresh = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(market_bars.__file__).parent,
    ).stdout.strip()
    assert fresh == bar_set(("A", "B")).digest


@pytest.mark.parametrize("column", ["ts", "close", "volume"])
def test_a_change_of_any_column_changes_the_digest(column):
    frame = hourly_frame()
    before = BarSet.build(
        frame, [instrument()], every_ns=HOUR, name="a", provenance="recorded"
    ).digest
    changed = frame.with_columns(
        pl.when(pl.int_range(pl.len()) == 7)
        .then(pl.col(column) + 1)
        .otherwise(pl.col(column))
        .alias(column)
    )
    after = BarSet.build(
        changed, [instrument()], every_ns=HOUR, name="a", provenance="recorded"
    ).digest
    assert before != after


def test_an_instrument_twice_at_one_stamp_cannot_be_built():
    frame = pl.concat([hourly_frame(), hourly_frame().head(1)])
    with pytest.raises(ValueError, match="twice at one stamp"):
        BarSet.build(frame, [instrument()], every_ns=HOUR, name="a", provenance="recorded")


def test_picking_symbols_marks_the_bars_as_narrowed_unless_all_are_picked():
    bars = bar_set(("BTCUSDT", "ETHUSDT"))
    assert bars.only(["BTCUSDT"]).narrowed
    assert bars.only(["BTCUSDT"]).ids == ("BTCUSDT.BINANCE",)
    assert not bars.only(["ETHUSDT.BINANCE", "BTCUSDT"]).narrowed


def test_a_symbol_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(MissingData, match=r"DOGE is not in test, which holds BTCUSDT.BINANCE"):
        bar_set().only(["DOGE"])


def test_a_symbol_at_two_venues_must_be_named_with_its_venue():
    both = [instrument(), instrument(venue="KRAKEN")]
    bars = BarSet.build(
        hourly_frame([i.id for i in both]), both, every_ns=HOUR, name="a", provenance="recorded"
    )
    with pytest.raises(UsageError, match="several venues"):
        bars.only(["BTCUSDT"])
    assert bars.only(["BTCUSDT.KRAKEN"]).ids == ("BTCUSDT.KRAKEN",)


def test_a_window_keeps_whole_bars_and_marks_them_as_narrowed():
    part = bar_set().between(START + HOUR // 2, START + 5 * HOUR)
    assert part.window == (START + HOUR, START + 5 * HOUR)
    assert part.narrowed


def test_a_window_without_bars_says_what_there_is():
    with pytest.raises(MissingData, match="it spans 2024-01-01 00:00 to 2024-01-03 00:00"):
        bar_set().between(START + 900 * HOUR, None)


def test_gaps_are_stretches_without_bars():
    bars = bar_set()
    holed = BarSet.build(
        bars.frame.filter(~pl.int_range(pl.len()).is_between(10, 12)),
        bars.instruments,
        every_ns=HOUR,
        name="a",
        provenance="recorded",
    )
    (gap,) = holed.gaps().rows(named=True)
    assert gap["missing_ns"] == 3 * HOUR
    assert gap["from_ns"] == START + 10 * HOUR
    assert not gap["expected"]
