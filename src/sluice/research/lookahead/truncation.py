"""Truncation: the last row of a strategy on a frame cut at t equals row t on the whole frame.

Where the warm-up W is known, a cut keeps only the last W rows: exactly what the live path sees, so
the test holds the warm-up as well. What each instrument says alone is cut in batches, one group a
cut; what reads other instruments, or no expression says, is cut one stamp at a time.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import polars as pl
from polars.exceptions import PolarsError

from sluice.domain.progress import Count
from sluice.research.lookahead.compared import (
    SIGNAL,
    Columns,
    Difference,
    Parts,
    Rows,
    columns_on,
    differs,
    first_difference,
    parts_of,
    scale_of,
)
from sluice.research.lookahead.cuts import Cuts, Found, Layout, within_work
from sluice.research.lookahead.panel_cuts import PanelCuts
from sluice.strategy.declaration import Declaration, says

_BATCH_ROWS = 1_000_000


def truncation(
    strategy: Declaration,
    frame: pl.DataFrame,
    rows: Rows,
    *,
    every_ns: int,
    window: int | None,
    progress: Count | None = None,
) -> Cuts:
    """Cut `frame` at each of `rows` and compare what the strategy says there.

    Args:
        strategy: judged by `signals` or `signals_frame`, and `allocate`.
        frame: bars sorted by (ts, instrument).
        rows: rows of the frame to test, ascending; thinned evenly (not below 200) where cutting
            whole prefixes at all of them would take too long.
        every_ns: bar interval.
        window: warm-up in rows; None where unbounded, then the whole prefix is kept.
        progress: called with (rows done, rows in all).
    """
    parts = parts_of(strategy)
    layout = Layout.of(frame)
    cuts = Cuts(0, ())
    if parts is not None and not parts.panel:
        cuts = _Alone(parts, frame, layout, window).cut(rows, progress)
        if not says(type(strategy), "allocate"):
            return cuts
    panel = PanelCuts(strategy, frame, layout, every_ns, window).cut(rows, progress)
    seen = {d.column for d in cuts.differences}
    more = tuple(d for d in panel.differences if d.column not in seen)
    tested = max(cuts.rows_tested, panel.rows_tested)
    return Cuts(tested, cuts.differences + more, cuts.ties + panel.ties)


def shortened(
    strategy: Declaration, frame: pl.DataFrame, rows: Rows, window: int, longest: int
) -> tuple[Difference, ...]:
    """What changes at `rows` between the last `window` and the last `longest` rows of history.

    Nothing where no expression of one instrument speaks: `truncation` holds those by cutting.
    """
    parts = parts_of(strategy)
    if parts is None or parts.panel:
        return ()
    alone = _Alone(parts, frame, Layout.of(frame), window)
    found = Found({name: scale_of(values) for name, values in alone.whole.items()})
    for batch in _batches(alone.layout.tail_length(rows, longest)):
        part = rows[batch]
        found.add("warmup", alone.last(part, longest), alone.last(part, window), part)
    return found.differences(frame)


class _Alone:
    """Cuts of what each instrument says by itself: stacked as the groups of one frame."""

    def __init__(
        self, parts: Parts, frame: pl.DataFrame, layout: Layout, window: int | None
    ) -> None:
        needed = [name for name in parts.roots if name in frame.columns] or ["close"]
        self.parts = parts
        self.frame = frame
        self.layout = layout
        self.window = window
        self.by_instrument = frame.select(needed)[layout.order]
        self.whole = columns_on(parts, frame, "instrument")

    def cut(self, rows: Rows, progress: Count | None) -> Cuts:
        """Compare signal and operands at the last row of each cut."""
        rows = within_work(rows, self.layout.tail_length(rows, self.window))
        found = Found({name: scale_of(values) for name, values in self.whole.items()})
        done = 0
        for batch in _batches(self.layout.tail_length(rows, self.window)):
            part = rows[batch]
            try:
                last = self.last(part, self.window)
            except PolarsError as error:
                return self._impossible(int(part[0]), len(rows), error)
            found.add("truncation", self._at(part), last, part)
            done += len(part)
            if progress is not None:
                progress(done, len(rows))
        cuts = Cuts(len(rows), found.differences(self.frame), found.ties)
        return self._told_apart(cuts, found) if self.window is not None else cuts

    def _at(self, rows: Rows) -> Columns:
        return {name: values[rows] for name, values in self.whole.items()}

    def last(self, rows: Rows, window: int | None) -> Columns:
        """Each part on the last row of each cut."""
        start = self.layout.tail_start(rows, window)
        length = self.layout.tail_length(rows, window)
        end = np.cumsum(length)
        index = np.arange(end[-1]) + np.repeat(start - (end - length), length)
        group = np.repeat(np.arange(len(rows), dtype=np.uint32), length)
        stacked = self.by_instrument[index].with_columns(pl.Series("cut", group).set_sorted())
        on_cuts = columns_on(self.parts, stacked, "cut")
        return {name: values[end - 1] for name, values in on_cuts.items()}

    def _impossible(self, row: int, tested: int, error: PolarsError) -> Cuts:
        """An expression that fits the whole frame alone holds something of its length."""
        reason = str(error).strip().splitlines()[0]
        entry = (row, float(self.whole[SIGNAL][row]), float("inf"))
        difference = first_difference("truncation", SIGNAL, self.frame, [entry])
        return Cuts(tested, (replace(difference, note=reason),))

    def _told_apart(self, cuts: Cuts, found: Found) -> Cuts:
        """Differences that vanish on the whole prefix come from too short a warm-up."""
        told = []
        for difference in cuts.differences:
            row = min(found.rows[difference.test, difference.column])[0]
            at = np.array([row], dtype=np.int64)
            name = difference.column
            prefix = self.last(at, None)[name]
            ahead = differs(self.whole[name][at], prefix, found.scales[name])[0]
            told.append(difference if ahead else replace(difference, test="warmup"))
        return replace(cuts, differences=tuple(told))


def _batches(lengths: Rows) -> Iterator[slice]:
    """Slices of the cuts, each of about a million rows in all."""
    number = (np.cumsum(lengths) - 1) // _BATCH_ROWS
    edges = np.flatnonzero(np.diff(number, prepend=-1))
    for low, high in zip(edges, [*edges[1:], len(lengths)], strict=True):
        yield slice(int(low), int(high))
