"""`sluice.sweep`: every point of a grid, counted, kept as it is finished, and resumed by itself."""

import itertools
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Protocol

import polars as pl

from sluice.domain.errors import MissingData, ParamError, StrategyError, UsageError
from sluice.domain.evidence import digest, jsonable
from sluice.domain.progress import Progress, silent
from sluice.market.calendars import utc_text
from sluice.research.backtest import When, asked_of
from sluice.research.check import refuse_lookahead
from sluice.research.manifest import core_digest, manifest_of, sluice_digest
from sluice.research.plan import Asked, Data, RunPlan, plan
from sluice.research.sweep.figures import FIGURES
from sluice.research.sweep.grid import Grid, grid_of
from sluice.research.sweep.points import Figures, Points
from sluice.research.sweep.processes import can_share, workers
from sluice.research.sweep.result import Sweep
from sluice.research.sweep.store import POINT, Parts
from sluice.research.sweep.trials import Tried, counted, trials_of
from sluice.runtime.build import clock, home
from sluice.strategy.base import Strategy
from sluice.strategy.callbacks import callbacks
from sluice.strategy.params import Value

SEEN = Decimal("0.8")
"""The share of the window that a search sees; the rest is for judging what it found."""
_CELLS = 200_000_000  # rows × points of a batch: about half a second of the core's kernel
_POINTS = 1_024  # of a batch at most
_TYPES: dict[type, Any] = {int: pl.Int64, float: pl.Float64, bool: pl.Boolean, str: pl.String}


class Runs(Protocol):
    """What runs a batch of points."""

    def run(self, strategies: Sequence[Strategy]) -> list[Figures | None]:
        """The figures of each; None where the history is too short."""
        ...


@dataclass(frozen=True)
class Wanted:
    """A sweep as asked for: `whole` sees the whole window, `fresh` forgets finished points."""

    cls: type[Strategy]
    grid: Grid
    asked: Asked
    whole: bool = False
    fresh: bool = False


def sweep(  # noqa: PLR0913 - the public signature; every argument has its own name
    strategy: type[Strategy],
    data: Data = None,
    *,
    grid: Mapping[str, object] | None = None,
    symbols: Sequence[str] | None = None,
    start: When = None,
    end: When = None,
    cash: float | None = None,
    fees: float | str | None = None,
    slippage: float | str | None = None,
    seed: int | None = None,
    latency_ns: int | None = None,
    whole: bool = False,
    fresh: bool = False,
    progress: Progress = silent,
    **values: object,
) -> Sweep:
    """Run a strategy at every combination of parameter values; each point counts as a trial.

    `sluice.sweep(EmaCross, fast=range(5, 45, 2), slow=range(50, 250, 10))`. Finished points are
    kept under SLUICE_HOME/reports/sweeps: the same call goes on from them, or returns them.

    Args:
        strategy: the class, not an instance.
        data, symbols, start, end, cash, fees, slippage, seed, latency_ns: as `sluice.backtest`.
        grid: parameters and their values, for names that are taken by the arguments above.
        whole: see the whole window; otherwise its last 20 % is left for judging.
        fresh: run every point again, and count it again.
        progress: called with (points done, points in all, what).
        values: parameters and their values: a range, a list, an array, or one value.

    Raises:
        ParamError: a parameter that is not declared, or a value that it refuses.
        UsageError: no parameter, no point left, more than a million points.
        SluiceError: see `sluice.domain.errors`; the points finished before are kept.
    """
    if not (isinstance(strategy, type) and issubclass(strategy, Strategy)):
        hint = f"; write {type(strategy).__name__}" if isinstance(strategy, Strategy) else ""  # type: ignore[unreachable]
        msg = f"a sweep takes the strategy's class, not {strategy!r}{hint}"
        raise StrategyError(msg)
    asked = asked_of(data, symbols, (start, end), (fees, slippage))
    asked = replace(asked, cash=cash, seed=seed, latency_ns=latency_ns)
    points = grid_of(strategy, {**(grid or {}), **values})
    return run_sweep(Wanted(strategy, points, asked, whole=whole, fresh=fresh), progress)


def run_sweep(wanted: Wanted, progress: Progress = silent) -> Sweep:
    """Run what is wanted, or go on with it.

    Raises:
        SluiceError, KeyboardInterrupt: the points finished before are kept.
    """
    progress(0, 0, "loading")
    first = _first(wanted)
    refuse_lookahead(first)
    planned, unseen = _seen(plan(first, wanted.asked), whole=wanted.whole)
    about = _about(wanted, planned)
    ident = digest(about)[:16]
    parts = Parts(home().ensure(home().reports / "sweeps" / ident))
    columns = _columns(wanted)
    with parts.locked():
        parts.begin({"id": ident, **about}, fresh=wanted.fresh)
        done = parts.finished(columns)
        with _runs(planned, parts) as runs:
            _go_on(_Going(wanted, planned, ident, parts, runs), set(done[POINT]), progress)
        table = parts.finished(columns)
    if table.is_empty():
        msg = "no point of the grid is left: check() or the length of the history refuses them all"
        raise UsageError(msg)
    return Sweep(
        strategy=wanted.cls,
        axes={axis.name: axis.values for axis in wanted.grid.axes},
        table=table.drop(POINT),
        skipped=wanted.grid.size - len(table),
        trials=trials_of(planned),
        ident=ident,
        folder=parts.folder,
        unseen=unseen,
        data=planned.bars.name,
    )


def _first(wanted: Wanted) -> Strategy:
    """The first point that the strategy accepts."""
    refused = ""
    for params in itertools.islice(wanted.grid.points(), 100_000):
        try:
            return wanted.cls(**params)
        except ParamError as error:
            refused = refused or str(error)
    msg = f"no point of the grid is left; the first one: {refused}"
    raise UsageError(msg)


def _seen(planned: RunPlan, *, whole: bool) -> tuple[RunPlan, str]:
    """The plan on the part that a search sees, and in words what it does not see."""
    bars = planned.bars
    start, end = bars.window
    if whole:
        return planned, "the whole window was seen: nothing of it is left to judge by"
    cut = start + int((end - start) * SEEN)
    try:
        seen = bars.between(None, cut)
    except MissingData as error:
        msg = f"{bars.name} is too short to leave a fifth unseen; sweep it --whole"
        raise UsageError(msg) from error
    words = f"the last 20 % of the window, from {utc_text(cut)} on, was not seen"
    return replace(planned, bars=seen), words


def _about(wanted: Wanted, planned: RunPlan) -> dict[str, Any]:
    """What a sweep is: any change of it is another sweep."""
    told = manifest_of(planned)
    axes = {axis.name: list(axis.values) for axis in wanted.grid.axes}
    return {
        "grid": [[name, jsonable(values)] for name, values in axes.items()],
        "inputs": jsonable({**told.inputs(), "params": None}),
        "core_digest": core_digest(),
        "sluice_digest": sluice_digest(),
        "whole": wanted.whole,
    }


def _columns(wanted: Wanted) -> dict[str, Any]:
    """Names and types of the table: the point's number, its parameters, its figures."""
    specs = wanted.cls.param_specs
    kinds = {axis.name: _TYPES[specs[axis.name].kind] for axis in wanted.grid.axes}
    return {POINT: pl.Int64, **kinds, **dict.fromkeys(FIGURES, pl.Float64)}


@contextmanager
def _runs(planned: RunPlan, parts: Parts) -> Iterator[Runs]:
    cores = len(os.sched_getaffinity(0))
    if callbacks(type(planned.strategy)) and cores > 1 and can_share(planned):
        with workers(planned, cores, parts.folder) as pool:
            yield pool
    else:
        yield Points(planned, 1 if callbacks(type(planned.strategy)) else cores)


@dataclass(frozen=True)
class _Going:
    """A sweep under way."""

    wanted: Wanted
    plan: RunPlan
    ident: str
    parts: Parts
    runs: Runs


def _go_on(going: _Going, done: set[int], progress: Progress) -> None:
    """Run what is not done, batch by batch; each is counted, then kept."""
    grid, cls = going.wanted.grid, going.wanted.cls
    if callbacks(cls):
        size = 4 * len(os.sched_getaffinity(0))
    else:
        size = max(16, min(_POINTS, _CELLS // max(1, len(going.plan.bars.frame))))
    passed = len(done)
    progress(passed, grid.size, "points")
    left = ((i, params) for i, params in enumerate(grid.points()) if i not in done)
    while batch := list(itertools.islice(left, size)):
        started = clock().now_ns()
        points = _accepted(cls, batch)
        figures = going.runs.run([strategy for _, strategy in points])
        tried = [
            (i, Tried(strategy, one))
            for (i, strategy), one in zip(points, figures, strict=True)
            if one is not None
        ]
        seconds = (clock().now_ns() - started) / 1e9
        counted(going.plan, going.ident, [one for _, one in tried], seconds)
        if tried:
            names = [axis.name for axis in grid.axes]
            rows = [
                {POINT: i, **{name: one.strategy.params[name] for name in names}, **one.figures}
                for i, one in tried
            ]
            going.parts.add(pl.DataFrame(rows, schema=_columns(going.wanted)))
        passed += len(batch)
        progress(passed, grid.size, "points")


def _accepted(
    cls: type[Strategy], batch: Sequence[tuple[int, dict[str, Value]]]
) -> list[tuple[int, Strategy]]:
    """The points that pass the strategy's own check()."""
    kept = []
    for i, params in batch:
        try:
            kept.append((i, cls(**params)))
        except ParamError:
            continue  # skipped, and counted as such: the values themselves were accepted before
    return kept
