"""Reads a source of quotes or trades whole: files → layout → rows, in source order, unjudged."""

from dataclasses import replace

import polars as pl

from sluice.domain.instrument import AssetClass
from sluice.domain.progress import Progress
from sluice.market.importers.container import digest_of
from sluice.market.importers.raw import ImportOptions, Part, RawTicks, SourceFile
from sluice.market.importers.read import require_symbols
from sluice.market.importers.survey import Survey


def read_ticks(found: Survey, options: ImportOptions, progress: Progress | None = None) -> RawTicks:
    """Read the quotes or trades of a source that was looked over.

    Files come in the order of their first stamps. `progress(done, total, name)` is called after
    each. A file is read in blocks where its layout allows, so memory is that of the shaped rows.

    Raises:
        BadData, UsageError: columns, stamps or numbers are not what they should be.
    """
    assert found.kind != "bars", "bars are read by read_surveyed()"
    told = replace(options, kind=found.kind)
    parts: list[Part] = []
    sources: list[SourceFile] = []
    notes = list(found.notes)
    classes: dict[str, AssetClass] = {}
    for done, (head, layout) in enumerate(found.files, start=1):
        assert layout.read is not None, "survey() leaves them out"
        digest = digest_of(head.path)
        part = layout.read(head, told)
        parts.append(part)
        notes += part.notes if len(found.files) == 1 else _said(head.name, part)
        if part.asset_class is not None:
            symbols = part.rows["symbol"].cast(pl.String).unique().to_list()
            classes |= dict.fromkeys(symbols, part.asset_class)
        sources.append(SourceFile(head.name, digest, head.path.stat().st_size, part.source_rows))
        if progress:
            progress(done, len(found.files), head.name)
    in_time = sorted((p.rows for p in parts if len(p.rows)), key=lambda rows: int(rows["ts"][0]))
    rows = pl.concat(in_time) if in_time else parts[0].rows
    require_symbols(rows.select(pl.col("symbol").cast(pl.String).unique()))
    return RawTicks(
        kind=found.kind,
        rows=rows,
        sources=tuple(sources),
        notes=tuple(dict.fromkeys(notes)),
        folder=found.files[0][0].path.parent,
        classes=classes,
    )


def _said(file: str, part: Part) -> list[str]:
    """Notes with counts go by file; those that all files share are said once."""
    return [f"{file}: {n}" if any(c.isdigit() for c in n[:4]) else n for n in part.notes]
