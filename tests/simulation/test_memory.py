"""A hundred backtests in one process leave no more memory behind than a few did."""

import gc
import subprocess
import sys
import weakref
from pathlib import Path

import pytest

import sluice
from simulation.callback_cross import CallbackCross
from sluice.strategy.library.ema_cross import EmaCross
from unit.research.panels import panel

STRATEGIES = {"signals": EmaCross(fast=10), "callbacks": CallbackCross()}
ALLOWED_MB = 20  # one result's frames alone are 2 MB: a hundred that were kept would be 200
_HUNDRED = """
import gc, sys
import psutil
import sluice
from simulation.test_memory import STRATEGIES
from unit.research.panels import panel

def runs(count, bars):
    digests = set()
    for _ in range(count):
        result = sluice.backtest(STRATEGIES[sys.argv[1]], data=bars)
        result.equity, result.fills, result.orders, result.round_trips
        digests.add(result.digest)
    gc.collect()
    return digests, psutil.Process().memory_info().rss

bars = panel(("A", "B"), 20_000)
first, warm = runs(10, bars)
later, after = runs(100, bars)
assert first == later and len(first) == 1
print((after - warm) / 1e6)
"""


@pytest.mark.parametrize("kind", sorted(STRATEGIES))
def test_a_hundred_backtests_in_one_process_leave_memory_flat(kind, monkeypatch):
    tests = str(Path(__file__).parents[1])
    monkeypatch.setenv("PYTHONPATH", ":".join([tests, *filter(None, sys.path)]))
    command = [sys.executable, "-c", _HUNDRED, kind]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    grown_mb = float(done.stdout)
    assert grown_mb < ALLOWED_MB, f"a hundred backtests left {grown_mb:.0f} MB behind"


@pytest.mark.parametrize("kind", sorted(STRATEGIES))
def test_a_dropped_result_leaves_no_bars_behind(kind):
    bars = panel(("A", "B"), 1_000)
    result = sluice.backtest(STRATEGIES[kind], data=bars)
    assert result.equity.height == 1_000
    left = [weakref.ref(bars), weakref.ref(result), weakref.ref(result.tables)]
    del bars, result
    gc.collect()
    assert [one() for one in left] == [None, None, None]
