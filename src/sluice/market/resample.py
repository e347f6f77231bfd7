"""Makes a coarser bar from finer ones: aligned windows, whole ones alone, nothing filled in."""

import polars as pl

from sluice.domain.duration import DAY_NS, format_duration
from sluice.domain.errors import BadData
from sluice.market.bars import STAMP, BarSet

# 1970-01-05 was a Monday: windows of whole weeks start there, all others at 1970-01-01.
_MONDAY_NS = 4 * DAY_NS


def resample(bars: BarSet, every_ns: int) -> BarSet:
    """`bars` at the coarser interval `every_ns`, a multiple of theirs.

    Windows are aligned to UTC (weeks to Monday) and known at their end. Open is the first bar's,
    close the last one's, volume the sum (null where any is null). A window without bars is absent;
    a hole inside a window leaves it to the bars that are there; a window that is cut by the
    first or last bar of its instrument is left out.

    Raises:
        BadData: `every_ns` is finer than the bars, or no multiple of their interval.
    """
    if every_ns == bars.every_ns:
        return bars
    have, want = format_duration(bars.every_ns), format_duration(every_ns)
    if every_ns < bars.every_ns or every_ns % bars.every_ns:
        msg = f"{bars.name} has bars of {have}; {want} is no multiple of that and cannot be made"
        raise BadData(msg)
    offset = _MONDAY_NS if every_ns % (7 * DAY_NS) == 0 else 0
    start = pl.col("ts_start").to_physical()
    end = pl.col("ts").to_physical()
    window = ((start - offset) // every_ns) * every_ns + offset
    coarse = (
        bars.frame.with_columns(window.alias("window"))
        .group_by("instrument", "window", maintain_order=True)
        .agg(
            start.min().alias("first"),
            end.max().alias("last"),
            pl.col("open").first(),
            pl.col("high").max(),
            pl.col("low").min(),
            pl.col("close").last(),
            pl.when(pl.col("volume").null_count() == 0)
            .then(pl.col("volume").sum())
            .alias("volume"),
        )
    )
    edges = coarse.group_by("instrument").agg(
        pl.col("first").min().alias("begin"), pl.col("last").max().alias("stop")
    )
    whole = coarse.join(edges, on="instrument", how="left").filter(
        (pl.col("window") >= pl.col("begin")) & (pl.col("window") + every_ns <= pl.col("stop"))
    )
    frame = whole.with_columns(
        pl.col("window").cast(STAMP).alias("ts_start"),
        (pl.col("window") + every_ns).cast(STAMP).alias("ts"),
    )
    present = set(frame["instrument"].cast(pl.String).unique())
    coarser = BarSet.build(
        frame,
        [i for i in bars.instruments if i.id in present],
        every_ns=every_ns,
        name=bars.name,
        provenance=bars.provenance,
        quality=bars.quality,
    )
    return coarser.with_sessions(bars.stored_sessions())
