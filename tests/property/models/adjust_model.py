"""A slow, plain model of ledger lines: fills, marks and adjustments in order, in fractions.

Money is an int of 1e-9; everything against us: what is paid is rounded up, what is received down.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor, trunc

from property.models.ledger_model import NANO, Execution, Terms, cost

FUNDING, ASSUMED, BORROW, DIVIDEND, SPLIT = range(5)


@dataclass(frozen=True)
class Befalls:
    """One adjustment; `value` and `over` as the core's stub says."""

    ts: int
    instrument: int
    kind: int
    value: int
    over: int = 0


@dataclass(frozen=True)
class Line:
    """One line: counts held (after it, for a split) and money in 1e-9."""

    ts: int
    instrument: int
    kind: int
    quantity: int
    amount: int


@dataclass
class Books:
    """The account of one currency."""

    terms: list[Terms]
    cash: int
    held: dict[int, int] = field(default_factory=dict)
    marks: dict[int, int] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)

    def fill(self, fill: Execution) -> None:
        self.cash -= cost(self.terms[fill.instrument], fill) + fill.fee
        self.held[fill.instrument] = self.held.get(fill.instrument, 0) + fill.quantity

    def mark(self, instrument: int, price: int) -> None:
        self.marks[instrument] = price

    def befall(self, what: Befalls) -> None:
        place = what.instrument
        held, mark = self.held.get(place, 0), self.marks.get(place)
        if what.kind == SPLIT:
            self._split(what, held, mark)
            return
        if mark is None:
            return
        amount = self._amount(what, held, mark) if held else 0
        if what.kind == DIVIDEND:  # the price goes without what was paid
            scale = 10 ** self.terms[place].price_scale
            ex = mark - floor(Fraction(what.value * scale, NANO) + Fraction(1, 2))
            self.marks[place] = ex if ex > 0 else mark
        if amount and not (what.kind == ASSUMED and amount > 0):
            self.cash += amount
            self.lines.append(Line(what.ts, place, what.kind, held, amount))

    def _amount(self, what: Befalls, held: int, mark: int) -> int:
        terms = self.terms[what.instrument]
        rate = Fraction(what.value, NANO)
        if what.kind in (FUNDING, ASSUMED):
            exact = terms.money(mark, held)
            value = floor(exact) if rate < 0 else ceil(exact)
            return -ceil(value * rate)
        if what.kind == BORROW:
            size = ceil(terms.money(mark, abs(held)))
            return -ceil(size * rate * what.over / 365) if held < 0 else 0
        return floor(Fraction(what.value * held, 10**terms.quantity_scale))

    def _split(self, what: Befalls, held: int, mark: int | None) -> None:
        if mark is None:
            return
        terms, ratio = self.terms[what.instrument], Fraction(what.value, what.over)
        kept = trunc(held * ratio / terms.lot) * terms.lot
        left = held * ratio - kept
        # The fraction of a lot is worth its part at the mark before the split.
        worth_of_rest = floor(terms.money(mark, 1) * left * what.over)
        amount = floor(Fraction(worth_of_rest, what.value))
        self.held[what.instrument] = kept
        self.marks[what.instrument] = floor(Fraction(mark) / ratio + Fraction(1, 2))
        if held:
            self.cash += amount
            self.lines.append(Line(what.ts, what.instrument, SPLIT, kept, amount))

    def equity(self) -> int:
        return self.cash + sum(
            floor(self.terms[place].money(self.marks[place], held))
            for place, held in self.held.items()
            if held
        )


def played(books: Books, events: Iterable[tuple[str, object]]) -> Books:
    """The books after `events`: ("fill", Execution), ("mark", (place, price)), ("befall", …)."""
    for name, what in events:
        match name, what:
            case "fill", Execution() as fill:
                books.fill(fill)
            case "mark", (int(place), int(price)):
                books.mark(place, price)
            case "befall", Befalls() as befalls:
                books.befall(befalls)
    return books
