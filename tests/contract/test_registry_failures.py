"""What goes wrong with a registry on disk, as errors of the house that say what to do next."""

import shutil
import sqlite3

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from fakes.runs import a_run
from sluice.adapters.storage import database as database_module
from sluice.adapters.storage.database import Database
from sluice.adapters.storage.registry import SqlRunStore, sqlite_url
from sluice.adapters.storage.schema import HEAD, metadata
from sluice.domain.errors import ConfigError, DiskFull, RegistryBusy, StorageError

MOMENT_NS = 50_000_000


@pytest.fixture
def path(tmp_path):
    return tmp_path / "registry.db"


def opened(path):
    return SqlRunStore.open(sqlite_url(path), busy_timeout_ns=MOMENT_NS)


def test_a_registry_held_by_another_run_for_too_long_is_busy_and_says_what_to_do(path):
    store = opened(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(RegistryBusy, match="try again"):
        store.record(a_run())
    assert store.runs() == ()
    other.execute("ROLLBACK")
    assert store.record(a_run()) == 1


def test_a_new_home_held_by_another_run_is_busy(path):
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(RegistryBusy):
        opened(path)


def test_a_full_disk_leaves_the_registry_as_it_was(path):
    store = opened(path)
    store.record(a_run())
    pages = sqlite3.connect(path).execute("PRAGMA page_count").fetchone()[0]

    @sa.event.listens_for(store._database.engine, "checkout")
    def _no_room(connection, _entry, _proxy):
        connection.execute(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(DiskFull, match="nothing was written"):
        store.record(a_run(manifest="x" * 200_000))
    assert [run.run_id for run in opened(path).runs()] == [1]


def test_a_file_that_is_no_registry_is_named_as_damaged(path):
    path.write_bytes(b"this is not a database" * 100)
    with pytest.raises(StorageError, match=r"registry\.db is damaged"):
        opened(path)


def test_a_damaged_page_is_named_as_damaged(path):
    store = opened(path)
    for _ in range(50):
        store.record(a_run(manifest="y" * 2000))
    sqlite3.connect(path).execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(path.read_bytes())
    content[8192:] = b"\xff" * (len(content) - 8192)
    path.write_bytes(content)
    with pytest.raises(StorageError, match="is damaged"):
        opened(path).runs(limit=50)


def test_a_registry_of_a_newer_version_is_refused_and_left_alone(path):
    opened(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StorageError, match=r"newer sluice.*update sluice"):
        opened(path)
    stored = sqlite3.connect(path).execute("SELECT version_num FROM alembic_version").fetchone()
    assert stored == ("9999",)


def test_a_folder_in_place_of_the_registry_cannot_be_opened(path):
    path.mkdir()
    with pytest.raises(StorageError, match="cannot be opened"):
        opened(path)


@pytest.mark.parametrize(
    "url", ["", "nonsense", "nosuchdialect://x", "postgresql+nosuchdriver://x"]
)
def test_a_url_that_cannot_be_used_is_an_error_of_the_configuration(url):
    with pytest.raises(ConfigError, match=r"registry\.url"):
        Database(url, busy_timeout_ns=MOMENT_NS)


def test_a_run_that_dies_half_way_leaves_nothing(path):
    store = opened(path)

    def interrupted():
        with store._database.writing() as connection:
            connection.execute(sa.text("INSERT INTO lineages VALUES ('a', 'a')"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert store.trials(("a",), "sim", 0, 1) == 0
    with store._database.reading() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM lineages")) == 0


def test_a_migration_that_dies_half_way_leaves_no_schema(path, tmp_path, monkeypatch):
    broken = tmp_path / "migrations"
    shutil.copytree(database_module._MIGRATIONS, broken)
    script = broken / "versions" / "0001_runs.py"
    script.write_text(script.read_text().replace("_refuse_to_forget()\n\n", "raise OSError\n\n", 1))
    monkeypatch.setattr(database_module, "_MIGRATIONS", broken)
    with pytest.raises(OSError):  # noqa: PT011 - the fault planted above
        opened(path)
    tables = sqlite3.connect(path).execute("SELECT name FROM sqlite_master").fetchall()
    assert tables == []


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM runs",
        "UPDATE runs SET passed = 1",
        "DELETE FROM hidden_runs",
        "UPDATE hidden_runs SET run_id = 2",
    ],
)
def test_the_file_itself_refuses_to_forget_or_change_a_run(path, statement):
    store = opened(path)
    store.record(a_run())
    store.hide(1)
    with pytest.raises(sqlite3.IntegrityError, match="kept for ever"):
        sqlite3.connect(path).execute(statement)


def test_head_is_the_last_migration_and_makes_the_tables_of_the_schema(path):
    scripts = ScriptDirectory(str(database_module._MIGRATIONS))
    assert scripts.get_current_head() == HEAD
    with opened(path)._database.reading() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, metadata) == []


def test_alembic_is_imported_only_where_a_migration_is_due(path, monkeypatch):
    opened(path).close()
    monkeypatch.setitem(__import__("sys").modules, "alembic", None)
    opened(path).close()


def test_the_schema_compiles_for_postgresql():
    from sqlalchemy.dialects import postgresql
    from sqlalchemy.schema import CreateTable

    for table in metadata.sorted_tables:
        assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=postgresql.dialect()))


def test_a_reader_beside_a_writer_is_not_kept_waiting(path):
    store = opened(path)
    store.record(a_run())
    with store._database.writing() as connection:
        connection.execute(sa.text("INSERT INTO lineages VALUES ('z', 'z')"))
        assert len(store.runs()) == 1
