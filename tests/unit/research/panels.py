"""Random-walk bars of a few instruments, for tests that need a frame and no market."""

from decimal import Decimal

import numpy as np
import polars as pl

from sluice.domain.instrument import Instrument
from sluice.market.bars import BarSet

HOUR = 3_600_000_000_000


def panel(symbols=("A", "B"), stamps=600, *, seed=0, every_ns=HOUR, missing=0.0):
    """Random-walk bars of some instruments, `missing` of the rows left out at random."""
    rng = np.random.default_rng(seed)
    ends = np.datetime64("2024-01-01", "ns").astype(np.int64) + np.arange(1, stamps + 1) * every_ns
    frames = []
    for symbol in symbols:
        price = 100 * np.exp(np.cumsum(rng.standard_t(4, stamps) * 0.004))
        opened = np.append(100.0, price[:-1])
        spread = price * np.abs(rng.normal(0, 0.002, stamps))
        frames.append(
            pl.DataFrame(
                {
                    "ts": ends,
                    "ts_start": ends - every_ns,
                    "instrument": f"{symbol}.TEST",
                    "open": opened,
                    "high": np.maximum(opened, price) + spread,
                    "low": np.minimum(opened, price) - spread,
                    "close": price,
                    "volume": rng.lognormal(6, 0.4, stamps),
                }
            )
        )
    frame = pl.concat(frames)
    if missing:
        frame = frame.filter(pl.Series(rng.random(len(frame)) >= missing))
    return BarSet.build(
        frame.with_columns(pl.col("ts", "ts_start").cast(pl.Datetime("ns", "UTC"))),
        [
            Instrument(s, "TEST", "perpetual", "USD", Decimal("0.0001"), Decimal("0.001"))
            for s in symbols
        ],
        every_ns=every_ns,
        name="test panel",
        provenance="simulated",
    )
