"""A slow, plain model of contingent orders and of the walk through a bar.

One instrument; every kind of order, ties, reduce-only, post-only, participation. The core has an
engine and a venue that come to the same separately; here there is one list of orders, and every
rule is read off it. Prices and quantities are counts; no account stands in the way.
"""

import copy
import math
from dataclasses import dataclass, field

NANO = 10**9
DAY_NS = 86_400 * NANO
OPEN = {"HELD", "PENDING_NEW", "NEW", "TRIGGERED", "PARTIALLY_FILLED"}
RESTS = {"NEW", "TRIGGERED", "PARTIALLY_FILLED"}


@dataclass(frozen=True)
class Candle:
    start: int
    end: int
    open: int
    high: int
    low: int
    close: int
    volume: float  # units; NaN where unknown


@dataclass(frozen=True)
class Rules:
    maker: int
    taker: int
    half_spread: int
    touch: bool
    participation: float | None
    quantity_scale: int
    money: int  # nanos per price count and quantity count
    shortable: bool = True


@dataclass
class Order:
    number: int
    side: int
    quantity: int
    kind: str = "market"
    limit: int = 0
    stop: int = 0
    trail: int = 0
    tif: str = "GTC"
    until: int = 0
    post_only: bool = False
    reduce_only: bool = False
    after: int = 0
    oco: int = 0
    decided: int = 0
    status: str = "PENDING_NEW"
    filled: int = 0
    triggered: bool = False

    @property
    def open(self) -> bool:
        return self.status in OPEN

    @property
    def leaves(self) -> int:
        return self.quantity - self.filled

    @property
    def deadline(self) -> float:
        if self.tif == "DAY":
            return (self.decided // DAY_NS + 1) * DAY_NS
        return self.until if self.tif == "GTD" else math.inf

    @property
    def now(self) -> str:
        """What it is at this moment: a stop that was touched is something else."""
        if self.kind in {"market", "limit"}:
            return self.kind
        if not self.triggered:
            return "stop"
        return "limit" if self.kind == "stop_limit" else "market"

    @property
    def falls(self) -> bool:
        """Whether it waits for a falling price."""
        return (self.now == "limit") == (self.side > 0)

    @property
    def level(self) -> int:
        return self.limit if self.now == "limit" else self.stop


@dataclass(frozen=True)
class Fill:
    ts: int
    order: int
    quantity: int
    price: int
    reference: int
    fee: int
    maker: bool


@dataclass
class Desk:
    """Everything at one moment; a path through a bar is walked on a copy."""

    rules: Rules
    orders: dict[int, Order] = field(default_factory=dict)
    fills: list[Fill] = field(default_factory=list)
    position: int = 0
    left: float = math.inf
    price: int = 0
    ts: int = 0
    opened: int = 0
    unknown_fills: int = 0

    # -- what a market of more than one price overrides ---------------------------------------

    def market(self, side: int) -> int | None:
        """What `side` can take; None where nothing is offered."""
        return self.price

    def shown(self, side: int) -> int:
        """What a trailing stop of `side` follows."""
        return self.price

    def reference(self, side: int) -> int:
        """What the slippage of one that takes is measured from."""
        return self.price

    def pool(self, order: Order, *, maker: bool) -> str:
        """The attribute that says what a fill may still take."""
        return "left"

    def due(self, order: Order) -> bool:
        """Whether it has reached the venue."""
        return order.decided <= self.opened

    def in_state(self, states: set[str]) -> list[Order]:
        return [
            self.orders[key] for key in sorted(self.orders) if self.orders[key].status in states
        ]

    # -- ends ---------------------------------------------------------------------------------

    def end(self, order: Order, status: str) -> None:
        order.status = status
        if order.filled == 0:
            for child in self.in_state({"HELD"}):
                if child.after == order.number:
                    self.end(child, "CANCELED")

    def cancel(self, order: Order) -> None:
        if order.open:
            self.end(order, "CANCELED")

    def group(self, order: Order) -> int:
        return order.oco or order.number

    # -- fills --------------------------------------------------------------------------------

    def reducible(self, side: int) -> int:
        return max(0, -side * self.position)

    def slipped(self, side: int, price: int) -> int:
        moved = price * (NANO + side * self.rules.half_spread)
        return -(-moved // NANO) if side > 0 else max(1, moved // NANO)

    def trade(self, order: Order, *, maker: bool) -> None:
        wanted = order.leaves
        if order.reduce_only:
            wanted = min(wanted, self.reducible(order.side))
            if wanted == 0:
                self.end(order, "CANCELED")
                return
        pool = self.pool(order, maker=maker)
        left = getattr(self, pool)
        wanted = int(min(wanted, left))
        if wanted == 0 or (order.tif == "FOK" and wanted < order.leaves):
            return
        if not self.rules.shortable and self.position + order.side * wanted < 0:
            self.end(order, "CANCELED")
            return
        reference = order.limit if maker else self.reference(order.side)
        price = reference if maker else self.slipped(order.side, self.market(order.side))
        if not maker and order.now == "limit":
            price = min(price, order.limit) if order.side > 0 else max(price, order.limit)
        rate = self.rules.maker if maker else self.rules.taker
        fee = -(-price * wanted * self.rules.money * rate // NANO)
        self.fills.append(Fill(self.ts, order.number, wanted, price, reference, fee, maker))
        first = order.filled == 0
        order.filled += wanted
        order.status = "PARTIALLY_FILLED" if order.leaves else "FILLED"
        self.position += order.side * wanted
        setattr(self, pool, left - wanted)
        self.unknown_fills += self.rules.participation is not None and math.isinf(left)
        self.after_fill(order, first=first)

    def after_fill(self, order: Order, *, first: bool) -> None:
        if order.status == "FILLED":
            for other in self.in_state(OPEN):
                if other is not order and self.group(other) == self.group(order):
                    self.cancel(other)
        for other in self.in_state(RESTS):
            if other.reduce_only and self.reducible(other.side) == 0:
                self.cancel(other)
        if order.reduce_only and self.position == 0 and order.after:
            self.cancel(self.orders[order.after])
        if first:
            for child in self.in_state({"HELD"}):
                if child.after == order.number and child.status == "HELD":
                    child.status = "PENDING_NEW"
                    if self.due(child):
                        self.arrive(child)

    # -- one order meets the market -----------------------------------------------------------

    def arrive(self, order: Order) -> None:
        if order.kind == "trailing":
            order.stop = self.shown(order.side) + order.side * order.trail
        if order.reduce_only and self.reducible(order.side) == 0:
            self.end(order, "CANCELED")
            return
        marketable = self.marketable(order)
        if marketable and order.post_only:
            self.end(order, "REJECTED")
            return
        order.status = "NEW"
        if marketable:
            self.touch(order, maker=False)
        if order.open and order.tif in {"IOC", "FOK"}:
            self.end(order, "EXPIRED")

    def marketable(self, order: Order) -> bool:
        price = self.market(order.side)
        if price is None or order.now == "market":
            return price is not None
        beyond = (price - order.level) * order.side
        return beyond <= 0 if order.now == "limit" else beyond >= 0

    def touch(self, order: Order, *, maker: bool) -> None:
        """The price is where the order waits."""
        if order.now != "stop":
            self.trade(order, maker=maker)
            return
        order.triggered = True
        order.status = "TRIGGERED" if order.status == "NEW" else order.status
        if self.marketable(order):
            self.trade(order, maker=False)

    def met(self, order: Order, price: int) -> bool:
        if order.now == "market":
            return True
        if order.now == "stop":
            return (price - order.stop) * order.side >= 0
        through = (order.limit - price) * order.side
        return through > 0 or (self.rules.touch and through == 0)

    def follow(self) -> None:
        for order in self.in_state(RESTS):
            if order.kind == "trailing" and not order.triggered:
                behind = self.shown(order.side) + order.side * order.trail
                better = min if order.side > 0 else max
                order.stop = better(order.stop, behind)

    # -- prices -------------------------------------------------------------------------------

    def jump(self, price: int) -> None:
        self.price = price
        self.follow()
        last = 0
        while True:
            met = [o for o in self.in_state(RESTS) if o.number > last and self.met(o, price)]
            if not met:
                break
            last = met[0].number
            self.touch(met[0], maker=met[0].now == "limit")
        while True:
            due = [o for o in self.in_state({"PENDING_NEW"}) if self.due(o)]
            if not due:
                break
            self.arrive(due[0])

    def run(self, to: int) -> None:
        falling = to < self.price
        while True:
            ahead = [
                order
                for order in self.in_state(RESTS)
                if order.now != "market"
                and order.falls == falling
                and not (self.left == 0 and order.now == "limit")
                and self.met(order, to)
            ]
            if not ahead:
                break
            # What lies behind is met where the market stands.
            sign = -1 if falling else 1
            at = {o.number: max(sign * o.level, sign * self.price) for o in ahead}
            order = min(ahead, key=lambda one: (at[one.number], one.number))
            self.price = sign * at[order.number]
            self.touch(order, maker=order.now == "limit")
        self.price = to
        self.follow()


def gain(desk: Desk, since: int, close: int) -> int:
    """What the fills of a path have added to the equity at the close."""
    total = 0
    for fill in desk.fills[since:]:
        side = desk.orders[fill.order].side
        total += side * fill.quantity * (close - fill.price) * desk.rules.money - fill.fee
    return total


def inside(desk: Desk, bar: Candle) -> Desk:
    """The bar after its open, on the worse of its two paths."""
    paths = []
    for turns in ((bar.low, bar.high), (bar.high, bar.low)):
        path = copy.deepcopy(desk)
        path.ts, path.price, path.opened = bar.end, bar.open, bar.start
        for price in (*turns, bar.close):
            path.run(price)
        paths.append(path)
    low, high = (gain(path, len(desk.fills), bar.close) for path in paths)
    return paths[1] if high < low else paths[0]


def share(rules: Rules, volume: float) -> float:
    """What our fills may take of `volume` units, in counts."""
    if rules.participation is None or math.isnan(volume):
        return math.inf
    return int(rules.participation * volume * 10**rules.quantity_scale)


def submit(desk: Desk, order: Order) -> None:
    """The check has nothing to say of size and money here; what is tied to nothing is denied."""
    parent = desk.orders.get(order.after)
    joined = desk.orders.get(order.oco)
    orphan = order.after and (parent is None or not (parent.open or parent.filled))
    late = order.oco and (joined is None or not joined.open)
    if orphan or late:
        return
    held = parent is not None and parent.filled == 0
    if order.reduce_only and not held:
        flying = [one for one in desk.in_state(OPEN) if one.kind == "market"]
        flying = [one for one in flying if not (one.reduce_only or one.after)]
        settled = desk.position + sum(one.side * one.leaves for one in flying)
        if -order.side * settled <= 0:
            return
    if order.reduce_only and held and parent.side == order.side:
        return
    order.oco = desk.group(joined) if joined else 0
    order.status = "HELD" if held else "PENDING_NEW"
    desk.orders[order.number] = order


def simulate(bars: list[Candle], script: dict[int, list[Order | int]], rules: Rules) -> Desk:
    """Plays the script: after bar `row` its orders are sent and its numbers canceled."""
    desk = Desk(rules)
    for row, bar in enumerate(bars):
        expire(desk, bar.start)
        desk.ts = desk.opened = bar.start
        desk.left = share(rules, bar.volume)
        desk.jump(bar.open)
        expire(desk, bar.end - 1)
        desk = inside(desk, bar)
        expire(desk, bar.end)
        for wish in script.get(row, ()):
            if isinstance(wish, Order):
                submit(desk, wish)
            elif wish in desk.orders:
                desk.cancel(desk.orders[wish])
    return desk


def expire(desk: Desk, ts: int) -> None:
    for order in desk.in_state(OPEN):
        if order.open and order.deadline <= ts:
            desk.end(order, "EXPIRED")
