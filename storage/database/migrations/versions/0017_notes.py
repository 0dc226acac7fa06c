"""Notes about cases, and which cases of a digest were only counted in it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply the change. What digests said before counts as told in full."""
    op.create_table(
        "case_note",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("article_id", ROW_ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_note"),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_case_note_article_id"),
    )
    op.create_index("ix_case_note_article_id", "case_note", ["article_id"])
    op.add_column("delivery", sa.Column("only_counted", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Undo the change; notes are lost."""
    op.drop_column("delivery", "only_counted")
    op.drop_index("ix_case_note_article_id", table_name="case_note")
    op.drop_table("case_note")
