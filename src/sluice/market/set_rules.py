"""The rules of the quality report on a data set as a whole: ragged ends, crossed bid and ask."""

import re
from collections.abc import Mapping

import polars as pl

from sluice.domain.quality import Finding
from sluice.market.calendars import utc_text

_SIDE = re.compile(r"^(?P<stem>.+)[-_.](?P<side>BID|ASK)$", re.IGNORECASE)


def ragged_ends(ends: Mapping[str, tuple[int, int]]) -> list[Finding]:
    """One finding for the data set where instruments start or end at different stamps."""
    starts = sorted({start for start, _ in ends.values()})
    stops = sorted({stop for _, stop in ends.values()})
    if len(starts) < 2 and len(stops) < 2:
        return []
    last = max(stops)
    early = sum(1 for _, stop in ends.values() if stop < last)
    late = sum(1 for start, _ in ends.values() if start > starts[0])
    return [
        Finding(
            "*",
            "ragged_ends",
            "warning",
            sum(1 for start, stop in ends.values() if start > starts[0] or stop < last),
            starts[0],
            last,
            f"{late} instruments start after {utc_text(starts[0])} (the last at "
            f"{utc_text(starts[-1])}), {early} end before {utc_text(last)} (the first at "
            f"{utc_text(stops[0])})",
            max(starts[-1] - starts[0], last - stops[0]),
        )
    ]


def crossed_sides(rows: pl.DataFrame) -> list[Finding]:
    """Bars of the ask whose close is below that of the bid at the same stamp.

    `rows` have symbol, ts_start (UTC ns) and close; GBPUSD-BID and GBPUSD-ASK are the two sides.
    """
    sides: dict[str, dict[str, str]] = {}
    for symbol in rows["symbol"].unique().sort().to_list():
        match = _SIDE.match(symbol)
        if match:
            sides.setdefault(match["stem"], {})[match["side"].upper()] = symbol
    return [
        finding
        for pair in sides.values()
        if len(pair) == 2
        for finding in _crossed(rows, pair["BID"], pair["ASK"])
    ]


def _crossed(rows: pl.DataFrame, bid: str, ask: str) -> list[Finding]:
    columns = ("ts_start", "close")
    asks, bids = (rows.filter(pl.col("symbol") == side).select(columns) for side in (ask, bid))
    both = asks.join(bids, on="ts_start", suffix="_bid").sort("ts_start")
    crossed = both.filter(pl.col("close") < pl.col("close_bid"))
    if crossed.is_empty():
        return []
    stamps = crossed["ts_start"]
    return [
        Finding(
            ask,
            "crossed_sides",
            "warning",
            len(crossed),
            int(stamps[0]),
            int(stamps[-1]),
            f"{len(crossed)} of {len(both)} bars close below {bid}, "
            f"first at {utc_text(int(stamps[0]))}",
            examples=tuple(
                {"at": utc_text(int(ts)), "ask": ask_close, "bid": bid_close}
                for ts, ask_close, bid_close in crossed.head(3).iter_rows()
            ),
        )
    ]
