"""How often a doubtful text was seen in an article's place, and what a source calls its entries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.add_column("article", sa.Column("doubt_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "article", sa.Column("doubt_looks", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column("entry", sa.Column("guid", sa.Text(), nullable=True))


def downgrade() -> None:
    """Undo the change."""
    op.drop_column("entry", "guid")
    op.drop_column("article", "doubt_looks")
    op.drop_column("article", "doubt_since")
