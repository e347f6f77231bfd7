"""Perturbation: change every bar after t, and nothing up to t may change.

The rows after a cut are multiplied by ten, made noisy, or shuffled within each instrument; the
whole history up to the cut is then compared. Some cuts also have a hole planted just before them
(prices null), since a fill from behind shows only where there is something to fill.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from polars.exceptions import PolarsError

from sluice.domain.errors import StrategyError
from sluice.domain.progress import Count
from sluice.research.lookahead.compared import (
    SIGNAL,
    TARGET,
    Columns,
    Difference,
    Parts,
    Rows,
    columns_on,
    differs,
    first_difference,
    is_tie,
    parts_of,
    scale_of,
)
from sluice.research.lookahead.cuts import Cuts
from sluice.strategy.declaration import Declaration, says
from sluice.strategy.evaluate import evaluate_frame
from sluice.strategy.warmup import required

KINDS = ("tenfold", "noise", "shuffle")
_VALUES = ("open", "high", "low", "close", "volume")
_HOLES = 6  # cuts with a hole planted before them
_HOLE_STAMPS = 2
_STRETCH_ROWS = 40_000
_STRETCHES = 4


@dataclass(frozen=True, slots=True)
class _Subject:
    """The strategy under test and how it is evaluated."""

    strategy: Declaration
    parts: Parts | None
    every_ns: int

    def columns(self, frame: pl.DataFrame) -> Columns:
        """All that is compared, on every row of `frame`."""
        found = {} if self.parts is None else dict(columns_on(self.parts, frame, "instrument"))
        if self.parts is not None and not says(type(self.strategy), "allocate"):
            return found
        said = evaluate_frame(self.strategy, frame, self.every_ns, strict=False)
        if self.parts is None:
            found[SIGNAL] = said.signal
        if said.target is not None and says(type(self.strategy), "allocate"):
            found[TARGET] = said.target
        return found


def perturbation(
    strategy: Declaration,
    frame: pl.DataFrame,
    *,
    every_ns: int,
    rng: np.random.Generator,
    cuts: int = 20,
    progress: Count | None = None,
) -> Cuts:
    """Change the future after each of `cuts` stamps, and a few more behind a planted hole.

    Args:
        strategy: judged by `signals` or `signals_frame`, and `allocate`.
        frame: bars sorted by (ts, instrument).
        every_ns: bar interval.
        rng: seeded; draws the stamps and the noise.
        cuts: stamps at which the future is changed, without holes.
        progress: called with (cuts done, cuts in all).

    Returns:
        `rows_tested` counts the rows up to the cuts, each as often as it was compared.
    """
    subject = _Subject(strategy, parts_of(strategy), every_ns)
    stretches = _stretches(frame, required(strategy, every_ns) or 1)
    found: dict[str, Difference] = {}
    tested, ties, done = 0, 0, 0
    total = cuts + _HOLES
    for part, plain, holed in zip(
        stretches, _shares(cuts, len(stretches)), _shares(_HOLES, len(stretches)), strict=True
    ):
        stamps = np.unique(part["ts"].to_physical().to_numpy())
        at, behind = _draw(stamps, plain, rng), _draw(stamps, holed, rng)
        for base, cut_at in ((part, at), (_with_holes(part, stamps, behind), behind)):
            for differences, seen, tied in _changes(subject, base, cut_at, rng):
                for difference in differences:
                    found.setdefault(difference.column, difference)
                tested, ties, done = tested + seen, ties + tied, done + 1
                if progress is not None:
                    progress(done, total)
    return Cuts(tested, tuple(found.values()), ties)


def _stretches(frame: pl.DataFrame, window: int) -> list[pl.DataFrame]:
    """The frame, or where it is long four stretches of it: each is a whole sample of its own."""
    if len(frame) <= _STRETCH_ROWS:
        return [frame]
    ts = frame["ts"].to_physical().to_numpy()
    stamps = np.unique(ts)
    length = max(int(_STRETCH_ROWS * len(stamps) / len(frame)), 4 * window)
    starts = np.linspace(0, max(len(stamps) - length, 0), _STRETCHES).astype(np.int64)
    edges = [(stamps[i], stamps[min(i + length, len(stamps)) - 1]) for i in np.unique(starts)]
    rows = [
        (int(np.searchsorted(ts, low)), int(np.searchsorted(ts, high, side="right")))
        for low, high in edges
    ]
    return [frame[low:high] for low, high in rows]


def _shares(total: int, among: int) -> list[int]:
    return [total // among + (i < total % among) for i in range(among)]


def _changes(
    subject: _Subject, base: pl.DataFrame, stamps: Rows, rng: np.random.Generator
) -> Iterator[tuple[list[Difference], int, int]]:
    """For each stamp: differences up to it, rows compared, ties."""
    if not stamps.size:
        return
    ts = base["ts"].to_physical().to_numpy()
    whole = subject.columns(base)
    scales = {name: scale_of(values) for name, values in whole.items()}
    values = base.select(_VALUES).cast(pl.Float64).fill_null(np.nan).to_numpy().T.copy()
    code = base["instrument"].rank("dense").to_numpy().astype(np.int64)
    for number, stamp in enumerate(stamps):
        seen = int(np.searchsorted(ts, stamp, side="right"))
        changed = _changed(values, code, seen, KINDS[number % len(KINDS)], rng)
        other = _evaluated(subject, _replaced(base, changed), whole)
        past = {name: column[:seen] for name, column in whole.items()}
        present = {name: column[:seen] for name, column in other.items()}
        differences, tied = _compare(past, present, base, scales)
        yield differences, seen, tied


def _draw(stamps: Rows, count: int, rng: np.random.Generator) -> Rows:
    """Up to `count` stamps that have both a past and a future, ascending."""
    inner = stamps[len(stamps) // 20 : -1]
    return np.sort(rng.choice(inner, size=min(count, inner.size), replace=False))


def _with_holes(frame: pl.DataFrame, stamps: Rows, cuts: Rows) -> pl.DataFrame:
    """The frame with prices and volume null on the last stamps up to each cut."""
    if not cuts.size:
        return frame
    ts = frame["ts"].to_physical().to_numpy()
    at = np.searchsorted(stamps, cuts)
    back = np.unique(np.concatenate([np.maximum(at - i, 0) for i in range(_HOLE_STAMPS)]))
    hole = pl.Series(np.isin(ts, stamps[back]))
    return frame.with_columns(pl.when(~hole).then(pl.col(name)).alias(name) for name in _VALUES)


def _changed(
    values: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    code: Rows,
    seen: int,
    kind: str,
    rng: np.random.Generator,
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """The columns with the rows from `seen` on changed: one factor a row, so bars stay bars."""
    changed = values.copy()
    later = np.arange(seen, values.shape[1])
    if kind == "tenfold":
        changed[:, seen:] *= 10.0
    elif kind == "noise":
        changed[:, seen:] *= np.exp(rng.normal(0.0, 0.2, size=later.size))
    else:
        drawn = rng.permutation(later)
        mine = later[np.argsort(code[later], kind="stable")]
        theirs = drawn[np.argsort(code[drawn], kind="stable")]
        changed[:, mine] = values[:, theirs]
    return changed


def _replaced(
    frame: pl.DataFrame, values: np.ndarray[tuple[int, int], np.dtype[np.float64]]
) -> pl.DataFrame:
    return frame.with_columns(
        pl.Series(name, values[i]).fill_nan(None) for i, name in enumerate(_VALUES)
    )


def _evaluated(subject: _Subject, frame: pl.DataFrame, whole: Columns) -> Columns:
    """The columns on a changed frame; where it cannot be evaluated, nothing agrees."""
    try:
        return subject.columns(frame)
    except (PolarsError, StrategyError):
        return {name: np.full(len(frame), np.inf) for name in whole}


def _compare(
    past: Columns, present: Columns, frame: pl.DataFrame, scales: dict[str, float]
) -> tuple[list[Difference], int]:
    found, ties = [], 0
    for name in past:
        bad = differs(past[name], present[name], scales[name])
        if not bad.any():
            continue
        tied = bad & is_tie(name, past, present, scales)
        ties += int(np.count_nonzero(tied))
        rows = np.flatnonzero(bad & ~tied)
        if rows.size:
            entries = [(int(r), float(past[name][r]), float(present[name][r])) for r in rows[:1]]
            first = first_difference("perturbation", name, frame, entries)
            found.append(replace(first, count=int(rows.size)))
    return found, ties
