"""Funding as the exchange's dump and freqtrade write it: rates beside the candles they belong to.

The dump: SYMBOL-fundingRate-YYYY-MM with calc_time (epoch ms), funding_interval_hours,
last_funding_rate. freqtrade: BASE_QUOTE_SETTLE-8h-funding_rate, candles whose open is the rate.
"""

import re

import polars as pl

from sluice.market.importers.exchange_names import archive_name, market_of, symbol_in
from sluice.market.importers.freqtrade import candles, pair_of
from sluice.market.importers.layout import Head, Layout
from sluice.market.importers.names import from_file_name
from sluice.market.importers.raw import ImportOptions, Part
from sluice.market.importers.rows import Rows, read_rows
from sluice.market.importers.stamps import to_utc_ns

COLUMNS = ("calc_time", "funding_interval_hours", "last_funding_rate")


def fits_dump(head: Head) -> bool:
    """The dump's columns, or without a header its name."""
    if head.columns:
        return head.has("calc_time", "last_funding_rate")
    name = archive_name(head.name)
    return name is not None and name.what == "fundingRate" and head.width == len(COLUMNS)


def read_dump(head: Head, _: ImportOptions) -> Part:
    """The rates of one file of the dump.

    Raises:
        BadData: rows that are no rates; file and line are named.
    """
    name = archive_name(head.name)
    symbol = name.symbol if name else re.sub("-FUNDINGRATE$", "", from_file_name(head.path)[0])
    market = market_of(head.path, symbol)[0]
    ours = symbol_in("um" if market == "spot" else market, symbol)[0]

    def shape(rows: Rows) -> pl.DataFrame:
        stamps, _ = rows.stamps("calc_time")
        return pl.DataFrame({"ts": stamps, "rate": rows.floats("last_funding_rate")})

    return _part(read_rows(head.path, COLUMNS, shape), ours)


def fits_freqtrade(head: Head) -> bool:
    """freqtrade's name of a series of funding."""
    found = pair_of(head.name)
    return found is not None and found.what == "funding_rate"


def read_freqtrade(head: Head, options: ImportOptions) -> Part:
    """The rates of one file of freqtrade's.

    Raises:
        BadData: as its candles.
    """
    found = pair_of(head.name)
    assert found is not None, "fits_freqtrade says so"
    frame = candles(head)
    stamps, _ = to_utc_ns(frame["date"], options.timezone, head.name)
    rates = pl.DataFrame({"ts": stamps, "rate": frame["open"].cast(pl.Float64)})
    return _part(rates, found.symbol)


def _part(rates: pl.DataFrame, symbol: str) -> Part:
    rows = rates.select(pl.lit(symbol).alias("symbol"), pl.col("ts").cast(pl.Int64), "rate")
    return Part(rows, notes=(f"funding of {symbol}: {len(rows)} rates",))


LAYOUTS = (
    Layout(
        "exchange-funding",
        (),
        "the exchange's dump of funding rates, beside the klines of its perpetual",
        fits_dump,
        read_dump,
        funding=True,
    ),
    Layout(
        "freqtrade-funding",
        (),
        "freqtrade's funding rates, beside the candles of its perpetual",
        fits_freqtrade,
        read_freqtrade,
        funding=True,
    ),
)
