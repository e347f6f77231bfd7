"""Bars as they were known on a day: what was published late, and what was revised afterwards.

A run takes the first version of each bar, and only bars that were published by the end of their
own span; a bar that came later is withheld, since the market had moved on when it became known.
Both late bars and revisions are kept beside the data, so that any later view can be made: as known
on a day. Such a view knows more than a run could have, so it is marked as narrowed, and no gate is
passed on it.
"""

from dataclasses import dataclass, replace

import polars as pl

from sluice.domain.errors import MissingData
from sluice.domain.quality import Finding
from sluice.market.bars import STAMP, BarSet
from sluice.market.calendars import utc_text

_VALUES = ("open", "high", "low", "close", "volume")
COLUMNS = ("instrument", "ts_start", "ts", "published", *_VALUES)


@dataclass(frozen=True, eq=False)
class Published:
    """Rows of one import told apart: those known in time, and the versions that came later.

    `later` is null where the source has no dates of publication.
    """

    in_time: pl.DataFrame
    later: pl.DataFrame | None


def tell_apart(kept: pl.DataFrame, revisions: pl.DataFrame | None) -> Published:
    """`kept` (instrument, ts_start, ts, published, values) without the rows published late.

    `revisions` are further versions, with the same columns.
    """
    if "published" not in kept.columns:
        return Published(kept, None)
    late = pl.col("published") > pl.col("ts")
    parts = [kept.filter(late).select(COLUMNS)]
    if revisions is not None:
        parts.append(revisions.select(COLUMNS))
    later = pl.concat(parts).sort("instrument", "ts_start", "published")
    return Published(kept.filter(~late), later)


def as_known(bars: BarSet, as_of_ns: int) -> BarSet:
    """`bars` as they were known at `as_of_ns` (UTC): late bars there, revised values in place.

    Raises:
        MissingData: nothing was known by then.
    """
    columns = ("instrument", "ts_start", "ts", *_VALUES)
    first = bars.frame.filter(pl.col("ts").to_physical() <= as_of_ns).select(
        pl.col("instrument").cast(pl.String), *(pl.col(c) for c in columns[1:])
    )
    versions = first.with_columns(pl.col("ts").to_physical().alias("published"))
    if bars.later is not None:
        known = bars.later.filter(pl.col("published") <= as_of_ns).with_columns(
            pl.col("instrument").cast(pl.String), pl.col("ts", "ts_start").cast(STAMP)
        )
        versions = pl.concat([versions, known.select(versions.columns)])
    if versions.is_empty():
        msg = f"nothing of {bars.name} was published by {utc_text(as_of_ns)}"
        raise MissingData(msg)
    frame = (
        versions.sort("published", maintain_order=True)
        .group_by("instrument", "ts_start", maintain_order=True)
        .last()
    )
    present = set(frame["instrument"].unique())
    view = BarSet.build(
        frame,
        [i for i in bars.instruments if i.id in present],
        every_ns=bars.every_ns,
        name=bars.name,
        provenance=bars.provenance,
        quality=bars.quality,
    )
    return replace(view.with_sessions(bars.stored_sessions()), narrowed=True)


def publication_rules(rows: pl.DataFrame, revisions: pl.DataFrame | None) -> list[Finding]:
    """Findings on the data set: bars published after their end, and bars revised since."""
    found = []
    if "published" in rows.columns:
        late = rows.filter(pl.col("published") > pl.col("ts"))
        words = "bars were published after their own end, and are withheld from runs"
        found.append(_of_set("late_publication", late, words))
    if revisions is not None and len(revisions):
        closes, adjusted = (
            int(revisions[f"{column}_changed"].sum()) for column in ("close", "adjusted")
        )
        words = (
            f"bars were published anew with other values: {closes} closes, "
            f"{adjusted} adjusted closes"
        )
        found.append(_of_set("revisions", revisions, words))
    return [finding for finding in found if finding.count]


def _of_set(rule: str, rows: pl.DataFrame, words: str) -> Finding:
    stamps = rows["ts_start"].sort()
    first, last = (int(stamps[0]), int(stamps[-1])) if len(rows) else (None, None)
    examples = tuple(
        {"symbol": symbol, "bar": utc_text(start), "published": utc_text(published)}
        for symbol, start, published in rows.head(3)
        .select("symbol", "ts_start", "published")
        .iter_rows()
    )
    text = f"{len(rows)} {words}"
    return Finding("*", rule, "warning", len(rows), first, last, text, examples=examples)
