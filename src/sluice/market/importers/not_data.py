"""What is known and not imported, so that the message says why: order feeds, factors, raw JSON."""

from sluice.market.importers.layout import Head, Layout

_LATER = "order books come with the issue on the order book"


def fits_orders(head: Head) -> bool:
    """Columns or first words of an order-by-order feed."""
    first = " ".join(head.cells[:2])
    log = head.name.lower().endswith((".xz", ".log")) and " order_" in first
    columns = {c.lower() for c in head.columns}
    by_order = bool({"order_id", "orderid", "id"} & columns) and "action" in columns
    return log or by_order


def fits_json(head: Head) -> bool:
    """JSON that is no list of candles."""
    first = ",".join(head.cells).lstrip()
    return ".json" in head.name.lower() and first[:1] in ("{", "[", "")


def fits_lean_factors(head: Head) -> bool:
    """LEAN's factor and map files: a day and factors, or a day and a ticker."""
    folder = head.path.parent.name.lower()
    return folder in ("factor_files", "map_files") and bool(head.cells) and head.width in (3, 4)


LAYOUTS = (
    Layout(
        "orders",
        (),
        "a feed of single orders",
        fits_orders,
        why_not=f"it is a feed of single orders, not bars, quotes or trades; {_LATER}",
    ),
    Layout(
        "json",
        (),
        "JSON of another shape",
        fits_json,
        why_not="it is JSON that holds no list of candles ([[ms, o, h, l, c, v], …])",
    ),
    Layout(
        "lean-factors",
        (),
        "LEAN's factor and map files",
        fits_lean_factors,
        why_not="it holds factors or renames, no prices",
    ),
)
