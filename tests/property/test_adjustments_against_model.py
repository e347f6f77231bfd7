"""Funding, borrow, dividends and splits beside a slow model: every line, every unit of money."""

from dataclasses import dataclass

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from property.models import adjust_model as model
from property.models.ledger_model import NANO, Execution, Terms
from sluice import core

CASH = 1_000_000 * NANO
BAR = 100
KINDS = ("funding", "assumed_funding", "borrow", "dividend", "split")
TERMS = [Terms(price_scale=4, quantity_scale=0), Terms(price_scale=6, quantity_scale=5, lot=10)]


@dataclass(frozen=True)
class Scene:
    """Opens of both instruments (they close where they opened), targets, and what befalls."""

    opens: list[tuple[int, int]]
    units: list[tuple[float, float]]
    befalls: list[model.Befalls]


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    bars = draw(st.integers(2, 8))
    price = st.tuples(st.integers(50_000, 2_000_000), st.integers(5_000_000, 200_000_000))
    units = st.tuples(
        st.integers(-400, 400).map(float), st.integers(-4_000, 4_000).map(lambda n: n / 1e4)
    )
    made = []
    for stamp in sorted(draw(st.lists(st.integers(0, bars * BAR), max_size=10))):
        kind, place = draw(st.integers(0, 4)), draw(st.integers(0, 1))
        value, over = draw(
            {
                model.FUNDING: st.tuples(st.integers(-(10**7), 10**7), st.just(0)),
                model.ASSUMED: st.tuples(st.integers(-(10**7), 10**7), st.just(0)),
                model.BORROW: st.tuples(st.integers(0, 10**9), st.integers(0, 9)),
                model.DIVIDEND: st.tuples(st.integers(0, 5 * 10**9), st.just(0)),
                model.SPLIT: st.tuples(st.integers(1, 7), st.integers(1, 7)),
            }[kind]
        )
        made.append(model.Befalls(stamp, place, kind, value, over))
    return Scene(
        draw(st.lists(price, min_size=bars, max_size=bars)),
        draw(st.lists(units, min_size=bars, max_size=bars)),
        made,
    )


def run_of(scene: Scene) -> core.Run:
    count = len(scene.opens)
    ends = np.repeat((np.arange(count, dtype=np.int64) + 1) * BAR, 2)
    prices = np.array(
        [
            price / 10 ** TERMS[place].price_scale
            for row in scene.opens
            for place, price in enumerate(row)
        ]
    )
    instruments = [
        core.Instrument(
            f"{name}.TEST",
            currency="USD",
            price_scale=terms.price_scale,
            quantity_scale=terms.quantity_scale,
            tick=1,
            lot=terms.lot,
            multiplier=terms.multiplier,
            min_notional=0,
            shortable=True,
        )
        for name, terms in zip("AB", TERMS, strict=True)
    ]
    places = np.tile(np.array([0, 1], dtype=np.uint32), count)
    bars = core.BarColumns(
        instruments, ends - BAR, ends, places, prices, prices, prices, prices, prices * np.nan
    )
    rule = core.CostRule(maker=0, taker=300_000, half_spread=0)
    rules = core.RunSettings(cash=CASH, bar_ns=BAR, leverage=100.0, sizing="units")

    def column(name: str, dtype: type) -> np.ndarray:
        return np.array([getattr(row, name) for row in scene.befalls], dtype=dtype)

    adjustments = core.Adjustments(
        column("ts", np.int64),
        column("instrument", np.uint32),
        column("kind", np.uint8),
        column("value", np.int64),
        column("over", np.int64),
    )
    targets = np.array([unit for row in scene.units for unit in row])
    return core.run(bars, [rule, rule], rules, targets=targets, adjustments=adjustments)


def fills_of(run: core.Run) -> list[Execution]:
    table = run.fills
    return [
        Execution(
            ts=int(table["ts"][row]),
            instrument=(place := int(table["instrument"][row])),
            quantity=round(
                table["side"][row] * table["qty"][row] * 10 ** TERMS[place].quantity_scale
            ),
            price=round(table["price"][row] * 10 ** TERMS[place].price_scale),
            reference=0,
            fee=round(table["fee"][row] * NANO),
        )
        for row in range(len(table["ts"]))
    ]


def events_of(scene: Scene, run: core.Run) -> list[tuple[str, object]]:
    """The day in order: at a stamp marks of closes, adjustments, then opens with their fills."""
    fills, events = fills_of(run), []
    rest = list(scene.befalls)
    for bar, opens in enumerate(scene.opens):
        start, end = bar * BAR, (bar + 1) * BAR
        events += [("befall", row) for row in rest if row.ts <= start]
        rest = [row for row in rest if row.ts > start]
        events += [("mark", (place, price)) for place, price in enumerate(opens)]
        events += [("fill", fill) for fill in fills if fill.ts == start]
        events += [("befall", row) for row in rest if row.ts < end]
        rest = [row for row in rest if row.ts >= end]
        events += [("mark", (place, price)) for place, price in enumerate(opens)]
    return events + [("befall", row) for row in rest]


@settings(max_examples=300, deadline=None)
@given(scenes())
def test_every_line_and_every_unit_of_money_is_what_the_model_says(scene):
    run = run_of(scene)
    books = model.played(model.Books(TERMS, CASH), events_of(scene, run))
    table = run.ledger
    told = [
        model.Line(
            int(table["ts"][row]),
            (place := int(table["instrument"][row])),
            KINDS.index(table["kind"][row]),
            round(table["qty"][row] * 10 ** TERMS[place].quantity_scale),
            round(table["amount"][row] * NANO),
        )
        for row in range(len(table["ts"]))
    ]
    assert [(line.ts, line.instrument, line.kind, line.quantity) for line in told] == [
        (line.ts, line.instrument, line.kind, line.quantity) for line in books.lines
    ]
    assert all(
        abs(mine.amount - theirs.amount) <= abs(theirs.amount) * 1e-12
        for mine, theirs in zip(told, books.lines, strict=True)
    )  # a float of the table; the money itself is below, exact
    assert run.final_equity_nanos == books.equity()


@settings(max_examples=300, deadline=None)
@given(scenes())
def test_round_trips_with_their_lines_add_up_to_the_profit(scene):
    run = run_of(scene)
    profit = (run.final_equity_nanos - CASH) / NANO
    trips = run.round_trips
    assert np.isclose(trips["pnl"].sum(), profit, rtol=1e-9, atol=1e-6)
    assert np.isclose(trips["ledger"].sum(), run.ledger["amount"].sum(), rtol=1e-9, atol=1e-6)
