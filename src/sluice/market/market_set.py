"""MarketSet: bars with the quotes and trades beside them, as one run sees them."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Self, TypeVar

import polars as pl

from sluice.domain.errors import BadData, MissingData, UsageError
from sluice.domain.feeds import SAMPLE_NS
from sluice.domain.instrument import Instrument
from sluice.market.bars import PRICES, STAMP, BarSet, match_symbols
from sluice.market.calendars import utc_text
from sluice.market.ticks import QuoteSet, TickSet, TradeSet

_EMPTY: dict[str, type[pl.DataType] | pl.DataType] = {
    "ts": STAMP,
    "ts_start": STAMP,
    "instrument": pl.String,
    **dict.fromkeys((*PRICES, "volume"), pl.Float64),
}


Part = TypeVar("Part", bound=BarSet | TickSet)


@dataclass(frozen=True, eq=False)
class MarketSet(BarSet):
    """A BarSet, perhaps without a bar, with quotes and trades of its instruments; made by `of`.

    `bars` are the bars as they were given; `frame` has them over the instruments of the market.
    `digest` covers all of them; `sample_ns` is how often equity is recorded where ticks pass.
    """

    bars: BarSet | None = None
    quotes: QuoteSet | None = None
    trades: TradeSet | None = None
    sample_ns: int = SAMPLE_NS

    @classmethod
    def of(cls, parts: Sequence[BarSet | TickSet], *, sample_ns: int = SAMPLE_NS) -> Self:
        """One market of at most one set of each kind.

        Raises:
            UsageError: two sets of one kind, or of two provenances.
            BadData: an instrument that two of them describe differently.
        """
        bars = _one(parts, BarSet)
        quotes, trades = _one(parts, QuoteSet), _one(parts, TradeSet)
        present = [part for part in (bars, quotes, trades) if part is not None]
        instruments = _together(present)
        origins = sorted({part.provenance for part in present})
        if len(origins) > 1:
            msg = f"a run takes data of one provenance; these are {' and '.join(origins)}"
            raise UsageError(msg)
        first = present[0]
        plain = BarSet.build(
            pl.DataFrame(schema=_EMPTY) if bars is None else bars.frame,
            instruments,
            every_ns=sample_ns if bars is None else bars.every_ns,
            name="+".join(dict.fromkeys(part.name for part in present)),
            provenance=first.provenance,
            quality=first.quality,
        )
        shaped = [None if p is None else _shaped(p, instruments) for p in (quotes, trades)]
        return cls(
            **{field.name: getattr(plain, field.name) for field in fields(BarSet)}
            | {
                "calendar": first.calendar,
                "digest": _digest(part.digest for part in present),
                "narrowed": any(part.narrowed for part in present),
                "actions": None if bars is None else bars.actions,
                "funding": None if bars is None else bars.funding,
            },
            bars=bars,
            quotes=shaped[0],  # type: ignore[arg-type]
            trades=shaped[1],  # type: ignore[arg-type]
            sample_ns=sample_ns,
        )

    @property
    def ticks(self) -> tuple[TickSet, ...]:
        """The quotes and trades that there are."""
        return tuple(part for part in (self.quotes, self.trades) if part is not None)

    @property
    def parts(self) -> tuple[BarSet | TickSet, ...]:
        """The sets that hold anything."""
        bars = () if self.bars is None else (self.bars,)
        return (*bars, *self.ticks)

    @property
    def window(self) -> tuple[int, int]:
        """First and last stamp of all that it holds, UTC ns."""
        windows = [part.window for part in self.parts if not part.frame.is_empty()]
        if not windows:
            return (0, 0)
        return (min(start for start, _ in windows), max(end for _, end in windows))

    def only(self, symbols: Sequence[str]) -> Self:
        """What belongs to these instruments alone, marked as narrowed.

        Raises:
            MissingData, UsageError: as `resolve_ids`.
        """
        ids = set(match_symbols(self.instruments, symbols, self.name))
        kept = []
        for part in self.parts:
            here = sorted(ids & {str(name) for name in part.frame["instrument"].unique()})
            if here:
                kept.append(part.only(here))
        return self._cut(kept)

    def between(self, start_ns: int | None, end_ns: int | None) -> Self:
        """What lies within [start, end] (UTC ns, null = open), marked as narrowed.

        Raises:
            MissingData: nothing lies there.
        """
        kept = []
        for part in self.parts:
            try:
                kept.append(part.between(start_ns, end_ns))
            except MissingData:
                continue
        if not kept:
            begin, stop = (utc_text(ns) for ns in self.window)
            msg = f"{self.name} has nothing in that window; it spans {begin} to {stop}"
            raise MissingData(msg)
        return self._cut(kept)

    def _cut(self, kept: Sequence[BarSet | TickSet]) -> Self:
        cut = type(self).of(kept, sample_ns=self.sample_ns)
        narrowed = self.narrowed or cut.narrowed or cut.digest != self.digest
        return replace(cut, name=self.name, narrowed=narrowed)


def _one(parts: Sequence[BarSet | TickSet], kind: type[Part]) -> Part | None:
    found = [part for part in parts if isinstance(part, kind)]
    if len(found) > 1:
        names = ", ".join(part.name for part in found)
        msg = f"a run takes one set of {kind.__name__}, not {names}; store them as one data set"
        raise UsageError(msg)
    return found[0] if found else None


def _together(parts: Sequence[BarSet | TickSet]) -> tuple[Instrument, ...]:
    known: dict[str, Instrument] = {}
    for part in parts:
        for instrument in part.instruments:
            there = known.setdefault(instrument.id, instrument)
            if _steps(there) != _steps(instrument):
                msg = (
                    f"{instrument.id} has another tick, lot, multiplier or currency in {part.name} "
                    f"than in {parts[0].name}; state them alike with --tick, --lot and --currency"
                )
                raise BadData(msg)
    return tuple(known[name] for name in sorted(known))


def _steps(instrument: Instrument) -> tuple[object, ...]:
    i = instrument
    return (i.tick_size, i.lot_size, i.multiplier, i.currency)


def _shaped(part: TickSet, instruments: tuple[Instrument, ...]) -> TickSet:
    """The ticks over all instruments of the market; columns are shared."""
    if part.instruments == instruments:
        return part
    named = pl.Enum([i.id for i in instruments])
    frame = part.frame.with_columns(pl.col("instrument").cast(pl.String).cast(named))
    return replace(part, frame=frame, instruments=instruments)


def _digest(digests: Iterable[str]) -> str:
    joined = "\n".join(digests)
    return hashlib.blake2b(joined.encode(), digest_size=16).hexdigest()
