"""The catalog: data sets as partitioned Parquet under one folder, found by what they hold.

`<root>/<name>/every=1h/instrument=BTCUSDT.BINANCE/year=2024.parquet`, `dataset.json` and, where
rows were set aside, `quarantine.parquet`. What always holds: a data set is whole or absent, its
files are the bytes that were written (digests are checked on reading), and a name is replaced only
on demand.
"""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

import polars as pl

from sluice.domain.duration import format_duration
from sluice.domain.errors import AmbiguousData, BadData, MissingData, UsageError
from sluice.domain.progress import Progress
from sluice.domain.quality import QualityReport
from sluice.domain.strategy import Bars
from sluice.market.bars import BarSet, match_symbols
from sluice.market.calendars import ExchangeCalendar
from sluice.market.dataset import (
    RECORD,
    DatasetInfo,
    Origin,
    StoredFile,
    check_name,
    read_record,
)
from sluice.market.publications import as_known
from sluice.market.resample import resample
from sluice.market.ticks import TickSet
from sluice.market.writing import (
    file_digest,
    folder_aside,
    locked,
    write_bars,
    write_bytes,
    write_parquet,
    write_ticks,
)

IMPORT_HINT = "sluice data import PATH --name NAME"
SIMULATE_HINT = "sluice data simulate"
QUARANTINE = "quarantine.parquet"
SESSIONS = "sessions.parquet"
ACTIONS_FILE, FUNDING_FILE = "actions.parquet", "funding.parquet"
LATER = "later.parquet"


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """`replace` allows an existing name to be replaced; `progress(done, total, instrument)`."""

    replace: bool = False
    progress: Progress | None = None


class Catalog:
    """The data sets under `root`; nothing is created before the first write."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def names(self) -> list[str]:
        """The names of all data sets, sorted."""
        if not self.root.is_dir():
            return []
        found = (p.name for p in self.root.iterdir() if (p / RECORD).is_file())
        return sorted(name for name in found if not name.startswith("."))

    def has(self, name: str) -> bool:
        """Whether there is a data set of that name."""
        return not name.startswith(".") and (self.root / name / RECORD).is_file()

    def info(self, name: str) -> DatasetInfo:
        """The record of a data set.

        Raises:
            MissingData: no data set of that name (near names are listed).
            BadData: its record cannot be read.
        """
        check_name(name)
        if not self.has(name):
            raise MissingData(self._no_such(name))
        return read_record(self.root / name)

    def write(
        self,
        name: str,
        data: BarSet | TickSet,
        origin: Origin,
        now_ns: int,
        *,
        quarantined: pl.DataFrame | None = None,
        options: WriteOptions | None = None,
    ) -> DatasetInfo:
        """Store bars, quotes or trades as `name`, whole or not at all; `now_ns` is when (UTC ns).

        Raises:
            UsageError: the name exists and `options.replace` is not set, or cannot be a name.
            DiskFull, StorageError: the disk refused, or another process writes the same name.
        """
        options = options or WriteOptions()
        check_name(name)
        if data.quality is not None and data.quality.refused:
            raise AssertionError("refused data reached the catalog")
        with locked(self.root, name):
            if self.has(name) and not options.replace:
                msg = f"the catalog holds a data set {name}; add --replace, or choose another name"
                raise UsageError(msg)
            with folder_aside(self.root, name) as folder:
                if isinstance(data, BarSet):
                    files = write_bars(folder, data, options.progress)
                else:
                    files = write_ticks(folder, data, options.progress)
                beside = {
                    file: write_parquet(folder / file, table)
                    for file, table in _tables_beside(data).items()
                }
                if quarantined is not None and len(quarantined):
                    write_parquet(folder / QUARANTINE, quarantined)
                info = replace(_record(name, data, origin, now_ns, files), beside=beside)
                text = json.dumps(info.to_json(), indent=1, allow_nan=False)
                write_bytes(folder / RECORD, text.encode())
        return info

    def quarantined(self, name: str) -> pl.DataFrame | None:
        """The rows that were set aside on import, with the rule each broke; null where none."""
        self.info(name)
        path = self.root / name / QUARANTINE
        return pl.read_parquet(path) if path.is_file() else None

    def scan(self, name: str, symbols: Sequence[str] | None = None) -> pl.LazyFrame:
        """Bars as stored, read lazily: ts_start, ts, prices, volume, instrument (text).

        Digests are not checked on this way.

        Raises:
            MissingData: no such data set or symbol.
        """
        info = self.info(name)
        files = files_of(info, symbols)
        return pl.concat(
            pl.scan_parquet(self.root / name / f.path).with_columns(
                pl.lit(f.instrument).alias("instrument")
            )
            for f in files
        )

    def load(
        self,
        name: str,
        every_ns: int | None = None,
        symbols: Sequence[str] | None = None,
        as_of_ns: int | None = None,
    ) -> BarSet:
        """The bars of a data set, at a coarser interval where `every_ns` is given.

        `symbols` picks instruments; fewer than all mark the bars as narrowed. `as_of_ns` (UTC)
        takes them as they were known then, revised and late bars in their place; that narrows too.

        Raises:
            MissingData: no such data set or symbol.
            BadData: a file is damaged, or the interval cannot be made.
        """
        info = self.info(name)
        if info.kind != "bars":
            msg = f"{name} holds {info.kind}, not bars; `sluice data list` shows the kinds"
            raise UsageError(msg)
        files = files_of(info, symbols)
        wanted = {f.instrument for f in files}
        bars = BarSet.build(
            pl.concat([self.read_stored(info, f) for f in files]),
            [i for i in info.instruments if i.id in wanted],
            every_ns=info.every_ns,
            name=name,
            provenance=info.provenance,
            quality=info.quality,
        )
        bars = bars.with_events(*self.events(info))
        if len(wanted) == len(info.instruments) and bars.digest != info.digest:
            msg = f"the bars of {name} are not those that were imported; import them again"
            raise BadData(msg)
        bars = bars.with_sessions(self.sessions(info))
        if as_of_ns is not None:
            later = self._table_beside(info, LATER)
            mine = None if later is None else later.filter(pl.col("instrument").is_in(bars.ids))
            bars = as_known(replace(bars, later=mine), as_of_ns)
        if every_ns is not None:
            bars = resample(bars, every_ns)
        partial = as_of_ns is not None or len(wanted) < len(info.instruments)
        return replace(bars, narrowed=partial)

    def find(self, declared: Bars) -> BarSet:
        """The bars that a strategy declares, from the one data set that holds them.

        A coarser interval is made from a finer one. The result is the declared universe, so it is
        not marked as narrowed.

        Raises:
            MissingData, AmbiguousData: as `find_name`.
        """
        bars = self.load(self.find_name(declared), declared.every_ns, declared.symbols)
        return replace(bars, narrowed=False)

    def find_name(self, declared: Bars) -> str:
        """The one data set that holds the bars that a strategy declares, or finer ones.

        Raises:
            MissingData: no data set holds them; the message names the command that brings them.
            AmbiguousData: two data sets or more do; the message lists them.
        """
        fits, near = [], []
        for name in self.names():
            info = self.info(name)
            if info.kind != "bars":
                continue
            try:
                match_symbols(info.instruments, declared.symbols, name)
            except (MissingData, UsageError) as error:
                near.append(str(error))
                continue
            if declared.every_ns % info.every_ns:
                near.append(f"{name} has bars of {format_duration(info.every_ns)}")
                continue
            fits.append(name)
        wanted = f"{', '.join(declared.symbols)} at {format_duration(declared.every_ns)}"
        if not fits:
            raise MissingData(_nothing_fits(wanted, near, declared))
        if len(fits) > 1:
            msg = f"several data sets hold {wanted}: {', '.join(fits)}; choose one with --data"
            raise AmbiguousData(msg)
        return fits[0]

    def read_stored(self, info: DatasetInfo, file: StoredFile) -> pl.DataFrame:
        """The rows of one file, with their instrument (text).

        Raises:
            BadData: it is not what was written.
        """
        frame = self._read_file(info, file.path, file.digest)
        return frame.with_columns(pl.lit(file.instrument).alias("instrument"))

    def _read_file(self, info: DatasetInfo, path: str, digest: str) -> pl.DataFrame:
        try:
            data = (self.root / info.name / path).read_bytes()
        except OSError as error:
            msg = f"a file of {info.name} cannot be read ({error}); import the data set again"
            raise BadData(msg) from error
        if file_digest(data) != digest:
            msg = (
                f"{path} of {info.name} is not what was written: it is damaged, or the data "
                "set is being replaced. Try again, or import it again with --replace"
            )
            raise BadData(msg)
        return pl.read_parquet(io.BytesIO(data))

    def events(self, info: DatasetInfo) -> tuple[pl.DataFrame | None, pl.DataFrame | None]:
        """The tables of actions and of funding of a data set, null where it has none.

        Raises:
            BadData: a file is damaged.
        """
        return self._table_beside(info, ACTIONS_FILE), self._table_beside(info, FUNDING_FILE)

    def sessions(self, info: DatasetInfo) -> pl.DataFrame | None:
        """The stored sessions of the exchanges of a data set, null where it has none.

        Raises:
            BadData: the file is damaged.
        """
        return self._table_beside(info, SESSIONS)

    def _table_beside(self, info: DatasetInfo, file: str) -> pl.DataFrame | None:
        """A table beside the bars; null where the data set has none of that name."""
        digest = info.beside.get(file)
        return None if digest is None else self._read_file(info, file, digest)

    def _no_such(self, name: str) -> str:
        near = get_close_matches(name, self.names(), n=3, cutoff=0.5)
        hint = f"; did you mean {' or '.join(near)}?" if near else "."
        return (
            f"the catalog holds no data set {name}{hint} "
            f"`sluice data list` shows what there is, `{IMPORT_HINT}` brings more"
        )


def _record(
    name: str, data: BarSet | TickSet, origin: Origin, now_ns: int, files: tuple[StoredFile, ...]
) -> DatasetInfo:
    start_ns, end_ns = data.window
    rows = len(data.frame)
    quality = data.quality or QualityReport(name, "refuse", rows, rows, 0)
    return DatasetInfo(
        name=name,
        every_ns=data.every_ns if isinstance(data, BarSet) else 0,
        instruments=data.instruments,
        origin=origin,
        quality=quality.renamed(name),
        rows=rows,
        start_ns=start_ns,
        end_ns=end_ns,
        digest=data.digest,
        kind="bars" if isinstance(data, BarSet) else data.kind,
        imported_at_ns=now_ns,
        files=files,
    )


def _tables_beside(data: BarSet | TickSet) -> dict[str, pl.DataFrame]:
    """What is stored beside the data: sessions of exchanges, events, versions published later.

    With the sessions a run needs no calendar library, and a later version of it cannot change its
    figures.
    """
    beside: dict[str, pl.DataFrame | None] = {}
    found = {c.name: c for c in data.calendars().values() if isinstance(c, ExchangeCalendar)}
    tables = [
        calendar.sessions.frame.select(pl.lit(name).alias("calendar"), pl.all())
        for name, calendar in sorted(found.items())
    ]
    if isinstance(data, BarSet):
        beside = {ACTIONS_FILE: data.actions, FUNDING_FILE: data.funding, LATER: data.later}
    beside[SESSIONS] = pl.concat(tables) if tables else None
    return {file: table for file, table in beside.items() if table is not None}


def files_of(info: DatasetInfo, symbols: Sequence[str] | None) -> list[StoredFile]:
    """The files of some instruments, or of all."""
    if symbols is None:
        return list(info.files)
    ids = match_symbols(info.instruments, symbols, info.name)
    return [f for f in info.files if f.instrument in ids]


def _nothing_fits(wanted: str, near: Sequence[str], declared: Bars) -> str:
    from sluice.market.simulate.roster import ROSTER

    invented = {listing.symbol for listing in ROSTER}
    symbols = {s.split(".")[0] for s in declared.symbols}
    command = SIMULATE_HINT if symbols <= invented else IMPORT_HINT
    seen = "".join(f"\n  {line}" for line in near[:8]) if near else " The catalog is empty."
    return f"no data set holds {wanted}; bring it with `{command}`.{seen}"
