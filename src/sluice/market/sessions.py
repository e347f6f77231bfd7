"""The sessions of an exchange: when it was open, as arrays; taken from exchange-calendars.

The library (and pandas below it) is loaded only here, and only where an exchange's calendar is
used and its sessions are not stored beside the data.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sluice.domain.duration import DAY_NS
from sluice.domain.errors import BadData, UsageError

Stamps = NDArray[np.int64]
COLUMNS = ("calendar", "day", "open_ns", "close_ns", "until_ns")
_MARGIN_DAYS = 14  # around the span asked for: a session before it and one after it are known


@dataclass(frozen=True, eq=False)
class Sessions:
    """The sessions of one exchange in a span, in order; all stamps are UTC ns.

    `frame` has a row for each stretch of trading (two a day where there is a lunch break): `day`
    (days since 1970-01-01 of the session's date), `open_ns`, `close_ns`, and `until_ns`, up to
    which what trades after the close belongs to the session: local midnight, or the next open.
    """

    frame: pl.DataFrame
    day: Stamps
    open_ns: Stamps
    close_ns: Stamps
    until_ns: Stamps
    _starts: Stamps
    _stops: Stamps
    _before: Stamps

    @classmethod
    def of(cls, frame: pl.DataFrame) -> "Sessions":
        """From a frame with the columns day, open_ns, close_ns, until_ns."""
        ordered = frame.select(COLUMNS[1:]).sort("open_ns")
        whole = ordered.group_by("day", maintain_order=True).agg(
            pl.col("open_ns").first(), pl.col("close_ns").last(), pl.col("until_ns").last()
        )
        starts, stops = ordered["open_ns"].to_numpy(), ordered["close_ns"].to_numpy()
        before = np.concatenate(([0], np.cumsum(stops - starts)[:-1]))
        day, opens, closes, until = (whole[name].to_numpy() for name in COLUMNS[1:])
        return cls(ordered, day, opens, closes, until, starts, stops, before)

    def open_time(self, ts_ns: Stamps) -> Stamps:
        """Nanoseconds of trading from the first session up to each stamp."""
        place = np.searchsorted(self._starts, ts_ns, side="right") - 1
        at = np.maximum(place, 0)
        inside = np.minimum(ts_ns, self._stops[at]) - self._starts[at]
        return np.where(place < 0, 0, self._before[at] + inside)

    def place_of(self, ts_end_ns: Stamps) -> NDArray[np.intp]:
        """Place of the session to which each bar end belongs; the first one ending no earlier."""
        last = len(self.until_ns) - 1
        return np.minimum(np.searchsorted(self.until_ns, ts_end_ns, side="left"), last)

    def between(self, start_ns: int, end_ns: int) -> slice:
        """The sessions that lie wholly inside [start, end]."""
        first = int(np.searchsorted(self.open_ns, start_ns, side="left"))
        return slice(first, int(np.searchsorted(self.close_ns, end_ns, side="right")))


def check_exchange(name: str) -> str:
    """`name` if exchange-calendars knows it.

    Raises:
        UsageError: it does not; near names are said.
    """
    names = _library().get_calendar_names()
    if name in names:
        return name
    near = get_close_matches(name.upper(), names, n=3, cutoff=0.4)
    hint = f"; did you mean {' or '.join(near)}?" if near else "."
    msg = (
        f"no calendar is called {name!r}{hint} Give the exchange's code as in XNYS, XLON or CMES, "
        "'24/5' for weekdays without holidays, or '24/7'"
    )
    raise UsageError(msg)


def is_exchange(name: str) -> bool:
    """Whether exchange-calendars knows the name."""
    return name in _library().get_calendar_names()


@lru_cache(maxsize=32)
def sessions_of(name: str, first_year: int, last_year: int) -> Sessions:
    """The sessions of whole years, with two weeks on both sides.

    Raises:
        UsageError: there is no such calendar.
        BadData: the calendar does not know the years.
    """
    check_exchange(name)
    start = date(first_year, 1, 1) - timedelta(days=_MARGIN_DAYS)
    end = date(last_year, 12, 31) + timedelta(days=_MARGIN_DAYS)
    try:
        calendar = _library().get_calendar(name, start=str(start), end=str(end))
    except (ValueError, KeyError, TypeError) as error:
        said = str(error).split(".", maxsplit=1)[0][:160]
        msg = (
            f"the calendar {name} does not know the years {first_year} to {last_year} ({said}); "
            "take a part of the data that it knows, or name another calendar (--calendar 24/5 "
            "counts weekdays and knows no holidays)"
        )
        raise BadData(msg) from error
    return Sessions.of(_stretches(name, calendar))


def year_of(ts_ns: int) -> int:
    """The UTC year of a stamp."""
    return datetime.fromtimestamp(ts_ns // 10**9, tz=UTC).year


def _stretches(name: str, calendar: Any) -> pl.DataFrame:
    """Sessions as rows of trading stretches; a lunch break parts a session in two."""
    schedule = calendar.schedule
    labels = _stamps(schedule.index)
    columns = {
        key: _stamps(schedule[key].dt.tz_localize(None))
        for key in ("open", "break_start", "break_end", "close")
    }
    midnight = schedule.index.shift(1, freq="D").tz_localize(calendar.tz)
    until = np.maximum(columns["close"], _stamps(midnight.tz_convert("UTC").tz_localize(None)))
    until[:-1] = np.maximum(columns["close"][:-1], np.minimum(until[:-1], columns["open"][1:]))
    parted = columns["break_start"] != np.iinfo(np.int64).min
    frame = pl.DataFrame(
        {
            "day": labels // DAY_NS,
            "open_ns": columns["open"],
            "close_ns": np.where(parted, columns["break_start"], columns["close"]),
            "until_ns": until,
        }
    )
    after = pl.DataFrame(
        {
            "day": labels // DAY_NS,
            "open_ns": columns["break_end"],
            "close_ns": columns["close"],
            "until_ns": until,
        }
    ).filter(pl.Series(parted))
    return pl.concat([frame, after]).with_columns(pl.lit(name).alias("calendar"))


def _stamps(column: Any) -> Stamps:
    """Integers of naive UTC stamps; the smallest integer where there is none."""
    out: Stamps = column.to_numpy().astype("datetime64[ns]").astype(np.int64)
    return out


def _library() -> Any:
    import exchange_calendars

    return exchange_calendars
