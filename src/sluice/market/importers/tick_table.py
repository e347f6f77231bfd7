"""Quotes or trades in a table with named columns: CSV (read in blocks), Parquet, feather.

Columns go by their usual names. Quotes with a column of exchanges become the national best (see
`best_quote`), where a side of zero is withdrawn; elsewhere rows with a side of zero are left out
and counted. Trades with a correction code other than 0 are left out and counted. Sizes of NYSE
TAQ's quotes (BIDSIZ, OFRSIZ) are round lots of 100 shares (NYSE, Daily TAQ client specification).
"""

from collections.abc import Iterator

import polars as pl

from sluice.domain.errors import BadData
from sluice.market.importers.columns import numbers
from sluice.market.importers.container import first_lines
from sluice.market.importers.files import read_table
from sluice.market.importers.layout import Head, Layout
from sluice.market.importers.lean_ticks import best_of_exchanges
from sluice.market.importers.names import from_file_name
from sluice.market.importers.raw import QUOTE_VALUES, ImportOptions, Part, TickKind
from sluice.market.importers.rows import each_rows
from sluice.market.importers.stamps import to_utc_ns
from sluice.market.importers.tick_columns import find_tick_columns, looks_like
from sluice.market.importers.tick_part import left_out, sides, tick_part

_BINARY = (".parquet", ".feather", ".arrow", ".ipc")
_ROUND_LOT = 100.0
_BUYS, _SELLS = ("b", "buy", "bid", "1", "+1", "buyer"), ("s", "sell", "ask", "-1", "a", "seller")


def fits_quotes(head: Head) -> bool:
    """A time, a bid and an ask by name, and no bars."""
    return looks_like("quotes", head.columns) and not _has_bars(head)


def fits_trades(head: Head) -> bool:
    """A time, a price and a size by name, and no bars."""
    return looks_like("trades", head.columns) and not _has_bars(head)


def _has_bars(head: Head) -> bool:
    return head.has("high") or head.has("low") or head.has("open")


def read_quotes(head: Head, options: ImportOptions) -> Part:
    """The quotes of one file.

    Raises:
        BadData, UsageError: columns, stamps or numbers are not what they should be.
    """
    found = find_tick_columns("quotes", head.columns, options.columns, head.name)
    frame, notes = _read(head, options, found, "quotes")
    lots = [c for c in ("bid_size", "ask_size") if found.get(c) in ("BIDSIZ", "OFRSIZ")]
    if lots:
        frame = frame.with_columns(pl.col(c) * _ROUND_LOT for c in lots)
        notes.append("sizes are round lots of 100 shares, as TAQ has them")
    total = len(frame)
    if "exchange" in found:
        parts, told = [], list[str]()
        for part in frame.partition_by("symbol", maintain_order=True):
            best, said = best_of_exchanges(part, head.name, zero_withdraws=True)
            parts.append(best.with_columns(pl.lit(part["symbol"][0]).alias("symbol")))
            told += said
        none = frame.filter((pl.col("bid") == 0) | (pl.col("ask") == 0)).height
        if none:
            told.append(f"{none:,} quotes with a side of zero withdraw what their exchange showed")
        frame, notes = pl.concat(parts), [*notes, *told]
    else:
        empty = (pl.col("bid") == 0) | (pl.col("ask") == 0)
        frame = frame.filter(~empty.fill_null(value=False))
        notes += left_out(total - len(frame), total, "a side of zero (no quote on that side)")
    return _part(frame, "quotes", (head, options), (tuple(notes), total))


def read_trades(head: Head, options: ImportOptions) -> Part:
    """The trades of one file.

    Raises:
        BadData, UsageError: as `read_quotes`.
    """
    found = find_tick_columns("trades", head.columns, options.columns, head.name)
    frame, notes = _read(head, options, found, "trades")
    total = len(frame)
    if "correction" in found:
        frame = frame.filter(pl.col("correction") == 0)
        notes += left_out(total - len(frame), total, "corrected trades (correction other than 0)")
    if not {"side", "maker_buys", "maker_sells"} & set(found):
        notes.append("who crossed the spread is not known: side is 0")
    return _part(frame, "trades", (head, options), (tuple(notes), total))


def _read(
    head: Head, options: ImportOptions, found: dict[str, str], kind: TickKind
) -> tuple[pl.DataFrame, list[str]]:
    """Shaped rows, numbered as in the source, and what is to be said of the columns."""
    shaped, notes, count = [], dict[str, None](), 0
    for table, where in _tables(head):
        rows = table.select(found.values())
        stamps, said = to_utc_ns(rows[found["ts"]], options.timezone, where)
        columns: dict[str, pl.Series] = {"ts": stamps}
        values = QUOTE_VALUES if kind == "quotes" else ("price", "size", "correction")
        for field in values:
            column = found.get(field)
            columns[field] = (
                pl.Series(field, [None], dtype=pl.Float64).new_from_index(0, len(rows))
                if column is None
                else numbers(rows[column], where).alias(field)
            )
        if kind == "trades":
            columns["side"] = _side(rows, found, where)
        for field in ("symbol", "exchange"):
            if field in found:
                text = rows[found[field]].cast(pl.String).str.strip_chars()
                columns[field] = text.cast(pl.Categorical)
        row = pl.int_range(count + 1, count + len(rows) + 1, eager=True)
        shaped.append(pl.DataFrame({"row": row, **columns}))
        notes[said] = None
        count += len(rows)
    if not shaped:
        msg = f"{head.name} has columns ({', '.join(head.columns)}) but no rows"
        raise BadData(msg)
    frame = pl.concat(shaped)
    if "symbol" not in found:
        symbol = options.symbol or from_file_name(head.path)[0]
        frame = frame.with_columns(pl.lit(symbol).cast(pl.Categorical).alias("symbol"))
    elif (frame["symbol"].is_null() | (frame["symbol"] == "")).any():
        msg = f"{head.name}: a row has no symbol in column {found['symbol']}"
        raise BadData(msg)
    ignored = [c for c in head.columns if c not in found.values()]
    notes |= {f"columns left out: {', '.join(ignored)}": None} if ignored else {}
    return frame, list(notes)


def _tables(head: Head) -> Iterator[tuple[pl.DataFrame, str]]:
    """A table in blocks, each with the words that say where it is."""
    if head.name.lower().endswith(_BINARY):
        yield read_table(head.path), head.name
        return
    first = first_lines(head.path, 1)[0]
    if any(first.count(s) > first.count(",") for s in ";\t|"):
        yield read_table(head.path), head.name
        return
    for rows in each_rows(head.path, head.columns, whole=False):
        where = head.name if rows.line <= 2 else f"{head.name} (rows from line {rows.line})"
        yield rows.frame.with_columns(pl.all().replace("", None)), where


def _side(rows: pl.DataFrame, found: dict[str, str], where: str) -> pl.Series:
    """Who crossed the spread, Int8."""
    if "maker_buys" in found or "maker_sells" in found:
        field = "maker_buys" if "maker_buys" in found else "maker_sells"
        text = rows[found[field]].cast(pl.String).str.to_lowercase()
        flag = text.is_in(["true", "1", "t"])
        wrong = (~(flag | text.is_in(["false", "0", "f"]))).fill_null(value=True).arg_true()
        if len(wrong):
            msg = f"{where}: {found[field]} of row {int(wrong[0]) + 1} is neither true nor false"
            raise BadData(msg)
        return sides(flag if field == "maker_buys" else ~flag)
    if "side" not in found:
        return pl.Series("side", [0], dtype=pl.Int8).new_from_index(0, len(rows))
    text = rows[found["side"]].cast(pl.String).str.to_lowercase()
    side = pl.when(text.is_in(_BUYS)).then(1).when(text.is_in(_SELLS)).then(-1).otherwise(0)
    return pl.select(side.cast(pl.Int8).alias("side")).to_series()


def _part(
    frame: pl.DataFrame,
    kind: TickKind,
    source: tuple[Head, ImportOptions],
    told: tuple[tuple[str, ...], int],
) -> Part:
    head, options = source
    return tick_part(frame, kind, head.name, ("", options.venue, options.asset_class), told)


LAYOUTS = (
    Layout(
        "quotes",
        ("quotes",),
        "a table of quotes with named columns (CSV, Parquet, feather)",
        fits_quotes,
        read_quotes,
        mapped=True,
    ),
    Layout(
        "trades",
        ("trades",),
        "a table of trades with named columns (CSV, Parquet, feather)",
        fits_trades,
        read_trades,
        mapped=True,
    ),
)
