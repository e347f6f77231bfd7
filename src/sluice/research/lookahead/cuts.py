"""What both dynamic tests of look-ahead share: how a frame is cut, and what a test found."""

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from sluice.research.lookahead.compared import (
    Columns,
    Difference,
    Rows,
    differs,
    first_difference,
    is_tie,
)

_WORK_ROWS = 60_000_000  # rows evaluated in all, where cuts are whole prefixes
_LEAST_CUTS = 200


@dataclass(frozen=True, slots=True)
class Cuts:
    """What a test found: rows tested, the differences, and comparisons that rounding tipped."""

    rows_tested: int
    differences: tuple[Difference, ...]
    ties: int = 0


@dataclass(slots=True)
class Found:
    """Differences by (test, column) while the cuts go on; `scales` by column."""

    scales: dict[str, float]
    rows: dict[tuple[str, str], list[tuple[int, float, float]]] = field(default_factory=dict)
    ties: int = 0

    def add(self, test: str, full: Columns, cut: Columns, rows: Rows) -> None:
        """Compare the columns of `full` at `rows` of the frame."""
        for name in full:
            bad = differs(full[name], cut[name], self.scales[name])
            tied = bad & is_tie(name, full, cut, self.scales) if bad.any() else bad
            self.ties += int(np.count_nonzero(tied))
            for i in np.flatnonzero(bad & ~tied):
                entry = (int(rows[i]), float(full[name][i]), float(cut[name][i]))
                self.rows.setdefault((test, name), []).append(entry)

    def differences(self, frame: pl.DataFrame) -> tuple[Difference, ...]:
        """The first difference of each test and column, with its number."""
        return tuple(
            first_difference(test, column, frame, rows)
            for (test, column), rows in self.rows.items()
        )


@dataclass(frozen=True, slots=True)
class Layout:
    """A frame by instrument: `order` sorts it by (instrument, ts), `place` undoes that.

    `start`: for each row of the frame, the place of its instrument's first row.
    """

    order: Rows
    place: Rows
    start: Rows

    @classmethod
    def of(cls, frame: pl.DataFrame) -> "Layout":
        """The layout of a frame sorted by (ts, instrument)."""
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

    def tail_length(self, rows: Rows, window: int | None) -> Rows:
        """Rows that a cut at each row keeps of its instrument."""
        return self.place[rows] - self.tail_start(rows, window) + 1


def within_work(rows: Rows, lengths: Rows) -> Rows:
    """The rows, or evenly fewer of them (at least 200) so that the cuts stay within bounds."""
    total = int(lengths.sum())
    if total <= _WORK_ROWS:
        return rows
    count = min(len(rows), max(_LEAST_CUTS, int(len(rows) * _WORK_ROWS / total)))
    return rows[np.unique(np.linspace(0, len(rows) - 1, count).astype(np.int64))]
