"""SMA 10/50 on 500,000 bars from `signals` alone: the whole call of `sluice.backtest`.

Usage: python -m benchmarks.vector ours
"""

from benchmarks.bars_event import run
from benchmarks.report import main
from benchmarks.strategies import VectorCross

if __name__ == "__main__":
    main("sluice", {"ours": lambda: run(VectorCross())})
