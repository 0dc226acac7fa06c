"""What is known of people who come in by an account elsewhere, and when their session ends."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.add_column("desk_person", sa.Column("role", sa.Text(), nullable=True))
    op.add_column("desk_person", sa.Column("subject", sa.Text(), nullable=True))
    op.add_column("desk_session", sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Undo the change."""
    op.drop_column("desk_session", "ends_at")
    op.drop_column("desk_person", "subject")
    op.drop_column("desk_person", "role")
