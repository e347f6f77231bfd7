"""A slow, plain model of the bar venue with everything on.

Many orders at once, time in force, latency, cancels, volume slippage, impact, touching, bars of
different lengths. Prices and quantities are counts; no account stands in the way.
"""

import math
from dataclasses import dataclass, field

NANO = 10**9
DAY_NS = 86_400 * NANO


@dataclass(frozen=True)
class Candle:
    """One bar; `volume`, `adv` in units and `sigma` as known at its end, None where unknown."""

    instrument: int
    start: int
    end: int
    open: int
    high: int
    low: int
    close: int
    volume: float | None = None
    adv: float | None = None
    sigma: float | None = None


@dataclass(frozen=True)
class Rules:
    maker: int
    taker: int
    half_spread: int
    volume_slippage: float
    impact: float
    latency: int
    bar: int
    touch: bool
    quantity_scale: int
    money: int  # nanos per price count and quantity count


@dataclass
class Order:
    number: int
    instrument: int
    side: int
    quantity: int
    kind: str
    price: int
    tif: str
    decided: int
    status: str = "PENDING_NEW"

    @property
    def open(self) -> bool:
        return self.status in {"PENDING_NEW", "NEW"}

    @property
    def deadline(self) -> float:
        return (self.decided // DAY_NS + 1) * DAY_NS if self.tif == "DAY" else math.inf

    @property
    def waits_for_a_fall(self) -> bool:
        return (self.kind == "limit") == (self.side > 0)


@dataclass(frozen=True)
class Fill:
    ts: int
    order: int
    price: int
    reference: int
    fee: int
    maker: bool


@dataclass
class Venue:
    rules: Rules
    orders: list[Order] = field(default_factory=list)
    cancels: list[tuple[int, Order]] = field(default_factory=list)
    fills: list[Fill] = field(default_factory=list)
    known: dict[int, Candle] = field(default_factory=dict)
    unknown: int = 0

    def delay(self) -> int:
        return self.rules.latency if self.rules.latency >= self.rules.bar else 0

    def cancel(self, order: Order, ts: int) -> None:
        if order.open:
            self.cancels.append((ts + self.delay(), order))
            self.advance(ts if self.delay() == 0 else ts - 1)

    def advance(self, ts: int) -> None:
        for due, order in self.cancels:
            if due <= ts and order.open:
                order.status = "CANCELED"
        for order in self.orders:
            if order.open and order.deadline <= ts:
                order.status = "EXPIRED"

    def slip(self, order: Order, reference: int) -> int:
        """The reference moved against us by half-spread, volume slippage and impact."""
        rules, bar = self.rules, self.known.get(order.instrument)
        size, extra, unknown = order.quantity / 10**rules.quantity_scale, 0.0, False
        if rules.volume_slippage > 0:
            if bar is not None and bar.volume:
                share = size / bar.volume
                extra += rules.volume_slippage * share * share
            else:
                unknown = True
        if rules.impact > 0:
            if bar is not None and bar.adv and bar.sigma is not None:
                extra += rules.impact * bar.sigma * math.sqrt(size / bar.adv)
            else:
                unknown = True
        self.unknown += unknown
        rate = rules.half_spread + max(0, math.ceil(extra * NANO - 1e-6))
        moved = reference * (NANO + order.side * rate)
        return -(-moved // NANO) if order.side > 0 else max(1, moved // NANO)

    def fill(self, order: Order, ts: int, price: int, reference: int, *, maker: bool) -> None:
        rate = self.rules.maker if maker else self.rules.taker
        fee = -(-price * order.quantity * self.rules.money * rate // NANO)
        order.status = "FILLED"
        self.fills.append(Fill(ts, order.number, price, reference, fee, maker))

    def reached(self, order: Order, low: int, high: int) -> bool:
        buys, touch = order.side > 0, self.rules.touch
        if order.kind == "limit":
            beyond = order.price - low if buys else high - order.price
            return beyond > 0 or (touch and beyond == 0)
        return high >= order.price if buys else low <= order.price

    def at_open(self, bar: Candle) -> None:
        mine = [one for one in self.orders if one.open and one.instrument == bar.instrument]
        for order in [one for one in mine if one.status == "NEW"]:
            if self.reached(order, bar.open, bar.open):
                self.trade(order, bar.start, order.price if order.kind == "limit" else bar.open)
        for order in [one for one in mine if one.status == "PENDING_NEW"]:
            if order.decided + self.delay() <= bar.start:
                self.arrive(order, bar)

    def arrive(self, order: Order, bar: Candle) -> None:
        past = (bar.open - order.price) * order.side
        at_once = order.kind == "market" or (past <= 0 if order.kind == "limit" else past >= 0)
        if at_once:
            price = self.slip(order, bar.open)
            if order.kind == "limit":
                better = min if order.side > 0 else max
                price = better(price, order.price)
            self.fill(order, bar.start, price, bar.open, maker=False)
        else:
            order.status = "EXPIRED" if order.tif in {"IOC", "FOK"} else "NEW"

    def trade(self, order: Order, ts: int, level: int) -> None:
        if order.kind == "limit":
            self.fill(order, ts, order.price, order.price, maker=True)
        else:
            self.fill(order, ts, self.slip(order, level), level, maker=False)

    def at_close(self, bar: Candle) -> None:
        """Both paths fill the same orders at the same prices: the low comes first."""
        touched = [
            one
            for one in self.orders
            if one.status == "NEW"
            and one.instrument == bar.instrument
            and self.reached(one, bar.low, bar.high)
        ]
        falling = [one for one in touched if one.waits_for_a_fall]
        rising = [one for one in touched if not one.waits_for_a_fall]
        for order in [
            *sorted(falling, key=lambda one: (-one.price, one.number)),
            *sorted(rising, key=lambda one: (one.price, one.number)),
        ]:
            self.trade(order, bar.end, order.price)


def simulate(
    bars: list[Candle], script: dict[int, list[Order | int]], rules: Rules
) -> tuple[Venue, dict[int, str]]:
    """Plays the script: after bar `row` its orders are sent and its numbers canceled."""
    venue = Venue(rules)
    sent: dict[int, Order] = {}
    for stamp in sorted({bar.start for bar in bars} | {bar.end for bar in bars}):
        venue.advance(stamp - 1)
        closing = [(row, bar) for row, bar in enumerate(bars) if bar.end == stamp]
        for _, bar in closing:
            venue.at_close(bar)
            venue.known[bar.instrument] = bar
        venue.advance(stamp)
        for row, _ in closing:
            for wish in script.get(row, ()):
                if isinstance(wish, Order):
                    sent[wish.number] = wish
                    venue.orders.append(wish)
                elif wish in sent:
                    venue.cancel(sent[wish], stamp)
        for bar in [bar for bar in bars if bar.start == stamp]:
            venue.at_open(bar)
    return venue, {number: order.status for number, order in sent.items()}
