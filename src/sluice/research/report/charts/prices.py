"""Bars of each instrument with our fills on them, coarse enough for the page to stay light."""

from typing import Any

import numpy as np
import polars as pl

CANDLES = 1_500
"""Candles drawn of one instrument where it has more than FINE bars."""
FINE = 3_000
CANDLES_ALL = 24_000
FILLS = 2_000
FILLS_ALL = 16_000
MINUTE_NS = 60 * 10**9
STEPS = [1, 5, 15, 30, 60, 120, 240, 480, 720, 1440, 10_080, 40_320]
"""Candle intervals in minutes, up to four weeks."""


def price_panels(bars: pl.DataFrame, fills: pl.DataFrame) -> list[dict[str, Any]]:
    """One panel an instrument, the most traded first: candles, fills, and what was left out."""
    name = pl.col("instrument").cast(pl.String)
    traded = dict(fills.group_by(name).agg(pl.len()).rows())
    groups = bars.with_columns(name).partition_by("instrument", as_dict=True)
    names = sorted((str(key[0]) for key in groups), key=lambda n: (-traded.get(n, 0), n))
    most = CANDLES_ALL // max(len(names), 1)
    most_fills = min(FILLS, FILLS_ALL // max(len(names), 1))
    panels = []
    for one in names:
        own = fills.filter(name == one)
        panels.append(_panel(one, groups[(one,)], own, most, most_fills))
    return panels


def _panel(
    name: str, bars: pl.DataFrame, fills: pl.DataFrame, most: int, most_fills: int
) -> dict[str, Any]:
    drawn, label = _candles(bars, most)
    kept = fills.sort("notional", descending=True).head(most_fills).sort("ts")
    note = f"{drawn.height:,} candles of {label} from {bars.height:,} bars, stamped at their start."
    if kept.height < fills.height:
        note += f" The {kept.height:,} largest of {fills.height:,} fills are marked."
    return {
        "name": name,
        "note": note,
        "x": drawn["ts_start"].to_numpy(),
        **{field: _short(drawn[field]) for field in ("open", "high", "low", "close")},
        "buy": _side(kept, "buy"),
        "sell": _side(kept, "sell"),
    }


def _candles(bars: pl.DataFrame, most: int) -> tuple[pl.DataFrame, str]:
    """The bars as they are, or joined into the first coarser interval that is few enough."""
    bars = bars.sort("ts_start")
    lengths = (bars["ts"] - bars["ts_start"]).dt.total_nanoseconds()
    every = max(int(lengths.min() or MINUTE_NS), 1) if bars.height else MINUTE_NS  # type: ignore[arg-type]
    if bars.height <= min(FINE, most):
        return bars, _interval(every)
    wanted = min(CANDLES, most)
    fitting = (
        minutes
        for minutes in STEPS
        if minutes * MINUTE_NS > every and bars.height * every / (minutes * MINUTE_NS) <= wanted
    )
    minutes = next(fitting, STEPS[-1])
    joined = bars.group_by_dynamic("ts_start", every=f"{minutes}m").agg(
        pl.col("open").first(), pl.col("high").max(), pl.col("low").min(), pl.col("close").last()
    )
    return joined, _interval(minutes * MINUTE_NS)


def _interval(length_ns: int) -> str:
    minutes = length_ns / MINUTE_NS
    for size, unit in ((10_080, "w"), (1_440, "d"), (60, "h")):
        if minutes >= size and minutes % size == 0:
            return f"{minutes / size:.0f}{unit}"
    return f"{minutes:g}m"


def _side(fills: pl.DataFrame, side: str) -> dict[str, Any]:
    own = fills.filter(pl.col("side").cast(pl.String) == side)
    return {"x": own["ts"].to_numpy(), "y": _short(own["price"]), "qty": _short(own["qty"])}


def _short(values: pl.Series) -> np.ndarray[Any, np.dtype[np.float64]]:
    return values.cast(pl.Float64).round_sig_figs(7).to_numpy()
