"""What freqtrade stores: BASE_QUOTE-5m.feather, BASE_QUOTE_SETTLE-1h-futures.json and the like.

Columns date, open, high, low, close, volume (feather, Parquet), or a JSON list of such lists with
epoch milliseconds (freqtrade's docs, "Data downloading"). A pair with a settlement currency is the
perpetual on it.
"""

import gzip
import json
import re
import zlib
from dataclasses import dataclass

import polars as pl

from sluice.domain.duration import parse_duration
from sluice.domain.errors import BadData
from sluice.domain.instrument import AssetClass
from sluice.market.importers.bar_table import shape_bars
from sluice.market.importers.files import read_table
from sluice.market.importers.layout import Head, Layout
from sluice.market.importers.raw import ImportOptions, Part

_NAME = re.compile(
    r"(?P<base>[A-Za-z0-9]+)_(?P<quote>[A-Za-z0-9]+?)(?:_(?P<settle>[A-Za-z0-9]+))?"
    r"-(?P<every>\d+[mhdw])(?:-(?P<what>spot|futures|mark|index|premiumIndex|funding_rate))?"
    r"\.(?:feather|parquet|json|json\.gz)"
)
_COLUMNS = ("date", "open", "high", "low", "close", "volume")
_OTHER = ("mark", "index", "premiumIndex")


@dataclass(frozen=True, slots=True)
class PairName:
    """What a name of freqtrade's tells; `what` is null for candles of spot."""

    symbol: str
    every: str
    what: str | None
    perpetual: bool


def pair_of(name: str) -> PairName | None:
    """The parts of a file's name; null where it is none of freqtrade's."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    perpetual = found["settle"] is not None or found["what"] == "futures"
    symbol = (found["base"] + found["quote"]).upper() + ("-PERP" if perpetual else "")
    return PairName(symbol, found["every"], found["what"], perpetual)


def fits(head: Head) -> bool:
    """A name of freqtrade's, with its columns where there are any."""
    found = _NAME.fullmatch(head.name)
    named = found is not None and found["what"] not in _OTHER
    return named and (head.name.endswith((".json", ".json.gz")) or head.has(*_COLUMNS))


def fits_other(head: Head) -> bool:
    """A name of freqtrade's series beside the traded prices: mark, index."""
    found = _NAME.fullmatch(head.name)
    return found is not None and found["what"] in _OTHER


def read(head: Head, options: ImportOptions) -> Part:
    """The bars of one file.

    Raises:
        BadData: no list of lists of six numbers, or a table without the columns.
    """
    found = pair_of(head.name)
    frame = candles(head)
    if found is None:
        return shape_bars(frame, options, options.symbol or head.path.stem, head.name)
    part = shape_bars(frame, options, options.symbol or found.symbol, head.name)
    asset_class: AssetClass | None = "perpetual" if found.perpetual else None
    notes = ("freqtrade's layout: pair and interval told by the name", *part.notes)
    return Part(part.rows, parse_duration(found.every), notes, options.asset_class or asset_class)


def candles(head: Head) -> pl.DataFrame:
    """The table of a file: date, open, high, low, close, volume.

    Raises:
        BadData: no list of lists of six numbers, or a table that cannot be read.
    """
    return _from_json(head) if ".json" in head.name.lower() else read_table(head.path)


def _from_json(head: Head) -> pl.DataFrame:
    try:
        data = head.path.read_bytes()
        if head.name.lower().endswith(".gz"):
            data = gzip.decompress(data)
        table = json.loads(data)
    except (ValueError, OSError, EOFError, zlib.error) as error:
        msg = f"{head.name} is no whole JSON: {error}; fetch or copy it again"
        raise BadData(msg) from error
    if not isinstance(table, list) or not table:
        msg = f"{head.name} holds no list of rows; freqtrade writes [[ms, o, h, l, c, v], …]"
        raise BadData(msg)
    for number, row in enumerate(table, start=1):
        if not isinstance(row, list) or len(row) != len(_COLUMNS):
            msg = f"{head.name}, row {number}: {str(row)[:60]} is no [ms, o, h, l, c, v]"
            raise BadData(msg)
        if not all(isinstance(v, int | float) or v is None for v in row):
            msg = f"{head.name}, row {number}: {str(row)[:60]} holds what is no number"
            raise BadData(msg)
    schema = {"date": pl.Int64} | dict.fromkeys(_COLUMNS[1:], pl.Float64)
    try:
        return pl.DataFrame(table, schema=schema, orient="row", strict=False)
    except (pl.exceptions.PolarsError, OverflowError) as error:
        msg = f"{head.name} holds numbers that are none: {error}"
        raise BadData(msg) from error


LAYOUT = Layout(
    "freqtrade",
    ("bars",),
    "freqtrade's candles: BTC_USDT-5m.feather, BTC_USDT_USDT-1h-futures.json",
    fits,
    read,
)
OTHER = Layout(
    "freqtrade-other",
    (),
    "freqtrade's mark and index series",
    fits_other,
    why_not="it holds no traded prices (mark, index or premium)",
)
