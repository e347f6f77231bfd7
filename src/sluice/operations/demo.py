"""The main job end to end: a simulated market, and two strategies through both gates."""

from dataclasses import dataclass

from sluice.domain.progress import Progress, silent
from sluice.market.simulate import SimulatedMarket
from sluice.operations import judge
from sluice.operations.data import simulate
from sluice.operations.judge import Outcome
from sluice.operations.request import Gate, JudgeRequest
from sluice.runtime.build import clock, open_catalog

REVERTING = "bollinger_reversion"
TRENDING = "ema_cross"
_GATES: tuple[Gate, Gate] = ("research", "validate")


@dataclass(frozen=True)
class Demo:
    """What the demo made: the data set, and one outcome for each strategy and gate, in order."""

    dataset: str
    bars: int
    outcomes: tuple[Outcome, ...]


def run(progress: Progress = silent) -> Demo:
    """Make the simulated market where it is not there yet, and judge both strategies on it.

    The market and its seed are fixed, so every machine sees the same verdicts. The strategies
    declare this market, so no option is needed.

    Raises:
        SluiceError: see `operations/judge.py`; another data set named "simulated" is one.
    """
    progress(0, 0, "making the simulated market")
    info = simulate(SimulatedMarket(), open_catalog(), clock().now_ns(), progress=progress)
    outcomes = []
    for strategy in (REVERTING, TRENDING):
        for gate in _GATES:
            named = _under(progress, f"{strategy}, {gate}")
            outcomes.append(judge.run(JudgeRequest(strategy=strategy, gate=gate), named))
    return Demo(info.name, info.rows, tuple(outcomes))


def _under(progress: Progress, title: str) -> Progress:
    return lambda done, total, what: progress(done, total, f"{title}: {what}")
