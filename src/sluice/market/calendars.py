"""Trading calendars: the sessions of a year, the session of a bar, and which holes are expected."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sluice.domain.duration import DAY_NS
from sluice.domain.instrument import Instrument
from sluice.market.sessions import Sessions, check_exchange, is_exchange, sessions_of, year_of

# 1970-01-01 was a Thursday: day 0 has weekday 3 where Monday is 0.
_EPOCH_WEEKDAY = 3
_NEW_YORK = (
    "NYSE",
    "XNYS",
    "NASDAQ",
    "XNAS",
    "ARCA",
    "ARCX",
    "AMEX",
    "XASE",
    "BATS",
    "IEX",
    "IEXG",
)
_CHICAGO = ("CME", "XCME", "GLBX", "GLOBEX", "CBOT", "XCBT", "NYMEX", "XNYM", "COMEX", "XCEC")

Stamps = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Calendar:
    """`sessions_per_year` annualizes daily figures: √365 where the market never closes, √252 else.

    A market that is not always open is taken to close on Saturdays and Sundays (UTC). Holidays
    are not known here: they show as gaps. `ExchangeCalendar` knows them.
    """

    name: str
    sessions_per_year: int
    always_open: bool

    def session_index(self, ts_end_ns: Stamps) -> Stamps:
        """Session of each bar end: its UTC day number, midnight belonging to the day before.

        Where the market closes at weekends, what trades on a Saturday or Sunday (a week that opens
        on Sunday evening) belongs to Monday's session, so that a year has its 252 and not 310.
        """
        day = (np.asarray(ts_end_ns, dtype=np.int64) - 1) // DAY_NS
        if self.always_open:
            return day
        weekday = (day + _EPOCH_WEEKDAY) % 7
        return day + np.where(weekday >= 5, 7 - weekday, 0)

    def missing_ns(self, from_ns: Stamps, to_ns: Stamps) -> Stamps:
        """How long each stretch without bars, [from, to) in UTC ns, lacks bars: its length."""
        return to_ns - from_ns

    def session_ends(self) -> list[int]:
        """When day orders expire, UTC ns ascending; none where it is at UTC midnight."""
        return []

    def is_closure(self, from_ns: Stamps, to_ns: Stamps) -> NDArray[np.bool_]:
        """Whether each stretch without bars, [from, to) in UTC ns, is an expected closure.

        In an always-open market none is. Elsewhere a stretch is expected where it crosses midnight
        and less than a day of Monday-to-Friday time is missing: a night, a weekend, both together.
        """
        if self.always_open:
            return np.zeros(len(from_ns), dtype=np.bool_)
        crosses = from_ns // DAY_NS < to_ns // DAY_NS
        return crosses & (_weekday_ns(to_ns) - _weekday_ns(from_ns) < DAY_NS)


@dataclass(frozen=True, slots=True)
class ExchangeCalendar(Calendar):
    """The sessions of one exchange, holidays and early closes included, from exchange-calendars.

    `years` are the first and last year needed. `whole_days`: bars last whole days, so that their
    date is the session's, whatever the zone of their stamps. `stored` are sessions that were kept
    beside the data; without them they are computed at the first use.
    """

    years: tuple[int, int] = (1970, 1970)
    whole_days: bool = False
    stored: Sessions | None = field(default=None, compare=False, repr=False)

    @property
    def sessions(self) -> Sessions:
        """The sessions of the years.

        Raises:
            UsageError, BadData: the library does not know the exchange, or the years.
        """
        return self.stored if self.stored is not None else sessions_of(self.name, *self.years)

    def session_index(self, ts_end_ns: Stamps) -> Stamps:
        """Day number of the session in exchange time.

        What trades between the close and midnight belongs to the session just closed, what trades
        before the next open (a holiday, a weekend) to the next one.
        """
        stamps = np.asarray(ts_end_ns, dtype=np.int64)
        if not self.whole_days:
            return self.sessions.day[self.sessions.place_of(stamps)]
        days = self.sessions.day
        place = np.searchsorted(days, _date(stamps - DAY_NS), side="left")
        return days[np.minimum(place, len(days) - 1)]

    def missing_ns(self, from_ns: Stamps, to_ns: Stamps) -> Stamps:
        """Trading time in each stretch without bars; whole days for bars of whole days."""
        if not self.whole_days:
            return self.sessions.open_time(to_ns) - self.sessions.open_time(from_ns)
        days = self.sessions.day
        first = np.searchsorted(days, _date(from_ns), side="left")
        return (np.searchsorted(days, _date(to_ns), side="left") - first) * DAY_NS

    def session_ends(self) -> list[int]:
        """The closes; none where bars last whole days, whose orders live for a day's bar."""
        return [] if self.whole_days else [int(close) for close in self.sessions.close_ns]

    def is_closure(self, from_ns: Stamps, to_ns: Stamps) -> NDArray[np.bool_]:
        """A stretch is expected where the exchange was shut all through it."""
        shut: NDArray[np.bool_] = self.missing_ns(from_ns, to_ns) == 0
        return shut


ALWAYS_OPEN = Calendar("always_open", 365, always_open=True)
WEEKDAYS = Calendar("weekdays", 252, always_open=False)
_OWN: Mapping[str, Calendar] = {
    **dict.fromkeys(("always_open", "24/7"), ALWAYS_OPEN),
    **dict.fromkeys(("weekdays", "24/5"), WEEKDAYS),
}


def check_calendar(name: str) -> str:
    """`name` if it names a calendar: one of ours, or an exchange.

    Raises:
        UsageError: it does not; near names are said.
    """
    return name if name in _OWN else check_exchange(name)


def default_calendar(asset_class: str, venue: str) -> str | None:
    """The exchange calendar of a market by its venue; null where none is known.

    Crypto never closes; currencies trade on weekdays. A share or future at an unknown venue gets
    weekdays, which an import says in its report.
    """
    if asset_class == "equity" and venue.upper() in _NEW_YORK:
        return "XNYS"
    if asset_class == "future" and venue.upper() in _CHICAGO:
        return "CMES"
    if asset_class in ("equity", "future") and venue.startswith("X") and is_exchange(venue):
        return venue
    return None


def calendar_of(asset_class: str) -> Calendar:
    """Crypto spot and perpetuals never close; everything else trades on weekdays."""
    return ALWAYS_OPEN if asset_class in ("crypto_spot", "perpetual") else WEEKDAYS


def calendar_named(name: str, window: tuple[int, int], *, whole_days: bool) -> Calendar:
    """The calendar of that name, knowing the years of `window` (UTC ns)."""
    own = _OWN.get(name)
    if own is not None:
        return own
    years = (year_of(window[0]), year_of(window[1]))
    return ExchangeCalendar(name, 252, always_open=False, years=years, whole_days=whole_days)


def instrument_calendar(
    instrument: Instrument, window: tuple[int, int], *, whole_days: bool
) -> Calendar:
    """The calendar that the instrument names, else that of its class."""
    if instrument.calendar is None:
        return calendar_of(instrument.asset_class)
    return calendar_named(instrument.calendar, window, whole_days=whole_days)


def calendar_for(calendars: Iterable[Calendar | str]) -> Calendar:
    """The calendar of a whole data set: a session is a day on which any of its markets is open.

    Takes calendars, or asset classes. Several exchanges together trade on weekdays.
    """
    found = {calendar_of(c) if isinstance(c, str) else c for c in calendars}
    if any(calendar.always_open for calendar in found):
        return ALWAYS_OPEN
    return found.pop() if len(found) == 1 else WEEKDAYS


def with_stored(calendar: Calendar, stored: pl.DataFrame | None) -> Calendar:
    """`calendar` over the sessions that were stored beside the data, where they hold its name."""
    if not isinstance(calendar, ExchangeCalendar) or stored is None:
        return calendar
    rows = stored.filter(pl.col("calendar") == calendar.name)
    return replace(calendar, stored=Sessions.of(rows)) if len(rows) else calendar


def stored_sessions(calendar: Calendar) -> pl.DataFrame | None:
    """The sessions that were stored beside the data of `calendar`; null where there are none."""
    kept = calendar.stored if isinstance(calendar, ExchangeCalendar) else None
    return kept.frame.with_columns(calendar=pl.lit(calendar.name)) if kept else None


def is_closure(from_ns: Stamps, to_ns: Stamps, calendar: Calendar) -> NDArray[np.bool_]:
    """Whether each stretch without bars is an expected closure; see `Calendar.is_closure`."""
    return calendar.is_closure(from_ns, to_ns)


def utc_text(ns: int) -> str:
    """A UTC stamp for eyes: "2024-01-01 00:05", with seconds only where there are any."""
    stamp = np.datetime64(ns, "ns")
    text = str(stamp.astype("datetime64[s]")).replace("T", " ")
    return text.removesuffix(":00") if text.endswith(":00") else text


def _date(ts_ns: Stamps) -> Stamps:
    """The date of a bar of whole days by its start: that of its middle, whatever its zone."""
    return (ts_ns + DAY_NS // 2) // DAY_NS


def _weekday_ns(ts_ns: Stamps) -> Stamps:
    """Nanoseconds of Monday-to-Friday time from the Monday of 1969-12-29 up to each stamp."""
    week_ns, since = 7 * DAY_NS, ts_ns + _EPOCH_WEEKDAY * DAY_NS
    return since // week_ns * 5 * DAY_NS + np.minimum(since % week_ns, 5 * DAY_NS)
