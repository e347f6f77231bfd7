"""A run on targets alone takes the core's kernel; its record is the event engine's, whole."""

from decimal import Decimal

import numpy as np
import pytest

from market_bars import bar_set
from sluice import Strategy, core
from sluice.domain.instrument import CostSchedule
from sluice.engine.simulated_day import DaySettings, core_bars, core_costs, core_settings


class Silent:
    """A strategy without callbacks: its presence alone asks for the event engine."""


def records(cls: type[Strategy], seed: int) -> tuple[core.Run, core.Run]:
    """The same random targets by the kernel, and by the event engine."""
    chance = np.random.default_rng(seed)
    bars = bar_set(bars=400, asset_class="future")
    costs = [CostSchedule(Decimal("0.0002"), Decimal("0.0005"), Decimal("0.0001"), "test")]
    settings = DaySettings(cash=10_000)
    targets = chance.choice([np.nan, 0.0, 0.5, 1.0, -1.0], 400, p=[0.6, 0.1, 0.1, 0.1, 0.1])
    given = (core_bars(bars, settings), [core_costs(one) for one in costs])
    said = core_settings(cls, bars, settings)
    alone = core.run(*given, said, targets=targets)
    beside = core.run(*given, said, targets=targets, strategy=Silent(), callbacks=[])
    return alone, beside


@pytest.mark.parametrize("sizing", ["weight", "units", "notional"])
@pytest.mark.parametrize("seed", range(5))
def test_the_kernels_record_is_the_event_engines(seed, sizing):
    cls = type("Sized", (Strategy,), {"sizing": sizing, "max_leverage": 2.0})
    alone, beside = records(cls, seed)
    assert alone.order_count > 10
    assert alone.digest() == beside.digest()
    assert dict(alone.counts) == dict(beside.counts)
