"""The port to a remote archive of files: one call fetches a file whole, verified, or says no."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from sluice.domain.progress import Count


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that is here now: where, its size in bytes, and whether it came or was here before."""

    path: Path
    size_bytes: int
    state: Literal["fetched", "cached"]


class Archive(Protocol):
    """Files under stable paths, each with a checksum beside it."""

    def fetch(self, path: str, folder: Path, advance: Count) -> Fetched | None:
        """Bring the file at `path` (as "data/spot/…/X.zip") to `folder / path`.

        None: the archive has no such file. What is here already and has the right checksum is not
        fetched again; what was fetched in part goes on where it stopped. `advance(done, total)` is
        told of bytes.

        Raises:
            ArchiveUnreachable: it does not answer, or only with errors, also when asked again.
            BadData: it sends something else than the file, or not what the checksum says.
            DiskFull, StorageError: the disk refused, or another process fetches here.
        """
        ...
