"""Trades, aggregated trades and best quotes in the exchange's dump layout.

trades: id, price, quantity, quote quantity, time, is buyer maker[, is best match]; aggTrades: id,
price, quantity, first id, last id, time, is buyer maker[, is best match]; bookTicker (futures):
update id, bid price, bid quantity, ask price, ask quantity, transaction time, event time. Spot has
the column of the best match and, since 2025-01-01, microseconds; futures dumps have headers
(https://github.com/binance/binance-public-data). Sizes of coin-margined contracts count contracts.
"""

from collections.abc import Callable

import polars as pl

from sluice.market.importers.exchange_names import VENUE, archive_name, market_of, symbol_in
from sluice.market.importers.layout import Head, Layout
from sluice.market.importers.names import from_file_name
from sluice.market.importers.raw import ImportOptions, Part, TickKind
from sluice.market.importers.rows import Rows, one_unit, read_rows
from sluice.market.importers.tick_part import sides, tick_part

_TRADES = ("id", "price", "qty", "quote_qty", "time", "is_buyer_maker", "is_best_match")
_AGGREGATED = (
    *("agg_trade_id", "price", "quantity", "first_trade_id", "last_trade_id"),
    *("transact_time", "is_buyer_maker", "is_best_match"),
)
_BOOK = (
    *("update_id", "best_bid_price", "best_bid_qty", "best_ask_price", "best_ask_qty"),
    *("transaction_time", "event_time"),
)
_FLAGS = ("true", "false")


def _named(head: Head, what: str) -> bool:
    name = archive_name(head.name)
    return name is not None and name.what == what


def fits_trades(head: Head) -> bool:
    """The name, or 6 to 7 columns with a flag in the sixth and the stamp before it."""
    if head.columns:
        return head.has("id", "price", "qty", "time", "is_buyer_maker")
    flag = head.width in (6, 7) and head.cells[5].lower() in _FLAGS
    return head.width in (6, 7) and (_named(head, "trades") or flag)


def fits_aggregated(head: Head) -> bool:
    """The name, or 7 to 8 columns with a flag in the seventh and none before it."""
    if head.columns:
        return head.has("agg_trade_id", "price", "quantity", "is_buyer_maker")
    flag = head.width in (7, 8) and head.cells[6].lower() in _FLAGS
    return head.width in (7, 8) and (_named(head, "aggTrades") or flag)


def fits_book(head: Head) -> bool:
    """The name, or the header's words."""
    if head.columns:
        return head.has("update_id", "best_bid_price", "best_ask_price", "transaction_time")
    return head.width == 7 and _named(head, "bookTicker")


def read_trades(head: Head, options: ImportOptions) -> Part:
    """The trades of one file.

    Raises:
        BadData: rows that are none of this layout; file and line are named.
    """
    return _read_prints(head, options, _TRADES[: head.width], ("qty", "time", "trades"))


def read_aggregated(head: Head, options: ImportOptions) -> Part:
    """The aggregated trades of one file: one aggressor at one price and stamp is one row.

    Raises:
        BadData: as `read_trades`.
    """
    names = _AGGREGATED[: head.width]
    return _read_prints(head, options, names, ("quantity", "transact_time", "aggregated trades"))


def read_book(head: Head, options: ImportOptions) -> Part:
    """The best quotes of one file, by transaction time.

    Raises:
        BadData: as `read_trades`.
    """

    def shape(rows: Rows) -> tuple[pl.DataFrame, str]:
        stamps, unit = rows.stamps("transaction_time")
        values = {"bid": "best_bid_price", "ask": "best_ask_price"} | {
            "bid_size": "best_bid_qty",
            "ask_size": "best_ask_qty",
        }
        columns = {ours: rows.floats(theirs) for ours, theirs in values.items()}
        return pl.DataFrame({"ts": stamps, **columns}), unit

    return _read(head, options, _BOOK, (shape, "quotes", "best quotes"))


def _read_prints(
    head: Head, options: ImportOptions, names: tuple[str, ...], what: tuple[str, str, str]
) -> Part:
    size, time, words = what

    def shape(rows: Rows) -> tuple[pl.DataFrame, str]:
        stamps, unit = rows.stamps(time)
        side = sides(rows.flags("is_buyer_maker"))
        columns = {"price": rows.floats("price"), "size": rows.floats(size), "side": side}
        return pl.DataFrame({"ts": stamps, **columns}), unit

    return _read(head, options, names, (shape, "trades", words))


def _read(
    head: Head,
    options: ImportOptions,
    names: tuple[str, ...],
    how: tuple[Callable[[Rows], tuple[pl.DataFrame, str]], TickKind, str],
) -> Part:
    shape, kind, words = how
    name = archive_name(head.name)
    symbol = options.symbol or (name.symbol if name else from_file_name(head.path)[0])
    market, told = market_of(head.path, symbol)
    ours, asset_class = symbol_in(market, symbol)
    units: set[str] = set()

    def block(rows: Rows) -> pl.DataFrame:
        frame, unit = shape(rows)
        units.add(unit)
        return frame

    frame = read_rows(head.path, names, block)
    unit = one_unit(units, head.name)
    notes = [f"exchange {words}: {told}; stamps are epoch {unit}, UTC"]
    if market == "cm":
        notes.append("sizes count contracts (coin-margined)")
    asked = options.asset_class or asset_class
    return tick_part(
        frame, kind, head.name, (ours, options.venue or VENUE, asked), (tuple(notes), None)
    )


LAYOUTS = (
    Layout(
        "exchange-trades",
        ("trades",),
        "the exchange's dump of trades",
        fits_trades,
        read_trades,
    ),
    Layout(
        "exchange-aggtrades",
        ("trades",),
        "the exchange's dump of aggregated trades",
        fits_aggregated,
        read_aggregated,
    ),
    Layout(
        "exchange-book-ticker",
        ("quotes",),
        "the exchange's dump of best quotes (futures)",
        fits_book,
        read_book,
    ),
)
