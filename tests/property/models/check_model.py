"""A slow, plain model of the check before an order: which code refuses it, or None."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Literal

from property.models.ledger_model import NANO, Execution, Terms, equity, held

Kind = Literal["market", "limit", "stop"]


@dataclass(frozen=True)
class Wish:
    """An order that a strategy wishes; `side` is +1 or −1, `price` the limit or stop in counts."""

    instrument: int
    side: int
    quantity: int
    kind: Kind = "market"
    price: int = 0


@dataclass(frozen=True)
class State:
    """All that the check looks at: what was filled, what is open, the last prices."""

    terms: Sequence[Terms]
    cash: int
    leverage: int
    fills: Sequence[Execution]
    open: Sequence[Wish]
    marks: Sequence[int | None]


def worst(state: State, orders: Sequence[Wish], instrument: int) -> int:
    """The largest size the position may reach: market orders done, the worse side of the others."""
    own = [order for order in orders if order.instrument == instrument]
    settled = held(state.fills, instrument)
    settled += sum(order.side * order.quantity for order in own if order.kind == "market")
    resting = [order for order in own if order.kind != "market"]
    buys = sum(order.quantity for order in resting if order.side > 0)
    sells = sum(order.quantity for order in resting if order.side < 0)
    return max(abs(settled + buys), abs(settled - sells))


def bound(state: State, orders: Sequence[Wish]) -> int:
    """Worst-case notional of all instruments, and the costs of every increase."""
    total = 0
    for instrument, (terms, mark) in enumerate(zip(state.terms, state.marks, strict=True)):
        if mark is None:
            continue
        size = worst(state, orders, instrument)
        increase = max(0, size - abs(held(state.fills, instrument)))
        total += ceil(terms.money(mark, size))
        reserve = max(terms.taker, 0) + terms.half_spread
        total += -(-ceil(terms.money(mark, increase)) * reserve // NANO)
    return total


def refusal(state: State, wish: Wish) -> str | None:
    """The code of the first rule that refuses the wish."""
    terms, mark = state.terms[wish.instrument], state.marks[wish.instrument]
    own = [order for order in state.open if order.instrument == wish.instrument]
    settled = held(state.fills, wish.instrument)
    settled += sum(order.side * order.quantity for order in own if order.kind == "market")
    resting_sells = sum(o.quantity for o in own if o.kind != "market" and o.side < 0)
    if wish.quantity <= 0:
        return "bad_quantity"
    if wish.quantity % terms.lot:
        return "off_lot"
    if wish.kind != "market" and wish.price % terms.tick:
        return "off_tick"
    if wish.kind != "market" and wish.price <= 0:
        return "bad_price"
    if mark is None:
        return "no_price"
    sells = wish.side < 0 and not terms.shortable
    if sells and settled - resting_sells - wish.quantity < 0:
        return "not_shortable"
    price = mark if wish.kind == "market" else wish.price
    closes = settled + wish.side * wish.quantity == 0
    if not closes and floor(terms.money(price, wish.quantity)) < terms.min_notional:
        return "below_min_notional"
    after = [*state.open, wish]
    if worst(state, after, wish.instrument) <= worst(state, state.open, wish.instrument):
        return None
    limit = equity(state.terms, state.cash, state.fills, state.marks) * state.leverage
    return "buying_power" if bound(state, after) > limit else None
