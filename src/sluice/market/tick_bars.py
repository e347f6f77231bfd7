"""Bars made from quotes or trades: aligned windows, known at their end, nothing filled in."""

import polars as pl

from sluice.domain.errors import BadData
from sluice.market.bars import STAMP, BarSet
from sluice.market.ticks import QuoteSet, TickSet


def bars_from_ticks(ticks: TickSet, every_ns: int) -> BarSet:
    """Bars of `every_ns` from prints, or from the mids of quotes (these have no volume).

    A tick at the first instant of a window belongs to it, one at its end to the next, so that a
    bar, known at its end, holds nothing later. Windows are aligned to 1970-01-01 UTC; one without
    ticks is absent; the first and the last window of an instrument are left out, since its ticks
    may start or end inside them. Volume is null where a size in the window is.

    Raises:
        BadData: no whole window lies between the first and the last tick.
    """
    quotes = isinstance(ticks, QuoteSet)
    price = (pl.col("bid") + pl.col("ask")) / 2 if quotes else pl.col("price")
    size = pl.lit(None, dtype=pl.Float64) if quotes else pl.col("size")
    window = pl.col("ts").to_physical() // every_ns * every_ns
    marked = ticks.frame.select(
        "instrument", window.alias("start"), price.alias("price"), size.alias("size")
    )
    frame = (
        marked.group_by("instrument", "start", maintain_order=True)
        .agg(
            pl.col("price").first().alias("open"),
            pl.col("price").max().alias("high"),
            pl.col("price").min().alias("low"),
            pl.col("price").last().alias("close"),
            pl.when(pl.col("size").null_count() == 0).then(pl.col("size").sum()).alias("volume"),
        )
        .filter(
            pl.col("start") > pl.col("start").min().over("instrument"),
            pl.col("start") < pl.col("start").max().over("instrument"),
        )
        .with_columns(
            pl.col("start").cast(STAMP).alias("ts_start"),
            (pl.col("start") + every_ns).cast(STAMP).alias("ts"),
        )
    )
    if frame.is_empty():
        msg = f"{ticks.name} holds no whole window of that length; choose a shorter interval"
        raise BadData(msg)
    present = set(frame["instrument"].cast(pl.String).unique())
    return BarSet.build(
        frame,
        [i for i in ticks.instruments if i.id in present],
        every_ns=every_ns,
        name=ticks.name,
        provenance=ticks.provenance,
        quality=ticks.quality,
    )
