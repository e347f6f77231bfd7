"""A disk that is really full: a small one is mounted, and filled to the last byte."""

import errno
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def mounted(folder: Path, size: str) -> Iterator[Path]:
    """A disk of `size` ("400k", "1m") at `folder`, where this user may mount one; else a skip."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=20)
    except FileNotFoundError:
        pytest.skip("there is no mount here, so no small disk to fill")
    if done.returncode != 0:
        pytest.skip("mounting a small disk to fill needs root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True, timeout=20)


def fill(folder: Path) -> None:
    """Write until there is no room for one byte more."""
    with (folder / "filler").open("wb", buffering=0) as filler:
        try:
            while True:
                filler.write(b"\0" * 4096)
        except OSError as full:
            if full.errno != errno.ENOSPC:
                raise
