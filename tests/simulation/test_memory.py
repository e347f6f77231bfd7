"""Thirty backtests in one process leave no more memory behind than a few did."""

import gc

import psutil

import sluice
from sluice.strategy.library.ema_cross import EmaCross
from unit.research.panels import panel

WARM, MORE = 8, 30
ALLOWED_MB = 20


def test_thirty_backtests_in_one_process_leave_memory_flat():
    bars = panel(("A", "B"), 20_000)
    process = psutil.Process()
    digests, after_warm = set(), 0
    for number in range(WARM + MORE):
        digests.add(sluice.backtest(EmaCross(fast=10), data=bars).digest)
        if number == WARM - 1:
            gc.collect()
            after_warm = process.memory_info().rss
    gc.collect()
    grown_mb = (process.memory_info().rss - after_warm) / 1e6
    # One result's frames alone are 2 MB: thirty that were kept would be 60.
    assert grown_mb < ALLOWED_MB, f"{MORE} backtests left {grown_mb:.0f} MB behind"
    assert len(digests) == 1
