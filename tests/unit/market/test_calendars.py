"""Calendars: sessions, days and expected closures."""

import numpy as np
import pytest

from sluice.domain.duration import DAY_NS
from sluice.market.calendars import (
    ALWAYS_OPEN,
    WEEKDAYS,
    calendar_for,
    calendar_of,
    is_closure,
    utc_text,
)


def ns(text):
    return np.array([np.datetime64(text, "ns").astype(np.int64)])


def test_crypto_has_365_sessions_a_year_and_the_rest_252():
    assert calendar_of("perpetual").sessions_per_year == 365
    assert calendar_of("fx").sessions_per_year == 252


def test_a_data_set_with_any_market_that_never_closes_has_a_session_every_day():
    assert calendar_for(["equity", "crypto_spot"]) is ALWAYS_OPEN
    assert calendar_for(["equity", "fx"]) is WEEKDAYS


def test_a_bar_that_ends_at_midnight_belongs_to_the_day_before():
    ends = np.array([DAY_NS, DAY_NS + 1, 2 * DAY_NS])
    assert ALWAYS_OPEN.session_index(ends).tolist() == [0, 1, 1]


def test_what_trades_on_a_weekend_belongs_to_monday_where_the_market_closes():
    friday = 1  # 1970-01-02
    ends = (np.arange(friday, friday + 5) + 1) * DAY_NS
    assert WEEKDAYS.session_index(ends).tolist() == [1, 4, 4, 4, 5]
    assert ALWAYS_OPEN.session_index(ends).tolist() == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2017-01-07T00:00", "2017-01-09T00:00", True),  # Saturday and Sunday
        ("2017-01-06T21:00", "2017-01-08T22:00", True),  # Friday evening to Sunday evening
        ("2024-01-05T21:00", "2024-01-08T14:30", True),  # a share over a weekend
        ("2024-01-03T21:00", "2024-01-04T14:30", True),  # a share over a night
        ("2024-01-03T14:00", "2024-01-03T15:00", False),  # a hole in the day
        ("2017-12-23T00:00", "2017-12-26T00:00", False),  # Christmas on a Monday
        ("2001-09-11T00:00", "2001-09-17T00:00", False),  # the exchange was shut
    ],
)
def test_weekends_and_nights_are_expected_and_holidays_show(start, end, expected):
    assert is_closure(ns(start), ns(end), WEEKDAYS).tolist() == [expected]
    assert is_closure(ns(start), ns(end), ALWAYS_OPEN).tolist() == [False]


def test_stamps_are_written_to_the_minute_with_seconds_only_where_there_are_any():
    assert utc_text(int(ns("2024-01-01T00:05")[0])) == "2024-01-01 00:05"
    assert utc_text(int(ns("2024-01-01T00:05:07")[0])) == "2024-01-01 00:05:07"
