"""A slow, plain model of how orders fill on quotes and prints: one instrument, prices in ticks."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tick:
    """A quote (bid, ask, displayed or not) or, where `price` is set, a print."""

    ts: int
    bid: int = 0
    ask: int = 0
    bid_shown: bool = True
    ask_shown: bool = True
    price: int | None = None


@dataclass
class Order:
    """`side` +1 or -1; kind market, limit or stop; `sent` at this stamp."""

    number: int
    side: int
    kind: str
    level: int
    tif: str
    sent: int
    arrived: bool = False


def simulate(ticks, script, *, latency=0, touch_fills=False, quoted=True):
    """Fills as (ts, number, side, price, liquidity); prices in ticks.

    `script` maps the place of a tick to the orders that are sent after it. Ticks come in the order
    of (ts, quotes before prints).
    """
    working, fills, best = [], [], None
    for place, tick in enumerate(ticks):
        if tick.price is None:
            best = tick
        for order in sorted(working, key=lambda one: not one.arrived):
            if order.sent + latency > tick.ts and not order.arrived:
                continue
            if tick.price is not None and quoted:
                done = on_print(order, tick, best, touch_fills) if order.arrived else None
            else:
                done = on_market(order, tick, touch_fills)
            if done == "gone":
                working.remove(order)
            elif done is not None:
                working.remove(order)
                fills.append((tick.ts, order.number, order.side, *done))
        working += script.get(place, [])
    return fills


def on_print(order, tick, best, touch_fills):
    """What a print does to a resting order where the instrument is quoted."""
    away = (tick.price - order.level) * order.side
    if order.kind == "limit" and (away < 0 or (touch_fills and away == 0)):
        return order.level, "maker"
    price = side_of(best, order.side)
    if order.kind == "stop" and away >= 0 and price is not None:
        return price, "taker"
    return None


def on_market(order, tick, touch_fills):
    """What a quote, or a print of an instrument without quotes, does to an order."""
    price = tick.price if tick.price is not None else side_of(tick, order.side)
    fresh, order.arrived = not order.arrived, True
    at_once = order.tif in ("IOC", "FOK")
    if order.kind == "market":
        if price is None:
            order.arrived = False  # waits for an offer
            return "gone" if at_once else None
        return price, "taker"
    if price is not None:
        better = (order.level - price) * order.side  # > 0: the market is better than the level
        if order.kind == "stop" and better <= 0:
            return price, "taker"
        if order.kind == "limit" and fresh and better >= 0:
            return price, "taker"
        touches = touch_fills or tick.price is None
        if order.kind == "limit" and not fresh and (better > 0 or (touches and better == 0)):
            return order.level, "maker"
    return "gone" if at_once and fresh else None


def side_of(quote, side):
    """The price at which an order of `side` takes; None where nothing is offered."""
    if quote is None:
        return None
    shown = quote.ask_shown if side > 0 else quote.bid_shown
    return (quote.ask if side > 0 else quote.bid) if shown else None
