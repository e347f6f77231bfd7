"""Reads a source of bars whole: files → layout → rows → interval, in source order, unjudged."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from sluice.domain.duration import format_duration
from sluice.domain.errors import BadData, UsageError
from sluice.domain.instrument import AssetClass
from sluice.domain.progress import Progress
from sluice.market.importers.bar_table import shape_bars
from sluice.market.importers.container import digest_of
from sluice.market.importers.interval import require_one_interval, settle_interval
from sluice.market.importers.merge import merge_files
from sluice.market.importers.publications import PUBLISHED, split_versions
from sluice.market.importers.raw import ImportOptions, Part, RawBars, SourceFile
from sluice.market.importers.stamps import check_zone
from sluice.market.importers.survey import Survey, survey

_COLUMNS = ("symbol", "venue", "file", "row", "stamp", "open", "high", "low", "close", "volume")

FRAME_SYMBOL = "FRAME"
"""What the one instrument of a frame is called where the frame does not say."""


def read_bars(
    source: Path | Sequence[Path],
    options: ImportOptions | None = None,
    progress: Progress | None = None,
) -> RawBars:
    """Read a file, a folder of files, a list of files, or one long file of bars.

    `progress(done, total, name)` is called after each file.

    Raises:
        MissingData: nothing is there.
        BadData: columns, stamps, numbers or interval are not what they should be; files contradict
            each other; a checksum beside a file is not its own; no bars, but ticks.
        UsageError: an option that cannot be followed.
    """
    options = options or ImportOptions()
    found = survey(source, options)
    if found.kind != "bars":
        msg = (
            f"{found.files[0][0].name} holds {found.kind}, no bars: store it with "
            "`sluice data import`, then use the data set's name"
        )
        raise UsageError(msg)
    return read_surveyed(found, options, progress)


def read_surveyed(
    found: Survey, options: ImportOptions, progress: Progress | None = None
) -> RawBars:
    """Read the bars of a source that was looked over.

    Raises:
        BadData, UsageError: as `read_bars`.
    """
    parts, sources, notes, intervals = [], [], list(found.notes), {}
    told: list[pl.DataFrame] = []
    classes: dict[str, AssetClass] = {}
    for done, (head, layout) in enumerate(found.files, start=1):
        assert layout.read is not None, "survey() leaves them out"
        digest = digest_of(head.path)
        part = layout.read(head, options)
        versions = "published" in part.rows.columns  # of days, whatever the steps of one package
        rows = part.rows.clear() if versions else part.rows
        # Files of two folders may share a name; those of one are known by it alone.
        file = head.name if head.name not in intervals else f"{head.path.parent.name}/{head.name}"
        intervals[file] = settle_interval(rows, options.every_ns, part.every_ns)
        extra = [name for name in PUBLISHED if name in part.rows.columns]
        parts.append(part.rows.select(*_COLUMNS, *extra))
        if part.told is not None:
            told.append(part.told)
        notes.extend(part.notes)
        if part.asset_class is not None:
            classes |= dict.fromkeys(part.rows["symbol"].unique().to_list(), part.asset_class)
        sources.append(SourceFile(head.name, digest, head.path.stat().st_size, part.source_rows))
        if progress:
            progress(done, len(found.files), head.name)
    funding = _funding(found, options, (sources, notes))
    every_ns = require_one_interval(intervals)
    folder = found.files[0][0].path.parent
    if all("published" in part.columns for part in parts):
        first, revisions = split_versions(pl.concat(parts))
        raw = _finish(first, every_ns, options, (sources, notes, folder, classes))
        return replace(raw, revisions=_spanned(revisions, every_ns, options))
    rows, merged = merge_files(pl.concat([part.select(_COLUMNS) for part in parts]))
    raw = _finish(rows, every_ns, options, (sources, [*notes, *merged], folder, classes))
    raw = replace(raw, funding=funding)
    return replace(raw, told=pl.concat(told).unique(maintain_order=True)) if told else raw


def _funding(
    found: Survey, options: ImportOptions, told: tuple[list[SourceFile], list[str]]
) -> pl.DataFrame | None:
    """The rates of the files of funding beside the bars, each once; null where there are none."""
    parts = []
    for head, layout in found.funding:
        assert layout.read is not None, "layouts of funding are read"
        part = layout.read(head, options)
        told[0].append(
            SourceFile(head.name, digest_of(head.path), head.path.stat().st_size, len(part.rows))
        )
        told[1].extend(part.notes)
        parts.append(part.rows)
    return pl.concat(parts).unique(maintain_order=True) if parts else None


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
    part: Part = shape_bars(frame, options, options.symbol or FRAME_SYMBOL, where)
    every_ns = settle_interval(part.rows, options.every_ns, None)
    notes = list(part.notes)
    if not options.symbol and (part.rows["symbol"] == FRAME_SYMBOL).all():
        notes.append(f"{where} names no symbol; its instrument is called {FRAME_SYMBOL}")
    raw = _finish(part.rows, every_ns, options, ([], notes, None, {}))
    return replace(raw, told=part.told)


def _finish(
    rows: pl.DataFrame,
    every_ns: int,
    options: ImportOptions,
    told: tuple[list[SourceFile], list[str], Path | None, Mapping[str, AssetClass]],
) -> RawBars:
    sources, notes, folder, classes = told
    rows = _spanned(rows, every_ns, options)
    require_symbols(rows)
    if options.every_ns is None:
        notes.append(f"bars are {format_duration(every_ns)}, told by their steps")
    notes.append(f"stamps are the {options.stamp} of each bar")
    return RawBars(
        rows=rows,
        every_ns=every_ns,
        stamp=options.stamp,
        sources=tuple(sources),
        notes=tuple(dict.fromkeys(notes)),
        folder=folder,
        classes=classes,
    )


def _spanned(rows: pl.DataFrame, every_ns: int, options: ImportOptions) -> pl.DataFrame:
    """`rows` with start and end of each bar in the place of its stamp."""
    late = every_ns if options.stamp == "end" else 0
    start = pl.col("stamp") - late
    return rows.with_columns(start.alias("ts_start"), (start + every_ns).alias("ts")).drop("stamp")


def require_symbols(rows: pl.DataFrame) -> None:
    """Refuse what cannot be a symbol.

    Raises:
        BadData: a symbol with other characters than letters, digits and ._/&^=+:-
    """
    strange = rows.filter(~pl.col("symbol").str.contains(r"^[A-Za-z0-9._/&^=+:-]+$"))
    if len(strange):
        msg = f"{strange['symbol'][0]!r} is no symbol: letters, digits and ._/&^=+:- are"
        raise BadData(msg)
