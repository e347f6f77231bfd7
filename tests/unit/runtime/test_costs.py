"""What an instrument costs: by class and venue, and whether a run asked for less."""

from decimal import Decimal

import pytest

from sluice.domain.instrument import ASSET_CLASSES, Instrument
from sluice.runtime.build import CostOverrides, config, costs_for


def instrument(asset_class="perpetual", venue="SIM"):
    return Instrument(
        symbol="BTCUSDT",
        venue=venue,
        asset_class=asset_class,
        currency="USDT",
        tick_size=Decimal("0.1"),
        lot_size=Decimal("0.001"),
    )


def test_every_asset_class_has_costs_and_says_where_they_are_from():
    for asset_class in ASSET_CLASSES:
        floor = costs_for(instrument(asset_class, "NOWHERE")).floor
        assert floor.half_spread > 0
        assert floor.source


def test_every_class_of_the_schedule_is_an_asset_class():
    assert set(type(config().settings.costs).model_fields) == set(ASSET_CLASSES)


def test_a_venue_with_figures_of_its_own_has_those_and_others_the_default_of_their_class():
    simulated = costs_for(instrument("perpetual", "SIM")).schedule
    assert "simulated venue" in simulated.source
    assert (simulated.maker, simulated.taker, simulated.half_spread) == (
        Decimal("0.0002"),
        Decimal("0.0005"),
        Decimal("0.0001"),
    )
    assert "simulated venue" not in costs_for(instrument("perpetual", "BINANCE")).schedule.source


def test_fees_replace_maker_and_taker_and_slippage_the_half_spread():
    asked = CostOverrides(fees=Decimal("0.002"), slippage=Decimal("0.003"))
    schedule = costs_for(instrument(), asked).schedule
    assert (schedule.maker, schedule.taker) == (Decimal("0.002"), Decimal("0.002"))
    assert schedule.half_spread == Decimal("0.003")


@pytest.mark.parametrize(
    ("asked", "below"),
    [
        (CostOverrides(), False),
        (CostOverrides(fees=Decimal("0.0005")), False),
        (CostOverrides(fees=Decimal("0.0004")), True),
        (CostOverrides(slippage=Decimal(0)), True),
        (CostOverrides(fees=Decimal("0.01"), slippage=Decimal("0.00005")), True),
    ],
)
def test_any_part_below_the_schedule_is_below_the_floor(asked, below):
    assert costs_for(instrument(), asked).below_floor is below
