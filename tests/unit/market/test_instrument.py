"""Instruments and cost schedules: exact, checked when made."""

from decimal import Decimal

import pytest

from market_bars import instrument
from sluice.domain.instrument import CostSchedule, Instrument


def test_the_id_is_symbol_and_venue():
    assert instrument().id == "BTCUSDT.BINANCE"
    assert instrument("BRK.B", "XNYS", "equity").id == "BRK.B.XNYS"


@pytest.mark.parametrize(
    ("asset_class", "can"),
    [("crypto_spot", False), ("perpetual", True), ("future", True), ("fx", True), ("equity", True)],
)
def test_what_can_be_sold_short_follows_the_class_unless_it_is_stated(asset_class, can):
    assert instrument(asset_class=asset_class).can_short is can
    assert instrument(asset_class=asset_class, shortable=not can).can_short is not can


def test_json_keeps_every_decimal():
    one = instrument(tick_size=Decimal("0.00000001"), adv_usd=Decimal("1e7"), adv_source="venue")
    assert Instrument.from_json(one.to_json()) == one
    assert one.to_json()["tick_size"] == "0.00000001"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"tick_size": Decimal(0)}, "tick_size of BTCUSDT.BINANCE is 0; it must be above 0"),
        ({"lot_size": Decimal("NaN")}, "must be above 0"),
        ({"min_notional": Decimal(-1)}, "must not be negative"),
        ({"asset_class": "bond"}, "is no asset class"),
        ({"venue": "A.B"}, "without a dot"),
        ({"adv_usd": Decimal(1)}, "without adv_source"),
    ],
)
def test_a_wrong_instrument_cannot_be_made(fields, message):
    with pytest.raises(ValueError, match=message):
        instrument(**fields)


def test_an_unknown_field_is_refused():
    with pytest.raises(ValueError, match="unknown instrument field tik_size"):
        Instrument.from_json(instrument().to_json() | {"tik_size": "1"})


def test_costs_given_for_a_run_replace_the_schedule_and_are_compared_with_it():
    floor = CostSchedule(Decimal("0.0002"), Decimal("0.0005"), Decimal("0.0001"), "test")
    dearer = floor.replaced(Decimal("0.0006"), None)
    assert (dearer.maker, dearer.taker, dearer.half_spread) == (
        Decimal("0.0006"),
        Decimal("0.0006"),
        Decimal("0.0001"),
    )
    assert not dearer.is_below(floor)
    assert floor.replaced(None, Decimal("0.00005")).is_below(floor)
    assert floor.replaced(None, None) is floor


def test_a_negative_taker_fee_cannot_be_made():
    with pytest.raises(ValueError, match="must not be negative"):
        CostSchedule(Decimal(0), Decimal("-0.1"), Decimal(0), "test")
