"""The rules of the quality report of ticks that need sessions, days or lots, one function each."""

import numpy as np
from numpy.typing import NDArray

from sluice.domain.duration import DAY_NS
from sluice.domain.quality import Finding
from sluice.market.calendars import Calendar, ExchangeCalendar, utc_text

ROUND_LOT = 100  # shares, of exchanges of the United States
STRAY_SHARE = 0.01  # of the ticks of a usual day

Stamps = NDArray[np.int64]


def outside_sessions(symbol: str, stamps: Stamps, calendar: Calendar) -> list[Finding]:
    """Ticks before the open and after the close, counted and kept; exchanges' calendars alone."""
    if not isinstance(calendar, ExchangeCalendar):
        return []
    sessions = calendar.sessions
    place = sessions.place_of(stamps)
    early = stamps < sessions.open_ns[place]
    late = stamps > sessions.close_ns[place]
    words = (
        f"ticks outside the session of {calendar.name}: {int(early.sum()):,} before the open, "
        f"{int(late.sum()):,} after the close"
    )
    return _found(symbol, "extended_hours", stamps[early | late], words)


def odd_lots(symbol: str, stamps: Stamps, size: NDArray[np.float64]) -> list[Finding]:
    """Trades of shares below a round lot; they set no official last price."""
    return _found(symbol, "odd_lots", stamps[size < ROUND_LOT], "trades of less than 100 shares")


def stray_ends(symbol: str, stamps: Stamps) -> list[Finding]:
    """Ticks on a first or last UTC day that holds next to none: a source cut past its end."""
    days, counts = np.unique(stamps // DAY_NS, return_counts=True)
    few = counts < STRAY_SHARE * np.median(counts)
    edges = np.zeros(len(days), dtype=np.bool_)
    edges[[0, -1]] = True
    stray = np.isin(stamps // DAY_NS, days[few & edges])
    return _found(symbol, "stray_ends", stamps[stray], "ticks on a day at an end with few others")


def _found(symbol: str, rule: str, stamps: Stamps, words: str) -> list[Finding]:
    if not len(stamps):
        return []
    first, last = int(stamps[0]), int(stamps[-1])
    text = f"{len(stamps):,} {words}, first at {utc_text(first)}"
    return [Finding(symbol, rule, "warning", len(stamps), first, last, text)]
