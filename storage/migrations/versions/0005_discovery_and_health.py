"""What discovery chose for a source, gaps that were found, and how the source fares."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
NEW: dict[str, sa.types.TypeEngine[Any]] = {
    "found_kind": sa.Text(),
    "found_how": sa.Text(),
    "last_new_at": MOMENT,
    "last_gap_at": MOMENT,
    "last_gap": sa.Text(),
    "hot_until": MOMENT,
    "health": sa.Text(),
    "health_since": MOMENT,
    "health_reason": sa.Text(),
    "health_told": sa.Text(),
}


def upgrade() -> None:
    """Apply the change."""
    op.execute("ALTER TABLE source RENAME COLUMN feed_url TO found_url")
    for name, kind in NEW.items():
        op.add_column("source", sa.Column(name, kind, nullable=True))
    op.execute("UPDATE source SET found_kind = 'feed' WHERE found_url IS NOT NULL")
    op.add_column(
        "article",
        sa.Column("is_notice", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    """Undo the change."""
    with op.batch_alter_table("article") as article:
        article.drop_column("is_notice")
    with op.batch_alter_table("source") as source:
        for name in reversed(NEW):
            source.drop_column(name)
    op.execute("ALTER TABLE source RENAME COLUMN found_url TO feed_url")
