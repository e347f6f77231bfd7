"""The core plays random days beside a slow, plain model: every fill, refusal and unit of money."""

import numpy as np
from hypothesis import event, given, settings

from property.models import days, ledger_model
from property.models.day_model import Day, simulate
from property.models.ledger_model import NANO, Execution
from sluice import core

NAMES = "ABC"  # the symbols; ids are SYMBOL.TEST


def instrument(name: str, terms: ledger_model.Terms) -> core.Instrument:
    return core.Instrument(
        f"{name}.TEST",
        currency="USD",
        price_scale=terms.price_scale,
        quantity_scale=terms.quantity_scale,
        tick=terms.tick,
        lot=terms.lot,
        multiplier=terms.multiplier,
        min_notional=terms.min_notional,
        shortable=terms.shortable,
    )


def columns(scene: days.Scene) -> core.BarColumns:
    def prices(field: str) -> np.ndarray:
        scaled = [
            getattr(bar, field) / 10 ** scene.terms[bar.instrument].price_scale
            for bar in scene.bars
        ]
        return np.array(scaled, dtype=np.float64)

    return core.BarColumns(
        [instrument(name, terms) for name, terms in zip(NAMES, scene.terms, strict=True)],
        np.array([bar.start for bar in scene.bars], dtype=np.int64),
        np.array([bar.end for bar in scene.bars], dtype=np.int64),
        np.array([bar.instrument for bar in scene.bars], dtype=np.uint32),
        prices("open"),
        prices("high"),
        prices("low"),
        prices("close"),
        np.full(len(scene.bars), np.nan),
    )


class Scripted:
    """A strategy that sends the wishes of its script after the bars that they name."""

    def __init__(self, scene: days.Scene) -> None:
        self.scene = scene
        self.rows = {(bar.end, NAMES[bar.instrument]): n for n, bar in enumerate(scene.bars)}

    def on_bar(self, ctx: core.Context, bar: core.Bar) -> None:
        row = self.rows[ctx.now_ns, str(bar.instrument)]
        for wish in self.scene.script.get(row, ()):
            terms = self.scene.terms[wish.instrument]
            send = ctx.buy if wish.side > 0 else ctx.sell
            price = wish.price / 10**terms.price_scale
            named = {} if wish.kind == "market" else {wish.kind: price}
            send(NAMES[wish.instrument], wish.quantity / 10**terms.quantity_scale, **named)


def played(scene: days.Scene) -> core.Run:
    costs = [
        core.CostRule(maker=terms.maker, taker=terms.taker, half_spread=terms.half_spread)
        for terms in scene.terms
    ]
    rules = core.RunSettings(
        cash=scene.cash, leverage=float(scene.leverage), bar_ns=days.STEP_NS, min_trade=0.0
    )
    strategy = Scripted(scene)
    return core.run(columns(scene), costs, rules, strategy=strategy, callbacks=["on_bar"])


def nanos(value: float) -> int:
    """Money of these days is small enough for a float to hold every 1e-9 of the fee."""
    return round(value * NANO)


def executions(scene: days.Scene, run: core.Run) -> list[Execution]:
    """The fills of a run, back in counts."""
    table = run.fills
    fills = []
    for row in range(len(table["ts"])):
        place = int(table["instrument"][row])
        terms = scene.terms[place]
        fills.append(
            Execution(
                ts=int(table["ts"][row]),
                instrument=place,
                quantity=round(table["side"][row] * table["qty"][row] * 10**terms.quantity_scale),
                price=round(table["price"][row] * 10**terms.price_scale),
                reference=round(table["ref_price"][row] * 10**terms.price_scale),
                fee=nanos(table["fee"][row]),
            )
        )
    return fills


def told(day: Day) -> None:
    """What hypothesis saw, for `--hypothesis-show-statistics`."""
    event(f"fills: {min(len(day.fills), 20) // 4 * 4}+")
    for _, _, code in day.refusals:
        event(f"refused: {code}")


@settings(max_examples=150, deadline=None)
@given(days.scenes())
def test_the_core_fills_and_refuses_what_the_model_does(scene):
    day = simulate(scene.terms, scene.bars, scene.script, scene.cash, scene.leverage)
    told(day)
    run = played(scene)
    assert executions(scene, run) == day.fills
    table = run.denials
    refusals = zip(table["ts"], table["instrument"], table["code"], strict=True)
    assert [(int(ts), int(place), str(code)) for ts, place, code in refusals] == day.refusals


@settings(max_examples=150, deadline=None)
@given(days.scenes())
def test_the_core_counts_its_money_as_the_model_does_to_the_last_unit(scene):
    day = simulate(scene.terms, scene.bars, scene.script, scene.cash, scene.leverage)
    run = played(scene)
    last = ledger_model.equity(scene.terms, scene.cash, day.fills, day.marks)
    assert run.final_equity_nanos == last
    rows = zip(run.equity["ts"], run.equity["equity"], strict=True)
    assert [(int(ts), nanos(equity)) for ts, equity in rows] == day.equity


@settings(max_examples=150, deadline=None)
@given(days.scenes())
def test_the_core_tells_the_round_trips_that_the_model_tells(scene):
    day = simulate(scene.terms, scene.bars, scene.script, scene.cash, scene.leverage)
    end = scene.bars[-1].end
    table = played(scene).round_trips
    told_by_core = [
        ledger_model.Trip(
            instrument=int(table["instrument"][row]),
            entry_ts=int(table["entry_ts"][row]),
            exit_ts=int(table["exit_ts"][row]),
            side=int(table["side"][row]),
            quantity=round(
                table["qty"][row] * 10 ** scene.terms[table["instrument"][row]].quantity_scale
            ),
            pnl=nanos(table["pnl"][row]),
            fees=nanos(table["fees"][row]),
            slippage=nanos(table["slippage"][row]),
            open_at_end=bool(table["open_at_end"][row]),
        )
        for row in range(len(table["pnl"]))
    ]
    assert told_by_core == ledger_model.round_trips(scene.terms, day.fills, day.marks, end)
