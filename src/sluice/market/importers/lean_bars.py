"""LEAN's second, minute, hourly and daily bars, of trades and of quotes.

Trade bars: time, open, high, low, close, volume. Quote bars: time, the four of the bid, bid size,
the four of the ask, ask size: they become two instruments, SYMBOL-BID and SYMBOL-ASK, without
volume, because the highest mid of a bar is not known from its highest bid and its highest ask.
"""

import polars as pl

from sluice.domain.duration import parse_duration
from sluice.market.importers.layout import Head, Layout
from sluice.market.importers.lean_names import SHARE_SCALE, LeanName, lean_name
from sluice.market.importers.raw import ImportOptions, Part
from sluice.market.importers.rows import Rows, read_rows
from sluice.market.importers.stamps import to_utc_ns

_PRICES = ("open", "high", "low", "close")
_TRADE = ("time", *_PRICES, "volume")
_QUOTE = (
    "time",
    *(f"bid_{c}" for c in _PRICES),
    "bid_size",
    *(f"ask_{c}" for c in _PRICES),
    "ask_size",
)
_EVERY = {"second": "1s", "minute": "1m", "hour": "1h", "daily": "1d"}


def fits(head: Head) -> bool:
    """LEAN's names, and no ticks."""
    name = lean_name(head)
    return name is not None and name.resolution != "tick"


def read(head: Head, options: ImportOptions) -> Part:
    """The bars of one file.

    Raises:
        BadData: rows that are none of this layout; file and line are named.
    """
    name = lean_name(head, options)
    assert name is not None, "fits() comes before read()"
    columns = _QUOTE if name.what == "quote" else _TRADE

    def shape(rows: Rows) -> pl.DataFrame:
        prices = [c for c in columns if c.rpartition("_")[2] in _PRICES]
        volume = rows.floats("volume") if name.what == "trade" else None
        stamp = lean_stamps(rows, name, options)
        return pl.DataFrame(
            {"stamp": stamp, **{c: _price(rows, c, name) for c in prices}}
            | ({} if volume is None else {"volume": volume})
        )

    shaped = read_rows(head.path, columns, shape).with_row_index("row", offset=1)
    symbol = options.symbol or name.symbol
    if name.what == "trade":
        rows = shaped.with_columns(pl.lit(symbol).alias("symbol"))
    else:
        rows = pl.concat(_side(shaped, side, symbol) for side in ("bid", "ask"))
    rows = rows.with_columns(
        pl.col("row").cast(pl.Int64),
        pl.lit(name.venue, dtype=pl.String).alias("venue"),
        pl.lit(head.name).alias("file"),
    )
    notes = [note_of(name, options)]
    if name.what == "quote":
        notes.append("quote bars: the bid and the ask are two instruments; their sizes left out")
    every_ns = parse_duration(_EVERY[name.resolution])
    return Part(rows, every_ns, tuple(notes), name.asset_class, len(shaped))


def lean_stamps(rows: Rows, name: LeanName, options: ImportOptions) -> pl.Series:
    """UTC ns: milliseconds since local midnight of the file's day, or YYYYMMDD HH:MM.

    Days (daily bars) are days, as dates are everywhere: not moved by the zone.
    """
    if name.date is None:
        zone = options.timezone if name.resolution == "daily" else name.zone(options)
        return to_utc_ns(rows.text("time"), zone, rows.file)[0]
    day = pl.Series([name.date]).str.to_datetime("%Y%m%d", time_unit="ns")
    ms = rows.floats("time")  # whole milliseconds, or with a fraction in newer ticks
    at = day.dt.epoch("ns")[0] + (ms * 10**6).round(0).cast(pl.Int64)
    return to_utc_ns(at.cast(pl.Datetime("ns")).alias("time"), name.zone(options), rows.file)[0]


def note_of(name: LeanName, options: ImportOptions) -> str:
    """What was told by the name, for the report."""
    scale = "dollars × 10,000" if name.is_share else "plain decimals"
    zone = name.zone(options) if name.resolution != "daily" else options.timezone or "days"
    return f"LEAN {name.resolution} {name.what} data: stamps are {zone}, prices are {scale}"


def _side(shaped: pl.DataFrame, side: str, symbol: str) -> pl.DataFrame:
    return shaped.select(
        "row",
        "stamp",
        *(pl.col(f"{side}_{c}").alias(c) for c in _PRICES),
        pl.lit(None, dtype=pl.Float64).alias("volume"),
        pl.lit(f"{symbol}-{side.upper()}").alias("symbol"),
    )


def dollars(prices: pl.Series, name: LeanName) -> pl.Series:
    """Prices as they are meant; divided by numpy, whose quotient is the nearest float."""
    return pl.Series(prices.name, prices.to_numpy() / SHARE_SCALE) if name.is_share else prices


def _price(rows: Rows, column: str, name: LeanName) -> pl.Series:
    """A price; of a quote bar it may be empty where there was no quote on that side."""
    if name.what == "quote" and (rows.text(column) == "").any():
        return dollars(rows.text(column).cast(pl.Float64, strict=False), name)
    return dollars(rows.floats(column), name)


LAYOUT = Layout(
    "lean-bars",
    ("bars",),
    "LEAN's minute, hourly and daily zips",
    fits,
    read,
)
