"""The plain models hold the identities themselves, before the core is measured by them."""

from hypothesis import given

from property.models import days, ledger_model
from property.models.day_model import simulate
from property.models.ledger_model import NANO, Execution, Terms

CASH = 10_000 * NANO


@given(days.fill_lists())
def test_round_trips_of_the_model_add_up_to_its_profit(drawn):
    fills, marks = drawn
    trips = ledger_model.round_trips(days.ALL, fills, marks, end=99)
    profit = ledger_model.equity(days.ALL, CASH, fills, marks) - CASH
    assert sum(trip.pnl for trip in trips) == profit
    assert sum(trip.fees for trip in trips) == sum(fill.fee for fill in fills)
    assert all(trip.quantity > 0 for trip in trips)


@given(days.scenes())
def test_days_of_the_model_never_sell_short_what_may_not_be(scene):
    day = simulate(scene.terms, scene.bars, scene.script, scene.cash, scene.leverage)
    for end in range(len(day.fills) + 1):
        for instrument, terms in enumerate(scene.terms):
            assert terms.shortable or ledger_model.held(day.fills[:end], instrument) >= 0
    assert len(day.equity) == len({bar.end for bar in scene.bars})


def test_a_long_trip_with_a_fee_on_both_sides_is_what_a_pencil_says():
    share = Terms(price_scale=2, quantity_scale=0)
    fills = [
        Execution(ts=1, instrument=0, quantity=100, price=1_000, reference=999, fee=NANO),
        Execution(ts=2, instrument=0, quantity=-100, price=1_200, reference=1_201, fee=NANO),
    ]
    (trip,) = ledger_model.round_trips([share], fills, [None], end=9)
    assert (trip.pnl, trip.fees, trip.slippage) == (198 * NANO, 2 * NANO, 2 * NANO)
    assert (trip.entry_ts, trip.exit_ts, trip.side, trip.quantity) == (1, 2, 1, 100)
