"""The core's columns as dataframes: what a user reads, saves and plots.

The core speaks in instrument numbers, signs and codes; people read names. Nothing is computed here
except what the ruling on round trips asks of `allocate`: a trip is the portfolio between two
rebalances.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from sluice import core
from sluice.market.bars import BarSet
from sluice.statistics.drawdown import drawdown

Columns = Mapping[str, Any]
_STAMP = pl.Datetime("ns", "UTC")


@dataclass(frozen=True)
class RunFrames:
    """One run as frames; stamps are UTC, money is in the base currency."""

    equity: pl.DataFrame
    fills: pl.DataFrame
    orders: pl.DataFrame
    denials: pl.DataFrame
    round_trips: pl.DataFrame


def run_frames(run: core.Run, bars: BarSet, cash: float, *, portfolio: bool) -> RunFrames:
    """All frames of a run; `portfolio` says that trips are those of the whole portfolio."""
    names = [instrument.id for instrument in bars.instruments]
    equity = _equity(run.equity, cash)
    fills = _named(run.fills, names, stamps=("ts",)).with_columns(
        _side("side"), _code("liquidity", ("maker", "taker"))
    )
    trips = (
        _portfolio_trips(equity, fills, np.asarray(run.rebalances))
        if portfolio
        else _round_trips(run.round_trips, names)
    )
    orders = _named(run.orders, names, stamps=("ts_decided", "ts_final")).with_columns(
        _side("side")
    )
    return RunFrames(equity, fills, orders, _named(run.denials, names, stamps=("ts",)), trips)


def targets_frame(bars: BarSet, targets: "np.ndarray[Any, np.dtype[np.float64]]") -> pl.DataFrame:
    """The rows on which the strategy said something: ts, instrument, target."""
    said = ~np.isnan(targets)
    rows = bars.frame.select("ts", pl.col("instrument").cast(pl.String)).filter(pl.Series(said))
    return rows.with_columns(pl.Series("target", targets[said]))


def _equity(columns: Columns, cash: float) -> pl.DataFrame:
    frame = pl.DataFrame(dict(columns)).with_columns(pl.col("ts").cast(_STAMP))
    depth = drawdown(np.concatenate(([cash], frame["equity"].to_numpy())))[1:]
    return frame.with_columns(pl.Series("drawdown", depth))


def _named(columns: Columns, names: list[str], *, stamps: tuple[str, ...]) -> pl.DataFrame:
    instruments = pl.Series("instrument", names, dtype=pl.String)
    frame = pl.DataFrame(dict(columns)).with_columns(pl.col(stamp).cast(_STAMP) for stamp in stamps)
    numbers = frame["instrument"].cast(pl.UInt32)
    texts = pl.col(pl.Null).cast(pl.String)  # lists of words say nothing of their type when empty
    return frame.with_columns(texts, instruments.gather(numbers).alias("instrument"))


def _side(column: str) -> pl.Expr:
    return pl.when(pl.col(column) > 0).then(pl.lit("buy")).otherwise(pl.lit("sell")).alias(column)


def _code(column: str, words: tuple[str, ...]) -> pl.Expr:
    return pl.col(column).replace_strict(dict(enumerate(words)), return_dtype=pl.String)


def _round_trips(columns: Columns, names: list[str]) -> pl.DataFrame:
    frame = _named(columns, names, stamps=("entry_ts", "exit_ts"))
    side = pl.when(pl.col("side") > 0).then(pl.lit("long")).otherwise(pl.lit("short"))
    cost = pl.col("entry_px") * pl.col("qty")
    gain = pl.col("pnl") / pl.when(cost > 0).then(cost)
    return frame.with_columns(side.alias("side"), gain.alias("return_"))


def _portfolio_trips(
    equity: pl.DataFrame, fills: pl.DataFrame, rebalances: "np.ndarray[Any, Any]"
) -> pl.DataFrame:
    """One trip from each rebalance to the next: the change of equity, all costs in it.

    A stretch in which nothing is held is no trip; what it cost to get out belongs to the trip that
    ended there. A fill at the instant of a rebalance belongs to the trip that begins with it.
    """
    stamps = equity["ts"].to_physical().to_numpy()
    marks, gross = equity["equity"].to_numpy(), equity["gross"].to_numpy()
    last = len(stamps) - 1
    rows = np.searchsorted(stamps, np.unique(rebalances.astype(np.int64)))
    rows = rows[rows < last]
    if len(rows):
        held = np.maximum.reduceat(gross, rows + 1) > 0
        until = np.append(rows[1:], last)[held]
        rows = rows[held]
    else:
        until = rows
    marked = np.append(rows[1:], last)[: len(rows)]
    edges = stamps[rows]
    which = np.searchsorted(edges, fills["ts"].to_physical().to_numpy(), side="right") - 1
    inside = which >= 0
    costs = {
        name: np.bincount(
            which[inside], weights=fills[name].to_numpy()[inside], minlength=len(rows)
        )
        for name in ("fee", "slippage")
    }
    pnl = marks[marked] - marks[rows]
    return pl.DataFrame(
        {
            "instrument": pl.Series(["portfolio"] * len(rows), dtype=pl.String),
            "entry_ts": pl.Series(edges).cast(_STAMP),
            "exit_ts": pl.Series(stamps[until]).cast(_STAMP),
            "side": pl.Series(["portfolio"] * len(rows), dtype=pl.String),
            "qty": np.ones(len(rows)),
            "entry_px": marks[rows].astype(np.float64),
            "exit_px": marks[marked].astype(np.float64),
            "pnl": pnl.astype(np.float64),
            "fees": costs["fee"].astype(np.float64),
            "slippage": costs["slippage"].astype(np.float64),
            "open_at_end": until == last,
            "return_": (pnl / marks[rows]).astype(np.float64),
        }
    )
