"""Compares two trade lists row by row and explains what differs, by listed rules only.

The rules:

* **float tie**: at the bar of the decision, or the bar before it, the two means are equal in exact
  arithmetic (counts of the tick). Our means are exact (`strategy/exact.py`) and say nothing there;
  in running sums of floats the cross hangs on the last bit, and a trade may begin or end a bar
  earlier, later, or there and back. Where the tick is coarse, ties are common.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from simulation.agreement.crosses import Crossing, Row, Told
from sluice.market.bars import BarSet

ALLOWED = 0.001
"""At most this share of the rows may differ, explained or not."""


@dataclass(frozen=True)
class Comparison:
    """What two engines say of one run; rows that only one of them has, explained or not."""

    rows: int
    only_ours: list[Row]
    only_theirs: list[Row]
    unexplained: list[Row]
    equity_gap: float
    """Difference of the final equities beyond what the differing rows account for."""

    @property
    def differing(self) -> int:
        return max(len(self.only_ours), len(self.only_theirs))

    @property
    def agrees(self) -> bool:
        few = self.differing <= ALLOWED * self.rows
        return self.rows > 0 and few and not self.unexplained and abs(self.equity_gap) < 1e-4

    def __str__(self) -> str:
        lines = [
            f"{self.rows} rows, {self.differing} differ, {len(self.unexplained)} unexplained,"
            f" final equity apart by {self.equity_gap:.9f} beyond them"
        ]
        lines += [f"  only ours    {row}" for row in self.only_ours]
        lines += [f"  only theirs  {row}" for row in self.only_theirs]
        return "\n".join(lines)


def compare(bars: BarSet, crossing: Crossing, our: Told, their: Told) -> Comparison:
    """Compare the two; prints the rows that differ."""
    only_ours, only_theirs = _only(our.rows, their.rows), _only(their.rows, our.rows)
    tied = _near_ties(bars, crossing)
    known = {"ours": _stamps(our.rows), "theirs": _stamps(their.rows)}
    unexplained = [
        row
        for rows, others in ((only_ours, known["theirs"]), (only_theirs, known["ours"]))
        for row in rows
        if not _explained(row, others, tied)
    ]
    last = float(bars.frame["close"][-1])
    gap = (our.final_equity - _profit(only_ours, last, crossing.fee)) - (
        their.final_equity - _profit(only_theirs, last, crossing.fee)
    )
    found = Comparison(
        max(len(our.rows), len(their.rows)), only_ours, only_theirs, unexplained, gap
    )
    print(found)
    return found


def _only(rows: list[Row], others: list[Row]) -> list[Row]:
    return sorted((Counter(rows) - Counter(others)).elements(), key=lambda row: row.entry_ns)


def _stamps(rows: list[Row]) -> set[tuple[str, int | None]]:
    return {("entry", row.entry_ns) for row in rows} | {("exit", row.exit_ns) for row in rows}


def _explained(row: Row, others: set[tuple[str, int | None]], tied: set[int]) -> bool:
    """Whether each stamp that the other engine lacks stands next to a tie; at least one must."""
    lacking = {("entry", row.entry_ns), ("exit", row.exit_ns)} - others
    return bool(lacking) and all(stamp in tied for _, stamp in lacking)


def _near_ties(bars: BarSet, crossing: Crossing) -> set[int]:
    """Starts of the bars whose decision stood at an exact tie of the means, or one bar after it.

    Means of equal weights only: exponential ones are never equal in a count of ticks.
    """
    if crossing.average == "ema":
        return set()
    tick = float(bars.instruments[0].tick_size)
    ticks = np.rint(bars.frame["close"].to_numpy() / tick).astype(np.int64)
    sums = np.concatenate(([0], np.cumsum(ticks)))
    ends = np.arange(crossing.slow, len(ticks) + 1)
    fast = sums[ends] - sums[ends - crossing.fast]
    slow = sums[ends] - sums[ends - crossing.slow]
    decided = ends[fast * crossing.slow == slow * crossing.fast] - 1
    filled = np.unique(np.concatenate((decided + 1, decided + 2)))
    starts = bars.frame["ts_start"].to_physical().to_numpy()
    return set(starts[filled[filled < len(starts)]].tolist())


def _profit(rows: list[Row], last: float, fee: float) -> float:
    total = 0.0
    for row in rows:
        end = last if row.exit_px is None else row.exit_px
        paid = row.entry_px + (0.0 if row.exit_px is None else row.exit_px)
        total += row.qty * (row.side * (end - row.entry_px) - fee * paid)
    return total
