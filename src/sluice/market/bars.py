"""BarSet: the one shape in which market data reaches a run, with its invariants and its digest."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, Self

import numpy as np
import polars as pl

from sluice.domain.duration import DAY_NS
from sluice.domain.errors import MissingData, UsageError
from sluice.domain.instrument import Instrument
from sluice.domain.quality import QualityReport
from sluice.market.adjust import Floats, adjusted_forwards, forward_factors
from sluice.market.calendars import (
    Calendar,
    calendar_for,
    instrument_calendar,
    stored_sessions,
    utc_text,
    with_stored,
)

Provenance = Literal["simulated", "recorded", "live"]
STAMP = pl.Datetime("ns", "UTC")
PRICES = ("open", "high", "low", "close")
COLUMNS = ("ts", "ts_start", "instrument", *PRICES, "volume")


@dataclass(frozen=True, eq=False)
class BarSet:
    """Bars of some instruments at one interval; made by `BarSet.build`, which holds its shape.

    `frame` has the columns of COLUMNS: `ts` and `ts_start` UTC ns (`ts` is the end of the bar, when
    it becomes known), `instrument` an Enum of the sorted ids, prices in quote currency and
    `volume` in units of the instrument as Float64 (null where the source has none). It is sorted by
    (ts, instrument) and holds each pair once. `narrowed` marks a part of a data set. `actions`
    (dividends and splits) and `funding` (rates of perpetuals) stand beside, where there are any.
    `later` are versions of bars that were published after their end (see `publications.py`).
    """

    frame: pl.DataFrame
    instruments: tuple[Instrument, ...]
    every_ns: int
    name: str
    provenance: Provenance
    digest: str
    calendar: Calendar
    quality: QualityReport | None = None
    narrowed: bool = False
    actions: pl.DataFrame | None = None
    funding: pl.DataFrame | None = None
    later: pl.DataFrame | None = None

    @classmethod
    def build(
        cls,
        frame: pl.DataFrame,
        instruments: Sequence[Instrument],
        *,
        every_ns: int,
        name: str,
        provenance: Provenance,
        quality: QualityReport | None = None,
    ) -> Self:
        """Bring `frame` (columns of COLUMNS, any row order, text or Enum ids) into the one shape.

        Raises:
            ValueError: a missing column, an unknown id, a (ts, instrument) pair twice: the caller
                must have checked; bad sources are told by the importers.
        """
        ordered = tuple(sorted(instruments, key=lambda i: i.id))
        ids = [i.id for i in ordered]
        if len(set(ids)) != len(ids):
            msg = f"two instruments share an id among {ids}"
            raise ValueError(msg)
        shaped = frame.select(
            pl.col("ts").cast(STAMP),
            pl.col("ts_start").cast(STAMP),
            pl.col("instrument").cast(pl.String).cast(pl.Enum(ids)),
            *(pl.col(c).cast(pl.Float64) for c in PRICES),
            pl.col("volume").cast(pl.Float64).fill_nan(None),
        ).sort("ts", "instrument")
        same = (pl.col("ts") == pl.col("ts").shift(1)) & (
            pl.col("instrument") == pl.col("instrument").shift(1)
        )
        if shaped.select(same.any()).item():
            msg = "the frame holds an instrument twice at one stamp"
            raise ValueError(msg)
        calendar = calendar_for(_calendars(shaped, ordered, every_ns).values())
        digest = content_digest(shaped, ordered, every_ns, provenance)
        return cls(shaped, ordered, every_ns, name, provenance, digest, calendar, quality)

    @cached_property
    def window(self) -> tuple[int, int]:
        """Start of the first bar and end of the last one, UTC ns; (0, 0) where there is no bar."""
        if self.frame.is_empty():
            return (0, 0)
        starts, ends = self.frame["ts_start"].to_physical(), self.frame["ts"].to_physical()
        return (int(starts.min()), int(ends.max()))  # type: ignore[arg-type]

    @property
    def ids(self) -> tuple[str, ...]:
        """The instruments' ids, sorted: the order of the Enum's codes."""
        return tuple(i.id for i in self.instruments)

    def resolve_ids(self, symbols: Sequence[str]) -> tuple[str, ...]:
        """The ids that `symbols` name: an id, or a symbol alone where it is unique here.

        Raises:
            MissingData: a symbol is not here.
            UsageError: a symbol alone is traded at several venues.
        """
        return match_symbols(self.instruments, symbols, self.name)

    def only(self, symbols: Sequence[str]) -> Self:
        """The bars of these instruments alone, marked as narrowed.

        Raises:
            MissingData, UsageError: as `resolve_ids`.
        """
        ids = set(self.resolve_ids(symbols))
        kept = self.frame.filter(pl.col("instrument").cast(pl.String).is_in(list(ids)))
        return self._narrow(kept, [i for i in self.instruments if i.id in ids])

    def between(self, start_ns: int | None, end_ns: int | None) -> Self:
        """The bars that lie within [start, end] whole (UTC ns, null = open), marked as narrowed.

        Raises:
            MissingData: no bar lies there.
        """
        start, end = self.frame["ts_start"].to_physical(), self.frame["ts"].to_physical()
        mask = pl.Series(np.ones(len(self.frame), dtype=np.bool_))
        if start_ns is not None:
            mask &= start >= start_ns
        if end_ns is not None:
            mask &= end <= end_ns
        kept = self.frame.filter(mask)
        if kept.is_empty():
            first, last = (utc_text(ns) for ns in self.window)
            msg = f"{self.name} has no bar in that window; it spans {first} to {last}"
            raise MissingData(msg)
        present = set(kept["instrument"].cast(pl.String).unique())
        return self._narrow(kept, [i for i in self.instruments if i.id in present])

    def gaps(self) -> pl.DataFrame:
        """Stretches without bars inside each instrument's span, in order.

        Columns: instrument, from_ns, to_ns (UTC ns, the bars would have filled [from, to)),
        missing_ns (trading time without bars, where the instrument's calendar knows it), expected
        (a weekend, night or holiday of a market that closes).
        """
        calendars = self.calendars()
        parts = []
        for part in self.frame.partition_by("instrument", maintain_order=True):
            starts = part["ts_start"].to_physical().to_numpy()
            known = part["ts"].to_physical().to_numpy()[:-1]
            ends, starts = np.minimum(known, starts[:-1] + self.every_ns), starts[1:]
            hole = starts > ends
            before, after = ends[hole], starts[hole]
            calendar = calendars[str(part["instrument"][0])]
            parts.append(
                pl.DataFrame(
                    {
                        "instrument": [str(part["instrument"][0])] * len(before),
                        "from_ns": before,
                        "to_ns": after,
                        "missing_ns": calendar.missing_ns(before, after),
                        "expected": calendar.is_closure(before, after),
                    },
                    schema={
                        "instrument": pl.String,
                        "from_ns": pl.Int64,
                        "to_ns": pl.Int64,
                        "missing_ns": pl.Int64,
                        "expected": pl.Boolean,
                    },
                )
            )
        return pl.concat(parts).sort("instrument", "from_ns") if parts else pl.DataFrame()

    def calendars(self) -> dict[str, Calendar]:
        """The calendar of each instrument by its id."""
        stored = self.stored_sessions()
        found = _calendars(self.frame, self.instruments, self.every_ns)
        return {name: with_stored(calendar, stored) for name, calendar in found.items()}

    def stored_sessions(self) -> pl.DataFrame | None:
        """The sessions that were stored beside these bars; null where there are none."""
        return stored_sessions(self.calendar)

    def with_sessions(self, stored: pl.DataFrame | None) -> Self:
        """The same bars over sessions that were stored beside them."""
        return replace(self, calendar=with_stored(self.calendar, stored))

    @cached_property
    def signal_frame(self) -> pl.DataFrame:
        """What signals see: `frame`, or where there are actions, prices adjusted forwards.

        Raises:
            BadData: an action that cannot be.
        """
        factors = self.forward_factors
        return self.frame if factors is None else adjusted_forwards(self.frame, factors)

    @cached_property
    def forward_factors(self) -> tuple[Floats, Floats] | None:
        """What adjusts prices and volumes of each row of `frame`; null where there are no actions.

        Raises:
            BadData: an action that cannot be.
        """
        if self.actions is None:
            return None
        return forward_factors(self.frame, self.actions, self.calendars())

    def with_events(self, actions: pl.DataFrame | None, funding: pl.DataFrame | None) -> Self:
        """The same bars with tables of events of their instruments; the digest covers them.

        `actions` as ACTIONS of actions.py, `funding` as FUNDING of funding.py.
        """
        kept = [_of(table, self.ids) for table in (actions, funding)]
        digest = self.digest
        for table in kept:
            if table is not None:
                data = digest.encode() + table.write_csv().encode()
                digest = hashlib.blake2b(data, digest_size=16).hexdigest()
        return replace(self, actions=kept[0], funding=kept[1], digest=digest)

    def _narrow(self, frame: pl.DataFrame, instruments: Sequence[Instrument]) -> Self:
        part = type(self).build(
            frame,
            instruments,
            every_ns=self.every_ns,
            name=self.name,
            provenance=self.provenance,
            quality=self.quality,
        )
        part = part.with_events(self.actions, self.funding)
        whole = part.digest == self.digest and not self.narrowed
        return replace(part.with_sessions(self.stored_sessions()), narrowed=not whole)


def _of(table: pl.DataFrame | None, ids: Sequence[str]) -> pl.DataFrame | None:
    """The rows of these instruments; null where there are none."""
    kept = None if table is None else table.filter(pl.col("instrument").is_in(list(ids)))
    return None if kept is None or kept.is_empty() else kept


def _calendars(
    frame: pl.DataFrame, instruments: Sequence[Instrument], every_ns: int
) -> dict[str, Calendar]:
    """The calendar of each instrument by its id, knowing the years of the frame."""
    window, whole_days = (0, 0), False
    if len(frame) and any(i.calendar is not None for i in instruments):
        starts, ends = frame["ts_start"].to_physical(), frame["ts"].to_physical()
        window = (int(starts.min()), int(ends.max()))  # type: ignore[arg-type]
        whole_days = every_ns % DAY_NS == 0 and bool((ends - starts >= every_ns).all())
    return {i.id: instrument_calendar(i, window, whole_days=whole_days) for i in instruments}


def match_symbols(
    instruments: Sequence[Instrument], symbols: Sequence[str], where: str
) -> tuple[str, ...]:
    """Ids named by `symbols`: an id, or a symbol alone where one instrument has it.

    Raises:
        MissingData: a symbol is not among the instruments.
        UsageError: a symbol alone is traded at several venues.
    """
    found = []
    for symbol in symbols:
        hits = [i.id for i in instruments if symbol in (i.id, i.symbol)]
        if not hits:
            known = ", ".join(i.id for i in instruments[:12])
            more = f" and {len(instruments) - 12} more" if len(instruments) > 12 else ""
            msg = f"{symbol} is not in {where}, which holds {known}{more}"
            raise MissingData(msg)
        if len(hits) > 1:
            msg = f"{symbol} is traded at several venues in {where}: say one of {', '.join(hits)}"
            raise UsageError(msg)
        found.append(hits[0])
    return tuple(dict.fromkeys(found))


def content_digest(
    frame: pl.DataFrame, instruments: Sequence[Instrument], every_ns: int, provenance: str
) -> str:
    """BLAKE2b (32 hex digits) of the little-endian column bytes and the instruments' JSON.

    The name is left out: the same bars from a file and from the catalog have one digest.
    """
    head = {
        "schema": "sluice.bars/1",
        "every_ns": every_ns,
        "provenance": provenance,
        "rows": len(frame),
        "instruments": [i.to_json() for i in instruments],
    }
    digest = hashlib.blake2b(json.dumps(head, sort_keys=True).encode(), digest_size=16)
    for column in ("ts", "ts_start"):
        digest.update(frame[column].to_physical().to_numpy().astype("<i8").data)
    digest.update(frame["instrument"].to_physical().to_numpy().astype("<u4").data)
    for column in (*PRICES, "volume"):
        values = frame[column].fill_null(float("nan")).to_numpy().astype("<f8")
        values = np.where(np.isnan(values), np.nan, values) + 0.0  # one NaN, one zero
        digest.update(np.ascontiguousarray(values).data)
    return digest.hexdigest()
