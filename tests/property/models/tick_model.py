"""A slow, plain model of how orders fill on quotes and prints: the desk of bars with two prices.

One instrument; every kind of order. What differs from bars: a buy and a sale see their own side of
the quote, a side may offer nothing, a print beside quotes meets only what rests, and a limit of
participation speaks of the size that is quoted or printed. Prices and quantities are counts.
"""

import math
from dataclasses import dataclass, field

from property.models.contingent_model import RESTS, Desk, Order, expire, share, submit


@dataclass(frozen=True)
class Tick:
    """A quote or, where `price` is set, a print; sizes in units, NaN where unknown."""

    ts: int
    bid: int = 0
    ask: int = 0
    bid_size: float = math.nan
    ask_size: float = math.nan
    price: int | None = None
    size: float = math.nan

    @property
    def mid(self) -> int:
        return (self.bid + self.ask) // 2 if self.price is None else self.price


@dataclass
class TickDesk(Desk):
    """`best`: the last quote, or the print where there are prints alone."""

    latency: int = 0
    quoted: bool = True
    best: Tick | None = None
    tick: Tick | None = None
    asked: float = math.inf
    bid: float = math.inf
    touches: bool = False
    cancels: list[tuple[int, int]] = field(default_factory=list)

    def market(self, side: int) -> int | None:
        size = self.best.ask_size if side > 0 else self.best.bid_size
        return self.shown(side) if not self.quoted or size != 0 else None

    def shown(self, side: int) -> int:
        if not self.quoted:
            return self.best.price
        return self.best.ask if side > 0 else self.best.bid

    def reference(self, side: int) -> int:
        return self.best.mid

    def slipped(self, side: int, price: int) -> int:
        return price if self.quoted else super().slipped(side, price)

    def pool(self, order: Order, *, maker: bool) -> str:
        printed = self.tick.price is not None
        if printed and (maker or not self.quoted):
            return "left"
        return "asked" if order.side > 0 else "bid"

    def arrived(self, order: Order) -> bool:
        return order.decided + self.latency <= self.ts

    def due(self, order: Order) -> bool:
        """One that takes whatever comes waits until its side is offered."""
        takes = order.kind in {"market", "trailing"} and order.tif not in {"IOC", "FOK"}
        waits = takes and order.status == "PENDING_NEW" and self.market(order.side) is None
        return self.arrived(order) and not (waits and not order.after)

    def met(self, order: Order, price: int) -> bool:
        if order.now == "limit" and self.touches and price == order.limit:
            return True
        return super().met(order, price)


def simulate(ticks, script, rules, *, latency=0):
    """Plays the script: after the tick at each place its orders are sent, its numbers canceled."""
    desk = TickDesk(rules, latency=latency, quoted=any(tick.price is None for tick in ticks))
    for place, tick in enumerate(ticks):
        desk.ts, desk.tick = tick.ts, tick
        for effective, number in list(desk.cancels):
            if effective <= tick.ts:
                desk.cancels.remove((effective, number))
                desk.cancel(desk.orders[number])
        expire(desk, tick.ts)
        if tick.price is None:
            desk.best, desk.touches = tick, True
            desk.asked, desk.bid = share(rules, tick.ask_size), share(rules, tick.bid_size)
            jump(desk)
        else:
            desk.left, desk.touches = share(rules, tick.size), rules.touch
            if desk.quoted:
                printed(desk, tick.price)
            else:
                desk.best = tick
                jump(desk)
        for wish in script.get(place, ()):
            if isinstance(wish, Order):
                submit(desk, wish)
            elif wish in desk.orders and latency:
                desk.cancels.append((tick.ts + latency, wish))
            elif wish in desk.orders:
                desk.cancel(desk.orders[wish])
    return desk


def jump(desk: TickDesk) -> None:
    """A new price for all: what rests, by age, then what arrives."""
    desk.follow()

    def meets(order: Order) -> bool:
        price = desk.market(order.side)
        return price is not None and desk.met(order, price)

    meet_all(desk, meets)
    while True:
        due = [order for order in desk.in_state({"PENDING_NEW"}) if desk.due(order)]
        if not due:
            return
        desk.arrive(due[0])


def printed(desk: TickDesk, price: int) -> None:
    """A print beside quotes: limits at rest, and stops whose side is quoted."""

    def meets(order: Order) -> bool:
        if order.now == "market" or (order.now == "stop" and desk.market(order.side) is None):
            return False
        return desk.met(order, price)

    meet_all(desk, meets)


def meet_all(desk: TickDesk, meets) -> None:
    last = 0
    while True:
        met = [one for one in desk.in_state(RESTS) if one.number > last and meets(one)]
        if not met:
            return
        last = met[0].number
        desk.touch(met[0], maker=met[0].now == "limit")
