"""Translates the database's exceptions into the house's errors; no other file sees them."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from sluice.domain.errors import DiskFull, RegistryBusy, StorageError

_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_LITTLE_BYTES = 256 * 1024  # less than SQLite needs to open a registry beside its log
_NOT_WRITABLE = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Raise what the database raises as a StorageError that names the registry and what to do.

    `where` is the registry as people know it: a path, or a URL without its password.
    """
    try:
        yield
    except sa.exc.DBAPIError as error:
        raise _translation(error, where) from error
    except sqlite3.Error as error:
        raise _of_sqlite(error, where) from error


def _translation(error: sa.exc.DBAPIError, where: str) -> StorageError:
    """The house's error for one of SQLAlchemy's."""
    if isinstance(error.orig, sqlite3.Error):
        return _of_sqlite(error.orig, where)
    msg = f"the registry {where} failed: {error.orig}; see that its server runs and lets you in"
    return StorageError(msg)


def _of_sqlite(error: sqlite3.Error, where: str) -> StorageError:
    """The house's error for one of SQLite's, by its primary code (the low byte)."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _BUSY:
        return RegistryBusy(
            f"another run held the registry {where} for too long; wait for it to end and try again "
            "(registry.busy_timeout in base.toml says how long to wait)"
        )
    if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and not _has_room(where)):
        return DiskFull(
            f"the disk is full: nothing was written to the registry {where}; "
            "free some space and run again"
        )
    if code in _DAMAGED:
        return StorageError(
            f"the registry {where} is damaged ({error}); restore it from a backup, or move it away "
            "to start an empty one (`sqlite3 FILE .recover` can save what is left of the old one)"
        )
    if code in _NOT_WRITABLE:
        return StorageError(
            f"the registry {where} cannot be opened for writing ({error}); make the file and its "
            "folder writable, or point SLUICE_HOME at a folder that is"
        )
    return StorageError(f"the registry {where} failed: {error}; see that its disk works")


def _has_room(where: str) -> bool:
    """Whether the disk has room: SQLite calls it an I/O error where its shared memory has none."""
    try:
        return shutil.disk_usage(Path(where).parent).free > _LITTLE_BYTES
    except OSError:
        return True  # then it is the disk that fails, not its size
