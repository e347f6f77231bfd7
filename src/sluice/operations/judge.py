"""Backtest a strategy and judge it at a gate: the one function behind script, command and demo."""

import re
import shlex
from dataclasses import dataclass, replace
from pathlib import Path

from sluice.domain.duration import format_duration
from sluice.domain.errors import StorageError, UsageError
from sluice.domain.evidence import Verdict
from sluice.domain.progress import Progress, part, silent
from sluice.domain.run import Kind
from sluice.operations.request import Gate, JudgeRequest
from sluice.research.check import refuse_lookahead
from sluice.research.execute import execute
from sluice.research.judge import Judged, judge_backtest, judge_research
from sluice.research.plan import Asked, RunPlan, plan
from sluice.research.record import Judgement, recorded, trials_before
from sluice.research.result import Result
from sluice.research.window import stamp_ns
from sluice.runtime.build import clock, home
from sluice.strategy.base import Strategy
from sluice.strategy.declaration import parse_param
from sluice.strategy.load import load

_KIND: dict[Gate | None, Kind] = {"research": "gate1", "validate": "gate2", None: "backtest"}


@dataclass(frozen=True)
class Outcome:
    """What came of a request. `verdict` is None where nothing was judged; `report` is written."""

    result: Result
    verdict: Verdict | None
    report: Path
    run_id: int
    next_command: str


def run(request: JudgeRequest, progress: Progress = silent) -> Outcome:
    """Load the strategy, find the data, run, judge, write the tear sheet, record the run.

    The tear sheet is written before the record, so that no record names a sheet that is not there;
    a new sheet is taken back where the record fails.

    Raises:
        SluiceError: nothing is recorded then.
    """
    started = clock().now_ns()
    if request.stream and request.gate is not None:
        msg = (
            "a gate looks at all bars at once and cannot be streamed; leave --stream out, or --mode"
        )
        raise UsageError(msg)
    progress(0, 0, f"loading {request.strategy}")
    run_plan = plan(_strategy(request), _asked(request))
    judged = _judge(run_plan, request.gate, progress)
    path = (request.report or _report_path(request, judged)).absolute()
    verdict = None if judged.verdict is None else replace(judged.verdict, report=str(path))
    result = replace(judged.result, trials=trials_before(run_plan) + 1)
    progress(0, 0, "writing the tear sheet")
    is_new = not path.exists()
    result.report(
        path,
        verdict=None if verdict is None else verdict.to_json(),
        capacity=None if judged.capacity is None else judged.capacity.curve,
    )
    try:
        stored = recorded(result, run_plan, started, Judgement(_KIND[request.gate], verdict))
    except BaseException:
        if is_new:
            path.unlink(missing_ok=True)
        raise
    return Outcome(stored.result, verdict, path, stored.run_id, _next(request, verdict))


def _strategy(request: JudgeRequest) -> Strategy:
    cls = load(request.strategy)
    return cls(**dict(parse_param(cls, text) for text in request.params))


def _asked(request: JudgeRequest) -> Asked:
    return Asked(
        data=request.data,
        symbols=request.symbols or None,
        start_ns=stamp_ns(request.start, "--from"),
        end_ns=stamp_ns(request.end, "--to"),
        cash=None if request.cash is None else float(request.cash),
        fees=request.fees,
        slippage=request.slippage,
        seed=request.seed,
        latency_ns=request.latency_ns,
        latency_samples=request.latency_samples,
        participation=request.participation,
        base=request.base,
        stream=request.stream,
    )


def _judge(run_plan: RunPlan, gate: Gate | None, progress: Progress) -> Judged:
    if gate == "research":
        return judge_research(run_plan, progress)
    if gate == "validate":
        return judge_backtest(run_plan, progress)
    refuse_lookahead(run_plan.strategy)
    return Judged(None, execute(run_plan, part(progress, "trading")))


def _report_path(request: JudgeRequest, judged: Judged) -> Path:
    """A name that a rerun of the same finds again: strategy, gate and result digest."""
    folder = home().reports
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        msg = f"cannot make {folder}: {error.strerror or error}; set SLUICE_HOME or --report"
        raise StorageError(msg) from error
    label = re.sub(r"[^A-Za-z0-9_]+", "-", Path(request.strategy).name).strip("-")
    return folder / f"{label}-{request.gate or 'backtest'}-{judged.result.digest[:10]}.html"


def _next(request: JudgeRequest, verdict: Verdict | None) -> str:
    """The command that a user would run next, as typed; empty where there is none."""
    if verdict is not None and verdict.exploratory:
        return _command(request, request.gate, narrowed=False)
    if request.gate == "validate":
        unpassed = verdict is not None and any(
            check.id == "gate1_passed" and not check.passed for check in verdict.checks
        )
        return _command(request, "research") if unpassed else ""
    if request.gate == "research":
        passed = verdict is not None and verdict.passed
        return _command(request, "validate") if passed else ""
    return _command(request, "research")


def _command(request: JudgeRequest, gate: Gate | None, *, narrowed: bool = True) -> str:
    words = ["python", "scripts/run_backtest.py", "--strategy", request.strategy]
    words += ["--validate"] if gate == "validate" else ["--mode", "research"]
    if request.data is not None:
        words += ["--data", request.data]
    if narrowed:
        words += ["--symbols", ",".join(request.symbols)] if request.symbols else []
        words += ["--from", request.start] if request.start else []
        words += ["--to", request.end] if request.end else []
    for text in request.params:
        words += ["--param", text]
    given = {"--fees": request.fees, "--slippage": request.slippage, "--cash": request.cash}
    for option, amount in given.items():
        words += [option, format(amount, "f")] if amount is not None else []
    words += ["--seed", str(request.seed)] if request.seed is not None else []
    if request.base is not None:
        words += ["--base", request.base]
    if request.latency_ns is not None:
        words += ["--latency", format_duration(request.latency_ns)]
    if request.latency_samples is not None:
        words += ["--latency", ",".join(map(format_duration, request.latency_samples))]
    if request.participation is not None:
        words += ["--participation", repr(request.participation)]
    return shlex.join(words)
