"""Importers: bars from CSV, CSV.gz, Parquet and feather, a file, a folder or one long table."""

from sluice.market.importers.read import (
    ImportOptions,
    RawBars,
    SourceFile,
    read_bars,
    read_frame,
    source_paths,
)

__all__ = [
    "ImportOptions",
    "RawBars",
    "SourceFile",
    "read_bars",
    "read_frame",
    "source_paths",
]
