"""Points of strategies with callbacks, in processes that share the bars by a mapped Arrow file."""

import pickle
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from multiprocessing import get_context
from pathlib import Path

import polars as pl

from sluice.domain.errors import StrategyError, WarmupError
from sluice.research.plan import RunPlan
from sluice.research.sweep.points import Figures, whole_backtest
from sluice.strategy.base import Strategy
from sluice.strategy.lineage import spoken_name
from sluice.strategy.load import load, registered
from sluice.strategy.params import Value

_shared: list[tuple[RunPlan, type[Strategy]]] = []
"""The plan and the class of this worker; the parent process never has one."""


@dataclass
class Workers:
    """Processes that run whole backtests of one strategy's points."""

    pool: ProcessPoolExecutor

    def run(self, strategies: Sequence[Strategy]) -> list[Figures | None]:
        """The figures of each, in order; None where the history is too short for it.

        Raises:
            SluiceError: a point that cannot be run.
            StrategyError: a worker died, as of memory or of a call that ends the process.
        """
        try:
            return list(self.pool.map(_one, [strategy.params for strategy in strategies]))
        except BrokenProcessPool as error:
            name = type(strategies[0]).__name__
            msg = f"a process that ran {name} died; run one point with `sluice backtest` to see why"
            raise StrategyError(msg) from error


def can_share(plan: RunPlan) -> bool:
    """Whether other processes can find the class: a shipped one, or one of a file of its own."""
    cls = type(plan.strategy)
    if cls.__module__ == "__main__" or "<locals>" in cls.__qualname__:
        return False
    return spoken_name(cls) in registered() or ".py:" in spoken_name(cls)


@contextmanager
def workers(plan: RunPlan, count: int, folder: Path) -> Iterator[Workers]:
    """`count` processes on the plan's bars, which are written into `folder` while they live."""
    path = folder / ".bars.arrow"
    plan.bars.frame.write_ipc(path, compression="uncompressed")
    bars = replace(plan.bars, frame=plan.bars.frame.clear())
    name = spoken_name(type(plan.strategy))
    rest = {f.name: getattr(plan, f.name) for f in fields(plan)}
    del rest["strategy"], rest["bars"]
    settings = (pickle.dumps((bars, rest)), name, plan.strategy.params, str(path))
    pool = ProcessPoolExecutor(
        count, mp_context=get_context("spawn"), initializer=_begin, initargs=settings
    )
    try:
        yield Workers(pool)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        path.unlink(missing_ok=True)


def _begin(packed: bytes, name: str, params: dict[str, Value], path: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent answers Ctrl-C
    bars, rest = pickle.loads(packed)  # noqa: S301 - from our parent
    cls = load(name)
    bars = replace(bars, frame=pl.read_ipc(path))
    _shared.append((RunPlan(strategy=cls(**params), bars=bars, **rest), cls))


def _one(params: dict[str, Value]) -> Figures | None:
    plan, cls = _shared[0]
    try:
        return whole_backtest(plan, cls(**params))
    except WarmupError:
        return None
