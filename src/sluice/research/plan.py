"""What a run needs, fixed before it starts, and the run itself: a pure function of its plan.

`plan()` resolves strategy, data, costs and settings; `execute()` evaluates the expressions, drives
the core and computes the figures. Nothing is recorded here: `backtest.py` counts the trial.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias

import polars as pl

from sluice.domain.errors import MissingData, StrategyError, UsageError
from sluice.domain.evidence import digest as json_digest
from sluice.domain.instrument import CostSchedule
from sluice.engine.simulated_day import DaySettings, simulate_day
from sluice.market.bars import BarSet
from sluice.market.source import resolve
from sluice.research.figures import figures
from sluice.research.frames import run_frames, targets_frame
from sluice.research.manifest import manifest_of
from sluice.research.progress import Count
from sluice.research.result import Result
from sluice.runtime.build import CostOverrides, clock, config, costs_for, open_catalog
from sluice.strategy.base import Strategy
from sluice.strategy.declaration import says
from sluice.strategy.evaluate import evaluate

Data: TypeAlias = "str | Path | pl.DataFrame | BarSet | None"

_FREE = CostSchedule(Decimal(0), Decimal(0), Decimal(0), "none: the theoretical run of Gate 1")


@dataclass(frozen=True)
class Asked:
    """What a user may ask of a run; None is what the configuration or the declaration says.

    `data`: a data set of the catalog, a file, a folder, a frame or a BarSet. `symbols`, `start_ns`
    and `end_ns` narrow it (exploratory). `cash` in the base currency; `fees` and `slippage` as
    fractions; `latency_ns` ≥ 0.
    """

    data: Data = None
    symbols: tuple[str, ...] | None = None
    start_ns: int | None = None
    end_ns: int | None = None
    cash: float | None = None
    fees: Decimal | None = None
    slippage: Decimal | None = None
    seed: int | None = None
    latency_ns: int | None = None


@dataclass(frozen=True, eq=False)
class RunPlan:
    """Everything a run depends on."""

    strategy: Strategy
    bars: BarSet
    replaced: bool
    costs: tuple[CostSchedule, ...]
    below_floor: tuple[str, ...]
    cash: float
    seed: int
    latency_ns: int

    def frictionless(self) -> "RunPlan":
        """The same run without costs: what "theoretical" means at Gate 1."""
        return replace(self, costs=tuple(_FREE for _ in self.costs))


def plan(strategy: Strategy, asked: Asked) -> RunPlan:
    """Resolve what was asked against the catalog and the configuration.

    Raises:
        StrategyError: not a strategy instance.
        MissingData: the data is not there; the message names the command that brings it.
        UsageError: a figure that cannot be.
    """
    if not isinstance(strategy, Strategy):
        hint = f"; write {strategy.__name__}()" if isinstance(strategy, type) else ""
        msg = f"a strategy instance is needed, not {strategy!r}{hint}"
        raise StrategyError(msg)
    settings = config().settings
    cash = float(settings.account.cash) if asked.cash is None else asked.cash
    latency = settings.backtest.latency_ns if asked.latency_ns is None else asked.latency_ns
    if not 0 < cash < 1e12:
        msg = f"cash is {cash}; it must be above 0 and below 1e12"
        raise UsageError(msg)
    if latency < 0:
        msg = f"latency is {latency} ns; it cannot be negative"
        raise UsageError(msg)
    bars = _bars(strategy, asked)
    overrides = CostOverrides(fees=asked.fees, slippage=asked.slippage)
    charged = [costs_for(instrument, overrides) for instrument in bars.instruments]
    return RunPlan(
        strategy=strategy,
        bars=bars,
        replaced=asked.data is not None,
        costs=tuple(cost.schedule for cost in charged),
        below_floor=tuple(
            instrument.id
            for instrument, cost in zip(bars.instruments, charged, strict=True)
            if cost.below_floor
        ),
        cash=cash,
        seed=settings.backtest.seed if asked.seed is None else asked.seed,
        latency_ns=latency,
    )


def execute(run: RunPlan, progress: Count | None = None) -> Result:
    """Evaluate, trade and measure; the same plan gives the same result digest in any process."""
    evaluated = evaluate(run.strategy, run.bars)
    settings = DaySettings(cash=run.cash, latency_ns=run.latency_ns, seed=run.seed)
    core_run = simulate_day(run.strategy, run.bars, evaluated, run.costs, settings, progress)
    portfolio = says(type(run.strategy), "allocate")
    frames = run_frames(core_run, run.bars, run.cash, portfolio=portfolio)
    measured = figures(frames, run.bars, run.cash)
    manifest = manifest_of(run)
    said = evaluated.signal if evaluated.target is None else evaluated.target
    return Result(
        strategy=run.strategy,
        bars=run.bars,
        cash=run.cash,
        stats=measured.stats,
        equity=frames.equity,
        fills=frames.fills,
        orders=frames.orders,
        denials=frames.denials,
        round_trips=frames.round_trips,
        targets=targets_frame(run.bars, said),
        counts=dict(core_run.counts),
        manifest=manifest,
        digest=json_digest(
            {"manifest": manifest.digest, "run": core_run.digest(), "stats": measured.stats}
        ),
        daily=measured.daily,
    )


def _bars(strategy: Strategy, asked: Asked) -> BarSet:
    now_ns = clock().now_ns()
    bars = resolve(asked.data, type(strategy).data, open_catalog(), now_ns=now_ns)
    if asked.symbols is not None:
        bars = bars.only(asked.symbols)
    if asked.start_ns is not None or asked.end_ns is not None:
        bars = bars.between(asked.start_ns, asked.end_ns)
    if bars.frame.is_empty():
        msg = f"{bars.name} holds no bar; import data with `sluice data import PATH`"
        raise MissingData(msg)
    return bars
