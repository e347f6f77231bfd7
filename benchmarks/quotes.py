"""2,000,000 quotes through our Python `on_quote`, a market order every 1,000.

Usage: python -m benchmarks.quotes ours|bare. The whole call of `sluice.backtest` is timed: the
check of every quote, callbacks, orders, fills, figures and the record in the registry.
"""

import os
import tempfile
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import polars as pl

import sluice
from benchmarks.market import CASH, FEE, QUANTITY, quoted
from benchmarks.report import Ran, Timer, main
from sluice.domain.instrument import Instrument
from sluice.market.ticks import QuoteSet

SHARE = Instrument("X", "TEST", "equity", "USD", Decimal("0.01"), Decimal(1))


class EveryThousand(sluice.Strategy):
    """An order every thousand quotes, buying and selling in turn."""

    @dataclass
    class State:
        """Quotes seen."""

        seen: int = 0

    def on_quote(self, ctx: sluice.Context, quote: sluice.Quote) -> None:
        """Count, and trade at every thousandth."""
        state = ctx.state
        state.seen += 1
        if state.seen % 1000 == 0:
            if state.seen % 2000:
                ctx.buy("X", QUANTITY)
            else:
                ctx.sell("X", QUANTITY)


class Bare(sluice.Strategy):
    """A callback that does nothing: the price of being called."""

    def on_quote(self, ctx: sluice.Context, quote: sluice.Quote) -> None:
        """Do nothing."""


def quote_set() -> QuoteSet:
    """The quotes as a run of ours takes them; the generator's arrays are let go on the way."""
    raw = vars(quoted())
    columns: dict[str, pl.Series] = {"ts": pl.Series(raw.pop("ts"))}
    for name in ("bid", "ask", "bid_size", "ask_size"):
        values = raw.pop(name).astype(np.float64)
        if name in ("bid", "ask"):
            values /= 100
        columns[name] = pl.Series(values)
    place = pl.Series([SHARE.id], dtype=pl.Enum([SHARE.id]))
    columns["instrument"] = place.new_from_index(0, len(columns["ts"]))
    return QuoteSet.build(pl.DataFrame(columns), [SHARE], name="quotes", provenance="simulated")


def run(strategy: sluice.Strategy) -> Ran:
    """Through the public API."""
    os.environ["SLUICE_HOME"] = tempfile.mkdtemp(prefix="sluice-bench-")
    data = quote_set()
    small = data.between(None, int(data.frame["ts"].to_physical()[2000]))
    sluice.backtest(strategy, small, cash=CASH, fees=FEE, slippage=0.0)  # imports, first migration
    del small
    with Timer() as timer:
        result = sluice.backtest(strategy, data, cash=CASH, fees=FEE, slippage=0.0)
    return timer.ran(f"{result.fills.height} fills, equity {result.stats['final_equity']:,.2f}")


if __name__ == "__main__":
    main("sluice", {"ours": lambda: run(EveryThousand()), "bare": lambda: run(Bare())})
