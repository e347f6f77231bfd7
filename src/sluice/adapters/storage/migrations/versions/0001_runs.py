"""The first schema: runs, hidden runs, lineages; a SQLite file itself refuses to forget a run."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_KEPT_FOR_EVER = ("runs", "hidden_runs")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "runs",
        sa.Column("run_id", _ROW_ID, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("strategy", sa.Text, nullable=False),
        sa.Column("created_ns", sa.BigInteger, nullable=False),
        sa.Column("identity", sa.Text, nullable=False),
        sa.Column("lineage", sa.Text, nullable=False),
        sa.Column("lineage_key", sa.Text, nullable=False),
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
        sqlite_autoincrement=True,
    )
    op.create_index("ix_runs_identity", "runs", ["identity"])
    op.create_index("ix_runs_lineage_key", "runs", ["lineage_key"])
    op.create_table(
        "hidden_runs",
        sa.Column("run_id", _ROW_ID, primary_key=True, autoincrement=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name="fk_hidden_runs_run_id"),
    )
    op.create_table(
        "lineages",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("component", sa.Text, nullable=False),
    )
    op.create_index("ix_lineages_component", "lineages", ["component"])
    if op.get_bind().dialect.name == "sqlite":
        _refuse_to_forget()


def _refuse_to_forget() -> None:
    """Triggers that let rows be added only. (On PostgreSQL the role's grants say the same.)"""
    for table in _KEPT_FOR_EVER:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'runs are kept for ever: {verb} is refused'); END"
            )


def downgrade() -> None:
    """There is no way back: runs are kept for ever."""
    msg = "the registry is never downgraded: runs are kept for ever"
    raise NotImplementedError(msg)
