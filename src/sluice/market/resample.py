"""Makes coarser bars from finer ones: aligned windows, whole ones alone, nothing filled in.

Windows are aligned to UTC (weeks to Monday). Where an exchange's calendar is known they are those
of its sessions: a day is a session from open to close, a week its sessions from Monday on, and an
hour is counted from the open, the last one cut by the close; what trades outside a session is in
no window. A window is known at its end, or when the last of its bars is known, if that is later.
"""

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sluice.domain.duration import DAY_NS, format_duration
from sluice.domain.errors import BadData
from sluice.market.bars import STAMP, BarSet
from sluice.market.calendars import Calendar, ExchangeCalendar

# 1970-01-05 was a Monday: windows of whole weeks start there, all others at 1970-01-01.
_MONDAY_NS = 4 * DAY_NS
_WEEK_NS = 7 * DAY_NS
WINDOW = ("window", "until")

Stamps = NDArray[np.int64]


def resample(bars: BarSet, every_ns: int) -> BarSet:
    """`bars` at the coarser interval `every_ns`, a multiple of theirs.

    Open is the first bar's, close the last one's, volume the sum (null where any is null). A window
    without bars is absent; a hole inside a window leaves it to the bars that are there; a window
    that is cut by the first or last bar of its instrument is left out.

    Raises:
        BadData: `every_ns` is finer than the bars, or no multiple of their interval.
    """
    if every_ns == bars.every_ns:
        return bars
    check_multiple(bars.name, bars.every_ns, every_ns)
    framed = bars.frame.with_columns(windows(bars.frame, every_ns, bars.calendars()))
    coarse = aggregate(framed)
    ends = bars.frame.group_by("instrument").agg(pl.col("ts").max().to_physical().alias("stop"))
    whole = coarse.join(ends, on="instrument", how="left").filter(pl.col("until") <= pl.col("stop"))
    frame = whole.with_columns(pl.col("window").cast(STAMP).alias("ts_start"))
    present = set(frame["instrument"].cast(pl.String).unique())
    coarser = BarSet.build(
        frame,
        [i for i in bars.instruments if i.id in present],
        every_ns=every_ns,
        name=bars.name,
        provenance=bars.provenance,
        quality=bars.quality,
    )
    coarser = coarser.with_events(bars.actions, bars.funding)
    return coarser.with_sessions(bars.stored_sessions())


def check_multiple(name: str, have_ns: int, want_ns: int) -> None:
    """Refuse an interval that cannot be made.

    Raises:
        BadData: it is finer than the bars, or no multiple of their interval.
    """
    if want_ns < have_ns or want_ns % have_ns:
        have, want = format_duration(have_ns), format_duration(want_ns)
        msg = f"{name} has bars of {have}; {want} is no multiple of that and cannot be made"
        raise BadData(msg)


def windows(
    frame: pl.DataFrame, every_ns: int, calendars: Mapping[str, Calendar] | None = None
) -> pl.DataFrame:
    """Columns window and until (UTC ns): first instant of each row's window and its end.

    Null where a row lies in no window. `frame` has `instrument`, `ts` and perhaps `ts_start`;
    `calendars` by instrument, UTC where there are none.
    """
    start = _starts(frame)
    window, until = _of_clock(start, every_ns)
    inside = np.ones(len(frame), dtype=np.bool_)
    ids = frame["instrument"].cast(pl.String)
    for name, calendar in (calendars or {}).items():
        if isinstance(calendar, ExchangeCalendar):
            mine = (ids == name).to_numpy()
            found = _of_sessions(frame.filter(pl.Series(mine)), start[mine], every_ns, calendar)
            window[mine], until[mine], inside[mine] = found
    table = pl.DataFrame({"window": window, "until": until, "inside": inside})
    return table.select(pl.when("inside").then(pl.col(column)).alias(column) for column in WINDOW)


def aggregate(framed: pl.DataFrame) -> pl.DataFrame:
    """Coarser bars of a frame with the columns window and until, sorted as the frame is.

    `ts` is when each becomes known. A window that began before the first bar of its instrument is
    left out, since its open is not known.
    """
    start = pl.col("ts_start") if "ts_start" in framed.columns else pl.col("window").cast(STAMP)
    begin = start.to_physical().min().over("instrument").alias("begin")
    coarse = (
        framed.with_columns(begin)
        .filter(pl.col("window") >= pl.col("begin"))
        .group_by("instrument", "window", "until", maintain_order=True)
        .agg(
            pl.max_horizontal(pl.col("until").first(), pl.col("ts").to_physical().max())
            .cast(STAMP)
            .alias("ts"),
            pl.col("open").first(),
            pl.col("high").max(),
            pl.col("low").min(),
            pl.col("close").last(),
            pl.when(pl.col("volume").null_count() == 0)
            .then(pl.col("volume").sum())
            .alias("volume"),
        )
    )
    return coarse.sort("ts", "instrument", maintain_order=True)


def _starts(frame: pl.DataFrame) -> Stamps:
    """A stamp inside each bar: its start, or the instant before its end."""
    if "ts_start" in frame.columns:
        return frame["ts_start"].to_physical().to_numpy()
    return frame["ts"].to_physical().to_numpy() - 1


def _of_clock(start: Stamps, every_ns: int) -> tuple[Stamps, Stamps]:
    offset = _MONDAY_NS if every_ns % _WEEK_NS == 0 else 0
    window = (start - offset) // every_ns * every_ns + offset
    return window, window + every_ns


def _of_sessions(
    frame: pl.DataFrame, start: Stamps, every_ns: int, calendar: ExchangeCalendar
) -> tuple[Stamps, Stamps, NDArray[np.bool_]]:
    """Window, end and whether a row has one, by the sessions of an exchange."""
    sessions = calendar.sessions
    if calendar.whole_days:
        place = np.searchsorted(sessions.day, (start + DAY_NS // 2) // DAY_NS, side="left")
        place = np.minimum(place, len(sessions.day) - 1)
        inside = np.ones(len(start), dtype=np.bool_)
        opens, closes = sessions.day * DAY_NS, (sessions.day + 1) * DAY_NS
    else:
        end = frame["ts"].to_physical().to_numpy()
        inside = sessions.open_time(end) > sessions.open_time(start)
        place = sessions.place_of(start + 1)
        opens, closes = sessions.open_ns, sessions.close_ns
    if every_ns % DAY_NS:
        opened = opens[place]
        window = opened + np.maximum(start - opened, 0) // every_ns * every_ns
        return window, np.minimum(window + every_ns, closes[place]), inside
    group = _of_clock(sessions.day * DAY_NS, every_ns)[0]
    first = np.searchsorted(group, group[place], side="left")
    last = np.searchsorted(group, group[place], side="right") - 1
    return opens[first], closes[last], inside
