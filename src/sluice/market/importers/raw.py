"""What an import is told and what it gives: options, the files read, raw rows not yet judged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import polars as pl

from sluice.domain.instrument import AssetClass

Stamp = Literal["start", "end"]
Kind = Literal["bars", "quotes", "trades"]
TickKind = Literal["quotes", "trades"]
QUOTE_VALUES = ("bid", "ask", "bid_size", "ask_size")
TRADE_VALUES = ("price", "size", "side")


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What a user may say about a source; null means: found out, and said in the report.

    `columns` maps fields (ts open high low close volume symbol) to columns. `timezone` is that of
    stamps without one. `stamp` says whether a bar is stamped at its start or its end. `tick` and
    `lot` are decimal text for every instrument; `symbol` names that of a single file. `calendar` is
    the trading calendar of every instrument. `format` is a layout of `formats.py`; `kind` picks
    bars, quotes or trades where a source holds several. `actions_file` and `funding_file` hold
    dividends and splits, and rates of funding; null: the files of those names beside the data.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    symbol: str | None = None
    every_ns: int | None = None
    timezone: str | None = None
    stamp: Stamp = "start"
    venue: str | None = None
    asset_class: AssetClass | None = None
    currency: str | None = None
    tick: str | None = None
    lot: str | None = None
    calendar: str | None = None
    instruments_file: Path | None = None
    format: str | None = None
    kind: Kind | None = None
    actions_file: Path | None = None
    funding_file: Path | None = None


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file that was read: name, SHA-256 (hex), size in bytes, rows."""

    name: str
    sha256: str
    size_bytes: int
    rows: int


@dataclass(frozen=True, eq=False)
class Part:
    """What one layout makes of one file, in source order, nothing dropped unsaid.

    `rows` of bars: symbol, venue (text or null), file, row (from 1), stamp (UTC ns integer, as the
    source stamps its bars), open high low close volume (Float64, null where missing). `every_ns` is
    the interval that the layout itself tells, null where only the steps do. `told` is what the
    source says of corporate actions on the same rows: symbol, ex_date, close, dividend, split,
    adjusted_close (null where it has no such column).

    `rows` of ticks: symbol, venue, file (Categorical), row, ts (UTC ns integer, when it was known),
    and bid ask bid_size ask_size, or price size side. `rows_read` is how many rows the file has,
    where some were left out or joined.
    """

    rows: pl.DataFrame
    every_ns: int | None = None
    notes: tuple[str, ...] = ()
    asset_class: AssetClass | None = None
    rows_read: int | None = None
    told: pl.DataFrame | None = None

    @property
    def source_rows(self) -> int:
        """How many rows the file has."""
        return len(self.rows) if self.rows_read is None else self.rows_read


@dataclass(frozen=True, eq=False)
class RawTicks:
    """Quotes or trades as they were read; nothing is sorted or repaired, what was left out is said.

    `rows`: symbol, venue, file (Categorical; venue may be null), row (from 1 in its file), ts (UTC
    ns integers); quotes: bid, ask, bid_size, ask_size; trades: price, size (Float64) and side
    (Int8: +1 the buyer crossed the spread, -1 the seller, 0 not known).
    """

    kind: TickKind
    rows: pl.DataFrame
    sources: tuple[SourceFile, ...]
    notes: tuple[str, ...]
    folder: Path | None
    classes: Mapping[str, AssetClass] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class RawBars:
    """A source as it was read; nothing is sorted, dropped or repaired.

    `rows`: symbol, venue (text or null), file, row (from 1 in its file), ts_start and ts (UTC ns as
    integers, `ts` the end), open high low close volume (Float64, null where missing). `classes` is
    the asset class of the symbols whose layout tells it; `told` as in Part; `funding` the rates of
    files beside the bars: symbol, ts (UTC ns), rate. Where the source has
    dates of publication, `rows` also has `published` (UTC ns) and `revisions` the later versions of
    its bars.
    """

    rows: pl.DataFrame
    every_ns: int
    stamp: Stamp
    sources: tuple[SourceFile, ...]
    notes: tuple[str, ...]
    folder: Path | None
    classes: Mapping[str, AssetClass] = field(default_factory=dict)
    told: pl.DataFrame | None = None
    revisions: pl.DataFrame | None = None
    funding: pl.DataFrame | None = None
