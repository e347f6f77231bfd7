"""The registry of runs over SQL: the RunStore that the house uses, on SQLite or PostgreSQL."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from types import TracebackType
from typing import Any, Literal, Self

import sqlalchemy as sa

from sluice.adapters.storage.database import Database, sqlite_url
from sluice.adapters.storage.lineage import members, merge
from sluice.adapters.storage.schema import hidden_runs, runs
from sluice.domain.run import RunRecord

__all__ = ["SqlRunStore", "sqlite_url"]

_HIDDEN = hidden_runs.c.run_id.is_not(None).label("hidden")
_EVERY_RUN = sa.select(runs, _HIDDEN).select_from(runs.outerjoin(hidden_runs))


class SqlRunStore:
    """See `ports/stores.py` for what each method promises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, url: str, *, busy_timeout_ns: int) -> Self:
        """Open the registry at a URL, its schema brought up to date."""
        return cls(Database(url, busy_timeout_ns=busy_timeout_ns))

    def record(self, run: RunRecord) -> int:
        """Store a run; returns the id it was given."""
        assert run.run_id is None, "a run is recorded once"
        assert not run.hidden, "a run is recorded first and hidden later"
        with self._database.writing() as connection:
            merge(connection, run.lineage)
            stored = connection.execute(sa.insert(runs).values(_row(run)))
            (run_id,) = stored.inserted_primary_key or (None,)
        assert isinstance(run_id, int)
        return run_id

    def record_many(self, records: Sequence[RunRecord]) -> None:
        """Store runs of one lineage in one transaction."""
        if not records:
            return
        assert len({run.lineage for run in records}) == 1, "a batch is of one lineage"
        assert all(run.run_id is None and not run.hidden for run in records), "recorded once"
        with self._database.writing() as connection:
            merge(connection, records[0].lineage)
            connection.execute(sa.insert(runs), [_row(run) for run in records])

    def get(self, run_id: int) -> RunRecord | None:
        """The run of that id, hidden ones too."""
        found = self._read(_EVERY_RUN.where(runs.c.run_id == run_id))
        return found[0] if found else None

    def runs(self, limit: int = 20, *, hidden: bool = False) -> tuple[RunRecord, ...]:
        """The newest runs first."""
        query = _EVERY_RUN.order_by(runs.c.run_id.desc()).limit(limit)
        return self._read(query if hidden else query.where(sa.not_(_HIDDEN.element)))

    def latest_pass(
        self, identity: str, gate: Literal["gate1", "gate2"], not_before_ns: int
    ) -> RunRecord | None:
        """The newest run of this identity that passed the gate at or after that time."""
        query = (
            _EVERY_RUN.where(
                runs.c.identity == identity,
                runs.c.kind == gate,
                runs.c.passed.is_(sa.true()),
                runs.c.exploratory.is_(sa.false()),
                runs.c.created_ns >= not_before_ns,
            )
            .order_by(runs.c.created_ns.desc(), runs.c.run_id.desc())
            .limit(1)
        )
        found = self._read(query)
        return found[0] if found else None

    def trials(self, lineage: tuple[str, ...], dataset: str, start_ns: int, end_ns: int) -> int:
        """How many recorded runs are trials of this lineage on this data window."""
        query = (
            sa.select(sa.func.count())
            .select_from(runs)
            .where(
                runs.c.lineage_key.in_(members(lineage)),
                runs.c.dataset == dataset,
                runs.c.start_ns <= end_ns,
                runs.c.end_ns >= start_ns,
            )
        )
        with self._database.reading() as connection:
            return connection.execute(query).scalar_one()

    def hide(self, run_id: int) -> bool:
        """Leave a run out of `runs`; it still counts."""
        with self._database.writing() as connection:
            query = _EVERY_RUN.where(runs.c.run_id == run_id)
            found = connection.execute(query).mappings().one_or_none()
            if found is not None and not found["hidden"]:
                connection.execute(sa.insert(hidden_runs).values(run_id=run_id))
        return found is not None

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _read(self, query: sa.Select[Any]) -> tuple[RunRecord, ...]:
        with self._database.reading() as connection:
            return tuple(_record(row) for row in connection.execute(query).mappings())


def _row(run: RunRecord) -> dict[str, Any]:
    """A run as a row: its lineage as JSON, with the one key that stands for its component."""
    row = asdict(run)
    del row["run_id"], row["hidden"]
    row["lineage"] = json.dumps(run.lineage)
    row["lineage_key"] = run.lineage[0]
    return row


def _record(row: Mapping[Any, Any]) -> RunRecord:
    """A row as a run."""
    fields = {name: row[name] for name in RunRecord.__dataclass_fields__}
    fields["lineage"] = tuple(json.loads(row["lineage"]))
    fields["hidden"] = bool(row["hidden"])
    return RunRecord(**fields)
