"""Finds the columns of a table of quotes or trades by their usual names, or by those given."""

import re
from collections.abc import Mapping, Sequence

from sluice.domain.errors import BadData, UsageError
from sluice.market.importers.raw import TickKind

_TS = (
    *("ts", "time", "timestamp", "datetime", "date", "dt", "tsevent", "eventtime", "tradetime"),
    *("transacttime", "transactiontime", "unix", "epoch"),
)
_SYMBOL = ("symbol", "ticker", "tic", "instrument", "instrumentid", "pair")
_QUOTES: Mapping[str, tuple[str, ...]] = {
    "ts": _TS,
    "bid": ("bid", "bidprice", "bidpx", "bestbid", "bestbidprice", "bestbidpx", "b"),
    "ask": (
        *("ask", "askprice", "askpx", "bestask", "bestaskprice", "bestaskpx", "a"),
        *("ofr", "offer", "offerprice"),
    ),
    "bid_size": (
        *("bidsize", "bidsiz", "bidsz", "bidqty", "bidquantity", "bestbidqty", "bestbidsize"),
        *("bidvolume", "bidamount"),
    ),
    "ask_size": (
        *("asksize", "asksiz", "asksz", "askqty", "askquantity", "bestaskqty", "bestasksize"),
        *("askvolume", "askamount", "ofrsiz", "ofrsize", "offersize"),
    ),
    "symbol": _SYMBOL,
    "exchange": ("ex", "exchange", "exch"),
}
_TRADES: Mapping[str, tuple[str, ...]] = {
    "ts": _TS,
    "price": ("price", "px", "p", "tradeprice", "lastprice"),
    "size": ("size", "qty", "quantity", "sz", "volume", "amount", "tradesize", "q"),
    "side": ("side", "aggressorside", "takerside", "aggressor"),
    "maker_buys": ("isbuyermaker", "buyermaker", "isbuyerthemaker", "m"),
    "maker_sells": ("ismakerask",),
    "symbol": _SYMBOL,
    "correction": ("corr", "correction"),
}
_NAMES: Mapping[TickKind, Mapping[str, tuple[str, ...]]] = {"quotes": _QUOTES, "trades": _TRADES}
_REQUIRED: Mapping[TickKind, tuple[str, ...]] = {
    "quotes": ("ts", "bid", "ask"),
    "trades": ("ts", "price", "size"),
}


def looks_like(kind: TickKind, columns: Sequence[str]) -> bool:
    """Whether a table has all columns that the kind needs, by name."""
    plain = {_plain(c) for c in columns}
    return all(plain & set(_NAMES[kind][field]) for field in _REQUIRED[kind])


def find_tick_columns(
    kind: TickKind, columns: Sequence[str], given: Mapping[str, str], where: str
) -> dict[str, str]:
    """Field → column; `given` wins, then the earliest of the usual names.

    Raises:
        UsageError: `given` names no field, or a column that is not there.
        BadData: a column that is needed is not found.
    """
    names = _NAMES[kind]
    found: dict[str, str] = {}
    for field, column in given.items():
        if field not in names:
            msg = f"--column {field}={column}: {kind} have no field {field}; {', '.join(names)}"
            raise UsageError(msg)
        if column not in columns:
            msg = f"--column {field}={column}: {where} has no such column; {', '.join(columns)}"
            raise UsageError(msg)
        found[field] = column
    free = {_plain(c): c for c in columns if c not in found.values()}
    for field, aliases in names.items():
        hit = next((free[a] for a in aliases if a in free), None)
        if field not in found and hit is not None:
            found[field] = hit
    missing = [f for f in _REQUIRED[kind] if f not in found]
    if missing:
        msg = (
            f"{where} has no column for {', '.join(missing)} of {kind}; it has "
            f"{', '.join(columns)}. Say which, as in --column {missing[0]}=NAME"
        )
        raise BadData(msg)
    return found


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
