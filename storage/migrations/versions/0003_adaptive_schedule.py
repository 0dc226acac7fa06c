"""The adaptive schedule: a source's rhythm, the weight of its failures, and full fetches."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.add_column(
        "source", sa.Column("failure_weight", sa.Float(), nullable=False, server_default="0")
    )
    op.add_column("source", sa.Column("rhythm", sa.LargeBinary(), nullable=True))
    op.add_column("source", sa.Column("last_full_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "source",
        sa.Column("next_check_full", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    """Undo the change."""
    with op.batch_alter_table("source") as source:
        for name in ("next_check_full", "last_full_at", "rhythm", "failure_weight"):
            source.drop_column(name)
