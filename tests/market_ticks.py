"""Small sets of quotes and trades for tests: a second each, from Monday 2024-01-01 00:00 UTC."""

import polars as pl

from market_bars import START, instrument
from sluice.market.ticks import QuoteSet, TradeSet

SECOND = 1_000_000_000


def quote_frame(ids=("BTCUSDT.BINANCE",), ticks=60, start=START):
    rows = [
        (
            start + i * SECOND,
            name,
            100.0 + k + (i % 5) * 0.01,
            100.02 + k + (i % 5) * 0.01,
            1.0,
            2.0,
        )
        for i in range(ticks)
        for k, name in enumerate(ids)
    ]
    names = ("ts", "instrument", "bid", "ask", "bid_size", "ask_size")
    return pl.DataFrame(rows, schema=names, orient="row")


def trade_frame(ids=("BTCUSDT.BINANCE",), ticks=60, start=START):
    rows = [
        (start + i * SECOND, name, 100.01 + k + (i % 5) * 0.01, 0.5 + i, (-1, 0, 1)[i % 3])
        for i in range(ticks)
        for k, name in enumerate(ids)
    ]
    return pl.DataFrame(rows, schema=("ts", "instrument", "price", "size", "side"), orient="row")


def quote_set(symbols=("BTCUSDT",), ticks=60, name="test"):
    instruments = [instrument(s) for s in symbols]
    frame = quote_frame([i.id for i in instruments], ticks)
    return QuoteSet.build(frame, instruments, name=name, provenance="recorded")


def trade_set(symbols=("BTCUSDT",), ticks=60, name="test"):
    instruments = [instrument(s) for s in symbols]
    frame = trade_frame([i.id for i in instruments], ticks)
    return TradeSet.build(frame, instruments, name=name, provenance="recorded")
