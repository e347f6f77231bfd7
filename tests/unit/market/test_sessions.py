"""Exchange calendars: sessions in exchange time, half days, holidays, expected holes."""

import numpy as np
import pytest

from sluice.domain.duration import DAY_NS
from sluice.domain.errors import BadData, UsageError
from sluice.market.calendars import calendar_for, calendar_named, check_calendar, default_calendar
from sluice.market.sessions import sessions_of


def ns(*texts):
    return np.array([np.datetime64(text, "ns").astype(np.int64) for text in texts])


def named(name, start, end, *, whole_days=False):
    return calendar_named(name, tuple(ns(start, end)), whole_days=whole_days)


def dates(index):
    return [str(np.datetime64(int(day), "D")) for day in index]


NEW_YORK = named("XNYS", "2024-01-01", "2024-12-31")


def test_new_york_had_252_sessions_in_2024_and_three_that_closed_at_one():
    sessions = NEW_YORK.sessions
    of_2024 = sessions.between(*ns("2024-01-01", "2025-01-01"))
    length = (sessions.close_ns - sessions.open_ns)[of_2024]
    assert len(length) == 252
    short = sessions.day[of_2024][length == 3.5 * 3600e9]
    assert dates(short) == ["2024-07-03", "2024-11-29", "2024-12-24"]


def test_a_bar_belongs_to_the_session_of_its_day_in_exchange_time():
    ends = ns(
        "2024-07-02T14:00",  # inside
        "2024-07-03T00:00",  # after hours, still the 2nd in New York
        "2024-07-03T12:00",  # before the open
        "2024-07-04T15:00",  # a holiday
        "2024-07-06T15:00",  # a Saturday
    )
    assert dates(NEW_YORK.session_index(ends)) == [
        "2024-07-02",
        "2024-07-02",
        "2024-07-03",
        "2024-07-05",
        "2024-07-08",
    ]


def test_a_future_that_opens_the_evening_before_trades_in_the_next_session():
    chicago = named("CMES", "2024-01-01", "2024-12-31")
    sunday_evening, monday_evening = "2024-03-10T23:30", "2024-03-11T22:30"
    index = chicago.session_index(ns(sunday_evening, monday_evening))
    assert dates(index) == ["2024-03-11", "2024-03-12"]


@pytest.mark.parametrize("hour", [0, 5, -9], ids=["UTC", "New York", "Tokyo"])
def test_a_daily_bar_is_of_its_date_whatever_the_zone_of_its_stamp(hour):
    days = named("XNYS", "2024-01-01", "2024-12-31", whole_days=True)
    ends = ns("2024-07-02", "2024-07-03", "2024-07-05") + DAY_NS + hour * 3_600_000_000_000
    assert dates(days.session_index(ends)) == ["2024-07-02", "2024-07-03", "2024-07-05"]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2024-07-02T20:00", "2024-07-03T13:30", True),  # a night
        ("2024-07-03T17:00", "2024-07-05T13:30", True),  # an early close and a holiday
        ("2024-07-03T17:00", "2024-07-05T13:35", False),  # five minutes of the next session
        ("2001-09-10T20:00", "2001-09-17T13:30", True),  # the exchange was shut
    ],
)
def test_a_hole_is_expected_where_the_exchange_was_shut_all_through_it(start, end, expected):
    calendar = named("XNYS", start, end)
    assert calendar.is_closure(ns(start), ns(end)).tolist() == [expected]


def test_a_lunch_break_is_a_closure():
    tokyo = named("XTKS", "2024-01-01", "2024-12-31")
    assert tokyo.is_closure(ns("2024-03-11T02:30"), ns("2024-03-11T03:30")).tolist() == [True]
    assert tokyo.missing_ns(ns("2024-03-11T02:00"), ns("2024-03-11T04:00")) == [3600e9]


def test_days_without_bars_are_counted_in_sessions():
    days = named("XNYS", "2024-01-01", "2024-12-31", whole_days=True)
    end_of_the_third, start_of_the_ninth = ns("2024-07-04"), ns("2024-07-09")
    assert days.missing_ns(end_of_the_third, start_of_the_ninth) == [2 * DAY_NS]


def test_an_unknown_calendar_is_refused_with_near_names():
    with pytest.raises(UsageError, match=r"no calendar is called 'XNYX'; did you mean .*XNYS"):
        check_calendar("XNYX")
    for name in ("XNYS", "24/5", "24/7", "weekdays"):
        assert check_calendar(name) == name


def test_years_that_a_calendar_does_not_know_are_refused():
    with pytest.raises(BadData, match=r"XKRX does not know the years 1940 to 1941.*--calendar"):
        sessions_of("XKRX", 1940, 1941)


def test_the_venue_gives_the_calendar_where_it_is_known():
    assert default_calendar("equity", "NASDAQ") == "XNYS"
    assert default_calendar("future", "CME") == "CMES"
    assert default_calendar("equity", "XLON") == "XLON"
    assert default_calendar("equity", "LOCAL") is None
    assert default_calendar("crypto_spot", "BINANCE") is None


def test_several_exchanges_together_trade_on_weekdays():
    london = named("XLON", "2024-01-01", "2024-12-31")
    assert calendar_for([NEW_YORK, NEW_YORK]) == NEW_YORK
    assert calendar_for([NEW_YORK, london]).name == "weekdays"
    assert calendar_for([NEW_YORK, "crypto_spot"]).name == "always_open"


def test_sessions_survive_their_frame():
    sessions = NEW_YORK.sessions
    stamps = ns("2024-07-02T14:00", "2024-12-24T18:30")
    kept = type(sessions).of(sessions.frame)
    assert kept.open_time(stamps).tolist() == sessions.open_time(stamps).tolist()
    assert kept.day.tolist() == sessions.day.tolist()
