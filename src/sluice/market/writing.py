"""Writes a data set whole or not at all: built in a folder aside, then renamed into its place."""

import fcntl
import hashlib
import io
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import polars as pl

from sluice.domain.duration import format_duration
from sluice.domain.errors import DiskFull, StorageError, is_disk_full
from sluice.domain.progress import Progress
from sluice.market.bars import BarSet
from sluice.market.dataset import StoredFile
from sluice.market.ticks import TickSet

COLUMNS = ("ts_start", "ts", "open", "high", "low", "close", "volume")


@contextmanager
def told_apart(action: str) -> Iterator[None]:
    """Turn the operating system's errors into ours, a full disk apart.

    Raises:
        DiskFull: no space is left.
        StorageError: anything else that the disk refused.
    """
    try:
        yield
    except OSError as error:
        if is_disk_full(error):
            msg = f"no space is left while {action}; nothing was kept. Free space and try again"
            raise DiskFull(msg) from error
        msg = f"the disk refused while {action}: {error}; nothing was kept"
        raise StorageError(msg) from error


@contextmanager
def locked(root: Path, name: str) -> Iterator[None]:
    """Hold the data set's lock; the system drops it if this process dies.

    Raises:
        StorageError: another process is writing the same data set.
    """
    with told_apart(f"opening the catalog {root}"):
        root.mkdir(parents=True, exist_ok=True)
        file = (root / f".{name}.lock").open("a")
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            msg = f"another process is writing the data set {name}; wait for it, then try again"
            raise StorageError(msg) from error
        yield


def clear_remains(root: Path, name: str) -> None:
    """Undo what a killed writer left; the lock is held.

    Temporary folders go. Where the old data set had been moved aside and the new one had not yet
    taken its place, the old one comes back.
    """
    old = root / f".old-{name}"
    if old.exists() and not (root / name).exists():
        old.rename(root / name)
    for remains in (old, root / f".new-{name}"):
        shutil.rmtree(remains, ignore_errors=True)


@contextmanager
def folder_aside(root: Path, name: str) -> Iterator[Path]:
    """A fresh folder that takes the place of `name` at the end, or vanishes on any error."""
    clear_remains(root, name)
    new, old, place = root / f".new-{name}", root / f".old-{name}", root / name
    try:
        with told_apart(f"writing the data set {name}"):
            new.mkdir()
            yield new
            sync_folder(new)
            if place.exists():
                place.rename(old)
            new.rename(place)
            sync_folder(root)
    except BaseException:
        clear_remains(root, name)
        raise
    shutil.rmtree(old, ignore_errors=True)


def write_bars(
    folder: Path, bars: BarSet, progress: Progress | None = None
) -> tuple[StoredFile, ...]:
    """Parquet files every=…/instrument=…/year=….parquet under `folder`, with their digests.

    A year is that of the bar's start, UTC. Names are percent-encoded.
    """
    stored = []
    every = f"every={format_duration(bars.every_ns)}"
    parts = bars.frame.partition_by("instrument", maintain_order=True)
    for done, part in enumerate(parts, start=1):
        instrument = str(part["instrument"][0])
        inside = Path(every) / f"instrument={quote(instrument, safe='')}"
        (folder / inside).mkdir(parents=True)
        years = part.select(COLUMNS).with_columns(pl.col("ts_start").dt.year().alias("year"))
        for year in years.partition_by("year", maintain_order=True):
            path = inside / f"year={year['year'][0]}.parquet"
            digest = write_parquet(folder / path, year.drop("year"))
            stored.append(StoredFile(path.as_posix(), instrument, len(year), digest))
        if progress:
            progress(done, len(parts), instrument)
    return tuple(stored)


def write_ticks(
    folder: Path, ticks: TickSet, progress: Progress | None = None
) -> tuple[StoredFile, ...]:
    """Parquet files kind=…/instrument=…/day=….parquet under `folder`, with their digests.

    A day is that of the stamp, UTC; within it the rows keep their order.
    """
    stored = []
    parts = ticks.frame.partition_by("instrument", maintain_order=True)
    for done, part in enumerate(parts, start=1):
        instrument = str(part["instrument"][0])
        inside = Path(f"kind={ticks.kind}") / f"instrument={quote(instrument, safe='')}"
        (folder / inside).mkdir(parents=True)
        days = part.drop("instrument").with_columns(pl.col("ts").dt.date().alias("day"))
        for day in days.partition_by("day", maintain_order=True):
            path = inside / f"day={day['day'][0]}.parquet"
            digest = write_parquet(folder / path, day.drop("day"))
            stored.append(StoredFile(path.as_posix(), instrument, len(day), digest))
        if progress:
            progress(done, len(parts), instrument)
    return tuple(stored)


def write_parquet(path: Path, frame: pl.DataFrame) -> str:
    """Write one file through to the disk; BLAKE2b (32 hex digits) of its bytes."""
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd", statistics=True)
    data = buffer.getvalue()
    write_bytes(path, data)
    return file_digest(data)


def write_bytes(path: Path, data: bytes) -> None:
    """Write one file through to the disk."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def file_digest(data: bytes) -> str:
    """BLAKE2b (32 hex digits) of bytes."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def sync_folder(folder: Path) -> None:
    """Make the names in a folder lasting."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
