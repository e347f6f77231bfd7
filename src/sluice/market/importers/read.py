"""Reads a source of bars whole: files → columns → stamps → interval, in source order, unjudged."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import polars as pl

from sluice.domain.duration import format_duration
from sluice.domain.errors import BadData, UsageError
from sluice.domain.instrument import AssetClass
from sluice.domain.progress import Progress
from sluice.market.importers.columns import find_columns, numbers
from sluice.market.importers.files import list_tables, read_table
from sluice.market.importers.interval import require_one_interval, settle_interval
from sluice.market.importers.names import from_file_name
from sluice.market.importers.stamps import check_zone, to_utc_ns

Stamp = Literal["start", "end"]


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What a user may say about a source; null means: found out, and said in the report.

    `columns` maps fields (ts open high low close volume symbol) to columns. `timezone` is that of
    stamps without one. `stamp` says whether a bar is stamped at its start or its end. `tick` and
    `lot` are decimal text for every instrument; `symbol` names that of a single file;
    `calendar` is the trading calendar of every instrument.
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


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file that was read: name, SHA-256 (hex), size in bytes, rows."""

    name: str
    sha256: str
    size_bytes: int
    rows: int


@dataclass(frozen=True, eq=False)
class RawBars:
    """A source as it was read; nothing is sorted, dropped or repaired.

    `rows`: symbol, venue (text or null), file, row (from 1 in its file), ts_start and ts (UTC ns as
    integers, `ts` the end), open high low close volume (Float64, null where missing).
    """

    rows: pl.DataFrame
    every_ns: int
    stamp: Stamp
    sources: tuple[SourceFile, ...]
    notes: tuple[str, ...]
    folder: Path | None


def source_paths(path: Path) -> list[Path]:
    """The tables that `path` names (see `files.list_tables`)."""
    return list_tables(path)


def read_bars(
    path: Path, options: ImportOptions | None = None, progress: Progress | None = None
) -> RawBars:
    """Read a file, a folder of files or one long file of bars.

    `progress(done, total, name)` is called after each file.

    Raises:
        MissingData: nothing is there.
        BadData: columns, stamps, numbers or interval are not what they should be.
        UsageError: an option that cannot be followed.
    """
    options = options or ImportOptions()
    check_zone(options.timezone)
    tables = list_tables(path)
    if options.symbol and len(tables) > 1:
        msg = f"--symbol names one instrument, but {path} holds {len(tables)} files"
        raise UsageError(msg)
    parts, sources, notes, intervals = [], [], list[str](), {}
    for done, table in enumerate(tables, start=1):
        symbol, hint = from_file_name(table)
        frame = read_table(table)
        part, said = _shape(frame, options, options.symbol or symbol, table.name)
        intervals[table.name] = settle_interval(part, options.every_ns, hint)
        parts.append(part)
        notes.extend(said)
        digest = hashlib.sha256(table.read_bytes()).hexdigest()
        sources.append(SourceFile(table.name, digest, table.stat().st_size, len(part)))
        if progress:
            progress(done, len(tables), table.name)
    every_ns = require_one_interval(intervals)
    return _finish(parts, every_ns, options, tuple(sources), notes, tables[0].parent)


def read_frame(
    frame: pl.DataFrame, options: ImportOptions | None = None, where: str = "the frame"
) -> RawBars:
    """Read bars from a frame in memory, by the same rules as a file.

    Raises:
        BadData, UsageError: as `read_bars`.
    """
    options = options or ImportOptions()
    check_zone(options.timezone)
    if frame.is_empty():
        msg = f"{where} has no rows"
        raise BadData(msg)
    part, notes = _shape(frame, options, options.symbol or "", where)
    if not options.symbol and (part["symbol"] == "").any():
        msg = f"{where} has no symbol column; add one, or give the symbol"
        raise BadData(msg)
    every_ns = settle_interval(part, options.every_ns, None)
    return _finish([part], every_ns, options, (), notes, None)


def _shape(
    frame: pl.DataFrame, options: ImportOptions, symbol: str, where: str
) -> tuple[pl.DataFrame, list[str]]:
    found = find_columns(frame.columns, options.columns, where)
    if found["ts"] == "ts_start" and options.stamp == "end":
        msg = f"{where} is stamped by its column ts_start, the start of the bar; drop --stamp end"
        raise UsageError(msg)
    stamps, said = to_utc_ns(frame[found["ts"]], options.timezone, where)
    ids, venues = _symbols(frame, found.get("symbol"), symbol, where)
    volume = (
        numbers(frame[found["volume"]], where).fill_nan(None)
        if "volume" in found
        else pl.Series([None] * len(frame), dtype=pl.Float64)
    )
    shaped = pl.DataFrame(
        {
            "symbol": ids,
            "venue": venues,
            "file": pl.Series([where], dtype=pl.String).new_from_index(0, len(frame)),
            "row": pl.Series(range(1, len(frame) + 1), dtype=pl.Int64),
            "stamp": stamps,
            **{c: numbers(frame[found[c]], where) for c in ("open", "high", "low", "close")},
            "volume": volume,
        }
    )
    ignored = [c for c in frame.columns if c not in found.values() and c != "ts"]
    if ignored:
        said += f"; columns left out: {', '.join(ignored)}"
    return shaped, [said]


def _symbols(
    frame: pl.DataFrame, column: str | None, symbol: str, where: str
) -> tuple[pl.Series, pl.Series]:
    if column is None:
        ids = pl.Series([symbol], dtype=pl.String).new_from_index(0, len(frame))
        return ids, pl.Series([None] * len(frame), dtype=pl.String)
    ids = frame[column].cast(pl.String).str.strip_chars()
    empty = (ids.is_null() | (ids == "")).arg_true()
    if len(empty):
        msg = f"{where}: no symbol in row {int(empty[0]) + 1} of column {column}"
        raise BadData(msg)
    if column in ("instrument", "instrument_id") and ids.str.contains(".", literal=True).all():
        return ids.str.replace(r"\.[^.]*$", ""), ids.str.extract(r"\.([^.]*)$")
    return ids, pl.Series([None] * len(frame), dtype=pl.String)


def _finish(
    parts: list[pl.DataFrame],
    every_ns: int,
    options: ImportOptions,
    sources: tuple[SourceFile, ...],
    notes: list[str],
    folder: Path | None,
) -> RawBars:
    late = every_ns if options.stamp == "end" else 0
    rows = pl.concat(parts).with_columns(
        (pl.col("stamp") - late).alias("ts_start"), (pl.col("stamp") - late + every_ns).alias("ts")
    )
    strange = rows.filter(~pl.col("symbol").str.contains(r"^[A-Za-z0-9._/&^=+:-]+$"))
    if len(strange):
        msg = f"{strange['symbol'][0]!r} is no symbol: letters, digits and ._/&^=+:- are"
        raise BadData(msg)
    if options.every_ns is None:
        notes.append(f"bars are {format_duration(every_ns)}, told by their steps")
    notes.append(f"stamps are the {options.stamp} of each bar")
    return RawBars(
        rows=rows.drop("stamp"),
        every_ns=every_ns,
        stamp=options.stamp,
        sources=sources,
        notes=tuple(dict.fromkeys(notes)),
        folder=folder,
    )
