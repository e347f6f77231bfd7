"""Bars for the tests of this folder: hourly random walks, sorted by (ts, instrument)."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

START = datetime(2023, 1, 1, 1, tzinfo=UTC)


def bars(rows=600, instruments=("AAA.SIM",), seed=0, start=START, every=timedelta(hours=1)):
    """`rows` bars of each instrument; prices near 100, no gaps."""
    rng = np.random.default_rng(seed)
    ids = sorted(instruments)
    ts = pl.Series("ts", [start + i * every for i in range(rows)]).cast(pl.Datetime("ns", "UTC"))
    frames = []
    for name in ids:
        close = 100 * np.exp(np.cumsum(rng.normal(0, 0.01, rows)))
        open_ = np.concatenate([[100.0], close[:-1]])
        columns = {
            "ts": ts,
            "instrument": [name] * rows,
            "open": open_,
            "high": np.maximum(open_, close) * 1.001,
            "low": np.minimum(open_, close) * 0.999,
            "close": close,
            "volume": rng.uniform(1, 2, rows),
        }
        frames.append(pl.DataFrame(columns))
    return shaped(pl.concat(frames), ids)


def shaped(frame, ids):
    """`frame` with the Enum of `ids`, sorted as a BarSet is."""
    return frame.with_columns(pl.col("instrument").cast(pl.Enum(ids))).sort("ts", "instrument")


def prices(values, start=START, every=timedelta(hours=1), name="AAA.SIM"):
    """Bars of one instrument with these closes; open, high and low equal them."""
    ts = [start + i * every for i in range(len(values))]
    close = pl.Series("close", values, dtype=pl.Float64)
    frame = pl.DataFrame({"ts": ts, "instrument": [name] * len(values)}).with_columns(
        pl.col("ts").cast(pl.Datetime("ns", "UTC")),
        open=close,
        high=close,
        low=close,
        close=close,
        volume=pl.lit(1.0),
    )
    return shaped(frame, [name])
