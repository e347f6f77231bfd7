"""A slow, plain model of a simulated day: bars of one length, scripted orders, fills by the rules.

The rules, with one resting order at most per instrument, so that the path inside a bar does not
matter: an order decided at a close fills at the next open of its own instrument; market and stop
orders pay the half-spread, rounded against us to a price count; a limit order that can fill on
arrival does so at the open with costs, never worse than its limit; a resting limit fills at its
limit when the price goes through it; a stop triggers on touch.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from property.models.check_model import State, Wish, refusal
from property.models.ledger_model import NANO, Execution, Terms, equity


@dataclass(frozen=True)
class Candle:
    """One bar, prices in counts."""

    instrument: int
    start: int
    end: int
    open: int
    high: int
    low: int
    close: int


@dataclass
class Day:
    """What came of a day: fills, refusals (ts, instrument, code), equity at each close."""

    fills: list[Execution] = field(default_factory=list)
    refusals: list[tuple[int, int, str]] = field(default_factory=list)
    equity: list[tuple[int, int]] = field(default_factory=list)
    marks: list[int | None] = field(default_factory=list)


def taken(terms: Terms, side: int, price: int) -> int:
    """The price moved against us by the half-spread; a sale brings at least one count."""
    moved = price * (NANO + side * terms.half_spread)
    return -(-moved // NANO) if side > 0 else max(1, moved // NANO)


def fill(terms: Terms, wish: Wish, ts: int, price: int, reference: int, rate: int) -> Execution:
    """The fee is rounded up on a notional rounded up; a rebate on one rounded down."""
    exact = terms.money(price, wish.quantity)
    notional = exact.__floor__() if rate < 0 else exact.__ceil__()
    fee = -(-notional * rate // NANO)
    signed = wish.side * wish.quantity
    return Execution(ts, wish.instrument, signed, price, reference, fee)


def arrival(terms: Terms, wish: Wish, bar: Candle) -> Execution | None:
    """What the open does with an order that has just arrived; None where it rests."""
    if wish.kind == "limit" and (bar.open - wish.price) * wish.side > 0:
        return None
    if wish.kind == "stop" and (bar.open - wish.price) * wish.side < 0:
        return None
    price = taken(terms, wish.side, bar.open)
    if wish.kind == "limit":
        price = min(price, wish.price) if wish.side > 0 else max(price, wish.price)
    return fill(terms, wish, bar.start, price, bar.open, terms.taker)


def jumped(terms: Terms, wish: Wish, bar: Candle) -> Execution | None:
    """What the open does with an order that rested before."""
    beyond = (bar.open - wish.price) * wish.side
    if wish.kind == "limit" and beyond < 0:
        return fill(terms, wish, bar.start, wish.price, wish.price, terms.maker)
    if wish.kind == "stop" and beyond >= 0:
        price = taken(terms, wish.side, bar.open)
        return fill(terms, wish, bar.start, price, bar.open, terms.taker)
    return None


def inside(terms: Terms, wish: Wish, bar: Candle) -> Execution | None:
    """What the rest of the bar does with a resting order."""
    buys = wish.side > 0
    through = bar.low < wish.price if buys else bar.high > wish.price
    touched = bar.high >= wish.price if buys else bar.low <= wish.price
    if wish.kind == "limit" and through:
        return fill(terms, wish, bar.end, wish.price, wish.price, terms.maker)
    if wish.kind == "stop" and touched:
        price = taken(terms, wish.side, wish.price)
        return fill(terms, wish, bar.end, price, wish.price, terms.taker)
    return None


@dataclass
class Venue:
    """Orders on their way and at rest."""

    terms: Sequence[Terms]
    day: Day
    arriving: list[Wish] = field(default_factory=list)
    resting: list[Wish] = field(default_factory=list)

    def open_orders(self) -> list[Wish]:
        return [*self.arriving, *self.resting]

    def at_open(self, bar: Candle) -> None:
        for wish in [wish for wish in self.resting if wish.instrument == bar.instrument]:
            self.take(self.resting, wish, jumped(self.terms[bar.instrument], wish, bar))
        for wish in [wish for wish in self.arriving if wish.instrument == bar.instrument]:
            done = arrival(self.terms[bar.instrument], wish, bar)
            if done is None:
                self.arriving.remove(wish)
                self.resting.append(wish)
            self.take(self.arriving, wish, done)

    def at_close(self, bar: Candle) -> None:
        for wish in [wish for wish in self.resting if wish.instrument == bar.instrument]:
            self.take(self.resting, wish, inside(self.terms[bar.instrument], wish, bar))

    def take(self, orders: list[Wish], wish: Wish, done: Execution | None) -> None:
        if done is not None:
            orders.remove(wish)
            self.day.fills.append(done)


def simulate(
    terms: Sequence[Terms],
    bars: Sequence[Candle],
    script: Mapping[int, Sequence[Wish]],
    cash: int,
    leverage: int,
) -> Day:
    """Runs the day; `script[row]` are the wishes after the close of bar `row` (by end, instrument).

    At one stamp: closes of all instruments, then decisions, then opens.
    """
    day = Day(marks=[None] * len(terms))
    venue = Venue(terms, day)
    for stamp in sorted({bar.start for bar in bars} | {bar.end for bar in bars}):
        closing = [(row, bar) for row, bar in enumerate(bars) if bar.end == stamp]
        for _, bar in closing:
            venue.at_close(bar)
            day.marks[bar.instrument] = bar.close
        if closing:
            day.equity.append((stamp, equity(terms, cash, day.fills, day.marks)))
        for row, _ in closing:
            for wish in script.get(row, ()):
                state = State(terms, cash, leverage, day.fills, venue.open_orders(), day.marks)
                code = refusal(state, wish)
                if code is None:
                    venue.arriving.append(wish)
                else:
                    day.refusals.append((stamp, wish.instrument, code))
        for bar in [bar for bar in bars if bar.start == stamp]:
            venue.at_open(bar)
            day.marks[bar.instrument] = bar.open
    return day
