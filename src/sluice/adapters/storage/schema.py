"""The tables of the registry: rows are only ever added, but for a lineage's component.

A change here needs a migration in `migrations/versions/` and its revision in HEAD; a test holds
both.
"""

import sqlalchemy as sa

HEAD = "0002"

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)

# SQLite gives out row ids only for a column of exactly this type.
_RowId = sa.BigInteger().with_variant(sa.Integer, "sqlite")

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("run_id", _RowId, primary_key=True, autoincrement=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("strategy", sa.Text, nullable=False),
    sa.Column("created_ns", sa.BigInteger, nullable=False),
    sa.Column("identity", sa.Text, nullable=False, index=True),
    sa.Column("lineage", sa.Text, nullable=False),
    sa.Column("lineage_key", sa.Text, nullable=False, index=True),
    sa.Column("dataset", sa.Text, nullable=False),
    sa.Column("start_ns", sa.BigInteger, nullable=False),
    sa.Column("end_ns", sa.BigInteger, nullable=False),
    sa.Column("data_digest", sa.Text, nullable=False),
    sa.Column("params", sa.Text, nullable=False),
    sa.Column("seed", sa.BigInteger, nullable=False),
    sa.Column("manifest", sa.Text, nullable=False),
    sa.Column("metrics", sa.Text, nullable=False),
    sa.Column("checks", sa.Text),
    sa.Column("passed", sa.Boolean),
    sa.Column("exploratory", sa.Boolean, nullable=False),
    sa.Column("provenance", sa.Text, nullable=False),
    sa.Column("result_digest", sa.Text, nullable=False),
    sa.Column("report", sa.Text),
    sa.Column("wall_seconds", sa.Float, nullable=False),
    sa.Column("daily", sa.LargeBinary),
    sqlite_autoincrement=True,
)

# Hiding is a row of its own, so that a run's row never changes.
hidden_runs = sa.Table(
    "hidden_runs",
    metadata,
    sa.Column("run_id", sa.ForeignKey("runs.run_id"), primary_key=True, autoincrement=False),
)

# Which connected component a lineage key belongs to (see lineage.py).
lineages = sa.Table(
    "lineages",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("component", sa.Text, nullable=False, index=True),
)
