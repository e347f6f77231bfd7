"""The page's way to the disk: a temporary file beside the target, renamed when it is complete."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from sluice.domain.errors import DiskFull, StorageError, is_disk_full


def _stored(descriptor: int, content: bytes) -> None:
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def write_whole(path: Path, content: str, store: Callable[[int, bytes], None] = _stored) -> Path:
    """Write the file whole or not at all; a file that stood there is untouched on failure.

    Raises:
        DiskFull: no space is left.
        StorageError: the folder cannot be made or written.
    """
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:80]}.")
        temporary = Path(name)
        store(descriptor, content.encode())
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        if is_disk_full(error):
            raise DiskFull(
                f"no space left for the report {path} ({len(content) / 1e6:.1f} MB); nothing was "
                "written. Free some space or name another place, then run again."
            ) from error
        raise StorageError(
            f"the report {path} cannot be written: {error.strerror or error}. Name a place that "
            "can be written to."
        ) from error
    return path
