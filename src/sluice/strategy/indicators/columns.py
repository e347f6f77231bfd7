"""The bars an indicator reads: the instrument's own, or another one's by `of("ETHUSDT")`."""

from dataclasses import dataclass
from typing import Protocol

import polars as pl

from sluice.market import features


class Columns(Protocol):
    """Five columns of bars; `of("ETHUSDT")` has them too."""

    @property
    def open_(self) -> pl.Expr: ...  # noqa: D102
    @property
    def high(self) -> pl.Expr: ...  # noqa: D102
    @property
    def low(self) -> pl.Expr: ...  # noqa: D102
    @property
    def close(self) -> pl.Expr: ...  # noqa: D102
    @property
    def volume(self) -> pl.Expr: ...  # noqa: D102


@dataclass(frozen=True)
class Own:
    """The columns of the instrument itself."""

    open_: pl.Expr = features.open_
    high: pl.Expr = features.high
    low: pl.Expr = features.low
    close: pl.Expr = features.close
    volume: pl.Expr = features.volume


OWN = Own()
