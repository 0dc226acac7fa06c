"""The first tables: sources, entries, articles with evidence, alerts, deliveries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = (
    "article",
    "evidence",
    "heartbeat",
    "raw_page",
    "source",
    "article_version",
    "entry",
    "rule_match",
    "alert",
    "delivery",
    "delivery_attempt",
)


def upgrade() -> None:
    """Apply the change."""
    _article()
    _evidence()
    _heartbeat()
    _raw_page()
    _source()
    _article_version()
    _entry()
    _rule_match()
    _alert()
    _delivery()
    _delivery_attempt()


def downgrade() -> None:
    """Undo the change."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _article() -> None:
    op.create_table(
        "article",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("first_seen_at", MOMENT, nullable=False),
        sa.Column("latest_version", sa.Integer(), nullable=False),
        sa.Column("first_entry_id", ROW_ID),
        sa.PrimaryKeyConstraint("id", name="pk_article"),
        sa.UniqueConstraint("key_hash", name="uq_article_key_hash"),
    )
    op.create_index("ix_article_first_seen_at_id", "article", ["first_seen_at", "id"])
    op.create_index(
        "ix_article_source_first_seen_at_id", "article", ["source", "first_seen_at", "id"]
    )


def _evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("final_url", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("fetched_at", MOMENT, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", ROW_ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_evidence"),
    )


def _heartbeat() -> None:
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_heartbeat"),
    )


def _raw_page() -> None:
    op.create_table(
        "raw_page",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("zstd", sa.LargeBinary(), nullable=False),
        sa.Column("last_fetched_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_raw_page"),
    )
    op.create_index("ix_raw_page_last_fetched_at", "raw_page", ["last_fetched_at"])


def _source() -> None:
    op.create_table(
        "source",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("next_check_at", MOMENT, nullable=False),
        sa.Column("next_check_reason", sa.Text(), nullable=False),
        sa.Column("last_checked_at", MOMENT),
        sa.Column("last_success_at", MOMENT),
        sa.Column("last_status_code", sa.Integer()),
        sa.Column("last_error", sa.Text()),
        sa.Column("consecutive_failures", sa.Integer(), nullable=False),
        sa.Column("checks", sa.Integer(), nullable=False),
        sa.Column("feed_url", sa.Text()),
        sa.Column("etag", sa.Text()),
        sa.Column("last_modified", sa.Text()),
        sa.Column("body_sha256", sa.Text()),
        sa.PrimaryKeyConstraint("name", name="pk_source"),
    )
    op.create_index("ix_source_active_next_check_at", "source", ["active", "next_check_at"])


def _article_version() -> None:
    op.create_table(
        "article_version",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("article_id", ROW_ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("canonical_url", sa.Text()),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("published_at", MOMENT),
        sa.Column("language", sa.Text()),
        sa.Column("site_name", sa.Text()),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("fetched_at", MOMENT, nullable=False),
        sa.Column("evidence_id", ROW_ID),
        sa.Column("judged_at", MOMENT),
        sa.Column("ruleset", sa.Text()),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name="fk_article_version_article_id"
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name="fk_article_version_evidence_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_article_version"),
        sa.UniqueConstraint("article_id", "number", name="uq_article_version_article_id_number"),
    )
    op.create_index(
        "ix_article_version_unjudged",
        "article_version",
        ["id"],
        sqlite_where=sa.text("judged_at IS NULL"),
        postgresql_where=sa.text("judged_at IS NULL"),
    )


def _entry() -> None:
    op.create_table(
        "entry",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("published_at", MOMENT),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("language", sa.Text()),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("discovered_at", MOMENT, nullable=False),
        sa.Column("next_attempt_at", MOMENT),
        sa.Column("settled_at", MOMENT),
        sa.Column("article_id", ROW_ID),
        sa.Column("evidence_id", ROW_ID),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_entry_article_id"),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name="fk_entry_evidence_id"),
        sa.ForeignKeyConstraint(["source"], ["source.name"], name="fk_entry_source"),
        sa.PrimaryKeyConstraint("id", name="pk_entry"),
        sa.UniqueConstraint("key_hash", name="uq_entry_key_hash"),
    )
    op.create_index("ix_entry_discovered_at_id", "entry", ["discovered_at", "id"])
    op.create_index(
        "ix_entry_pending",
        "entry",
        ["id"],
        sqlite_where=sa.text("status = 'pending'"),
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index(
        "ix_entry_pending_of_source",
        "entry",
        ["source", "id"],
        sqlite_where=sa.text("status = 'pending'"),
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index("ix_entry_source_discovered_at_id", "entry", ["source", "discovered_at", "id"])


def _rule_match() -> None:
    op.create_table(
        "rule_match",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("version_id", ROW_ID, nullable=False),
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("rule_title", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("spans", sa.JSON(), nullable=False),
        sa.Column("snippet", sa.Text(), nullable=False),
        sa.Column("highlights", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["article_version.id"], name="fk_rule_match_version_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_rule_match"),
        sa.UniqueConstraint("version_id", "rule_id", name="uq_rule_match_version_id_rule_id"),
    )


def _alert() -> None:
    op.create_table(
        "alert",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("article_id", ROW_ID, nullable=False),
        sa.Column("match_id", ROW_ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_alert_article_id"),
        sa.ForeignKeyConstraint(["match_id"], ["rule_match.id"], name="fk_alert_match_id"),
        sa.PrimaryKeyConstraint("id", name="pk_alert"),
        sa.UniqueConstraint("article_id", "rule_id", name="uq_alert_article_id_rule_id"),
    )
    op.create_index("ix_alert_created_at_id", "alert", ["created_at", "id"])
    op.create_index("ix_alert_rule_id_created_at_id", "alert", ["rule_id", "created_at", "id"])


def _delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("alert_id", sa.Text(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("next_attempt_at", MOMENT),
        sa.Column("last_detail", sa.Text(), nullable=False),
        sa.Column("lease_owner", sa.Text()),
        sa.Column("lease_token", sa.Text()),
        sa.Column("leased_until", MOMENT),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name="fk_delivery_alert_id"),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.UniqueConstraint("alert_id", "receiver", name="uq_delivery_alert_id_receiver"),
    )
    op.create_index("ix_delivery_created_at_id", "delivery", ["created_at", "id"])
    op.create_index(
        "ix_delivery_due",
        "delivery",
        ["receiver", "next_attempt_at", "id"],
        sqlite_where=sa.text("status = 'pending'"),
        postgresql_where=sa.text("status = 'pending'"),
    )


def _delivery_attempt() -> None:
    op.create_table(
        "delivery_attempt",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("delivery_id", sa.Text(), nullable=False),
        sa.Column("lease_token", sa.Text(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("status_code", sa.Integer()),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("retry_after", sa.Float()),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name="fk_delivery_attempt_delivery_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_delivery_attempt"),
        sa.UniqueConstraint(
            "delivery_id", "lease_token", name="uq_delivery_attempt_delivery_id_lease_token"
        ),
    )
