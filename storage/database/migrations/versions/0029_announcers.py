"""Who announced an entry beside its source, and whether an article's own outlet did."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "entry_announcer",
        sa.Column(
            "entry_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.ForeignKey("entry.id"),
            primary_key=True,
        ),
        sa.Column("source", sa.Text(), sa.ForeignKey("source.name"), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.add_column(
        "article",
        sa.Column("by_own_outlet", sa.Boolean(), nullable=False, server_default=sa.text("true")),
    )
    present = sa.text("article_id IS NOT NULL")
    op.create_index(
        "ix_entry_article", "entry", ["article_id"], sqlite_where=present, postgresql_where=present
    )


def downgrade() -> None:
    """Undo the change."""
    op.drop_index("ix_entry_article", "entry")
    op.drop_column("article", "by_own_outlet")
    op.drop_table("entry_announcer")
