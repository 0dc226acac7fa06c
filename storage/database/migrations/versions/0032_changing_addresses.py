"""Which parts of a source's addresses change at every poll, and its entries without them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.add_column("source", sa.Column("changing_parts", sa.Text(), nullable=True))
    op.create_table(
        "folded_key",
        sa.Column("source", sa.Text(), sa.ForeignKey("source.name"), primary_key=True),
        sa.Column("rest_hash", sa.LargeBinary(), primary_key=True),
        sa.Column("key", sa.Text(), nullable=False),
    )


def downgrade() -> None:
    """Undo the change."""
    op.drop_table("folded_key")
    op.drop_column("source", "changing_parts")
