"""QuoteSet and TradeSet: the shapes in which best quotes and market prints reach a run.

Like a BarSet in all but time: a tick is known at its stamp, several may share one, and their order
in the source is kept.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Literal, Self

import numpy as np
import polars as pl

from sluice.domain.errors import MissingData
from sluice.domain.instrument import Instrument
from sluice.domain.quality import QualityReport
from sluice.market.bars import STAMP, Provenance, match_symbols
from sluice.market.calendars import (
    Calendar,
    calendar_for,
    instrument_calendar,
    stored_sessions,
    utc_text,
    with_stored,
)

TickKind = Literal["quotes", "trades"]
QUOTE_COLUMNS = ("ts", "instrument", "bid", "ask", "bid_size", "ask_size")
TRADE_COLUMNS = ("ts", "instrument", "price", "size", "side")
_STRETCH = 1 << 16  # rows that are looked at in one go


@dataclass(frozen=True, eq=False)
class TickSet:
    """Ticks of some instruments; made by `build`, which holds their shape.

    `frame` is sorted by (ts, instrument) and, within these, as the source has them: `ts` UTC ns,
    when the tick is known; `instrument` an Enum of the sorted ids; then the columns of the kind.
    `narrowed` marks a part of a data set.
    """

    kind: ClassVar[TickKind]
    schema: ClassVar[dict[str, type[pl.DataType]]]

    frame: pl.DataFrame
    instruments: tuple[Instrument, ...]
    name: str
    provenance: Provenance
    digest: str
    calendar: Calendar
    quality: QualityReport | None = None
    narrowed: bool = False

    @classmethod
    def build(
        cls,
        frame: pl.DataFrame,
        instruments: Sequence[Instrument],
        *,
        name: str,
        provenance: Provenance,
        quality: QualityReport | None = None,
    ) -> Self:
        """Bring `frame` (any row order, text or Enum ids) into the one shape.

        Columns that have the shape already are shared, not copied.

        Raises:
            ValueError: a missing column or an unknown id; bad sources are told by the importers.
        """
        ordered = tuple(sorted(instruments, key=lambda i: i.id))
        ids = [i.id for i in ordered]
        if len(set(ids)) != len(ids):
            msg = f"two instruments share an id among {ids}"
            raise ValueError(msg)
        named = pl.Enum(ids)
        instrument = pl.col("instrument")
        if frame.schema.get("instrument") != named:
            instrument = instrument.cast(pl.String).cast(named)
        shaped = frame.select(
            pl.col("ts").cast(STAMP),
            instrument,
            *(pl.col(column).cast(dtype) for column, dtype in cls.schema.items()),
        )
        if not _is_sorted(shaped):
            shaped = shaped.sort("ts", "instrument", maintain_order=True)
        shaped = shaped.rechunk()
        stamps = shaped["ts"].to_physical()
        window = (int(stamps[0]), int(stamps[-1])) if len(stamps) else (0, 0)
        calendar = calendar_for(instrument_calendar(i, window, whole_days=False) for i in ordered)
        digest = _content_digest(cls.kind, shaped, ordered, provenance)
        return cls(shaped, ordered, name, provenance, digest, calendar, quality)

    @property
    def window(self) -> tuple[int, int]:
        """First and last stamp, UTC ns; (0, 0) where there is no tick."""
        if self.frame.is_empty():
            return (0, 0)
        stamps = self.frame["ts"].to_physical()
        return (int(stamps[0]), int(stamps[-1]))

    @property
    def ids(self) -> tuple[str, ...]:
        """The instruments' ids, sorted: the order of the Enum's codes."""
        return tuple(i.id for i in self.instruments)

    def calendars(self) -> dict[str, Calendar]:
        """The calendar of each instrument by its id."""
        stored = stored_sessions(self.calendar)
        found = {
            i.id: instrument_calendar(i, self.window, whole_days=False) for i in self.instruments
        }
        return {name: with_stored(calendar, stored) for name, calendar in found.items()}

    def with_sessions(self, stored: pl.DataFrame | None) -> Self:
        """The same ticks over sessions that were stored beside them."""
        return replace(self, calendar=with_stored(self.calendar, stored))

    def resolve_ids(self, symbols: Sequence[str]) -> tuple[str, ...]:
        """The ids that `symbols` name: an id, or a symbol alone where it is unique here.

        Raises:
            MissingData: a symbol is not here.
            UsageError: a symbol alone is traded at several venues.
        """
        return match_symbols(self.instruments, symbols, self.name)

    def only(self, symbols: Sequence[str]) -> Self:
        """The ticks of these instruments alone, marked as narrowed.

        Raises:
            MissingData, UsageError: as `resolve_ids`.
        """
        ids = set(self.resolve_ids(symbols))
        kept = self.frame.filter(pl.col("instrument").cast(pl.String).is_in(list(ids)))
        return self._narrow(kept, [i for i in self.instruments if i.id in ids])

    def between(self, start_ns: int | None, end_ns: int | None) -> Self:
        """The ticks with a stamp in [start, end] (UTC ns, null = open), marked as narrowed.

        Raises:
            MissingData: no tick lies there.
        """
        stamps = self.frame["ts"].to_physical()
        first = 0 if start_ns is None else int(stamps.search_sorted(start_ns, "left"))
        last = len(stamps) if end_ns is None else int(stamps.search_sorted(end_ns, "right"))
        if first >= last:
            begin, stop = (utc_text(ns) for ns in self.window)
            msg = f"{self.name} has no {self.kind} in that window; it spans {begin} to {stop}"
            raise MissingData(msg)
        kept = self.frame.slice(first, last - first)
        present = set(kept["instrument"].cast(pl.String).unique())
        return self._narrow(kept, [i for i in self.instruments if i.id in present])

    def _narrow(self, frame: pl.DataFrame, instruments: Sequence[Instrument]) -> Self:
        part = type(self).build(
            frame, instruments, name=self.name, provenance=self.provenance, quality=self.quality
        )
        whole = part.digest == self.digest and not self.narrowed
        return replace(part.with_sessions(stored_sessions(self.calendar)), narrowed=not whole)


class QuoteSet(TickSet):
    """Best bids and asks: bid, ask in quote currency, bid_size, ask_size in units, all Float64.

    A size is null where the source has none; it then bounds no fill.
    """

    kind = "quotes"
    schema: ClassVar[dict[str, type[pl.DataType]]] = {
        "bid": pl.Float64,
        "ask": pl.Float64,
        "bid_size": pl.Float64,
        "ask_size": pl.Float64,
    }


class TradeSet(TickSet):
    """Prints of the market: price, size (units) as Float64; side Int8, who crossed the spread.

    A side is +1 for a buyer, -1 for a seller, 0 where it is not known.
    """

    kind = "trades"
    schema: ClassVar[dict[str, type[pl.DataType]]] = {
        "price": pl.Float64,
        "size": pl.Float64,
        "side": pl.Int8,
    }


TICK_SETS: dict[str, type[TickSet]] = {"quotes": QuoteSet, "trades": TradeSet}


def _is_sorted(frame: pl.DataFrame) -> bool:
    stamps = frame["ts"].to_physical()
    if not stamps.is_sorted():
        return False
    named = frame.schema["instrument"]
    if isinstance(named, pl.Enum) and len(named.categories) == 1:
        return True
    back = (pl.col("ts").diff().cast(pl.Int64) == 0) & (
        pl.col("instrument").to_physical().cast(pl.Int64).diff() < 0
    )
    # A stretch at a time, each from the last row of the one before: the columns may be large.
    stretches = (frame.slice(row, _STRETCH + 1) for row in range(0, len(frame), _STRETCH))
    return not any(part.select(back.any()).item() for part in stretches)


def _content_digest(
    kind: str, frame: pl.DataFrame, instruments: Sequence[Instrument], provenance: str
) -> str:
    """BLAKE2b (32 hex digits) of the little-endian column bytes and the instruments' JSON.

    The name is left out: the same ticks from a file and from the catalog have one digest.
    """
    head = {
        "schema": f"sluice.{kind}/1",
        "provenance": provenance,
        "rows": len(frame),
        "instruments": [i.to_json() for i in instruments],
    }
    digest = hashlib.blake2b(json.dumps(head, sort_keys=True).encode(), digest_size=16)
    for column in frame.columns:
        for part in frame[column].to_frame().iter_slices(_STRETCH):
            digest.update(_plain_bytes(part[column]))
    return digest.hexdigest()


def _plain_bytes(values: pl.Series) -> bytes:
    """The values in one byte form: one NaN for null and NaN, one zero."""
    if values.dtype == pl.Float64:
        floats = values.fill_null(float("nan")).to_numpy()
        return (np.where(np.isnan(floats), np.nan, floats) + 0.0).astype("<f8").tobytes()
    if values.dtype == pl.Int8:
        return values.fill_null(0).to_numpy().astype("<i1").tobytes()
    whole = values.to_physical().to_numpy()
    return whole.astype("<i8" if values.dtype == STAMP else "<u4").tobytes()
