"""A disk that is really full: a small one is mounted, filled, and a run tried on it."""

import os
import subprocess
import sys

import pytest

from small_disk import fill, mounted

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
    with mounted(tmp_path / "small", "400k") as folder:
        yield folder


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
