"""The rules of the quality report that need the sessions of an exchange, one function each.

They speak where the instrument's calendar is an exchange's; with "24/5" or "24/7" nothing is known
to be missing or misplaced. Nothing is refused: trading before and after the session is real.
"""

from collections.abc import Callable

import numpy as np

from sluice.domain.duration import DAY_NS, format_duration
from sluice.domain.quality import Finding
from sluice.market.calendars import ExchangeCalendar, utc_text
from sluice.market.quality_rules import Masks, Series, Stamps, marked
from sluice.market.sessions import Sessions

HOUR_NS = 3_600_000_000_000
# A session is short where it lacks more than this many bars, and ten minutes, at an end.
_SHORT_BARS = 3
_SHORT_NS = 600_000_000_000


def missing_sessions(s: Series) -> list[Finding]:
    """Whole sessions of the exchange, between first and last bar, without any bar."""
    calendar = _calendar(s)
    if calendar is None or not len(s.start):
        return []
    sessions, there = calendar.sessions, np.unique(calendar.session_index(s.end))
    due = (sessions.day > there[0]) & (sessions.day < there[-1])
    absent = np.flatnonzero(due & ~np.isin(sessions.day, there))
    return _of_sessions(s, "missing_sessions", sessions, absent, "sessions without any bar")


def closed_days(s: Series) -> list[Finding]:
    """Bars on days on which the exchange was shut: holidays and weekends."""
    calendar = _calendar(s)
    if calendar is None:
        return []
    if calendar.whole_days:
        dates = (s.start + DAY_NS // 2) // DAY_NS
        shut = ~np.isin(dates, calendar.sessions.day)
    else:
        shut = ~_of_a_session_day(s, calendar)
    return marked(s, "closed_days", shut, f"bars on days on which {calendar.name} was shut")


def extended_hours(s: Series) -> list[Finding]:
    """Bars outside the session on a day with one: before the open, after the close."""
    calendar = _calendar(s)
    if calendar is None or calendar.whole_days:
        return []
    sessions = calendar.sessions
    outside = (sessions.open_time(s.end) == sessions.open_time(s.start)) & _of_a_session_day(
        s, calendar
    )
    place = sessions.place_of(s.end)
    before = int((outside & (s.end <= sessions.open_ns[place])).sum())
    words = (
        f"bars outside the session of {calendar.name}: {before} before the open, "
        f"{int(outside.sum()) - before} in breaks or after the close"
    )
    late = outside & np.isin(place, _half_days(sessions)) & (s.start >= sessions.close_ns[place])
    if late.any():
        words += f" ({int(late.sum())} of them on days that closed early)"
    return marked(s, "extended_hours", outside, words)


def short_sessions(s: Series) -> list[Finding]:
    """Sessions whose bars begin late or end early: truncated days, early closes taken as early."""
    calendar = _calendar(s)
    if calendar is None or calendar.whole_days or not len(s.start):
        return []
    sessions = calendar.sessions
    inside = sessions.open_time(s.end) > sessions.open_time(s.start)
    place = sessions.place_of(s.end)[inside]
    if not len(place):
        return []
    there, first = np.unique(place, return_index=True)
    last = np.append(first[1:], len(place)) - 1
    slack = max(_SHORT_BARS * s.every_ns, _SHORT_NS)
    late = s.start[inside][first] - sessions.open_ns[there] > slack
    early = sessions.close_ns[there] - s.end[inside][last] > slack
    words = f"sessions cut short: {int(late.sum())} begin late, {int(early.sum())} end early"
    return _of_sessions(s, "short_sessions", sessions, there[late | early], words)


def clock_change(s: Series) -> list[Finding]:
    """Sessions that the bars meet an hour off at both ends: summer time was not followed."""
    calendar = _calendar(s)
    if calendar is None or calendar.whole_days or not len(s.start):
        return []
    sessions = calendar.sessions
    place = sessions.place_of(s.end)
    there, first = np.unique(place, return_index=True)
    last = np.append(first[1:], len(place)) - 1
    opens = s.start[first] - sessions.open_ns[there]
    closes = s.end[last] - sessions.close_ns[there]
    shifted = (np.abs(opens) == HOUR_NS) & (opens == closes)
    words = (
        "sessions whose bars stand an hour off the exchange's: their stamps do not follow "
        "its summer time (see --timezone)"
    )
    return _of_sessions(s, "clock_change", sessions, there[shifted], words)


SESSION_RULES: tuple[Callable[[Series], list[Finding]], ...] = (
    missing_sessions,
    closed_days,
    extended_hours,
    short_sessions,
    clock_change,
)


def _calendar(s: Series) -> ExchangeCalendar | None:
    return s.calendar if isinstance(s.calendar, ExchangeCalendar) else None


def _of_a_session_day(s: Series, calendar: ExchangeCalendar) -> Masks:
    """Bars that lie within a day of a session: from local midnight, or the open before it."""
    sessions = calendar.sessions
    place = sessions.place_of(s.end)
    # The day begins a day before it ends; a session that opens the evening before begins earlier.
    begin = np.minimum(sessions.until_ns - DAY_NS - HOUR_NS, sessions.open_ns)
    return s.start >= begin[place]


def _half_days(sessions: Sessions) -> Stamps:
    """Places of the sessions that closed early: an hour or more shorter than most."""
    length = sessions.close_ns - sessions.open_ns
    return np.flatnonzero(length <= np.median(length) - HOUR_NS)


def _of_sessions(
    s: Series, rule: str, sessions: Sessions, places: Stamps, words: str
) -> list[Finding]:
    if not len(places):
        return []
    opens = sessions.open_ns[places]
    return [
        Finding(
            s.symbol,
            rule,
            "warning",
            len(places),
            int(opens[0]),
            int(opens[-1]),
            f"{len(places)} {words}, first on {utc_text(int(opens[0]))[:10]}",
            examples=tuple(
                {
                    "session": utc_text(int(sessions.day[k]) * DAY_NS)[:10],
                    "length": format_duration(int(sessions.close_ns[k] - sessions.open_ns[k])),
                }
                for k in places[:3]
            ),
        )
    ]
