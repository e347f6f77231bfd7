"""The run itself, a pure function of its plan: evaluate, trade, measure.

Nothing is recorded here: `record.py` counts the trial.
"""

from sluice.domain.evidence import digest
from sluice.domain.progress import Count
from sluice.engine.simulated_day import DaySettings, simulate_day
from sluice.lifecycle.thresholds import CAPACITY
from sluice.research.figures import figures
from sluice.research.frames import RunFrames
from sluice.research.liquidity import liquidity_rows
from sluice.research.manifest import manifest_of
from sluice.research.plan import RunPlan
from sluice.research.result import Result
from sluice.statistics.returns import Floats
from sluice.strategy.declaration import says
from sluice.strategy.evaluate import evaluate


def execute(run: RunPlan, progress: Count | None = None) -> Result:
    """Evaluate, trade and measure; the same plan gives the same result digest in any process."""
    evaluated = evaluate(run.strategy, run.bars)
    adv, sigma = _liquidity(run)
    settings = DaySettings(
        run.cash, run.latency_ns, run.seed, run.touch_fills, adv=adv, sigma=sigma
    )
    core_run = simulate_day(run.strategy, run.bars, evaluated, run.costs, settings, progress)
    portfolio = says(type(run.strategy), "allocate")
    frames = RunFrames(core_run, run.bars, run.cash, portfolio)
    measured = figures(frames.measured(), run.bars, run.cash)
    manifest = manifest_of(run)
    said = evaluated.signal if evaluated.target is None else evaluated.target
    return Result(
        strategy=run.strategy,
        bars=run.bars,
        cash=run.cash,
        stats=measured.stats,
        tables=frames,
        said=said,
        counts=dict(core_run.counts),
        manifest=manifest,
        digest=digest({"run": core_run.digest(), "stats": measured.stats, **manifest.inputs()}),
        daily=measured.daily,
    )


def _liquidity(run: RunPlan) -> tuple[Floats, Floats] | tuple[None, None]:
    """ADV and σ of every row where a schedule charges impact; computed only then."""
    if not any(cost.impact for cost in run.costs):
        return None, None
    return liquidity_rows(run.bars, CAPACITY.adv_sessions)
