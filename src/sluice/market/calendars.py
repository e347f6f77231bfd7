"""Trading calendars, as far as bars need them: sessions a year, days, and expected closures."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sluice.domain.duration import DAY_NS

# 1970-01-01 was a Thursday: day 0 has weekday 3 where Monday is 0.
_EPOCH_WEEKDAY = 3


@dataclass(frozen=True, slots=True)
class Calendar:
    """`sessions_per_year` annualizes daily figures: √365 where the market never closes, √252 else.

    A market that is not always open is taken to close on Saturdays and Sundays (UTC). Holidays
    are not known here: they show as gaps.
    """

    name: str
    sessions_per_year: int
    always_open: bool

    def session_index(self, ts_end_ns: NDArray[np.int64]) -> NDArray[np.int64]:
        """Session of each bar end: its UTC day number, midnight belonging to the day before.

        Where the market closes at weekends, what trades on a Saturday or Sunday (a week that opens
        on Sunday evening) belongs to Monday's session, so that a year has its 252 and not 310.
        """
        day = (np.asarray(ts_end_ns, dtype=np.int64) - 1) // DAY_NS
        if self.always_open:
            return day
        weekday = (day + _EPOCH_WEEKDAY) % 7
        return day + np.where(weekday >= 5, 7 - weekday, 0)


ALWAYS_OPEN = Calendar("always_open", 365, always_open=True)
WEEKDAYS = Calendar("weekdays", 252, always_open=False)


def calendar_of(asset_class: str) -> Calendar:
    """Crypto spot and perpetuals never close; everything else trades on weekdays."""
    return ALWAYS_OPEN if asset_class in ("crypto_spot", "perpetual") else WEEKDAYS


def calendar_for(asset_classes: Iterable[str]) -> Calendar:
    """The calendar of a whole data set: a session is a day on which any of its markets is open."""
    classes = set(asset_classes)
    return ALWAYS_OPEN if any(calendar_of(c).always_open for c in classes) else WEEKDAYS


def is_closure(
    from_ns: NDArray[np.int64], to_ns: NDArray[np.int64], calendar: Calendar
) -> NDArray[np.bool_]:
    """Whether each stretch without bars, [from, to) in UTC ns, is an expected closure.

    In an always-open market none is. Elsewhere a stretch is expected where it crosses midnight and
    less than a day of Monday-to-Friday time is missing: a night, a weekend, both together.
    """
    if calendar.always_open:
        return np.zeros(len(from_ns), dtype=np.bool_)
    crosses = from_ns // DAY_NS < to_ns // DAY_NS
    return crosses & (_weekday_ns(to_ns) - _weekday_ns(from_ns) < DAY_NS)


def _weekday_ns(ts_ns: NDArray[np.int64]) -> NDArray[np.int64]:
    """Nanoseconds of Monday-to-Friday time from the Monday of 1969-12-29 up to each stamp."""
    week_ns, since = 7 * DAY_NS, ts_ns + _EPOCH_WEEKDAY * DAY_NS
    return since // week_ns * 5 * DAY_NS + np.minimum(since % week_ns, 5 * DAY_NS)


def utc_text(ns: int) -> str:
    """A UTC stamp for eyes: "2024-01-01 00:05", with seconds only where there are any."""
    stamp = np.datetime64(ns, "ns")
    text = str(stamp.astype("datetime64[s]")).replace("T", " ")
    return text.removesuffix(":00") if text.endswith(":00") else text
