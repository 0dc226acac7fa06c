"""What was left out of the last document of a source, by reason."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "skipped_entry",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("example", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("source", "reason", name="pk_skipped_entry"),
        sa.ForeignKeyConstraint(["source"], ["source.name"], name="fk_skipped_entry_source"),
    )


def downgrade() -> None:
    """Undo the change."""
    op.drop_table("skipped_entry")
