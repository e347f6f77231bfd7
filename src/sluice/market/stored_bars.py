"""StoredBars: a data set that stays on the disk, for runs over more bars than memory holds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import polars as pl

from sluice.domain.errors import MissingData
from sluice.market.bars import COLUMNS, PRICES, STAMP, BarSet
from sluice.market.calendars import calendar_for, utc_text
from sluice.market.catalog import Catalog


@dataclass(frozen=True, eq=False)
class StoredBars(BarSet):
    """The bars of a data set, read one instrument at a time; `frame` is empty.

    `digest` is that of the whole data set where nothing was left out. `catalog` holds the bars,
    `rows` says how many there are and `span` the first start and last end (UTC ns).
    """

    catalog: Catalog | None = None
    rows: int = 0
    span: tuple[int, int] = (0, 0)

    @classmethod
    def open(cls, catalog: Catalog, name: str) -> Self:
        """The data set `name`; its files are checked as they are read.

        Raises:
            MissingData: no such data set.
            UsageError: it holds no bars.
        """
        info = catalog.info(name)
        events = catalog.events(info)
        kinds = {(i.asset_class, i.calendar): i for i in info.instruments}
        examples = [catalog.load(name, symbols=[i.id]) for i in kinds.values()]
        columns: dict[str, pl.DataType | type[pl.DataType]] = {
            "ts": STAMP,
            "ts_start": STAMP,
            "instrument": pl.String,
            **dict.fromkeys((*PRICES, "volume"), pl.Float64),
        }
        return cls(
            frame=pl.DataFrame(schema=columns).select(COLUMNS),
            instruments=info.instruments,
            every_ns=info.every_ns,
            name=name,
            provenance=info.provenance,
            digest=info.digest,
            calendar=calendar_for(example.calendar for example in examples),
            quality=info.quality,
            actions=events[0],
            funding=events[1],
            catalog=catalog,
            rows=info.rows,
            span=(info.start_ns, info.end_ns),
        )

    @property
    def window(self) -> tuple[int, int]:
        """Start of the first bar and end of the last one, UTC ns."""
        return self.span

    def single(self, instrument_id: str) -> BarSet | None:
        """The bars of one instrument; None where none lies in the window.

        Raises:
            BadData: a file is damaged.
        """
        assert self.catalog is not None, "made by open()"
        bars = self.catalog.load(self.name, symbols=[instrument_id])
        start, end = self.span
        if bars.window[0] >= start and bars.window[1] <= end:
            return bars
        try:
            return bars.between(start, end)
        except MissingData:
            return None

    def only(self, symbols: Sequence[str]) -> Self:
        """The bars of these instruments alone, marked as narrowed.

        Raises:
            MissingData, UsageError: as `resolve_ids`.
        """
        ids = set(self.resolve_ids(symbols))
        kept = tuple(i for i in self.instruments if i.id in ids)
        narrowed = self.narrowed or len(kept) < len(self.instruments)
        return replace(self, instruments=kept, narrowed=narrowed)

    def between(self, start_ns: int | None, end_ns: int | None) -> Self:
        """The bars that lie within [start, end] whole (UTC ns, null = open), marked as narrowed.

        Raises:
            MissingData: the data set ends before, or starts after.
        """
        first, last = self.span
        start = first if start_ns is None else max(first, start_ns)
        end = last if end_ns is None else min(last, end_ns)
        if start >= end:
            msg = (
                f"{self.name} has no bar in that window; "
                f"it spans {utc_text(first)} to {utc_text(last)}"
            )
            raise MissingData(msg)
        return replace(self, span=(start, end), narrowed=self.narrowed or (start, end) != self.span)
