"""Truncation: the last row of a strategy on a frame cut at t equals row t on the whole frame.

Where the warm-up W is known, a cut keeps only the last W rows: exactly what the live path sees, so
the test holds the warm-up as well. What each instrument says alone is cut in batches, one group a
cut; what reads other instruments, or no expression says, is cut one stamp at a time.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
from polars.exceptions import PolarsError

from sluice.domain.errors import StrategyError
from sluice.research.compared import (
    SIGNAL,
    TARGET,
    Columns,
    Difference,
    Mask,
    Parts,
    Rows,
    columns_on,
    differs,
    first_difference,
    is_tie,
    parts_of,
    scale_of,
)
from sluice.strategy.allocation import rebalance_stamps
from sluice.strategy.declaration import Declaration, says
from sluice.strategy.evaluate import evaluate_frame

_BATCH_ROWS = 1_000_000
_WORK_ROWS = 60_000_000  # rows evaluated in all, where cuts are whole prefixes
_LEAST_ROWS = 200

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Cuts:
    """What truncation found: rows tested, the differences, and comparisons that rounding tipped."""

    rows_tested: int
    differences: tuple[Difference, ...]
    ties: int = 0


@dataclass(slots=True)
class _Found:
    """Differences by (test, column) while the cuts go on."""

    scales: dict[str, float]
    rows: dict[tuple[str, str], list[tuple[int, float, float]]] = field(default_factory=dict)
    ties: int = 0

    def add(self, test: str, full: Columns, cut: Columns, rows: Rows) -> None:
        """Compare the columns of `full`, at `rows`."""
        scales = self.scales
        for name in full:
            bad = differs(full[name], cut[name], scales[name])
            tied = bad & is_tie(name, full, cut, scales) if bad.any() else bad
            self.ties += int(np.count_nonzero(tied))
            for i in np.flatnonzero(bad & ~tied):
                entry = (int(rows[i]), float(full[name][i]), float(cut[name][i]))
                self.rows.setdefault((test, name), []).append(entry)


@dataclass(frozen=True, slots=True)
class _Layout:
    """A frame by instrument: `order` sorts it by (instrument, ts), `place` undoes that."""

    order: Rows
    place: Rows
    start: Rows  # for each row of the frame: place of its instrument's first row

    @classmethod
    def of(cls, frame: pl.DataFrame) -> "_Layout":
        code = frame["instrument"].rank("dense").to_numpy().astype(np.int64)
        order = np.argsort(code, kind="stable")
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        first = np.searchsorted(code[order], np.arange(code.max(initial=0) + 2))
        return cls(order, place, np.asarray(first[code], dtype=np.int64))

    def tail_start(self, rows: Rows, window: int | None) -> Rows:
        """Place of the first of the last `window` rows of each row's instrument (None: all)."""
        if window is None:
            return self.start[rows]
        return np.maximum(self.start[rows], self.place[rows] - window + 1)


def truncation(
    strategy: Declaration,
    frame: pl.DataFrame,
    rows: Rows,
    *,
    every_ns: int,
    window: int | None,
    progress: Progress | None = None,
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
    layout = _Layout.of(frame)
    alone = parts is not None and not parts.panel
    cuts = Cuts(0, ())
    if alone and parts is not None:
        within = _within_work(rows, layout.place[rows] - layout.tail_start(rows, window) + 1)
        whole = columns_on(parts, frame, "instrument")
        cuts = _cut_alone(parts, (frame, layout), within, window, whole, progress)
        if cuts.differences and window is not None:
            cuts = _told_apart(parts, (frame, layout), cuts, whole)
    if alone and not says(type(strategy), "allocate"):
        return cuts
    panel = _cut_panel(strategy, (frame, layout), rows, every_ns, window, progress)
    seen = {d.column for d in cuts.differences}
    more = tuple(d for d in panel.differences if d.column not in seen)
    return Cuts(
        max(cuts.rows_tested, panel.rows_tested), cuts.differences + more, cuts.ties + panel.ties
    )


def _within_work(rows: Rows, lengths: Rows) -> Rows:
    """The rows, or evenly fewer of them (at least 200) so that the cuts stay within bounds."""
    total = int(lengths.sum())
    if total <= _WORK_ROWS:
        return rows
    count = max(_LEAST_ROWS, int(len(rows) * _WORK_ROWS / total))
    return rows[np.unique(np.linspace(0, len(rows) - 1, min(count, len(rows))).astype(np.int64))]


def _cut_alone(
    parts: Parts,
    where: tuple[pl.DataFrame, _Layout],
    rows: Rows,
    window: int | None,
    whole: Columns,
    progress: Progress | None,
) -> Cuts:
    frame, layout = where
    needed = [name for name in parts.roots if name in frame.columns] or ["close"]
    by_instrument = frame.select(needed)[layout.order]
    found, done = _Found({name: scale_of(values) for name, values in whole.items()}), 0
    for batch in _batches(layout.place[rows] - layout.tail_start(rows, window) + 1):
        part = rows[batch]
        try:
            cut = _last_of_cuts(parts, by_instrument, layout, part, window)
        except PolarsError as error:
            failed = str(error).strip().splitlines()[0]
            column = f"{SIGNAL} (cannot be evaluated on a cut frame: {failed})"
            nothing = [(int(part[0]), float(whole[SIGNAL][part[0]]), float("nan"))]
            return Cuts(len(rows), (first_difference("truncation", column, frame, nothing),))
        at_rows = {name: values[part] for name, values in whole.items()}
        found.add("truncation", at_rows, cut, part)
        done += len(part)
        if progress is not None:
            progress(done, len(rows))
    return Cuts(len(rows), _differences(frame, found), found.ties)


def _batches(lengths: Rows) -> Iterator[slice]:
    """Slices of the cuts, each of about a million rows in all."""
    number = (np.cumsum(lengths) - 1) // _BATCH_ROWS
    edges = np.flatnonzero(np.diff(number, prepend=-1))
    for low, high in zip(edges, [*edges[1:], len(lengths)], strict=True):
        yield slice(int(low), int(high))


def _last_of_cuts(
    parts: Parts, by_instrument: pl.DataFrame, layout: _Layout, rows: Rows, window: int | None
) -> Columns:
    """Each part on the last row of each cut, the cuts stacked as groups of one frame."""
    start = layout.tail_start(rows, window)
    length = layout.place[rows] - start + 1
    end = np.cumsum(length)
    index = np.arange(end[-1]) + np.repeat(start - (end - length), length)
    cut = pl.Series("cut", np.repeat(np.arange(len(rows), dtype=np.uint32), length)).set_sorted()
    stacked = by_instrument[index].with_columns(cut)
    return {name: values[end - 1] for name, values in columns_on(parts, stacked, "cut").items()}


def _told_apart(
    parts: Parts, where: tuple[pl.DataFrame, _Layout], cuts: Cuts, whole: Columns
) -> Cuts:
    """Differences that vanish on the whole prefix come from a warm-up too short, not from later."""
    frame, layout = where
    by_instrument = frame.select([n for n in parts.roots if n in frame.columns])[layout.order]
    told = []
    for difference in cuts.differences:
        row = _row_of(frame, difference)
        at = np.array([row], dtype=np.int64)
        prefix = _last_of_cuts(parts, by_instrument, layout, at, None)[difference.column]
        scale = scale_of(whole[difference.column])
        ahead = bool(differs(whole[difference.column][at], prefix, scale)[0])
        told.append(difference if ahead else replace(difference, test="warmup"))
    return Cuts(cuts.rows_tested, tuple(told), cuts.ties)


def _row_of(frame: pl.DataFrame, difference: Difference) -> int:
    at = frame["ts"].to_physical() == difference.ts_ns
    named = frame["instrument"].cast(pl.String) == difference.instrument
    return int((at & named).arg_true()[0])


def _cut_panel(
    strategy: Declaration,
    where: tuple[pl.DataFrame, _Layout],
    rows: Rows,
    every_ns: int,
    window: int | None,
    progress: Progress | None,
) -> Cuts:
    """Cut all instruments at the stamp of each row, and evaluate the whole strategy."""
    frame, layout = where
    ts = frame["ts"].to_physical().to_numpy()
    whole = evaluate_frame(strategy, frame, every_ns, strict=False)
    full: dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]] = {SIGNAL: whole.signal}
    allocated = says(type(strategy), "allocate") and whole.target is not None
    if whole.target is not None and allocated:
        full[TARGET] = whole.target
    due = _due(strategy, frame, ts)
    gap_ns = max(3 * every_ns, 0 if strategy.data is None else strategy.data.max_gap_ns)
    stamps = np.unique(ts[rows])
    firsts = np.array([_cut_from(layout, ts, stamp, window, gap_ns) for stamp in stamps])
    lasts = np.searchsorted(ts, stamps, side="right")
    chosen = _within_work(np.arange(len(stamps)), lasts - firsts)
    found = _Found({name: scale_of(values) for name, values in full.items()})
    for done, i in enumerate(chosen, start=1):
        here = np.arange(np.searchsorted(ts, stamps[i]), lasts[i])
        names = [SIGNAL, TARGET] if allocated and due[here[0]] else [SIGNAL]
        cut = _evaluated(strategy, frame[int(firsts[i]) : int(lasts[i])], every_ns, len(here))
        at_stamp = {name: full[name][here] for name in names}
        test = "truncation"
        if window is not None and _any_differs(at_stamp, cut, found.scales):
            prefix = _evaluated(strategy, frame[: int(lasts[i])], every_ns, len(here))
            if _any_differs(at_stamp, prefix, found.scales):
                cut = prefix
            else:
                test = "warmup"
        found.add(test, at_stamp, cut, here)
        if progress is not None:
            progress(done, len(chosen))
    tested = int(np.isin(ts[rows], stamps[chosen]).sum())
    return Cuts(tested, _differences(frame, found), found.ties)


def _any_differs(full: Columns, cut: Columns, scales: dict[str, float]) -> bool:
    return any(bool(differs(v, cut[name], scales[name]).any()) for name, v in full.items())


def _due(strategy: Declaration, frame: pl.DataFrame, ts: Rows) -> Mask:
    stamps = rebalance_stamps(frame, type(strategy).rebalance).to_physical().to_numpy()
    return np.isin(ts, stamps)


def _evaluated(
    strategy: Declaration, cut: pl.DataFrame, every_ns: int, last: int
) -> dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """Signal and target on the last rows of a cut; NaN where it cannot be evaluated there."""
    try:
        said = evaluate_frame(strategy, cut, every_ns, strict=False)
    except (PolarsError, StrategyError):
        nothing = np.full(last, np.inf)  # differs from whatever the whole frame says
        return {SIGNAL: nothing, TARGET: nothing}
    target = said.signal if said.target is None else said.target
    return {SIGNAL: said.signal[-last:], TARGET: target[-last:]}


def _cut_from(layout: _Layout, ts: Rows, stamp: int, window: int | None, gap_ns: int) -> int:
    """First row of a cut at `stamp` that holds W rows of every instrument that may still speak."""
    if window is None:
        return 0
    low, high = np.searchsorted(ts, [stamp - gap_ns, stamp], side="right")
    stamp_before = ts[max(int(np.searchsorted(ts, stamp)) - 1, 0)]
    recent = np.arange(int(low), int(high))
    latest = {int(layout.start[row]): int(row) for row in recent}  # the last row of each
    starts = layout.tail_start(np.array(sorted(latest.values()), dtype=np.int64), window)
    earliest = int(min(np.min(ts[layout.order[starts]]), stamp_before))
    return int(np.searchsorted(ts, earliest))


def _differences(frame: pl.DataFrame, found: _Found) -> tuple[Difference, ...]:
    return tuple(
        first_difference(test, column, frame, rows) for (test, column), rows in found.rows.items()
    )
