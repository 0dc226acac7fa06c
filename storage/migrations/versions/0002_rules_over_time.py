"""Rules over time: what they have counted, when they alerted, and the reason of an alert."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply the change."""
    op.add_column("alert", sa.Column("reason", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "rule_event",
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("article_id", ROW_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("rule_id", "key", "article_id", name="pk_rule_event"),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_rule_event_article_id"),
    )
    op.create_index("ix_rule_event_rule_id_at", "rule_event", ["rule_id", "at"])
    op.create_table(
        "rule_told",
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("rule_id", "key", name="pk_rule_told"),
    )


def downgrade() -> None:
    """Undo the change."""
    op.drop_table("rule_told")
    op.drop_table("rule_event")
    with op.batch_alter_table("alert") as alert:
        alert.drop_column("reason")
