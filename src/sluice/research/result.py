"""What a backtest returns: figures, frames, pictures and files, all of one run.

Invariants: `digest` covers what was asked (strategy, parameters, data, costs, cash, seed), the
exact integers of the core's run and the figures, and nothing that differs between two runs of the
same thing: no clock, no run id, no count of trials, no digest of a build.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from sluice.domain.evidence import Manifest
from sluice.market.bars import BarSet
from sluice.research.figures import definitions
from sluice.research.files import save_frames
from sluice.research.frames import RunFrames, targets_frame
from sluice.statistics.returns import DailyReturns, Floats
from sluice.strategy.base import Strategy
from sluice.strategy.lineage import spoken_name


@dataclass(frozen=True, eq=False)
class Result:
    """One run of one strategy on one set of bars.

    `stats` are figures by name (fractions, money in the base currency, NaN where undefined).
    Frames: `equity` at bar closes, `fills`, `orders`, `denials`, `round_trips`, `ledger`,
    `targets`; each is made of the core's record at its first use.
    `trials` counts the evaluations of this lineage on this window so far, this one included.
    """

    strategy: Strategy
    bars: BarSet
    cash: float
    stats: Mapping[str, float]
    tables: RunFrames = field(repr=False)
    said: Floats = field(repr=False)
    counts: Mapping[str, int]
    manifest: Manifest
    digest: str
    daily: DailyReturns = field(repr=False)
    trials: int | None = None
    base: str = "USD"

    @property
    def equity(self) -> pl.DataFrame:
        """The account at bar closes: ts, equity, cash, gross, net, drawdown."""
        return self.tables.equity

    @property
    def fills(self) -> pl.DataFrame:
        """Our fills in the order in which they happened."""
        return self.tables.fills

    @property
    def orders(self) -> pl.DataFrame:
        """Orders that passed the check."""
        return self.tables.orders

    @property
    def denials(self) -> pl.DataFrame:
        """Orders that our own check refused."""
        return self.tables.denials

    @property
    def round_trips(self) -> pl.DataFrame:
        """From flat to flat; with `allocate`, from rebalance to rebalance."""
        return self.tables.round_trips

    @property
    def ledger(self) -> pl.DataFrame:
        """Funding, borrow, dividends, splits: ts, instrument, kind, qty, rate, amount.

        `amount` is in the base currency, received > 0; `qty` is what was held.
        """
        return self.tables.ledger

    @cached_property
    def targets(self) -> pl.DataFrame:
        """What the strategy said, row by row: ts, instrument, target (or signal, with `on_bar`)."""
        return targets_frame(self.bars, self.said)

    def plot(self) -> Any:
        """A plotly figure of equity against buy-and-hold, shown by notebooks as it is."""
        from sluice.research.report import equity_figure

        return equity_figure(self.equity, self.bars.frame, self.cash)

    def report(
        self,
        path: str | Path,
        *,
        verdict: Mapping[str, Any] | None = None,
        capacity: Sequence[tuple[float, float]] | None = None,
    ) -> Path:
        """Write the tear sheet, one self-contained HTML file, and return its path.

        `verdict` is the JSON of a gate's verdict; `capacity` pairs of capital and Sharpe.

        Raises:
            DiskFull: no space is left; a file that stood there before is untouched.
        """
        from sluice.research.report import ReportInput, write_report

        return write_report(
            ReportInput(
                title=spoken_name(type(self.strategy)),
                provenance=self.bars.provenance,
                equity=self.equity,
                fills=self.fills,
                round_trips=self.round_trips,
                ledger=self.ledger,
                currency=self.base,
                bars=self.bars.frame,
                cash=self.cash,
                sessions_per_year=self.bars.calendar.sessions_per_year,
                stats=dict(self.stats),
                manifest=self.manifest.to_json(),
                counts=dict(self.counts),
                definitions=definitions(),
                verdict=verdict,
                trials=self.trials,
                capacity=_curve(capacity),
            ),
            Path(path),
        )

    def frames(self) -> dict[str, pl.DataFrame]:
        """Every frame of the run by name."""
        names = ("equity", "fills", "orders", "denials", "round_trips", "ledger", "targets")
        return {name: getattr(self, name) for name in names}

    def to_csv(self, folder: str | Path) -> Path:
        """Write every frame as `<name>.csv` and the figures as `stats.json` into `folder`."""
        return save_frames(self.frames(), dict(self.stats), Path(folder), "csv")

    def to_parquet(self, folder: str | Path) -> Path:
        """Write every frame as `<name>.parquet` and the figures as `stats.json` into `folder`."""
        return save_frames(self.frames(), dict(self.stats), Path(folder), "parquet")

    def _repr_html_(self) -> str:
        from sluice.research.report import summary_html

        return summary_html(dict(self.stats), None, self.manifest.to_json())

    def __repr__(self) -> str:
        shown = (
            "total_return",
            "sharpe",
            "max_drawdown",
            "win_rate",
            "profit_factor",
            "round_trips",
        )
        figures = " ".join(f"{name}={self.stats[name]:.4g}" for name in shown)
        return f"<Result {self.strategy!r} on {self.bars.name}: {figures}>"


def _curve(points: Sequence[tuple[float, float]] | None) -> pl.DataFrame | None:
    if not points:
        return None
    return pl.DataFrame(list(points), schema=["capital", "sharpe"], orient="row")
