"""A disk that is really full: a small one is mounted, filled, and a run tried on it."""

import errno
import os
import subprocess
import sys

import pytest

PROGRAM = """
from sluice.cli import errors
from sluice.runtime import build

class Recording:
    def main(self, args=None, prog_name=None):
        import sys
        sys.path.insert(0, TESTS)
        from fakes.runs import a_run
        with build.open_registry() as store:
            store.record(a_run())
            print(len(store.runs()))

errors.run(Recording, "record", [])
"""


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 400 KiB, where this user may mount one."""
    folder = tmp_path / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(command, capture_output=True, check=False, timeout=20)
    except FileNotFoundError:
        pytest.skip("there is no mount here, so no small disk to fill")
    if mounted.returncode != 0:
        pytest.skip("mounting a small disk to fill needs root")
    yield folder
    subprocess.run(["umount", str(folder)], check=True, timeout=20)


def fill(folder):
    """Write until there is no room for one byte more."""
    with (folder / "filler").open("wb", buffering=0) as filler:
        try:
            while True:
                filler.write(b"\0" * 4096)
        except OSError as full:
            if full.errno != errno.ENOSPC:
                raise


def recording(home, tests):
    program = f"TESTS = {str(tests)!r}\n{PROGRAM}"
    return subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=os.environ | {"SLUICE_HOME": str(home)},
    )


@pytest.mark.parametrize("opened_before", [True, False])
def test_a_full_disk_is_two_and_the_registry_goes_on_when_there_is_room(
    small_disk, opened_before, request
):
    tests = request.config.rootpath / "tests"
    if opened_before:
        assert recording(small_disk, tests).stdout == "1\n"
    fill(small_disk)
    done = recording(small_disk, tests)
    assert done.returncode == 2, done.stderr
    assert "the disk is full: nothing was written" in done.stderr
    (small_disk / "filler").unlink()
    assert recording(small_disk, tests).stdout == f"{1 + opened_before}\n"
