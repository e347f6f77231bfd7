"""The front doors as a user opens them: a fresh process, its words, and what is in the home."""

import hashlib
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[1] / "scripts" / "run_backtest.py"
_COMMAND = "from sluice.cli.main import main; main()"
_COMINGS_AND_GOINGS = ("registry.db", "registry.db-wal", "registry.db-shm")


@dataclass(frozen=True)
class Done:
    """How a process ended, and its words."""

    code: int
    out: str
    err: str


def started(home, *words, script=True, limit=None, stdout=subprocess.PIPE, **environment):
    """A process at the script's door, or the command's; `limit` runs in the child first."""
    door = [str(SCRIPT)] if script else ["-c", _COMMAND]
    return subprocess.Popen(
        [sys.executable, *door, *map(str, words)],
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"SLUICE_HOME": str(home)} | environment,
        preexec_fn=limit,  # noqa: PLW1509 - no threads of ours run while the tests start a child
    )


def ended(process):
    """What became of it."""
    out, err = process.communicate(timeout=300)
    return Done(process.returncode, out, err)


def backtest(home, *words, **how):
    """`python scripts/run_backtest.py` to its end."""
    return ended(started(home, *words, **how))


def sluice(home, *words, **how):
    """`sluice …` to its end."""
    return ended(started(home, *words, script=False, **how))


def rows(home):
    """The rows of the registry, read without opening it as sluice does; none where it is not."""
    path = Path(home) / "registry.db"
    if not path.is_file():
        return []
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'runs'").fetchall():
            return []
        return connection.execute("SELECT * FROM runs ORDER BY run_id").fetchall()


def store(home):
    """All that a home holds: every file by its digest, and the rows of the registry.

    Locks are left out, and empty folders; the registry's own files count by their rows.
    """
    home = Path(home)
    files = {
        path.relative_to(home).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(home.rglob("*"))
        if path.is_file() and path.name not in _COMINGS_AND_GOINGS and path.suffix != ".lock"
    }
    return files, rows(home)


def refused(done, *words):
    """Hold a process to exit 2, one clear message that has these words, and no output."""
    assert done.code == 2, done.err
    assert "Traceback" not in done.err
    assert done.out == ""
    assert done.err.startswith("error: ") or "Usage:" in done.err
    said = " ".join(done.err.split())
    for word in words:
        assert word in said, done.err
