"""The folder of one streamed run; what a killed run left is taken away by the next one."""

import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_OWNER = ".owner"
_DOOR = ".lock"


@contextmanager
def run_folder(root: Path) -> Iterator[Path]:
    """A new folder under `root`, gone at the end; folders whose run is gone are removed first.

    A run holds a lock on a file in its folder for as long as it lives, whatever ends it.

    Raises:
        OSError: the disk refused.
    """
    with (root / _DOOR).open("a") as door:
        fcntl.flock(door, fcntl.LOCK_EX)  # nobody sees a folder without its owner
        _remove_abandoned(root)
        inside = tempfile.TemporaryDirectory(dir=root, prefix="run-")
        owner = (Path(inside.name) / _OWNER).open("w")
        fcntl.flock(owner, fcntl.LOCK_EX)
    with inside as place, owner:
        yield Path(place)


def _remove_abandoned(root: Path) -> None:
    for folder in root.glob("run-*"):
        try:
            with (folder / _OWNER).open("a") as owner:
                fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue  # at work
        except FileNotFoundError:
            pass  # gone meanwhile
        shutil.rmtree(folder, ignore_errors=True)
