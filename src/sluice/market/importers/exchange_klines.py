"""Klines in the exchange's dump layout: 12 columns, with a header or without, ms or µs.

open time, open, high, low, close, volume, close time, quote volume, trades, taker buy base volume,
taker buy quote volume, ignore. Spot dumps have microseconds since 2025-01-01, milliseconds before;
https://github.com/binance/binance-public-data. Volume counts the base asset; for coin-margined
contracts, contracts.
"""

import polars as pl

from sluice.market.importers.exchange_names import (
    VENUE,
    archive_name,
    is_interval,
    market_of,
    symbol_in,
)
from sluice.market.importers.layout import Head, Layout
from sluice.market.importers.names import from_file_name
from sluice.market.importers.raw import ImportOptions, Part
from sluice.market.importers.rows import Rows, one_unit, read_rows

COLUMNS = (
    *("open_time", "open", "high", "low", "close", "volume", "close_time"),
    *("quote_volume", "count", "taker_buy_volume", "taker_buy_quote_volume", "ignore"),
)


def fits(head: Head) -> bool:
    """Twelve columns that begin and go on as a kline does."""
    if head.width != len(COLUMNS):
        return False
    if head.columns:
        return head.has("open_time", "close_time")
    name = archive_name(head.name)
    named = name is not None and is_interval(name.what)
    return named or (head.cells[0].isdigit() and head.cells[6].isdigit())


def read(head: Head, options: ImportOptions) -> Part:
    """The bars of one file.

    Raises:
        BadData: rows that are no klines; file and line are named.
    """
    name = archive_name(head.name)
    symbol = options.symbol or (name.symbol if name else from_file_name(head.path)[0])
    market, told = market_of(head.path, symbol)
    ours, asset_class = symbol_in(market, symbol)
    units: set[str] = set()

    def shape(rows: Rows) -> pl.DataFrame:
        stamps, unit = rows.stamps("open_time")
        units.add(unit)
        ends, _ = rows.stamps("close_time")
        return pl.DataFrame(
            {
                "stamp": stamps,
                "length": ends - stamps,
                **{c: rows.floats(c) for c in ("open", "high", "low", "close", "volume")},
            }
        )

    shaped = read_rows(head.path, COLUMNS, shape)
    unit = one_unit(units, head.name)
    unit_ns = 10**6 if unit == "ms" else 10**3
    lengths = shaped["length"].drop_nulls()
    every = int(lengths.mode().sort()[0]) + unit_ns  # the close time is the end less one unit
    notes = [
        f"exchange klines: {told}; stamps are epoch {unit}, UTC",
        "columns left out: quote volume, trades, taker buy volumes",
    ]
    if market == "cm":
        notes.append("volume counts contracts (coin-margined)")
    rows = shaped.drop("length").with_columns(
        pl.lit(ours).alias("symbol"),
        pl.lit(options.venue or VENUE).alias("venue"),
        pl.lit(head.name).alias("file"),
        pl.int_range(1, pl.len() + 1).alias("row"),
    )
    return Part(rows, every, tuple(notes), options.asset_class or asset_class)


LAYOUT = Layout(
    "exchange-klines",
    ("bars",),
    "the exchange's dump of klines: 12 columns, zip or csv",
    fits,
    read,
)
