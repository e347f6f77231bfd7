"""2,000,000 quotes through our Python `on_quote`, a market order every 1,000.

Usage: python -m benchmarks.quotes ours|bare. The whole call of `sluice.backtest` is timed: the
check of every quote, callbacks, orders, fills, figures and the record in the registry.
"""

import os
import tempfile
from dataclasses import dataclass
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path

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


def write_quotes(path: Path) -> None:
    """The quotes as a file: made in a process of its own, whose memory is not ours to report."""
    raw = quoted()
    prices = {"bid": raw.bid / 100, "ask": raw.ask / 100}
    sizes = {"bid_size": raw.bid_size.astype(float), "ask_size": raw.ask_size.astype(float)}
    frame = pl.DataFrame({"ts": raw.ts, **prices, **sizes})
    frame.write_parquet(path, row_group_size=len(frame))


def quote_set(path: Path) -> QuoteSet:
    """The quotes as a run of ours takes them."""
    frame = pl.read_parquet(path)
    place = pl.Series("instrument", [SHARE.id], dtype=pl.Enum([SHARE.id]))
    frame = frame.with_columns(place.new_from_index(0, len(frame)))
    return QuoteSet.build(frame, [SHARE], name="quotes", provenance="simulated")


def run(strategy: sluice.Strategy) -> Ran:
    """Through the public API."""
    folder = Path(tempfile.mkdtemp(prefix="sluice-bench-"))
    os.environ["SLUICE_HOME"] = str(folder)
    maker = get_context("spawn").Process(target=write_quotes, args=(folder / "quotes.parquet",))
    maker.start()
    maker.join()
    data = quote_set(folder / "quotes.parquet")
    small = data.between(None, int(data.frame["ts"].to_physical()[2000]))
    sluice.backtest(strategy, small, cash=CASH, fees=FEE, slippage=0.0)  # imports, first migration
    del small
    with Timer() as timer:
        result = sluice.backtest(strategy, data, cash=CASH, fees=FEE, slippage=0.0)
    return timer.ran(f"{result.fills.height} fills, equity {result.stats['final_equity']:,.2f}")


if __name__ == "__main__":
    main("sluice", {"ours": lambda: run(EveryThousand()), "bare": lambda: run(Bare())})
