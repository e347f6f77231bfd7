"""LEAN's ticks: trades with their exchange, and quotes of single exchanges made the national best.

Trades: time, price, size, exchange, condition, suspicious. Quotes: time, bid price, bid size, ask
price, ask size, exchange, condition, suspicious; a row speaks of one side of one exchange and has
zeros for the other. Crypto and currencies have no exchange and both sides: time, bid price, bid
size, ask price, ask size; trades: time, price, size. Who crossed the spread is not known. What
LEAN flags as suspicious is left out and counted.
"""

import polars as pl

from sluice.domain.errors import BadData
from sluice.market.importers.best_quote import national_best
from sluice.market.importers.layout import Head, Layout
from sluice.market.importers.lean_bars import dollars, lean_stamps, note_of
from sluice.market.importers.lean_names import LeanName, lean_name
from sluice.market.importers.raw import ImportOptions, Part
from sluice.market.importers.rows import Rows, read_rows
from sluice.market.importers.tick_part import left_out, tick_part

_TRADE = ("time", "price", "size", "exchange", "condition", "suspicious")
_QUOTE = ("time", "bid", "bid_size", "ask", "ask_size", "exchange", "condition", "suspicious")


def fits_trades(head: Head) -> bool:
    """LEAN's names, ticks, trades."""
    name = lean_name(head)
    return name is not None and name.resolution == "tick" and name.what == "trade"


def fits_quotes(head: Head) -> bool:
    """LEAN's names, ticks, quotes."""
    name = lean_name(head)
    return name is not None and name.resolution == "tick" and name.what == "quote"


def read_trades(head: Head, options: ImportOptions) -> Part:
    """The trades of one file.

    Raises:
        BadData: rows that are none of this layout; file and line are named.
    """
    name = _name(head, options)
    names = _TRADE if head.width > 3 else _TRADE[:3]

    def shape(rows: Rows) -> pl.DataFrame:
        frame = pl.DataFrame(
            {
                "ts": lean_stamps(rows, name, options),
                "price": dollars(rows.floats("price"), name),
                "size": rows.floats("size"),
                "suspicious": _suspicious(rows, names),
            }
        )
        return frame.with_columns(pl.lit(0, pl.Int8).alias("side"))

    whole = read_rows(head.path, names, shape)
    frame, notes = _trusted(whole)
    said = (note_of(name, options), *notes, "who crossed the spread is not known: side is 0")
    return _part(frame, "trades", (head, options), (said, len(whole)))


def read_quotes(head: Head, options: ImportOptions) -> Part:
    """The quotes of one file; where they are those of single exchanges, the best of all.

    Raises:
        BadData: as `read_trades`; or stamps out of order, over which no best can be followed.
    """
    name = _name(head, options)
    names = _QUOTE if head.width > 5 else _QUOTE[:5]
    single = "exchange" in names

    def shape(rows: Rows) -> pl.DataFrame:
        frame = pl.DataFrame(
            {
                "ts": lean_stamps(rows, name, options),
                **{c: dollars(rows.floats(c), name) for c in ("bid", "ask")},
                **{c: rows.floats(c) for c in ("bid_size", "ask_size")},
                "suspicious": _suspicious(rows, names),
            }
        )
        exchange = rows.text("exchange").cast(pl.Categorical) if single else None
        return frame if exchange is None else frame.with_columns(exchange)

    whole = read_rows(head.path, names, shape)
    frame, notes = _trusted(whole)
    said = (note_of(name, options), *notes)
    if not single:
        return _part(frame, "quotes", (head, options), (said, len(whole)))
    best, told = best_of_exchanges(frame, head.name, zero_withdraws=False)
    return _part(best, "quotes", (head, options), ((*said, *told), len(whole)))


def best_of_exchanges(
    frame: pl.DataFrame, file: str, *, zero_withdraws: bool
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """The national best of `frame` (row, ts, exchange, both sides), and what to say of it.

    Raises:
        BadData: stamps out of order.
    """
    back = (frame["ts"].diff() < 0).arg_true()
    if len(back):
        msg = (
            f"{file}: the stamp of row {frame['row'][int(back[0])]} is before the one above it; "
            "the best of several exchanges cannot be followed backwards: sort the file"
        )
        raise BadData(msg)
    best = national_best(frame, zero_withdraws=zero_withdraws)
    made = frame.select("row", "ts")[best.at].with_columns(
        pl.Series("bid", best.bid),
        pl.Series("bid_size", best.bid_size),
        pl.Series("ask", best.ask),
        pl.Series("ask_size", best.ask_size),
    )
    count = frame["exchange"].n_unique()
    notes = (
        f"{len(made):,} changes of the national best quote made of {len(frame):,} quotes of "
        f"{count} exchanges; {best.stale:,} quotes were taken out as stale: a fresh one crossed "
        "them",
    )
    return made, notes


def _trusted(frame: pl.DataFrame) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """The rows that are not flagged as suspicious, numbered as in the source."""
    numbered = frame.with_row_index("row", offset=1)
    kept = numbered.filter(~pl.col("suspicious")).drop("suspicious")
    return kept, left_out(len(frame) - len(kept), len(frame), "flagged as suspicious")


def _suspicious(rows: Rows, names: tuple[str, ...]) -> pl.Series:
    if "suspicious" in names:
        return rows.flags("suspicious")
    return pl.Series([False], dtype=pl.Boolean).new_from_index(0, len(rows))


def _name(head: Head, options: ImportOptions) -> LeanName:
    name = lean_name(head, options)
    assert name is not None, "fits() comes before read()"
    return name


def _part(
    frame: pl.DataFrame,
    kind: str,
    source: tuple[Head, ImportOptions],
    told: tuple[tuple[str, ...], int],
) -> Part:
    head, options = source
    name = _name(head, options)
    named = (options.symbol or name.symbol, name.venue, name.asset_class)
    return tick_part(frame, "quotes" if kind == "quotes" else "trades", head.name, named, told)


LAYOUTS = (
    Layout("lean-trades", ("trades",), "LEAN's trade ticks", fits_trades, read_trades),
    Layout("lean-quotes", ("quotes",), "LEAN's quote ticks", fits_quotes, read_quotes),
)
