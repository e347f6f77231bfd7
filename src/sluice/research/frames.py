"""The core's columns as dataframes: what a user reads, saves and plots.

The core speaks in instrument numbers, signs and codes; people read names. Nothing is computed here
except what the ruling on round trips asks of `allocate`: a trip is the portfolio between two
rebalances.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from sluice import core
from sluice.market.bars import BarSet
from sluice.research.figures import Measured
from sluice.statistics.drawdown import drawdown

Columns = Mapping[str, Any]
_STAMP = pl.Datetime("ns", "UTC")


@dataclass(frozen=True, eq=False)
class RunFrames:
    """One run as frames, each made at its first use; stamps are UTC, money in the base currency.

    `portfolio` says that round trips are those of the whole portfolio.
    """

    run: core.Run
    bars: BarSet
    cash: float
    portfolio: bool

    @cached_property
    def equity(self) -> pl.DataFrame:
        """ts, equity, cash, gross, net, drawdown at every bar close."""
        return _equity(self.run.equity, self.cash)

    @cached_property
    def fills(self) -> pl.DataFrame:
        """Our fills in the order in which they happened."""
        return _named(self.run.fills, self.bars.ids, stamps=("ts",)).with_columns(
            _side("side"), _code("liquidity", ("maker", "taker"))
        )

    @cached_property
    def orders(self) -> pl.DataFrame:
        """Orders that passed the check; `parent` and `group` are the orders they are tied to."""
        stamps = ("ts_decided", "ts_final")
        ties = [pl.when(pl.col(name) > 0).then(name).alias(name) for name in ("parent", "group")]
        frame = _named(self.run.orders, self.bars.ids, stamps=stamps)
        return frame.with_columns(_side("side"), *ties)

    @cached_property
    def denials(self) -> pl.DataFrame:
        """What we refused ourselves."""
        return _named(self.run.denials, self.bars.ids, stamps=("ts",))

    @cached_property
    def round_trips(self) -> pl.DataFrame:
        """From flat to flat, or from rebalance to rebalance."""
        if self.portfolio:
            rebalances = np.asarray(self.run.rebalances)
            return _portfolio_trips(self.equity, (self.fills, self.ledger), rebalances)
        return _round_trips(self.run.round_trips, self.bars.ids)

    @cached_property
    def ledger(self) -> pl.DataFrame:
        """ts, instrument, kind, qty, rate, amount of funding, borrow, dividends, splits …"""
        return _named(self.run.ledger, self.bars.ids, stamps=("ts",))

    def measured(self) -> Measured:
        """The columns that figures rest on, straight from the core where it has them."""
        marks, fills = self.run.marks, self.run.fills
        trips = (
            self.round_trips["pnl"].to_numpy() if self.portfolio else self.run.round_trips["pnl"]
        )
        return Measured(
            ts=marks["ts"],
            equity=marks["equity"],
            gross=marks["gross"],
            notional=fills["notional"],
            fees=fills["fee"],
            slippage=fills["slippage"],
            pnl=trips,
            orders=self.run.order_count,
            denials=self.run.denial_count,
            lines=_sums(self.run.ledger),
        )


def _sums(ledger: Columns) -> dict[str, float]:
    """Σ amount by kind of line."""
    sums: dict[str, float] = {}
    for kind, amount in zip(ledger["kind"], ledger["amount"], strict=True):
        sums[kind] = sums.get(kind, 0.0) + float(amount)
    return sums


def targets_frame(bars: BarSet, targets: "np.ndarray[Any, np.dtype[np.float64]]") -> pl.DataFrame:
    """The rows on which the strategy said something: ts, instrument, target."""
    said = ~np.isnan(targets)
    rows = bars.frame.select("ts", pl.col("instrument").cast(pl.String)).filter(pl.Series(said))
    return rows.with_columns(pl.Series("target", targets[said]))


def _equity(columns: Columns, cash: float) -> pl.DataFrame:
    frame = pl.DataFrame(dict(columns)).with_columns(pl.col("ts").cast(_STAMP))
    depth = drawdown(np.concatenate(([cash], frame["equity"].to_numpy())))[1:]
    return frame.with_columns(pl.Series("drawdown", depth))


def _named(columns: Columns, names: Sequence[str], *, stamps: tuple[str, ...]) -> pl.DataFrame:
    instruments = pl.Series("instrument", names, dtype=pl.String)
    frame = pl.DataFrame(dict(columns)).with_columns(pl.col(stamp).cast(_STAMP) for stamp in stamps)
    numbers = frame["instrument"].cast(pl.UInt32)
    texts = pl.col(pl.Null).cast(pl.String)  # lists of words say nothing of their type when empty
    return frame.with_columns(texts, instruments.gather(numbers).alias("instrument"))


def _side(column: str) -> pl.Expr:
    return pl.when(pl.col(column) > 0).then(pl.lit("buy")).otherwise(pl.lit("sell")).alias(column)


def _code(column: str, words: tuple[str, ...]) -> pl.Expr:
    return pl.col(column).replace_strict(dict(enumerate(words)), return_dtype=pl.String)


def _round_trips(columns: Columns, names: Sequence[str]) -> pl.DataFrame:
    frame = _named(columns, names, stamps=("entry_ts", "exit_ts"))
    side = pl.when(pl.col("side") > 0).then(pl.lit("long")).otherwise(pl.lit("short"))
    cost = pl.col("entry_px") * pl.col("qty")
    gain = pl.col("pnl") / pl.when(cost > 0).then(cost)
    return frame.with_columns(side.alias("side"), gain.alias("return_"))


def _portfolio_trips(
    equity: pl.DataFrame,
    record: tuple[pl.DataFrame, pl.DataFrame],
    rebalances: "np.ndarray[Any, Any]",
) -> pl.DataFrame:
    """One trip from each rebalance to the next: the change of equity, all costs in it.

    A stretch in which nothing is held is no trip; what it cost to get out belongs to the trip that
    ended there. A fill at the instant of a rebalance belongs to the trip that begins with it.
    `record` holds the fills and the ledger lines.
    """
    fills, ledger = record
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

    def told(table: pl.DataFrame, name: str) -> "np.ndarray[Any, Any]":
        which = np.searchsorted(edges, table["ts"].to_physical().to_numpy(), side="right") - 1
        inside = which >= 0
        weights = table[name].to_numpy()[inside]
        return np.bincount(which[inside], weights=weights, minlength=len(rows)).astype(np.float64)

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
            "fees": told(fills, "fee"),
            "slippage": told(fills, "slippage"),
            "open_at_end": until == last,
            "ledger": told(ledger, "amount"),
            "fx_rate": np.ones(len(rows)),
            "return_": (pnl / marks[rows]).astype(np.float64),
        }
    )
