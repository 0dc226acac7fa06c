"""Entries keep what feeds say of them, versions whose words they have and why nobody was told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.add_column("entry", _no("in_own_words"))
    op.create_table(
        "entry_words",
        sa.Column(
            "entry_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.ForeignKey("entry.id"),
            primary_key=True,
        ),
        sa.Column("markup", sa.Text(), nullable=False),
    )
    op.add_column(
        "article_version",
        sa.Column("words_from", sa.Text(), nullable=False, server_default="page"),
    )
    op.add_column("article_version", _no("date_is_guess"))
    op.add_column("article_version", sa.Column("untold", sa.Text(), nullable=True))


def downgrade() -> None:
    """Undo the change."""
    op.drop_column("article_version", "untold")
    op.drop_column("article_version", "date_is_guess")
    op.drop_column("article_version", "words_from")
    op.drop_table("entry_words")
    op.drop_column("entry", "in_own_words")


def _no(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.text("false"))
