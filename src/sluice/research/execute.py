"""The run itself, a pure function of its plan: evaluate, trade, measure.

Nothing is recorded here: `record.py` counts the trial.
"""

from dataclasses import replace
from functools import partial

import numpy as np

from sluice import core
from sluice.domain.evidence import digest
from sluice.domain.progress import Count
from sluice.engine.simulated_day import DaySettings, simulate_day
from sluice.engine.streamed_day import streamed
from sluice.lifecycle.thresholds import CAPACITY
from sluice.market.stored_bars import StoredBars
from sluice.research.delisted import HELD_PAST_ITS_DATA, held_past_its_data
from sluice.research.figures import figures
from sluice.research.frames import RunFrames
from sluice.research.liquidity import liquidity_rows
from sluice.research.manifest import manifest_of
from sluice.research.plan import RunPlan
from sluice.research.result import Result
from sluice.runtime.build import home
from sluice.statistics.returns import Floats
from sluice.strategy.declaration import says
from sluice.strategy.evaluate import evaluate


def execute(run: RunPlan, progress: Count | None = None) -> Result:
    """Evaluate, trade and measure; the same plan gives the same result digest in any process."""
    if isinstance(run.bars, StoredBars):
        return _execute_streamed(run, run.bars, progress)
    evaluated = evaluate(run.strategy, run.bars)
    adv, sigma = _liquidity(run)
    settings = replace(day_settings(run), adv=adv, sigma=sigma)
    core_run = simulate_day(run.strategy, run.bars, evaluated, run.costs, settings, progress)
    said = evaluated.signal if evaluated.target is None else evaluated.target
    return _measured(run, core_run, said)


def day_settings(run: RunPlan) -> DaySettings:
    """The settings of the plan's simulated day."""
    return DaySettings(
        run.cash,
        run.latency_ns,
        run.seed,
        run.touch_fills,
        run.latency_samples,
        run.participation,
        carry=run.carry,
        currencies=run.currencies,
    )


def _execute_streamed(run: RunPlan, bars: StoredBars, progress: Count | None) -> Result:
    """The same over bars on the disk; what the strategy said is not kept row by row."""
    place = home()
    folder = place.ensure(place.root / "stream")
    charged = any(cost.impact for cost in run.costs)
    liquidity = partial(liquidity_rows, sessions=CAPACITY.adv_sessions) if charged else None
    with streamed(run.strategy, bars, folder, liquidity=liquidity) as day:

        def passed(done: int, rows: int) -> None:
            day.let_go(done)
            if progress:
                progress(done, rows)

        settings = replace(day_settings(run), columns=day.columns, forwards=day.forwards)
        core_run = simulate_day(run.strategy, bars, day.evaluated, run.costs, settings, passed)
    return _measured(run, core_run, np.zeros(0))


def _measured(run: RunPlan, core_run: core.Run, said: Floats) -> Result:
    portfolio = says(type(run.strategy), "allocate")
    frames = RunFrames(core_run, run.bars, run.cash, portfolio)
    measured = figures(frames.measured(), run.bars, run.cash)
    manifest = manifest_of(run)
    return Result(
        strategy=run.strategy,
        bars=run.bars,
        cash=run.cash,
        stats=measured.stats,
        tables=frames,
        said=said,
        counts={
            **core_run.counts,
            HELD_PAST_ITS_DATA: held_past_its_data(core_run.positions, run.bars),
        },
        manifest=manifest,
        digest=digest({"run": core_run.digest(), "stats": measured.stats, **manifest.inputs()}),
        daily=measured.daily,
        base=run.currencies.base,
    )


def _liquidity(run: RunPlan) -> tuple[Floats, Floats] | tuple[None, None]:
    """ADV and σ of every row where a schedule charges impact; computed only then."""
    if not any(cost.impact for cost in run.costs):
        return None, None
    return liquidity_rows(run.bars, CAPACITY.adv_sessions)
