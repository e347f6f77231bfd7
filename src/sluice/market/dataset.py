"""The record of a stored data set, dataset.json: where it is from, how it was judged, its files."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from sluice.domain.errors import BadData, UsageError
from sluice.domain.feeds import FeedKind
from sluice.domain.instrument import Instrument
from sluice.domain.quality import QualityReport
from sluice.market.bars import Provenance
from sluice.market.importers.raw import SourceFile

RECORD = "dataset.json"
_SCHEMA = "sluice.dataset/1"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One Parquet file: path in the data set's folder, instrument, rows, BLAKE2b of its bytes."""

    path: str
    instrument: str
    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where bars come from: what was read or simulated, and how its stamps were understood.

    `stamp` is "start" or "end" of the source's bars; `recipe` holds the parameters of a simulation
    or the options of an import.
    """

    provenance: Provenance
    stamp: str = "start"
    sources: tuple[SourceFile, ...] = ()
    recipe: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class DatasetInfo:
    """All that is known of a stored data set beside its bars; times are UTC ns.

    `digest` is that of the whole set; `kind` is bars, quotes or trades, and `every_ns` 0 for ticks.
    The policy stands in the quality report. `beside` maps the files beside the data (sessions,
    revisions) to the BLAKE2b of their bytes.
    """

    name: str
    every_ns: int
    instruments: tuple[Instrument, ...]
    origin: Origin
    quality: QualityReport
    rows: int
    start_ns: int
    end_ns: int
    digest: str
    imported_at_ns: int
    files: tuple[StoredFile, ...]
    beside: Mapping[str, str] = field(default_factory=dict)
    kind: FeedKind = "bars"

    @property
    def provenance(self) -> Provenance:
        """Simulated, recorded or live."""
        return self.origin.provenance

    def to_json(self) -> dict[str, Any]:
        """Plain values, as dataset.json holds them."""
        return {
            "schema": _SCHEMA,
            "name": self.name,
            "every_ns": self.every_ns,
            "instruments": [i.to_json() for i in self.instruments],
            "provenance": self.origin.provenance,
            "stamp": self.origin.stamp,
            "sources": [asdict(s) for s in self.origin.sources],
            "recipe": dict(self.origin.recipe) if self.origin.recipe else None,
            "policy": self.quality.policy,
            "quality": self.quality.to_json(),
            "rows": self.rows,
            "start_ns": self.start_ns,
            "end_ns": self.end_ns,
            "digest": self.digest,
            "imported_at_ns": self.imported_at_ns,
            "files": [asdict(f) for f in self.files],
            "beside": dict(self.beside),
            "kind": self.kind,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The record of `to_json`."""
        return cls(
            name=data["name"],
            every_ns=data["every_ns"],
            instruments=tuple(Instrument.from_json(i) for i in data["instruments"]),
            origin=Origin(
                provenance=data["provenance"],
                stamp=data["stamp"],
                sources=tuple(SourceFile(**s) for s in data["sources"]),
                recipe=data["recipe"],
            ),
            quality=QualityReport.from_json(data["quality"]),
            rows=data["rows"],
            start_ns=data["start_ns"],
            end_ns=data["end_ns"],
            digest=data["digest"],
            imported_at_ns=data["imported_at_ns"],
            files=tuple(StoredFile(**f) for f in data["files"]),
            beside=data.get("beside", {}),
            kind=data.get("kind", "bars"),
        )


def check_name(name: str) -> str:
    """`name` if it can name a data set.

    Raises:
        UsageError: it cannot.
    """
    if not _NAME.fullmatch(name):
        msg = f"{name!r} cannot name a data set: letters, digits, '.', '_' and '-', at most 80"
        raise UsageError(msg)
    return name


def read_record(folder: Path) -> DatasetInfo:
    """The record in a data set's folder.

    Raises:
        BadData: it cannot be read.
    """
    try:
        data = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        if data.get("schema") != _SCHEMA:
            msg = f"schema {data.get('schema')!r} is not {_SCHEMA}"
            raise ValueError(msg)
        return DatasetInfo.from_json(data)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        msg = f"the record of data set {folder.name} cannot be read ({error}); import it again"
        raise BadData(msg) from error
