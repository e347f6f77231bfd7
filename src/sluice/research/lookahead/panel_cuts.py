"""Truncation of what reads more than one instrument, or what no expression says: stamp by stamp."""

import numpy as np
import polars as pl
from polars.exceptions import PolarsError

from sluice.domain.errors import StrategyError
from sluice.domain.feeds import bars_of
from sluice.domain.progress import Count
from sluice.research.lookahead.compared import (
    SIGNAL,
    TARGET,
    Columns,
    Floats,
    Rows,
    columns_on,
    differs,
    near_each_other,
    parts_of,
    scale_of,
)
from sluice.research.lookahead.cuts import Cuts, Found, Layout, within_work
from sluice.strategy.allocation import rebalance_stamps
from sluice.strategy.declaration import Declaration, says
from sluice.strategy.evaluate import evaluate_frame

_RECHECKED = 10  # stamps at which a difference is looked into; later ones are like them


class PanelCuts:
    """All instruments cut at a stamp, and the whole strategy evaluated on what is left."""

    def __init__(
        self,
        strategy: Declaration,
        frame: pl.DataFrame,
        layout: Layout,
        every_ns: int,
        window: int | None,
    ) -> None:
        self.strategy = strategy
        self.frame = frame
        self.layout = layout
        self.every_ns = every_ns
        self.window = window
        self.parts = parts_of(strategy)
        self.ts: Rows = frame["ts"].to_physical().to_numpy()
        whole = evaluate_frame(strategy, frame, every_ns, strict=False)
        self.whole: dict[str, Floats] = {SIGNAL: whole.signal}
        if whole.target is not None and says(type(strategy), "allocate"):
            self.whole[TARGET] = whole.target
        stamps = rebalance_stamps(frame, type(strategy).rebalance).to_physical().to_numpy()
        self.due = np.isin(self.ts, stamps)
        self.rechecks = 0
        self.verdict = "truncation"

    def cut(self, rows: Rows, progress: Count | None) -> Cuts:
        """Compare signal (and target, where the panel is rebalanced) at the stamp of each row."""
        stamps = np.unique(self.ts[rows])
        firsts = np.array([self._first_row(int(stamp)) for stamp in stamps], dtype=np.int64)
        lasts = np.searchsorted(self.ts, stamps, side="right")
        chosen = within_work(np.arange(len(stamps)), lasts - firsts)
        found = Found({name: scale_of(values) for name, values in self.whole.items()})
        for done, i in enumerate(chosen, start=1):
            here = np.arange(np.searchsorted(self.ts, stamps[i]), lasts[i])
            self._compare(found, int(firsts[i]), here)
            if progress is not None:
                progress(done, len(chosen))
        tested = int(np.isin(self.ts[rows], stamps[chosen]).sum())
        return Cuts(tested, found.differences(self.frame), found.ties)

    def _compare(self, found: Found, first: int, here: Rows) -> None:
        names = [name for name in self.whole if name == SIGNAL or self.due[here[0]]]
        full = {name: self.whole[name][here] for name in names}
        end = int(here[-1]) + 1
        cut = self._evaluated(first, end, len(here))
        if not _differ(full, cut, found.scales):
            return
        if self.rechecks < _RECHECKED:
            self.rechecks += 1
            if self._is_tie(full, cut, first, here, found):
                found.ties += 1
                return
            prefix = self._evaluated(0, end, len(here)) if first else cut
            ahead = _differ(full, prefix, found.scales)
            self.verdict = "truncation" if ahead else "warmup"
        found.add(self.verdict, full, cut, here)

    def _is_tie(self, full: Columns, cut: Columns, first: int, here: Rows, found: Found) -> bool:
        """Whether rounding alone tipped a comparison, or swapped two scores in rank."""
        scale = found.scales[SIGNAL]
        if not differs(full[SIGNAL], cut[SIGNAL], scale).any():
            rounded = bool(np.any(full[SIGNAL] != cut[SIGNAL]))
            return rounded and near_each_other(full[SIGNAL], scale)
        if self.parts is None or len(self.parts.exprs) < 2:
            return False
        try:
            end, last = int(here[-1]) + 1, len(here)
            known = columns_on(self.parts, self.frame[:end], "instrument")
            seen = columns_on(self.parts, self.frame[first:end], "instrument")
        except PolarsError:
            return False
        return all(
            not differs(known[name][-last:], seen[name][-last:], scale_of(known[name])).any()
            and bool(np.any(known[name][-last:] != seen[name][-last:]))
            for name in known
            if name != SIGNAL
        )

    def _evaluated(self, first: int, end: int, last: int) -> dict[str, Floats]:
        """Signal and target on the last rows of a cut; where it cannot be evaluated, infinite."""
        try:
            said = evaluate_frame(self.strategy, self.frame[first:end], self.every_ns, strict=False)
        except (PolarsError, StrategyError):
            nothing = np.full(last, np.inf)
            return {SIGNAL: nothing, TARGET: nothing}
        target = said.signal if said.target is None else said.target
        return {SIGNAL: said.signal[-last:], TARGET: target[-last:]}

    def _first_row(self, stamp: int) -> int:
        """First row of a cut that holds W rows of every instrument that may still speak.

        An instrument without a bar at the stamp may carry its score for `max_gap`, so its last
        rows count as well; the stamp before is kept, since it tells whether a period begins.
        """
        if self.window is None:
            return 0
        data = bars_of(self.strategy.data)
        gap_ns = max(3 * self.every_ns, 0 if data is None else data.max_gap_ns)
        low, high = np.searchsorted(self.ts, [stamp - gap_ns, stamp], side="right")
        latest = {int(self.layout.start[row]): row for row in range(int(low), int(high))}
        ends = np.array(sorted(latest.values()), dtype=np.int64)
        starts = self.layout.order[self.layout.tail_start(ends, self.window)]
        before = self.ts[max(int(np.searchsorted(self.ts, stamp)) - 1, 0)]
        return int(np.searchsorted(self.ts, min(int(self.ts[starts].min()), int(before))))


def _differ(full: Columns, other: Columns, scales: dict[str, float]) -> bool:
    return any(bool(differs(v, other[name], scales[name]).any()) for name, v in full.items())
