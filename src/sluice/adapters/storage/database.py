"""Opens the registry's database: transactions that exclude other writers, and a schema up to date.

What always holds: one writer at a time over all processes (SQLite: BEGIN IMMEDIATE; PostgreSQL: an
advisory lock), and a migration is one transaction under the same lock, so that two runs that open a
new home at once make one schema, and a run that dies half-way leaves none.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.pool import ConnectionPoolEntry

from sluice.adapters.storage.failures import translated
from sluice.adapters.storage.schema import HEAD
from sluice.domain.errors import ConfigError, StorageError

_MIGRATIONS = Path(__file__).with_name("migrations")
_ADVISORY_LOCK = 0x51_CE  # any number, the same for every writer
_WRITES = "sluice_writes"
_WAL_PAUSE_S = 0.02


class Database:
    """A database whose schema is this version's, over one connection for as long as it is open."""

    def __init__(self, url: str, *, busy_timeout_ns: int) -> None:
        """Open, and bring the schema up to date where it is older.

        Raises:
            ConfigError: the URL, or the driver it names, does not exist here.
            StorageError: it cannot be opened, or was written by a newer version.
        """
        self.engine = _engine(url, busy_timeout_ns)
        self.where = _known_as(self.engine.url)
        try:
            self._update()
        except BaseException:
            self.close()
            raise

    def _update(self) -> None:
        with self.reading() as connection:
            current = _revision(connection)
        if current != HEAD:
            with self.writing() as connection:
                _migrate(connection, self.where)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """One transaction that sees one moment of the registry."""
        with translated(self.where), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """One transaction that excludes every other writer; all of it is stored, or nothing."""
        writer = self.engine.execution_options(**{_WRITES: True})
        with translated(self.where), writer.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
            yield connection

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()


def sqlite_url(path: Path) -> str:
    """The URL of a SQLite file."""
    return sa.URL.create("sqlite", database=str(path)).render_as_string(hide_password=False)


@lru_cache(maxsize=8)  # an engine keeps its compiled statements, not its connections
def _engine(url: str, busy_timeout_ns: int) -> sa.Engine:
    """The engine, with SQLite's transactions under our control."""
    one = {"poolclass": sa.QueuePool, "pool_size": 1, "max_overflow": -1}
    try:
        parsed = sa.make_url(url)
        if parsed.get_backend_name() != "sqlite":
            return sa.create_engine(parsed, **one)
        seconds = busy_timeout_ns / 1e9
        engine = sa.create_engine(parsed, connect_args={"timeout": seconds}, **one)
    except (sa.exc.ArgumentError, ImportError) as error:
        msg = (
            f"registry.url in base.toml cannot be used: {error}; write a SQLAlchemy URL, install "
            "its driver, or leave it empty for SQLite in the home"
        )
        raise ConfigError(msg) from error

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        _use_wal(connection, seconds)
        connection.execute("PRAGMA foreign_keys = ON")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _use_wal(connection: sqlite3.Connection, seconds: float) -> None:
    """Readers beside a writer. The mode stays with the file, so only its first openers contend.

    SQLite does not apply its busy time-out to this pragma; so we try for as long ourselves.
    """
    attempts = max(1, int(seconds / _WAL_PAUSE_S))
    for attempt in range(attempts):
        try:
            if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
                connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or attempt == attempts - 1:
                raise
            time.sleep(_WAL_PAUSE_S)
        else:
            return


def _known_as(url: sa.URL) -> str:
    """The registry as people know it, without a password."""
    if url.get_backend_name() == "sqlite" and url.database:
        return url.database
    return url.render_as_string(hide_password=True)


def _revision(connection: sa.Connection) -> str | None:
    """The schema's stored revision, None where there is none yet; read without Alembic."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    stored: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return stored


def _migrate(connection: sa.Connection, where: str) -> None:
    """Bring the schema to HEAD inside the caller's transaction, which excludes other writers."""
    current = _revision(connection)  # another process may have been first
    if current == HEAD:
        return
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    settings = Config()
    settings.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    settings.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(settings).walk_revisions()}
    if current is not None and current not in known:
        msg = (
            f"the registry {where} was written by a newer sluice (schema {current}, this one knows "
            f"{HEAD}); update sluice, or point SLUICE_HOME at another folder"
        )
        raise StorageError(msg)
    command.upgrade(settings, "head")
    assert _revision(connection) == HEAD, "the last migration and HEAD in schema.py differ"
