"""A year of 1-minute bars of a hundred instruments: written to a catalog, then run from the disk.

    python -m simulation.streamed_year HOME [INSTRUMENTS DAYS]

Prints one JSON object: bars, seconds, fills, and the peak of the resident memory in MB.
"""

import json
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

MINUTE = 60 * 10**9
START = 1_704_067_200_000_000_000


def make(root, instruments, days):
    """The data set `year`, one instrument at a time."""
    from market_bars import NOW, instrument
    from sluice.domain.quality import QualityReport
    from sluice.market.bars import BarSet
    from sluice.market.catalog import RECORD
    from sluice.market.dataset import DatasetInfo, Origin
    from sluice.market.writing import write_bars

    folder = root / "data" / "year"
    folder.mkdir(parents=True)
    listed = [instrument(f"C{i:03}USDT") for i in range(instruments)]
    rows, files = days * 1440, []
    for number, one in enumerate(listed):
        rng = np.random.default_rng(number)
        close = np.round(100 * np.exp(np.cumsum(rng.normal(0, 5e-4, rows))), 2).clip(1)
        open_ = np.concatenate((close[:1], close[:-1]))
        start = START + MINUTE * np.arange(rows)
        frame = pl.DataFrame(
            {
                "ts": start + MINUTE,
                "ts_start": start,
                "instrument": [one.id] * rows,
                "open": open_,
                "high": np.maximum(open_, close),
                "low": np.minimum(open_, close),
                "close": close,
                "volume": np.full(rows, 10.0),
            }
        )
        bars = BarSet.build(frame, [one], every_ns=MINUTE, name="year", provenance="simulated")
        aside = folder / f"part{number}"
        aside.mkdir()
        for file in write_bars(aside, bars):
            files.append(replace(file, path=f"part{number}/{file.path}"))
    info = DatasetInfo(
        name="year",
        every_ns=MINUTE,
        instruments=tuple(listed),
        origin=Origin("simulated"),
        quality=QualityReport("year", "refuse", rows * instruments, rows * instruments, 0),
        rows=rows * instruments,
        start_ns=START,
        end_ns=START + rows * MINUTE,
        digest="0" * 32,
        imported_at_ns=NOW,
        files=tuple(files),
    )
    (folder / RECORD).write_text(json.dumps(info.to_json()))


def run(kind):
    import sluice
    from sluice import Strategy, close, sma

    class Slow(Strategy):
        def signals(self):
            return (sma(close, 1_440) > sma(close, 14_400)) * 0.005

    class Daily(Strategy):
        def on_bar(self, ctx, bar):
            if bar.ts_ns % (1_440 * MINUTE) == 0:
                ctx.target(bar.instrument, 0.005 if ctx.sma(bar.instrument, 60) < bar.close else 0)

    began = time.perf_counter()
    done = sluice.backtest({"signals": Slow, "callbacks": Daily}[kind](), "year", stream=True)
    # Not ru_maxrss: a child inherits that mark from the process that started it.
    status = Path("/proc/self/status").read_text()
    peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    seconds = time.perf_counter() - began
    return {
        "kind": kind,
        "seconds": round(seconds, 1),
        "fills": len(done.fills),
        "peak_mb": round(peak),
    }


if __name__ == "__main__":
    os.environ["SLUICE_HOME"] = sys.argv[1]
    if sys.argv[2] == "make":
        make(Path(sys.argv[1]), int(sys.argv[3]), int(sys.argv[4]))
    else:
        print(json.dumps(run(sys.argv[2])))
