"""Recorded data: the dirt that its README names is found, and nothing else is called an error."""

import pytest

from market_bars import HOUR
from sluice.market.importers import ImportOptions, read_bars
from sluice.market.source import assemble

NOW = 1_767_225_600_000_000_000  # 2026-01-01
MINUTE = HOUR // 60


def judged(path):
    options = ImportOptions(venue="BINANCE")
    return assemble(read_bars(path, options), options, name=path.name, now_ns=NOW)


def test_hourly_bitcoin_has_28_holes_the_longest_a_step_of_34_hours(real_data):
    result = judged(real_data / "crypto-spot-1h-2017-2024")
    report = result.judged.report
    (gaps,) = report.of("gaps")
    assert gaps.count == 28
    assert gaps.longest_ns + HOUR == 34 * HOUR  # README counts from bar to bar
    assert report.of("zero_volume")[0].count == 4
    assert not report.errors
    assert len(result.bars.frame) == 58_419


def test_24_coins_in_5_minutes_are_without_gap_and_ragged(real_data):
    result = judged(real_data / "crypto-spot-5m-2024")
    report = result.judged.report
    assert len(result.bars.instruments) == 24
    assert len(result.bars.frame) == 1_727_924
    assert not report.errors
    assert not report.of("gaps")
    assert {f.instrument: f.count for f in report.of("zero_volume")} == {
        "BCHUSDT": 1,
        "ETCUSDT": 2,
    }
    (ragged,) = report.of("ragged_ends")
    assert "(the first at 2024-09-06 04:45)" in ragged.text
    assert ragged.count == 21  # all but the three that end last


def test_bitcoin_and_ether_in_2023_halt_once_and_stand_still_before(real_data):
    report = judged(real_data / "crypto-spot-5m-2023").judged.report
    for symbol in ("BTCUSDT", "ETHUSDT"):
        (gaps,) = report.of("gaps", symbol)
        assert gaps.count == 1
        assert gaps.longest_ns + 5 * MINUTE == 85 * MINUTE  # README counts from bar to bar
        assert "2023-03-24" in gaps.text
        assert report.of("zero_volume", symbol)[0].count == 14
        assert report.of("frozen", symbol)[0].longest_ns == 14 * 5 * MINUTE
    assert not report.errors
    assert not report.of("ragged_ends")


def test_the_pound_has_59_gaps_most_of_them_weekends_and_no_volume(real_data):
    result = judged(real_data / "fx-5m-gbpusd-2017")
    report = result.judged.report
    (gaps,) = report.of("gaps")
    assert gaps.count == 9
    assert "50 expected closures" in gaps.text
    assert report.of("missing_volume")[0].count == 74_529
    assert not report.errors
    assert result.bars.frame["volume"].null_count() == 74_529
    assert not result.bars.calendar.always_open
    assert str(result.bars.instruments[0].tick_size) == "0.00001"
    assert len(result.bars.gaps()) == 59


@pytest.mark.parametrize(
    ("path", "instruments", "every"),
    [
        ("crypto-perp-1m-2025", 6, MINUTE),
        ("fx-1m", 2, MINUTE),
        ("us-equities-daily/dow30_1999_2019.parquet", 29, 24 * HOUR),
    ],
)
def test_what_else_is_recorded_imports_without_error(real_data, path, instruments, every):
    result = judged(real_data / path)
    assert not result.judged.report.errors
    assert len(result.bars.instruments) == instruments
    assert result.bars.every_ns == every
