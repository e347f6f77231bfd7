"""500,000 bars through our Python strategies: SMA 10/50, one basis point, order, check and record.

Usage: python -m benchmarks.bars_event signals|native|bare. The whole call of `sluice.backtest` is
timed; the conversion of the bars to the core's integers, which runs on the same bars share, is
reported apart, as the peers' conversions are.
"""

import os
import tempfile
import time
from decimal import Decimal

import numpy as np
import polars as pl

import sluice
from benchmarks.market import BARS, CASH, FEE, Walk, exact_answer, walk
from benchmarks.report import Ran, Timer, main
from benchmarks.strategies import Bare, Cross, NativeCross
from sluice.domain.instrument import Instrument
from sluice.engine.simulated_day import DaySettings, core_bars
from sluice.market.bars import BarSet


def bar_set(data: Walk) -> BarSet:
    """The walk as the bars every run of ours takes."""
    stamp = pl.Datetime("ns", "UTC")
    frame = pl.DataFrame(
        {
            "ts": pl.Series(data.ts + 60_000_000_000).cast(stamp),
            "ts_start": pl.Series(data.ts).cast(stamp),
            "instrument": pl.Series(["WALK.TEST"]).new_from_index(0, BARS),
            **{name: getattr(data, name) / 100 for name in ("open", "high", "low", "close")},
            "volume": data.volume.astype(np.float64),
        }
    )
    walked = Instrument("WALK", "TEST", "future", "USD", Decimal("0.01"), Decimal(1))
    return BarSet.build(
        frame, [walked], every_ns=60_000_000_000, name="walk", provenance="simulated"
    )


def run(strategy: sluice.Strategy) -> Ran:
    """Through the public API: evaluate, trade, measure, record in the registry."""
    os.environ["SLUICE_HOME"] = tempfile.mkdtemp(prefix="sluice-bench-")
    raw = walk()
    data = bar_set(raw)
    small = data.between(None, int(data.frame["ts"].to_physical()[2000]))
    sluice.backtest(strategy, small, cash=CASH, fees=FEE, slippage=0.0)  # imports, first migration
    begin = time.perf_counter()
    core_bars(data, DaySettings(cash=CASH))
    prepare_s = time.perf_counter() - begin
    with Timer() as timer:
        result = sluice.backtest(strategy, data, cash=CASH, fees=FEE, slippage=0.0)
    fills, equity = result.fills.height, round(result.stats["final_equity"], 2)
    exact = (0, CASH) if isinstance(strategy, Bare) else exact_answer(raw.close)
    assert (fills, equity) == exact, f"{(fills, equity)} is not the exact answer {exact}"
    return timer.ran(f"{fills} fills, equity {equity:,.2f}", prepare_s=prepare_s)


if __name__ == "__main__":
    main(
        "sluice",
        {
            "signals": lambda: run(Cross()),
            "native": lambda: run(NativeCross()),
            "bare": lambda: run(Bare()),
        },
    )
