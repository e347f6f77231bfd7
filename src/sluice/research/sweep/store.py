"""What a sweep leaves on disk as it goes: Parquet parts, each whole or not at all, under one lock.

reports/sweeps/<id>/part-00000.parquet …    the finished points, by batches
reports/sweeps/<id>/sweep.json              what was swept, for people
reports/sweeps/<id>/.lock                   held while it runs; the system drops it with us
"""

import fcntl
import io
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from polars.exceptions import PolarsError

from sluice.domain.errors import BadData, DiskFull, StorageError, is_disk_full

POINT = "point"
"""The column of a point's number in its grid."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The folder of one sweep."""

    folder: Path

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the sweep.

        Raises:
            StorageError: another process runs this very sweep, or the folder cannot be made.
        """
        with _told_apart(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            file = (self.folder / ".lock").open("a")
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                msg = f"another process runs this sweep ({self.folder}); wait for it"
                raise StorageError(msg) from error
            yield

    def begin(self, about: Mapping[str, Any], *, fresh: bool) -> None:
        """Write what is swept; `fresh` drops the parts that are there."""
        with _told_apart(self.folder):
            if fresh:
                for path in self._paths():
                    path.unlink()
            self._whole("sweep.json", (json.dumps(about, indent=2) + "\n").encode())

    def finished(self, columns: Mapping[str, Any]) -> pl.DataFrame:
        """Every finished point; an empty frame of `columns` where there is none.

        Raises:
            BadData: a part cannot be read, or holds other columns.
        """
        parts = [pl.DataFrame(schema=dict(columns))]
        for path in self._paths():
            try:
                part = pl.read_parquet(path)
                parts.append(
                    part.select(pl.col(name).cast(dtype) for name, dtype in columns.items())
                )
            except (PolarsError, OSError) as error:
                msg = (
                    f"{path} cannot be read: {str(error).splitlines()[0]}; it is a finished part "
                    "of this sweep. Run it with --fresh to begin anew"
                )
                raise BadData(msg) from error
        return pl.concat(parts).unique(POINT, keep="first").sort(POINT)

    def add(self, points: pl.DataFrame) -> None:
        """Keep a batch of finished points.

        Raises:
            DiskFull, StorageError: it is not kept; what was kept before is.
        """
        paths = self._paths()
        last = int(paths[-1].stem.removeprefix("part-")) if paths else -1
        content = io.BytesIO()
        points.write_parquet(content)
        with _told_apart(self.folder):
            self._whole(f"part-{last + 1:05d}.parquet", content.getvalue())

    def _paths(self) -> list[Path]:
        return sorted(self.folder.glob("part-*.parquet"))

    def _whole(self, name: str, content: bytes) -> None:
        beside = self.folder / f".{name}.new"
        try:
            with beside.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            beside.rename(self.folder / name)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise


@contextmanager
def _told_apart(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        kept = "the finished points are kept; the same sweep goes on from them"
        if is_disk_full(error):
            msg = f"no space is left for {folder}; free some and run again: {kept}"
            raise DiskFull(msg) from error
        msg = f"cannot write into {folder}: {error.strerror or error}; {kept}"
        raise StorageError(msg) from error
