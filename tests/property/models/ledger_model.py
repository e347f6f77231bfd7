"""A slow, plain model of the ledger: all is computed anew from the list of fills, in fractions.

Money is an int of 1e-9, prices and quantities are ints of 10^-scale, as in the core; no code is
shared with it. What we pay is rounded up, what we receive and what we own is rounded down.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

NANO = 10**9


@dataclass(frozen=True)
class Terms:
    """What the model knows of an instrument; rates are in 1e-9, min_notional in 1e-9 of money."""

    price_scale: int
    quantity_scale: int
    tick: int = 1
    lot: int = 1
    multiplier: int = NANO
    min_notional: int = 0
    shortable: bool = True
    maker: int = 0
    taker: int = 0
    half_spread: int = 0

    def money(self, price: int, quantity: int) -> Fraction:
        """Exact money, in 1e-9, of a signed quantity at a price."""
        scale = 10 ** (self.price_scale + self.quantity_scale)
        return Fraction(price * quantity * self.multiplier, scale)


@dataclass(frozen=True)
class Execution:
    """One fill; `quantity` is signed: a buy is above zero."""

    ts: int
    instrument: int
    quantity: int
    price: int
    reference: int
    fee: int


@dataclass(frozen=True)
class Trip:
    """One round trip; pnl is net of fees; money in 1e-9."""

    instrument: int
    entry_ts: int
    exit_ts: int
    side: int
    quantity: int
    pnl: int
    fees: int
    slippage: int
    open_at_end: bool


def cost(terms: Terms, fill: Execution) -> int:
    """Signed money that a fill takes from the cash before its fee."""
    return ceil(terms.money(fill.price, fill.quantity))


def cash(terms: Sequence[Terms], start: int, fills: Sequence[Execution]) -> int:
    return start - sum(cost(terms[fill.instrument], fill) + fill.fee for fill in fills)


def held(fills: Sequence[Execution], instrument: int) -> int:
    return sum(fill.quantity for fill in fills if fill.instrument == instrument)


def values(
    terms: Sequence[Terms], fills: Sequence[Execution], marks: Sequence[int | None]
) -> list[int]:
    """Signed value of each position at its mark; nothing held is worth nothing, mark or none."""
    positions = [held(fills, instrument) for instrument in range(len(terms))]
    return [
        floor(term.money(mark or 0, position))
        for term, position, mark in zip(terms, positions, marks, strict=True)
    ]


def equity(
    terms: Sequence[Terms], start: int, fills: Sequence[Execution], marks: Sequence[int | None]
) -> int:
    return cash(terms, start, fills) + sum(values(terms, fills, marks))


@dataclass(frozen=True)
class Leg:
    """A part of a fill that only opens or only closes, with its part of cost, fee and slippage."""

    ts: int
    quantity: int
    cost: int
    fee: int
    slippage: int


def legs(terms: Terms, fill: Execution, position: int) -> list[Leg]:
    """A fill cut at zero: the closing leg first, the opening one takes what rounding leaves."""
    total = cost(terms, fill)
    slippage = total - ceil(terms.money(fill.reference, fill.quantity))
    if position * fill.quantity >= 0 or abs(fill.quantity) <= abs(position):
        return [Leg(fill.ts, fill.quantity, total, fill.fee, slippage)]
    part = Fraction(abs(position), abs(fill.quantity))
    closing = Leg(
        fill.ts,
        -position,
        ceil(terms.money(fill.price, -position)),
        floor(fill.fee * part),
        floor(slippage * part),
    )
    opening = Leg(
        fill.ts,
        fill.quantity + position,
        total - closing.cost,
        fill.fee - closing.fee,
        slippage - closing.slippage,
    )
    return [closing, opening]


def chapters(terms: Terms, fills: Sequence[Execution]) -> list[list[Leg]]:
    """The fills of one instrument as stretches from flat to flat; the last may be open."""
    result: list[list[Leg]] = [[]]
    position = 0
    for fill in fills:
        for leg in legs(terms, fill, position):
            result[-1].append(leg)
            position += leg.quantity
            if position == 0:
                result.append([])
    return [chapter for chapter in result if chapter]


def whole_trip(instrument: int, chapter: Sequence[Leg]) -> Trip:
    """Flat to flat: the profit is simply the cash that came back."""
    sizes = [abs(sum(leg.quantity for leg in chapter[: end + 1])) for end in range(len(chapter))]
    return Trip(
        instrument=instrument,
        entry_ts=chapter[0].ts,
        exit_ts=chapter[-1].ts,
        side=1 if chapter[0].quantity > 0 else -1,
        quantity=max(sizes),
        pnl=-sum(leg.cost + leg.fee for leg in chapter),
        fees=sum(leg.fee for leg in chapter),
        slippage=sum(leg.slippage for leg in chapter),
        open_at_end=False,
    )


def open_trips(
    instrument: int, terms: Terms, chapter: Sequence[Leg], mark: int, end: int
) -> list[Trip]:
    """Never flat again: one trip per reduction at average cost, and one closed at the mark."""
    side = 1 if chapter[0].quantity > 0 else -1
    trips = []
    position = basis = fees = slippage = 0
    for leg in chapter:
        if leg.quantity * side > 0:
            position, basis = position + leg.quantity, basis + leg.cost
            fees, slippage = fees + leg.fee, slippage + leg.slippage
            continue
        part = Fraction(abs(leg.quantity), abs(position))
        out = [floor(amount * part) for amount in (basis, fees, slippage)]
        position += leg.quantity
        basis, fees, slippage = basis - out[0], fees - out[1], slippage - out[2]
        own = out[1] + leg.fee
        pnl = -leg.cost - out[0] - own
        size, slip = abs(leg.quantity), out[2] + leg.slippage
        trips.append(
            Trip(instrument, chapter[0].ts, leg.ts, side, size, pnl, own, slip, open_at_end=False)
        )
    pnl = floor(terms.money(mark, position)) - basis - fees
    size = abs(position)
    last = Trip(instrument, chapter[0].ts, end, side, size, pnl, fees, slippage, open_at_end=True)
    return [*trips, last]


def round_trips(
    terms: Sequence[Terms], fills: Sequence[Execution], marks: Sequence[int | None], end: int
) -> list[Trip]:
    """All trips of a run, sorted by exit, instrument, entry."""
    trips: list[Trip] = []
    for instrument, term in enumerate(terms):
        own = [fill for fill in fills if fill.instrument == instrument]
        for chapter in chapters(term, own):
            mark = marks[instrument]
            if sum(leg.quantity for leg in chapter) == 0:
                trips.append(whole_trip(instrument, chapter))
            else:
                assert mark is not None, "a held instrument has a mark"
                trips.extend(open_trips(instrument, term, chapter, mark, end))
    return sorted(trips, key=lambda trip: (trip.exit_ts, trip.instrument, trip.entry_ts))
