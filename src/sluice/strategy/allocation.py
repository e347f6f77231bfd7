"""When a panel is rebalanced, and the weights that `allocate` gives then.

A period begins with the first bar of the panel's clock at or after its start, by the stamp at
which bars become known, never with the last bar of the one before: that would need the next bar.
"""

from typing import TypeAlias

import numpy as np
import polars as pl

Floats: TypeAlias = np.ndarray[tuple[int], np.dtype[np.float64]]
Mask: TypeAlias = np.ndarray[tuple[int], np.dtype[np.bool_]]


def rebalance_stamps(frame: pl.DataFrame, rebalance: str) -> pl.Series:
    """The stamps of the panel at which `rebalance` retargets, ascending."""
    stamps = frame["ts"].unique().sort()
    if rebalance in ("on_change", "every_bar"):
        return stamps
    period = stamps.dt.truncate(rebalance)
    return stamps.filter((period != period.shift(1)).fill_null(value=True))


def due_rows(frame: pl.DataFrame, stamps: pl.Series) -> tuple[pl.Series, Mask]:
    """For each row the number of the last rebalance (−1: none yet), and whether it is due here.

    Due is the first row of an instrument at or after the rebalance; where the instrument has no
    bar at that stamp, the next one it has, if it was traded before.
    """
    turn = pl.Series("turn", _last_at_or_before(stamps, frame["ts"]))
    rows = pl.DataFrame({"instrument": frame["instrument"], "ts": frame["ts"], "turn": turn})
    at_stamp = pl.col("ts").is_in(stamps.implode())
    late = (pl.col("turn") > pl.col("turn").shift(1)).over("instrument").fill_null(value=False)
    return turn, rows.select(at_stamp | late).to_series().to_numpy().astype(np.bool_)


def weights(
    allocate: pl.Expr, scored: pl.DataFrame, stamps: pl.Series, max_gap_ns: int
) -> pl.DataFrame:
    """Columns turn, ts, instrument, weight (null kept) for every instrument at every rebalance.

    `scored` is the frame with a column `score`. An instrument without a bar at the stamp keeps
    its last row for at most `max_gap_ns`, else its score is null.
    """
    panel = scored.filter(pl.col("ts").is_in(stamps.implode()))
    instruments = scored["instrument"].unique().sort()
    if len(panel) != len(stamps) * len(instruments):
        grid = pl.DataFrame({"ts": stamps}).join(
            pl.DataFrame({"instrument": instruments}), how="cross"
        )
        panel = grid.sort("ts", "instrument").join_asof(
            scored.sort("ts"),
            on="ts",
            by="instrument",
            strategy="backward",
            tolerance=f"{max_gap_ns}ns",
            check_sortedness=False,
        )
    weight = allocate.over("ts").alias("weight")
    panel = panel.sort("ts", "instrument").with_columns(weight)
    turn = pl.Series("turn", _last_at_or_before(stamps, panel["ts"]))
    return panel.with_columns(turn)


def held(frame: pl.DataFrame, values: pl.Series) -> pl.Series:
    """The last value said of each instrument up to each row: null is "keep"."""
    rows = pl.DataFrame({"instrument": frame["instrument"], "value": values})
    return rows.select(pl.col("value").forward_fill().over("instrument")).to_series()


def _last_at_or_before(
    stamps: pl.Series, ts: pl.Series
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    known, asked = stamps.to_physical().to_numpy(), ts.to_physical().to_numpy()
    return np.searchsorted(known, asked, side="right").astype(np.int64) - 1
