"""What an import is told and what it gives: options, the files read, raw rows not yet judged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import polars as pl

from sluice.domain.instrument import AssetClass

Stamp = Literal["start", "end"]
Kind = Literal["bars", "quotes", "trades"]


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What a user may say about a source; null means: found out, and said in the report.

    `columns` maps fields (ts open high low close volume symbol) to columns. `timezone` is that of
    stamps without one. `stamp` says whether a bar is stamped at its start or its end. `tick` and
    `lot` are decimal text for every instrument; `symbol` names that of a single file. `calendar` is
    the trading calendar of every instrument. `format` is a layout of `formats.py`; `kind` picks
    bars, quotes or trades where a source holds several.
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
    the interval that the layout itself tells, null where only the steps do.
    """

    rows: pl.DataFrame
    every_ns: int | None = None
    notes: tuple[str, ...] = ()
    asset_class: AssetClass | None = None


@dataclass(frozen=True, eq=False)
class RawBars:
    """A source as it was read; nothing is sorted, dropped or repaired.

    `rows`: symbol, venue (text or null), file, row (from 1 in its file), ts_start and ts (UTC ns as
    integers, `ts` the end), open high low close volume (Float64, null where missing). `classes` is
    the asset class of the symbols whose layout tells it.
    """

    rows: pl.DataFrame
    every_ns: int
    stamp: Stamp
    sources: tuple[SourceFile, ...]
    notes: tuple[str, ...]
    folder: Path | None
    classes: Mapping[str, AssetClass] = field(default_factory=dict)
