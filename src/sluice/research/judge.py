"""Gates 1 and 2 on one plan: gather the evidence, ask the gate, return the verdict.

The gates themselves are pure and stand in `lifecycle/gates.py`; what evidence is stands in
`domain/evidence.py`. Both gates run the look-ahead check on the strategy submitted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sluice.domain.duration import format_duration
from sluice.domain.errors import UsageError
from sluice.domain.evidence import (
    BacktestEvidence,
    Check,
    ResearchEvidence,
    Verdict,
)
from sluice.domain.feeds import bars_of
from sluice.domain.progress import Progress, part, silent
from sluice.lifecycle.gates import gate1, gate1_warnings, gate2, gate2_warnings
from sluice.lifecycle.identity import evidence_not_before_ns
from sluice.lifecycle.thresholds import GATE2
from sluice.market.market_set import MarketSet
from sluice.research.capacity import CapacityEstimate, estimate_capacity
from sluice.research.execute import execute
from sluice.research.lookahead import LookaheadReport, lookahead_report, rows_of
from sluice.research.plan import RunPlan
from sluice.research.record import passed_before
from sluice.research.result import Result
from sluice.runtime.build import clock, config
from sluice.strategy.lineage import spoken_name

_KILL_DRAWDOWN = 0.075  # the firm's drawdown trigger (operating guide, "Risk Event Response")


@dataclass(frozen=True)
class Judged:
    """A verdict (None where no gate judged) with its run; `capacity` at Gate 1 only."""

    verdict: Verdict | None
    result: Result
    capacity: CapacityEstimate | None = None


def judge_research(run: RunPlan, progress: Progress = silent) -> Judged:
    """Gate 1: the theoretical run, the run after costs beside it, capacity, data, look-ahead."""
    _refuse_ticks(run)
    theoretical = execute(run.frictionless(), part(progress, "trading without costs"))
    net = execute(run, part(progress, "trading after costs"))
    capacity = _capacity(net)
    causal = _lookahead(run, theoretical, progress)
    cls = type(run.strategy)
    evidence = ResearchEvidence(
        hypothesis_missing=(
            ("hypothesis (the class declares none)",)
            if cls.hypothesis is None
            else tuple(cls.hypothesis.undocumented)
        ),
        theoretical_sharpe=theoretical.stats["sharpe"],
        net_sharpe=net.stats["sharpe"],
        capacity=capacity.evidence(),
        capacity_claimed=cls.capacity_usd,
        data_unidentified=_unidentified(run),
        data_unmet=_unmet(run),
        lookahead=causal.evidence(),
        provenance=run.bars.provenance,
        exploratory=run.bars.narrowed,
    )
    metrics = {
        **theoretical.stats,
        "net_sharpe": net.stats["sharpe"],
        "net_total_return": net.stats["total_return"],
        "capacity": capacity.capital,
    }
    warnings = (*gate1_warnings(evidence), *_notes(causal))
    verdict = _verdict(run, theoretical, 1, gate1(evidence), metrics, warnings)
    return Judged(verdict, theoretical, capacity)


def judge_backtest(run: RunPlan, progress: Progress = silent) -> Judged:
    """Gate 2: after costs, on a strategy and code that passed Gate 1."""
    _refuse_ticks(run)
    result = execute(run, part(progress, "trading after costs"))
    settings = config().settings.gates
    thresholds = replace(GATE2, min_days=settings.span_days_min)
    not_before = evidence_not_before_ns(clock().now_ns(), settings.evidence_days)
    passed = passed_before(run, "gate1", not_before)
    causal = _lookahead(run, result, progress)
    evidence = BacktestEvidence(
        gate1_missing=(
            None
            if passed
            else "Gate 1 has not been passed by this code, parameters and data in the last"
            f" {settings.evidence_days} days; run it with --mode research first"
        ),
        sharpe=result.stats["sharpe"],
        max_drawdown=result.stats["max_drawdown"],
        win_rate=result.stats["win_rate"],
        profit_factor=result.stats["profit_factor"],
        round_trips=int(result.stats["round_trips"]),
        span_days=int(result.stats["calendar_days"]),
        lookahead=causal.evidence(),
        costs_below_floor=run.below_floor,
        provenance=run.bars.provenance,
        exploratory=run.bars.narrowed,
    )
    warnings = [*gate2_warnings(evidence, thresholds), *_notes(causal)]
    if evidence.max_drawdown > _KILL_DRAWDOWN:
        warnings.append(
            f"a drawdown of {evidence.max_drawdown:.1%} at this size would trip the firm's"
            f" {_KILL_DRAWDOWN:.1%} kill; trade it smaller"
        )
    checks = gate2(evidence, thresholds)
    return Judged(_verdict(run, result, 2, checks, result.stats, tuple(warnings)), result)


def _refuse_ticks(run: RunPlan) -> None:
    """The gates' look-ahead check cuts and perturbs bars; what it cannot check passes no gate."""
    if isinstance(run.bars, MarketSet):
        kinds = " and ".join(part.kind for part in run.bars.ticks)
        msg = (
            f"the gates judge runs on bars; {run.bars.name} has {kinds}, which the look-ahead "
            "check does not replay yet. Backtest it without a gate, or judge it on bars"
        )
        raise UsageError(msg)


def _verdict(
    run: RunPlan,
    result: Result,
    gate: int,
    checks: tuple[Check, ...],
    metrics: Mapping[str, float],
    warnings: tuple[str, ...],
) -> Verdict:
    return Verdict(
        strategy=spoken_name(type(run.strategy)),
        gate=gate,
        checks=checks,
        metrics=dict(metrics),
        provenance=run.bars.provenance,
        result_digest=result.digest,
        manifest=result.manifest,
        exploratory=run.bars.narrowed,
        warnings=(*warnings, *_settings(run)),
    )


def _notes(causal: LookaheadReport) -> tuple[str, ...]:
    return tuple(f"look-ahead: {finding.message}" for finding in causal.warnings)


def _capacity(net: Result) -> CapacityEstimate:
    calendar = net.bars.calendar
    return estimate_capacity(
        net.fills,
        net.bars.frame,
        net.daily,
        cash=net.cash,
        instruments=net.bars.instruments,
        session_index=calendar.session_index,
        sessions_per_year=calendar.sessions_per_year,
    )


def _settings(run: RunPlan) -> tuple[str, ...]:
    """Settings of the house that make a run look better."""
    if not run.touch_fills:
        return ()
    return ("backtest.touch_fills is set: limits fill when the price only touches them",)


def _unidentified(run: RunPlan) -> tuple[str, ...]:
    if type(run.strategy).data is None:
        return ("the strategy declares no data; add data = Bars(…)",)
    return ()


def _unmet(run: RunPlan) -> tuple[str, ...]:
    """What the data lacks of what is declared: history, gaps, quality."""
    declared, bars = bars_of(type(run.strategy).data), run.bars
    problems = []
    if bars.quality is not None and bars.quality.refused:
        problems.append("its quality report is refused")
    if bars.quality is None:
        problems.append("it has no quality report; import it with `sluice data import`")
    if declared is None:
        return tuple(problems)
    start, end = bars.window
    if end - start < declared.history_ns:
        problems.append(
            f"{format_duration(declared.history_ns)} of history are declared, "
            f"{(end - start) // 86_400_000_000_000}d are there"
        )
    limit = declared.max_gap_ns if declared.max_gap_ns is not None else 3 * bars.every_ns
    gaps = bars.gaps()
    if not gaps.is_empty():
        wide = gaps.filter(~gaps["expected"] & (gaps["missing_ns"] > limit))
        if not wide.is_empty():
            worst = wide.sort("missing_ns", descending=True).row(0, named=True)
            problems.append(
                f"gaps above {format_duration(limit)}: {wide.height}, the longest"
                f" {format_duration(worst['missing_ns'])} in {worst['instrument']}"
            )
    return tuple(problems)


def _lookahead(run: RunPlan, result: Result, progress: Progress) -> LookaheadReport:
    """The look-ahead check at every decision that traded, and at sampled rows."""
    decided = result.orders.select("ts_decided", "instrument")
    rows = rows_of(
        run.bars.signal_frame,
        decided["ts_decided"].to_physical().to_numpy(),
        decided["instrument"].to_list(),
    )
    count = part(progress, "looking for look-ahead")
    return lookahead_report(run.strategy, run.bars, rows, progress=count)
