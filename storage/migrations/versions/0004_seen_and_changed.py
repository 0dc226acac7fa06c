"""Articles that are looked at again: visits, events of versions, other names, alerts of edits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ONE_PER_ARTICLE = "uq_alert_article_id_rule_id"
ONE_PER_OCCASION = "uq_alert_article_id_rule_id_occasion"
VISITED = sa.text("next_visit_at IS NOT NULL")


def upgrade() -> None:
    """Apply the change."""
    for column in (
        sa.Column("next_visit_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("visits", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("doubt", sa.Text(), nullable=True),
    ):
        op.add_column("article", column)
    op.create_index(
        "ix_article_visit",
        "article",
        ["next_visit_at", "source"],
        sqlite_where=VISITED,
        postgresql_where=VISITED,
    )
    op.create_table(
        "article_alias",
        sa.Column("name_hash", sa.LargeBinary(), nullable=False),
        sa.Column("article_id", ROW_ID, nullable=False),
        sa.PrimaryKeyConstraint("name_hash", name="pk_article_alias"),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_article_alias_article_id"),
    )
    op.add_column(
        "article_version",
        sa.Column("event", sa.Text(), nullable=False, server_default="published"),
    )
    op.add_column(
        "article_version", sa.Column("note", sa.Text(), nullable=False, server_default="")
    )
    op.execute("UPDATE article_version SET event = 'edited' WHERE number > 1")
    with op.batch_alter_table("alert") as alert:
        alert.add_column(sa.Column("occasion", sa.Text(), nullable=False, server_default=""))
        alert.drop_constraint(ONE_PER_ARTICLE, type_="unique")
        alert.create_unique_constraint(ONE_PER_OCCASION, ["article_id", "rule_id", "occasion"])


def downgrade() -> None:
    """Undo the change. Alerts of edits and removals are lost, with their deliveries."""
    op.execute(
        "DELETE FROM delivery_attempt WHERE delivery_id IN (SELECT delivery.id FROM delivery"
        " JOIN alert ON alert.id = delivery.alert_id WHERE alert.occasion <> '')"
    )
    op.execute("DELETE FROM delivery WHERE alert_id IN (SELECT id FROM alert WHERE occasion <> '')")
    op.execute("DELETE FROM alert WHERE occasion <> ''")
    with op.batch_alter_table("alert") as alert:
        alert.drop_constraint(ONE_PER_OCCASION, type_="unique")
        alert.drop_column("occasion")
        alert.create_unique_constraint(ONE_PER_ARTICLE, ["article_id", "rule_id"])
    with op.batch_alter_table("article_version") as version:
        version.drop_column("note")
        version.drop_column("event")
    op.drop_table("article_alias")
    op.drop_index("ix_article_visit", "article")
    with op.batch_alter_table("article") as article:
        for name in ("doubt", "last_modified", "etag", "visits", "next_visit_at"):
            article.drop_column(name)
