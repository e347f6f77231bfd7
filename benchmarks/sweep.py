"""400 pairs of averages over 500,000 bars: the whole call of `sluice.sweep`, every pair recorded.

Usage: python -m benchmarks.sweep ours. The fills and final equity of every pair are compared with
exact integer arithmetic. As in every workload of ours the conversion of the bars stands apart.
"""

import os
import tempfile
import time

import numpy as np

import sluice
from benchmarks.bars_event import bar_set
from benchmarks.market import CASH, FEE, PAIRS, QUANTITY, TICK, pairs, walk
from benchmarks.report import Ran, Timer, main
from benchmarks.strategies import SweepCross
from sluice.engine.simulated_day import DaySettings, core_bars

FASTS, SLOWS = range(5, 25), range(30, 130, 5)


def exact_answers(close: np.ndarray) -> dict[tuple[int, int], tuple[int, float]]:
    """Fills and final equity of every pair in integers: long above, flat below, a tie holds.

    What the last bar decides has no bar left to fill it.
    """
    total = np.concatenate(([0], np.cumsum(close)))
    found = {}
    for fast, slow in pairs():
        at = np.arange(slow, len(close))
        lead = (total[at] - total[at - fast]) * slow - (total[at] - total[at - slow]) * fast
        above = lead[lead != 0] > 0
        prices = close[slow - 1 : -1][lead != 0]
        steps = np.diff(above.astype(np.int64), prepend=0)
        notional = int((np.abs(steps) * prices).sum())
        gained = int(above[-1]) * int(close[-1]) - int((steps * prices).sum())
        equity = CASH + (gained - notional * FEE) * QUANTITY * TICK
        found[fast, slow] = (int(np.abs(steps).sum()), round(equity, 2))
    return found


def run() -> Ran:
    """Through the public API: every pair is computed, counted in the registry and kept."""
    os.environ["SLUICE_HOME"] = tempfile.mkdtemp(prefix="sluice-bench-")
    raw = walk()
    data = bar_set(raw)
    small = data.between(None, int(data.frame["ts"].to_physical()[2000]))
    terms = {"cash": CASH, "fees": FEE, "slippage": 0.0, "whole": True, "fresh": True}
    sluice.sweep(SweepCross, small, fast=[5], slow=[30], **terms)  # imports, first migration
    begin = time.perf_counter()
    core_bars(data, DaySettings(cash=CASH))
    prepare_s = time.perf_counter() - begin
    with Timer() as timer:
        found = sluice.sweep(SweepCross, data, fast=FASTS, slow=SLOWS, **terms)
    rows = found.table.select("fast", "slow", "fills", "final_equity").rows()
    ours = {(fast, slow): (int(fills), round(equity, 2)) for fast, slow, fills, equity in rows}
    exact = exact_answers(raw.close)
    wrong = [pair for pair in exact if ours.get(pair) != exact[pair]]
    assert len(ours) == PAIRS, f"{len(ours)} points"
    assert not wrong, f"{wrong[0]}: {ours.get(wrong[0])} is not {exact[wrong[0]]}; {len(wrong)} so"
    fills = sum(count for count, _ in ours.values())
    return timer.ran(f"{fills} fills, all {PAIRS} answers exact", prepare_s=prepare_s)


if __name__ == "__main__":
    main("sluice", {"ours": run})
