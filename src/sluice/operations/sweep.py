"""Sweeping a strategy over a grid: the one function behind `sluice sweep`."""

from dataclasses import dataclass
from pathlib import Path

from sluice.domain.errors import UsageError
from sluice.domain.progress import Progress
from sluice.domain.rate import parse_rate
from sluice.research.plan import Asked
from sluice.research.sweep.figures import FIGURES
from sluice.research.sweep.grid import grid_of_text
from sluice.research.sweep.result import Sweep
from sluice.research.sweep.run import Wanted, run_sweep
from sluice.strategy.load import load


@dataclass(frozen=True, slots=True)
class SweepRequest:
    """What the command line asks: texts as typed, None = as configured or declared.

    `by` is the figure to rank by; `out` a folder for the table and the page of pictures.
    """

    strategy: str
    params: tuple[str, ...]
    data: str | None = None
    by: str = "sharpe"
    out: Path | None = None
    whole: bool = False
    fresh: bool = False
    fees: str | None = None
    slippage: str | None = None
    cash: float | None = None


def run(request: SweepRequest, progress: Progress) -> Sweep:
    """Sweep, and write what was asked for.

    Raises:
        SluiceError: the points finished before are kept.
    """
    if request.by not in FIGURES:
        msg = f"--by {request.by!r} is no figure; there are {', '.join(FIGURES)}"
        raise UsageError(msg)
    cls = load(request.strategy)
    asked = Asked(
        data=request.data,
        fees=None if request.fees is None else parse_rate(request.fees, "--fees"),
        slippage=None if request.slippage is None else parse_rate(request.slippage, "--slippage"),
        cash=request.cash,
    )
    grid = grid_of_text(cls, request.params)
    found = run_sweep(Wanted(cls, grid, asked, request.whole, request.fresh), progress)
    if request.out is not None:
        progress(0, 0, "writing the page")
        found.to_csv(request.out / "points.csv")
        found.report(request.out / "sweep.html", by=request.by)
    return found
