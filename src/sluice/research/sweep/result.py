"""What a sweep returns: the table of its points, the best of them, and two pictures."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from sluice.domain.errors import UsageError
from sluice.research.sweep.figures import FIGURES, LOWER_IS_BETTER
from sluice.strategy.base import Strategy
from sluice.strategy.params import Value


@dataclass(frozen=True, eq=False)
class Sweep:
    """A finished sweep.

    `table` has one row per point: its parameters and figures (fractions, money in the base
    currency, NaN where undefined). `skipped` counts points that check() or a short history
    refused. `trials` counts the evaluations of the lineage on the window so far, these included.
    `unseen` says what part of the window was left out.
    """

    strategy: type[Strategy]
    axes: Mapping[str, tuple[Value, ...]]
    table: pl.DataFrame
    skipped: int
    trials: int
    ident: str
    folder: Path
    unseen: str
    data: str

    def ranked(self, by: str = "sharpe") -> pl.DataFrame:
        """The table, best first by a figure; NaN stands last.

        Raises:
            UsageError: there is no such figure.
        """
        if by not in FIGURES:
            msg = f"there is no figure {by!r}; there are {', '.join(FIGURES)}"
            raise UsageError(msg)
        last = pl.col(by).is_nan() | pl.col(by).is_null()
        return self.table.sort(
            last, by, descending=[False, by not in LOWER_IS_BETTER], maintain_order=True
        )

    def best(self, by: str = "sharpe") -> dict[str, Any]:
        """Parameters and figures of the best point by a figure."""
        return self.ranked(by).row(0, named=True)

    def heatmap(self, by: str = "sharpe", *, x: str | None = None, y: str | None = None) -> Any:
        """A plotly figure of a figure over two parameters; others are averaged over."""
        from sluice.research.report.sweep import heat_figure

        first, second = self._two(x, y)
        return heat_figure(self.table, (first, second), by)

    def parallel(self, by: str = "sharpe") -> Any:
        """A plotly figure of every point as a line through its parameters and figures."""
        from sluice.research.report.sweep import parallel_figure

        return parallel_figure(self.table, list(self.axes), by)

    def report(self, path: str | Path, *, by: str = "sharpe") -> Path:
        """Write both pictures and the best points as one self-contained HTML page.

        Raises:
            DiskFull, StorageError: it cannot be written; a file that stood there is untouched.
        """
        from sluice.research.report.sweep import write_page

        notes = f"{len(self.table)} points, {self.skipped} skipped; {self.unseen}. " + (
            f"{self.trials} trials of this lineage on this window so far."
        )
        title = f"Sweep of {self.strategy.__name__} on {self.data}"
        return write_page(Path(path), (title, notes), self.ranked(by), list(self.axes), by)

    def to_csv(self, path: str | Path) -> Path:
        """Write the table as one CSV file and return its path."""
        from sluice.research.report.write import write_whole

        return write_whole(Path(path), self.table.write_csv())

    def _two(self, x: str | None, y: str | None) -> tuple[str, str]:
        names = [name for name, values in self.axes.items() if len(values) > 1]
        chosen = [name for name in (x, y) if name is not None]
        for name in chosen:
            if name not in self.axes:
                msg = f"{name!r} was not swept; there are {', '.join(self.axes)}"
                raise UsageError(msg)
        chosen += [name for name in names if name not in chosen]
        if len(chosen) < 2:
            msg = "a heat-map needs two parameters that vary"
            raise UsageError(msg)
        return chosen[0], chosen[1]

    def _repr_html_(self) -> str:
        from sluice.research.report.sweep import summary

        head = f"{self.strategy.__name__}: {len(self.table)} points, {self.trials} trials"
        return summary(head, self.ranked().head(10))

    def __repr__(self) -> str:
        found = self.best()
        params = ", ".join(f"{name}={found[name]!r}" for name in self.axes)
        return (
            f"<Sweep of {self.strategy.__name__} on {self.data}: {len(self.table)} points, best "
            f"sharpe {found['sharpe']:.4g} at {params}; {self.trials} trials>"
        )
