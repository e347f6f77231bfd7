"""The ground that the points of a sweep share: bars, costs and settings, in the core once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sluice import core
from sluice.domain.errors import UsageError
from sluice.domain.instrument import CostSchedule
from sluice.engine.ledger_terms import adjustments
from sluice.engine.simulated_day import (
    DaySettings,
    core_bars,
    core_costs,
    core_currencies,
    core_settings,
)
from sluice.market.bars import BarSet
from sluice.strategy.declaration import Declaration


@dataclass(frozen=True, slots=True)
class SharedGround:
    """The core's ground, and the last row of each session of the bars (`ends`)."""

    core: core.Ground
    ends: "np.ndarray[tuple[int], np.dtype[np.uint32]]"


def shared_ground(
    cls: type[Declaration], bars: BarSet, costs: Sequence[CostSchedule], settings: DaySettings
) -> SharedGround | None:
    """The ground of every run of `cls` on these bars; its parameters may differ.

    None where the kernel does not cover it: several instruments, funding, borrow, dividends or
    splits, another currency, a latency of a bar or more, fills at the close.

    Raises:
        BadData: bars that the core refuses; the message names the row.
        UsageError: settings or costs that cannot be.
    """
    befalls = adjustments(bars, costs, carry=settings.carry)
    foreign = core_currencies(settings.currencies) is not None
    if len(bars.instruments) > 1 or befalls is not None or foreign:
        return None
    stamps = bars.frame["ts"].to_physical().to_numpy()
    sessions = bars.calendar.session_index(stamps)
    ends = np.flatnonzero(np.diff(sessions, append=np.iinfo(np.int64).max)).astype(np.uint32)
    try:
        rules = [core_costs(schedule) for schedule in costs]
        said = core_settings(cls, bars, settings)
    except (ValueError, OverflowError) as error:
        raise UsageError(f"{error}; change the settings of the run or config/costs.toml") from error
    ground = core.Ground(core_bars(bars, settings), rules, said, ends)
    return SharedGround(ground, ends) if ground.covered else None
