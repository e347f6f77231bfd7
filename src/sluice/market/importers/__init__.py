"""Importers: bars from tables, the exchange's dumps, freqtrade and LEAN; a file or a folder."""

from sluice.market.importers.raw import ImportOptions, RawBars, SourceFile
from sluice.market.importers.read import read_bars, read_frame

__all__ = [
    "ImportOptions",
    "RawBars",
    "SourceFile",
    "read_bars",
    "read_frame",
]
