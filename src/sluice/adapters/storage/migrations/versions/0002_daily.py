"""Runs keep their equity at session ends, so that they can be compared later."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; runs recorded before have none."""
    op.add_column("runs", sa.Column("daily", sa.LargeBinary))


def downgrade() -> None:
    """There is no way back: runs are kept for ever."""
    msg = "the registry is never downgraded: runs are kept for ever"
    raise NotImplementedError(msg)
