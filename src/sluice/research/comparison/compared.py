"""Runs side by side as plain data: what `compare` finds and the page shows."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from sluice.research.comparison.sides import Side
from sluice.statistics.returns import Floats


@dataclass(frozen=True, eq=False)
class Compared:
    """Runs side by side.

    `figures`: name and one Float64 column per side. `differences`: what was asked differently, by
    name, a text per side. `correlation` of daily returns over shared sessions (NaN: too few).
    """

    sides: tuple[Side, ...]
    figures: pl.DataFrame
    differences: Mapping[str, tuple[str, ...]]
    correlation: Floats
    warnings: tuple[str, ...]
