"""Orders of every kind for the slow models: how they are drawn, sent to the core, and read back."""

from hypothesis import strategies as st

from property.models.contingent_model import DAY_NS, Fill, Order

STEP = DAY_NS // 6
SCALE, TICK, QUANTITY_SCALE = 4, 100, 2
MONEY = 10**9 // 10 ** (SCALE + QUANTITY_SCALE)


@st.composite
def order(draw, number, price, now, earlier):
    """Any kind, near the price; tied to earlier orders now and then."""
    near = st.integers(-60, 60).map(lambda ticks: price + ticks * TICK)
    kind = draw(st.sampled_from(("market", "limit", "limit", "stop", "stop_limit", "trailing")))
    one = Order(number, draw(st.sampled_from((1, -1))), draw(st.integers(1, 4_000)), kind)
    one.limit = draw(near) if kind in {"limit", "stop_limit"} else 0
    one.stop = draw(near) if kind in {"stop", "stop_limit"} else 0
    if kind == "stop_limit" and (one.limit - one.stop) * one.side < 0:
        one.limit, one.stop = one.stop, one.limit
    one.trail = draw(st.integers(1, 50)) * TICK if kind == "trailing" else 0
    one.tif = draw(st.sampled_from(("GTC", "GTC", "GTC", "DAY", "GTD", "IOC", "FOK")))
    one.until = now + draw(st.integers(1, 4 * STEP)) if one.tif == "GTD" else 0
    rests = kind == "limit" and one.tif not in {"IOC", "FOK"}
    one.post_only = rests and draw(st.booleans())
    one.reduce_only = draw(st.booleans())
    one.decided = now
    if earlier and draw(st.booleans()):
        one.oco = draw(st.sampled_from(earlier))
    return one


@st.composite
def bracket(draw, number, price, now):
    """An entry with a stop or a trail and a target, on their right sides."""
    side = draw(st.sampled_from((1, -1)))
    quantity = draw(st.integers(1, 4_000))
    entry = Order(number, side, quantity, decided=now)
    if draw(st.booleans()):
        entry.kind = draw(st.sampled_from(("limit", "stop")))
        price += draw(st.integers(-30, 30)) * TICK
        entry.limit = price if entry.kind == "limit" else 0
        entry.stop = price if entry.kind == "stop" else 0
    away = st.integers(1, 40)
    exits = []
    for kind in draw(st.sampled_from((("stop", "limit"), ("trailing", "limit"), ("stop",)))):
        one = Order(number + 1 + len(exits), -side, quantity, kind, decided=now)
        one.after, one.reduce_only = number, True
        one.oco = exits[0].number if exits else 0
        one.stop = price - side * draw(away) * TICK if kind == "stop" else 0
        one.limit = price + side * draw(away) * TICK if kind == "limit" else 0
        one.trail = draw(away) * TICK if kind == "trailing" else 0
        exits.append(one)
    return [entry, *exits]


def wished(ctx, wish):
    """Sends an order of the model through the context, or takes back the one of that number."""
    if not isinstance(wish, Order):
        ctx.cancel(wish)
        return
    asked = {"tif": wish.tif, "post_only": wish.post_only, "reduce_only": wish.reduce_only}
    for name in ("limit", "stop", "trail"):
        if getattr(wish, name):
            asked[name] = getattr(wish, name) / 10**SCALE
    asked |= {"until": wish.until} if wish.tif == "GTD" else {}
    asked |= {"after": wish.after} if wish.after else {}
    asked |= {"oco": wish.oco} if wish.oco else {}
    send = ctx.buy if wish.side > 0 else ctx.sell
    assert send("AAA", wish.quantity / 10**QUANTITY_SCALE, **asked) == wish.number


def fills_of(run):
    table = run.fills
    return [
        Fill(
            ts=int(table["ts"][row]),
            order=int(table["order_id"][row]),
            quantity=round(table["qty"][row] * 10**QUANTITY_SCALE),
            price=round(table["price"][row] * 10**SCALE),
            reference=round(table["ref_price"][row] * 10**SCALE),
            fee=round(table["fee"][row] * 10**9),
            maker=table["liquidity"][row] == 0,
        )
        for row in range(len(table["ts"]))
    ]
