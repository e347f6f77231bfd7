"""Stamps: every common writing gives one instant; what is mixed or doubtful is refused."""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from market_bars import START
from sluice.domain.errors import BadData, UsageError
from sluice.market.importers.stamps import check_zone, to_utc_ns

SECOND = START // 10**9
NAIVE = datetime(2024, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def ns(values, timezone=None, dtype=None):
    column = pl.Series("ts", values, dtype=dtype)
    return to_utc_ns(column, timezone, "source.csv")[0].to_list()


@pytest.mark.parametrize(
    "text",
    [
        *("2024-01-01", "2024-01-01 00:00", "2024-01-01 00:00:00", "2024-01-01T00:00:00.000"),
        *("2024-01-01T00:00:00Z", "2024-01-01 00:00:00+00:00", "2024-01-01 00:00:00 UTC"),
        *("2024-01-01T01:00:00+01:00", "2023-12-31 19:00:00-0500", "2024/01/01 00:00"),
        *("2024.01.01 00:00", "20240101", "20240101 00:00:00", "20240101 000000"),
        *(str(SECOND), str(SECOND * 1000), str(SECOND * 10**6), str(START), f"{SECOND}.0"),
    ],
)
def test_every_common_writing_of_midnight_is_midnight(text):
    assert ns([text, text]) == [START, START]


@pytest.mark.parametrize(
    ("value", "dtype"),
    [
        (date(2024, 1, 1), pl.Date),
        (NAIVE, pl.Datetime("us")),
        (NAIVE, pl.Datetime("ms")),
        (datetime(2024, 1, 1, tzinfo=UTC), pl.Datetime("ns", "UTC")),
        (SECOND, pl.Int64),
        (float(SECOND), pl.Float64),
        (SECOND * 1000, pl.Int64),
        (20240101, pl.Int64),
    ],
)
def test_every_common_type_of_midnight_is_midnight(value, dtype):
    assert ns([value], dtype=dtype) == [START]


def test_fractions_of_a_second_are_kept():
    assert ns(["2024-01-01 00:00:00.123456789"]) == [START + 123_456_789]
    assert ns([SECOND + 0.25]) == [START + 250_000_000]


def test_the_unit_of_an_epoch_is_said():
    said = to_utc_ns(pl.Series("ts", [SECOND * 1000]), None, "a")[1]
    assert said == "stamps are epoch ms (UTC), told by their size"


def test_naive_stamps_are_utc_unless_a_zone_is_said():
    assert ns(["2023-12-31 19:00"], "America/New_York") == [START]
    assert "taken as UTC" in to_utc_ns(pl.Series("ts", ["2024-01-01"]), None, "a")[1]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["2024-01-01T00:00Z", "2024-01-01 01:00"], "mixed time zones.*row 1 has a zone.*row 2"),
        (["2024-01-01 00:00+01:00", "2024-01-01 01:00+02:00"], r"mixed time zones: \+01:00 in row"),
        (["2024-01-01", "yesterday"], "'yesterday' in row 2 is no stamp"),
        (["1/3/2024", "1/4/2024"], "without guessing"),
        (["2024-01-01", None], "no stamp in row 2"),
        ([SECOND, SECOND * 1000], "mixes epochs in ms and seconds"),
        ([float("nan"), 1.0], "the stamp in row 1 of column ts is nan"),
        ([True, False], "which is no stamp"),
        (["2024-01-01", "2999-01-01"], "2999-01-01 in row 2 is outside the years 1678 to 2261"),
        ([date(9999, 12, 31)], "outside the years"),
        ([9 * 10**10], "holds 90000000000, which is no stamp"),
    ],
)
def test_what_is_mixed_or_doubtful_is_refused_with_its_row(values, message):
    with pytest.raises(BadData, match=message):
        ns(values)


def test_offsets_of_summer_and_winter_are_taken_where_the_zone_is_named():
    both = ["2024-03-31T01:30+01:00", "2024-03-31T03:30+02:00"]
    assert ns(both, "Europe/Berlin") == [
        START + 90 * 86_400 * 10**9 + 1800 * 10**9,
        START + 90 * 86_400 * 10**9 + 5400 * 10**9,
    ]


@pytest.mark.parametrize("text", ["2024-03-10 02:30", "2024-11-03 01:30"])
def test_a_local_time_that_is_not_or_is_twice_is_refused(text):
    with pytest.raises(BadData, match="does not exist or exists twice in America/New_York"):
        ns([text], "America/New_York")


def test_a_zone_that_does_not_exist_is_refused():
    with pytest.raises(UsageError, match="no such zone"):
        check_zone("Mars/Olympus")
