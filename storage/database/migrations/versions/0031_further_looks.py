"""How many looks at an entry found the same, and what further looks cost its host."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.add_column("entry", sa.Column("looks", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("entry", sa.Column("looks_since", sa.DateTime(timezone=True), nullable=True))
    # All that was found before counts as the same: what nearly came to its end does so.
    op.execute(
        "UPDATE entry SET looks = attempts, looks_since = discovered_at"
        " WHERE status = 'pending' AND attempts > 0"
    )
    op.create_table(
        "looks_in_vain",
        sa.Column("source", sa.Text(), sa.ForeignKey("source.name"), primary_key=True),
        sa.Column("host", sa.Text(), primary_key=True),
        sa.Column("looks", sa.Float(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    """Undo the change."""
    op.drop_table("looks_in_vain")
    op.drop_column("entry", "looks_since")
    op.drop_column("entry", "looks")
