"""A recorded feed of the exchange: gzip, a line a message: receipt stamp (ns), a blank, its JSON.

Best quotes come from the stream bookTicker, trades from trade; the stamps are those of receipt,
when each was known (best quotes of the spot market carry no other). Diff depth and snapshots are
books, which are not imported yet. Trades that no order book made (insurance fund, deleveraging) are
left out and counted.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from sluice.domain.errors import BadData
from sluice.market.importers.container import blocks
from sluice.market.importers.exchange_names import VENUE, Market, symbol_in
from sluice.market.importers.layout import Head, Layout
from sluice.market.importers.raw import ImportOptions, Part, TickKind
from sluice.market.importers.tick_part import left_out, tick_part

_STREAM: dict[TickKind, bytes] = {"quotes": b'@bookTicker"', "trades": b'@trade"'}
_HEAD_BYTES = 120  # of a line: its stamp and the name of its stream


def fits(head: Head) -> bool:
    """A gz whose first line is a stamp of 19 digits and JSON."""
    first = ",".join(head.cells)
    return head.name.endswith(".gz") and first[:19].isdigit() and first[19:21] == " {"


def read(head: Head, options: ImportOptions) -> Part:
    """The quotes or the trades of one file, as `options.kind` says.

    Raises:
        BadData: a line that is no message; file and line are named. Several symbols in one file.
    """
    assert options.kind in ("quotes", "trades"), "survey() settles the kind"
    kind: TickKind = "quotes" if options.kind == "quotes" else "trades"
    columns: list[tuple[Any, ...]] = []
    seen, count = "", 0
    market: Market = "spot"
    frames: list[pl.DataFrame] = []
    for line, block in blocks(head.path):
        for number, message in enumerate(block.splitlines(), start=line):
            if _STREAM[kind] not in message[:_HEAD_BYTES]:
                count += 1
                continue
            stamp, data = _parsed(message, head.path, number)
            symbol = str(data.get("s", ""))
            if seen and symbol != seen:
                msg = f"{head.name}, line {number}: {symbol} after {seen}; a file has one symbol"
                raise BadData(msg)
            seen = symbol
            market = _market(data, symbol)
            columns.append((number, stamp, *_values(kind, data, (head.name, number))))
        frames.append(_frame(kind, columns))
        columns = []
    frame = pl.concat(frames)
    if frame.is_empty():
        msg = f"{head.name} holds no {kind}; other messages: {count}"
        raise BadData(msg)
    return _part(frame, kind, (head, options), (seen, market, count))


def _parsed(message: bytes, path: Path, number: int) -> tuple[int, dict[str, Any]]:
    stamp, _, text = message.partition(b" ")
    try:
        data = json.loads(text)["data"]
        return int(stamp), dict(data)
    except (ValueError, KeyError, TypeError) as error:
        cut = message[:60].decode(errors="replace")
        msg = f"{path.name}, line {number}: {cut!r} is no stamp and message; is the file whole?"
        raise BadData(msg) from error


def _values(kind: TickKind, data: dict[str, Any], at: tuple[str, int]) -> tuple[Any, ...]:
    """The numbers of a message, then the venue's own stamp (ms) or null, then what to leave out."""
    keys = ("b", "a", "B", "A") if kind == "quotes" else ("p", "q")
    try:
        numbers = tuple(float(data[k]) for k in keys)
        if kind == "quotes":
            return (*numbers, data.get("T"), False)
        side = -1 if data["m"] else 1
        return (*numbers, side, data.get("T"), data.get("X", "MARKET") != "MARKET")
    except (KeyError, ValueError, TypeError) as error:
        msg = f"{at[0]}, line {at[1]}: {error} is missing or no number in a message of {kind}"
        raise BadData(msg) from error


def _frame(kind: TickKind, columns: list[tuple[Any, ...]]) -> pl.DataFrame:
    values = ("bid", "ask", "bid_size", "ask_size") if kind == "quotes" else ("price", "size")
    schema: dict[str, type[pl.DataType]] = {"row": pl.Int64, "ts": pl.Int64}
    schema |= dict.fromkeys(values, pl.Float64)
    if kind == "trades":
        schema["side"] = pl.Int8
    schema |= {"venue_ms": pl.Int64, "unbooked": pl.Boolean}
    return pl.DataFrame(columns, schema=schema, orient="row")


def _market(data: dict[str, Any], symbol: str) -> Market:
    """Spot is told by the flag M of its trades and by best quotes that name no event."""
    if "M" in data or ("e" not in data and "p" not in data):
        return "spot"
    return "cm" if "USD_" in symbol else "um"


def _part(
    frame: pl.DataFrame,
    kind: TickKind,
    source: tuple[Head, ImportOptions],
    told: tuple[str, Market, int],
) -> Part:
    head, options = source
    seen, market, others = told
    symbol, asset_class = symbol_in(market, options.symbol or seen)
    kept = frame.filter(~pl.col("unbooked"))
    notes = [
        f"recorded feed, market {market}: stamps are those of receipt, when each was known",
        *left_out(len(frame) - len(kept), len(frame), "trades that no order book made"),
        f"{others:,} messages of other streams are not {kind} (books are not imported yet)",
    ]
    late = (kept["ts"] - kept["venue_ms"] * 10**6).drop_nulls().to_numpy()
    if len(late):
        notes.append(
            f"receipt less the venue's stamp: median {np.median(late) / 1e6:,.1f} ms"
            + ("; the recorder's clock is behind the venue's" if np.median(late) < 0 else "")
        )
    if market == "cm":
        notes.append("sizes count contracts (coin-margined)")
    named = (symbol, options.venue or VENUE, options.asset_class or asset_class)
    return tick_part(kept, kind, head.name, named, (tuple(notes), len(frame)))


LAYOUT = Layout(
    "recorded-feed",
    ("quotes", "trades"),
    "a recorded feed: receipt stamp and JSON of the exchange, a line a message",
    fits,
    read,
)
