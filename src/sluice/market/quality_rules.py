"""The rules of the quality report, one function each, over the rows of one instrument.

Row rules give a mask of bad rows in source order. Series rules look at what is left, sorted by the
row rules' work (out-of-order rows are out), and give warnings. Numbers: a frozen run is FROZEN_BARS
bars or more at one unmoving price; an outlier is a log return beyond OUTLIER_MADS scaled medians of
the absolute returns, of which at least half is taken back on the next bar; a large move is a change
by half between two closes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sluice.domain.duration import format_duration
from sluice.domain.quality import Finding
from sluice.market.calendars import Calendar, utc_text

Floats = NDArray[np.float64]
Stamps = NDArray[np.int64]
Masks = NDArray[np.bool_]

FROZEN_BARS = 12
OUTLIER_MADS = 20.0
LARGE_MOVE = float(np.log(1.5))
_MAD_TO_DEVIATION = 1.4826  # of a normal distribution


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """The rows of one instrument: stamps in UTC ns, prices and volume with NaN for null."""

    symbol: str
    start: Stamps
    end: Stamps
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    every_ns: int
    now_ns: int | None
    calendar: Calendar

    def where(self, mask: Masks) -> "Series":
        """The rows of `mask`."""
        return Series(
            self.symbol,
            self.start[mask],
            self.end[mask],
            self.open[mask],
            self.high[mask],
            self.low[mask],
            self.close[mask],
            self.volume[mask],
            self.every_ns,
            self.now_ns,
            self.calendar,
        )


def duplicates(s: Series) -> Masks:
    """A stamp that an earlier row has; the first row with it is no duplicate."""
    _, first = np.unique(s.start, return_index=True)
    mask = np.ones(len(s.start), dtype=np.bool_)
    mask[first] = False
    return mask


def out_of_order(s: Series) -> Masks:
    """A stamp before the latest one so far, and no duplicate.

    A stamp in the future does not count as the latest, else one bad row would damn all after it.
    """
    stamps = s.start if s.now_ns is None else np.where(s.end > s.now_ns, s.start.min(), s.start)
    return (s.start < np.maximum.accumulate(stamps)) & ~duplicates(s)


def future(s: Series) -> Masks:
    """A bar that ends after now."""
    return s.end > s.now_ns if s.now_ns is not None else np.zeros(len(s.end), dtype=np.bool_)


def not_a_number(s: Series) -> Masks:
    """A price that is null, NaN or infinite."""
    return ~(np.isfinite(s.open) & np.isfinite(s.high) & np.isfinite(s.low) & np.isfinite(s.close))


def non_positive(s: Series) -> Masks:
    """A price of zero or below."""
    return (s.open <= 0) | (s.high <= 0) | (s.low <= 0) | (s.close <= 0)


def invalid_volume(s: Series) -> Masks:
    """A volume that is negative or infinite; a missing one is a warning."""
    return (s.volume < 0) | np.isinf(s.volume)


def inconsistent(s: Series) -> Masks:
    """A high below open, close or low, or a low above open or close."""
    with np.errstate(invalid="ignore"):
        return (
            (s.high < np.maximum(s.open, s.close))
            | (s.low > np.minimum(s.open, s.close))
            | (s.high < s.low)
        )


# Name → rule and the words of its finding. A row is filed under the first rule it breaks.
ROW_RULES: Mapping[str, tuple[Callable[[Series], Masks], str]] = {
    "duplicates": (duplicates, "with a stamp that was there before"),
    "out_of_order": (out_of_order, "with a stamp before an earlier row's"),
    "future": (future, "with an end in the future"),
    "not_a_number": (not_a_number, "with a price that is missing, NaN or infinite"),
    "non_positive": (non_positive, "with a price of zero or below"),
    "invalid_volume": (invalid_volume, "with a volume that is negative or infinite"),
    "inconsistent": (inconsistent, "with high or low on the wrong side of open and close"),
}


def gaps(s: Series) -> list[Finding]:
    """Holes between bars that follow each other, weekends and nights of closing markets apart."""
    if len(s.start) < 2:
        return []
    hole = s.start[1:] > s.end[:-1]
    if not hole.any():
        return []
    before, after = s.end[:-1][hole], s.start[1:][hole]
    closed = s.calendar.is_closure(before, after)
    missing = s.calendar.missing_ns(before, after)
    unexpected = np.flatnonzero(~closed)
    shut = int(closed.sum())
    beside = f"; {shut} expected closures (nights, weekends) apart" if shut else ""
    if not len(unexpected):
        return []
    largest = unexpected[np.argsort(-missing[unexpected], kind="stable")]
    longest = int(missing[largest[0]])
    return [
        Finding(
            s.symbol,
            "gaps",
            "warning",
            len(unexpected),
            int(before[unexpected[0]]),
            int(before[unexpected[-1]]),
            f"{len(unexpected)} holes, the longest without bars for {format_duration(longest)} "
            f"from {utc_text(int(before[largest[0]]))}{beside}",
            longest,
            tuple(
                {"from": utc_text(int(before[i])), "missing": format_duration(int(missing[i]))}
                for i in largest[:3]
            ),
        )
    ]


def uneven(s: Series) -> list[Finding]:
    """Steps that are no whole number of bars."""
    return marked(
        s,
        "uneven",
        np.concatenate(([False], np.diff(s.start) % s.every_ns != 0))[: len(s.start)],
        f"steps that are no multiple of {format_duration(s.every_ns)}",
    )


def frozen(s: Series) -> list[Finding]:
    """Runs of FROZEN_BARS bars or more in which open, high, low and close never move."""
    flat = (s.high == s.low) & (s.open == s.close)
    same = np.concatenate(([False], flat[1:] & flat[:-1] & (s.close[1:] == s.close[:-1])))
    same = same[: len(s.start)]
    edges = np.flatnonzero(np.diff(np.concatenate(([0], same.astype(np.int8), [0]))))
    begin, stop = edges[::2] - 1, edges[1::2]
    length = stop - begin
    runs = np.flatnonzero(length >= FROZEN_BARS)
    if not len(runs):
        return []
    longest = runs[np.argmax(length[runs])]
    return [
        Finding(
            s.symbol,
            "frozen",
            "warning",
            len(runs),
            int(s.start[begin[runs[0]]]),
            int(s.start[begin[runs[-1]]]),
            f"{len(runs)} runs of {FROZEN_BARS} or more unmoving bars, the longest "
            f"{int(length[longest])} bars from {utc_text(int(s.start[begin[longest]]))}",
            int(length[longest]) * s.every_ns,
        )
    ]


def outliers(s: Series) -> list[Finding]:
    """Spikes: a return far outside the rest of which half or more is taken back at once."""
    returns = np.diff(np.log(s.close))
    moving = returns[returns != 0]
    if len(moving) < 30:
        return []
    # About zero, not about the median: where ticks are coarse most returns are one value.
    scale = _MAD_TO_DEVIATION * float(np.median(np.abs(moving)))
    far = np.abs(returns[:-1]) > OUTLIER_MADS * scale
    back = (returns[1:] * returns[:-1] < 0) & (np.abs(returns[1:]) > 0.5 * np.abs(returns[:-1]))
    mask = np.concatenate(([False], far & back, [False]))
    return marked(s, "outliers", mask, f"spikes beyond {OUTLIER_MADS:.0f} deviations that revert")


def large_moves(s: Series) -> list[Finding]:
    """Closes half above or a third below the one before: splits, deals or faults."""
    returns = np.diff(np.log(s.close))
    mask = np.concatenate(([False], np.abs(returns) > LARGE_MOVE))
    far = int((np.abs(np.expm1(returns)) > 0.5).sum())
    words = f"moves by half between two closes (a split?), {far} of them above 50 %"
    return marked(s, "large_moves", mask[: len(s.close)], words)


def zero_volume(s: Series) -> list[Finding]:
    """Bars in which nothing was traded."""
    return marked(s, "zero_volume", s.volume == 0, "bars with zero volume")


def missing_volume(s: Series) -> list[Finding]:
    """Bars without a volume; where no bar has one, capacity cannot be judged."""
    mask = np.isnan(s.volume)
    words = "bars without volume" if not mask.all() else "bars: the source has no volume at all"
    return marked(s, "missing_volume", mask, words)


SERIES_RULES: tuple[Callable[[Series], list[Finding]], ...] = (
    gaps,
    uneven,
    frozen,
    outliers,
    large_moves,
    zero_volume,
    missing_volume,
)


def marked(s: Series, rule: str, mask: Masks, words: str) -> list[Finding]:
    """A warning on the rows of `mask`; none where there are none."""
    at = np.flatnonzero(mask)
    if not len(at):
        return []
    stamps = s.start[at]
    return [
        Finding(
            s.symbol,
            rule,
            "warning",
            len(at),
            int(stamps[0]),
            int(stamps[-1]),
            f"{len(at)} {words}, first at {utc_text(int(stamps[0]))}",
            examples=tuple(
                {"at": utc_text(int(s.start[i])), "close": float(s.close[i])} for i in at[:3]
            ),
        )
    ]
