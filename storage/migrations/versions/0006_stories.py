"""Stories: which articles share their text, and who had it first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "story",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("first_source", sa.Text(), nullable=False),
        sa.Column("first_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_story"),
    )
    op.create_table(
        "story_article",
        sa.Column("article_id", ROW_ID, nullable=False),
        sa.Column("story_id", ROW_ID, nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("of_article", ROW_ID, nullable=True),
        sa.Column("containment", sa.Float(), nullable=False),
        sa.Column("shared_words", sa.Integer(), nullable=False),
        sa.Column("sketch", sa.LargeBinary(), nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("article_id", name="pk_story_article"),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_story_article_article_id"),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name="fk_story_article_story_id"),
    )
    op.create_index("ix_story_article_story_id", "story_article", ["story_id"])
    op.create_index("ix_story_article_seen_at", "story_article", ["seen_at"])


def downgrade() -> None:
    """Undo the change."""
    op.drop_table("story_article")
    op.drop_table("story")
