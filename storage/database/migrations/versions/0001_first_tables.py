"""The first tables: all that there was before a first release, made at once.

It took eight steps, which nobody outside ever ran. The revision is that of the last of them, so
that a database which took all eight goes on from here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = None
branch_labels = None
depends_on = None

_Columns = Iterator[sa.Column[Any]]
_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TABLES = (
    "raw_page", "heartbeat", "source", "skipped_entry", "evidence", "article", "article_alias",
    "article_version", "entry", "rule_match", "rule_event", "rule_told", "story", "story_article",
    "alert", "alert_change", "escalation", "silence", "used_link", "receiver_state", "delivery",
    "delivery_attempt", "notification_group", "notification",
)  # fmt: skip
"""In the order in which they refer to each other."""


def upgrade() -> None:
    """Apply the change."""
    _sources()
    _articles()
    _entries()
    _rules()
    _stories()
    _alerts()
    _deliveries()
    _notifications()


def downgrade() -> None:
    """Undo the change."""
    for table in reversed(_TABLES):
        op.drop_table(table)


def _sources() -> None:
    _table("raw_page", ["sha256"], _text("sha256"), _bytes("zstd"), _time("last_fetched_at"))
    _index("raw_page", "last_fetched_at")
    _table("heartbeat", ["name"], _text("name"), _time("at"), _text("detail"))
    _table(
        "source", ["name"],
        _text("name", "kind", "url"), _flag("active"), _time("next_check_at"),
        _text("next_check_reason"), _time("last_checked_at", "last_success_at", null=True),
        _int("last_status_code", null=True), _text("last_error", null=True),
        _int("consecutive_failures", "checks"),
        _text("found_url", "etag", "last_modified", "body_sha256", null=True),
        _float("failure_weight", default="0"), _bytes("rhythm", null=True),
        _time("last_full_at", null=True), _flag("next_check_full", default=sa.false()),
        _text("found_kind", "found_how", null=True), _time("last_new_at", "last_gap_at", null=True),
        _text("last_gap", null=True), _time("hot_until", null=True), _text("health", null=True),
        _time("health_since", null=True), _text("health_reason", "health_told", null=True),
    )  # fmt: skip
    _index("source", "active", "next_check_at")
    _table(
        "skipped_entry",
        ["source", "reason"],
        _text("source", "reason"),
        _int("count"),
        _text("example"),
        _time("at"),
        refers={"source": "source.name"},
    )


def _articles() -> None:
    _table(
        "evidence", ["id"],
        _big("id"), _text("url", "final_url"), _int("status"), _json("headers"),
        _time("fetched_at"), _text("sha256"), _big("size"),
    )  # fmt: skip
    _table(
        "article", ["id"],
        _big("id"), _text("key"), _bytes("key_hash"), _text("source"), _time("first_seen_at"),
        _int("latest_version"), _big("first_entry_id", null=True),
        _time("next_visit_at", null=True), _int("visits", default="0"),
        _text("etag", "last_modified", "doubt", null=True), _flag("is_notice", default=sa.false()),
        unique=["key_hash"],
    )  # fmt: skip
    _index("article", "first_seen_at", "id")
    _index("article", "source", "first_seen_at", "id")
    _partial_index(
        "article_visit", "article", "next_visit_at IS NOT NULL", "next_visit_at", "source"
    )
    _table(
        "article_alias",
        ["name_hash"],
        _bytes("name_hash"),
        _big("article_id"),
        refers={"article_id": "article.id"},
    )
    _table(
        "article_version", ["id"],
        _big("id", "article_id"), _int("number"), _text("url", "title", "text", "source"),
        _text("canonical_url", null=True), _json("authors"), _time("published_at", null=True),
        _text("language", "site_name", null=True), _json("tags"), _text("content_sha256"),
        _time("fetched_at"), _big("evidence_id", null=True), _time("judged_at", null=True),
        _text("ruleset", null=True), _text("event", default="published"), _text("note", default=""),
        unique=["article_id", "number"],
        refers={"article_id": "article.id", "evidence_id": "evidence.id"},
    )  # fmt: skip
    _partial_index("article_version_unjudged", "article_version", "judged_at IS NULL", "id")


def _entries() -> None:
    _table(
        "entry", ["id"],
        _big("id"), _text("source", "key"), _bytes("key_hash"), _text("url", "title"),
        _time("published_at", null=True), _json("authors"), _text("language", null=True),
        _json("tags"), _text("summary", "status", "reason", "detail"), _int("attempts"),
        _time("discovered_at"), _time("next_attempt_at", "settled_at", null=True),
        _big("article_id", "evidence_id", null=True), unique=["key_hash"],
        refers={"article_id": "article.id", "evidence_id": "evidence.id", "source": "source.name"},
    )  # fmt: skip
    _index("entry", "discovered_at", "id")
    _index("entry", "source", "discovered_at", "id")
    _partial_index("entry_pending", "entry", "status = 'pending'", "id")
    _partial_index("entry_pending_of_source", "entry", "status = 'pending'", "source", "id")


def _rules() -> None:
    _table(
        "rule_match", ["id"],
        _big("id", "version_id"), _text("rule_id", "rule_title", "level"), _json("spans"),
        _text("snippet"), _json("highlights"), unique=["version_id", "rule_id"],
        refers={"version_id": "article_version.id"},
    )  # fmt: skip
    _table(
        "rule_event",
        ["rule_id", "key", "article_id"],
        _text("rule_id", "key"),
        _big("article_id"),
        _time("at"),
        refers={"article_id": "article.id"},
    )
    _index("rule_event", "rule_id", "at")
    _table("rule_told", ["rule_id", "key"], _text("rule_id", "key"), _time("at"))


def _stories() -> None:
    _table("story", ["id"], _big("id"), _text("first_source"), _time("first_at"))
    _table(
        "story_article", ["article_id"],
        _big("article_id", "story_id"), _text("relation"), _big("of_article", null=True),
        _float("containment"), _int("shared_words"), _bytes("sketch"), _time("seen_at"),
        refers={"article_id": "article.id", "story_id": "story.id"},
    )  # fmt: skip
    _index("story_article", "story_id")
    _index("story_article", "seen_at")


def _alerts() -> None:
    _table(
        "alert", ["id"],
        _text("id", "rule_id"), _big("article_id", "match_id"), _time("created_at"),
        _text("reason", "occasion", default=""), _text("state", default="open"),
        _time("snoozed_until", null=True), unique=["article_id", "rule_id", "occasion"],
        refers={"article_id": "article.id", "match_id": "rule_match.id"},
    )  # fmt: skip
    _index("alert", "created_at", "id")
    _index("alert", "rule_id", "created_at", "id")
    _partial_index("alert_snoozed", "alert", "state = 'snoozed'", "snoozed_until")
    _table(
        "alert_change", ["id"],
        _big("id"), _text("alert_id"), _time("at"), _text("by", "state", "reason"),
        _time("until", null=True), refers={"alert_id": "alert.id"},
    )  # fmt: skip
    _index("alert_change", "alert_id")
    _table(
        "escalation", ["id"],
        _big("id"), _text("alert_id"), _time("due_at"), _int("after"), _json("receivers"),
        _text("state"), refers={"alert_id": "alert.id"},
    )  # fmt: skip
    _index("escalation", "alert_id")
    _partial_index("escalation_due", "escalation", "state = 'waiting'", "due_at")
    _table(
        "silence",
        ["id"],
        _text("id"),
        _json("match"),
        _text("author", "reason"),
        _time("starts_at", "ends_at"),
    )
    _index("silence", "ends_at")
    _table("used_link", ["nonce"], _text("nonce"), _time("at"))


def _deliveries() -> None:
    _table(
        "receiver_state",
        ["receiver"],
        _text("receiver"),
        _time("failing_since", null=True),
        _text("detail"),
        _time("told_since", null=True),
    )
    _table(
        "delivery", ["id"],
        _text("id", "alert_id", "receiver", "status"), _int("attempts"), _time("created_at"),
        _time("next_attempt_at", null=True), _text("last_detail"),
        _text("lease_owner", "lease_token", null=True), _time("leased_until", null=True),
        _text("kind", default="alert"), _int("size", default="1"), _text("thread", default=""),
        _int("sequence", default="1"), _flag("minimal", default=sa.false()),
        _text("receipt", default=""), refers={"alert_id": "alert.id"},
    )  # fmt: skip
    _index("delivery", "alert_id")
    _index("delivery", "created_at", "id")
    _index("delivery", "receiver", "created_at")
    _index("delivery", "thread", "sequence")
    _partial_index(
        "delivery_due", "delivery", "status = 'pending'", "receiver", "next_attempt_at", "id"
    )
    _table(
        "delivery_attempt", ["id"],
        _big("id"), _text("delivery_id", "lease_token"), _flag("accepted"), _int("number"),
        _time("started_at", "finished_at"), _text("outcome"), _int("status_code", null=True),
        _text("detail"), _float("retry_after", null=True), unique=["delivery_id", "lease_token"],
        refers={"delivery_id": "delivery.id"},
    )  # fmt: skip


def _notifications() -> None:
    _table(
        "notification_group", ["id"],
        _big("id"), _text("receiver", "key", "kind"), _int("max_per_hour", null=True),
        _flag("lasting"), _time("flush_at", "flushed_at", null=True), _int("sequence", "level"),
        _text("thread"), unique=["receiver", "key"],
    )  # fmt: skip
    _partial_index(
        "notification_group_due", "notification_group", "flush_at IS NOT NULL", "flush_at"
    )
    _table(
        "notification",
        ["id"],
        _big("id"),
        _text("alert_id", "receiver", "purpose"),
        _big("group_id", "home_id", null=True),
        _text("state", "reason"),
        _time("created_at"),
        _time("settled_at", null=True),
        _text("delivery_id", null=True),
        unique=["alert_id", "receiver", "purpose"],
        refers={
            "alert_id": "alert.id",
            "group_id": "notification_group.id",
            "home_id": "notification_group.id",
            "delivery_id": "delivery.id",
        },
    )
    _partial_index("notification_waiting", "notification", "state = 'waiting'", "group_id", "id")
    _index("notification", "delivery_id")


def _table(
    name: str,
    key: list[str],
    *columns: _Columns,
    unique: list[str] | None = None,
    refers: dict[str, str] | None = None,
) -> None:
    op.create_table(
        name,
        *(column for several in columns for column in several),
        sa.PrimaryKeyConstraint(*key, name=f"pk_{name}"),
        *([sa.UniqueConstraint(*unique, name=f"uq_{name}_{'_'.join(unique)}")] if unique else []),
        *(
            sa.ForeignKeyConstraint([column], [other], name=f"fk_{name}_{column}")
            for column, other in (refers or {}).items()
        ),
    )


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def _partial_index(name: str, table: str, where: str, *columns: str) -> None:
    condition = sa.text(where)
    op.create_index(
        f"ix_{name}",
        table,
        list(columns),
        sqlite_where=condition,
        postgresql_where=condition,
    )


def _text(*names: str, null: bool = False, default: str | None = None) -> _Columns:
    return (sa.Column(name, sa.Text(), nullable=null, server_default=default) for name in names)


def _int(*names: str, null: bool = False, default: str | None = None) -> _Columns:
    return (sa.Column(name, sa.Integer(), nullable=null, server_default=default) for name in names)


def _big(*names: str, null: bool = False) -> _Columns:
    return (sa.Column(name, _ROW_ID, nullable=null) for name in names)


def _float(*names: str, null: bool = False, default: str | None = None) -> _Columns:
    return (sa.Column(name, sa.Float(), nullable=null, server_default=default) for name in names)


def _flag(*names: str, default: sa.False_ | None = None) -> _Columns:
    return (sa.Column(name, sa.Boolean(), nullable=False, server_default=default) for name in names)


def _time(*names: str, null: bool = False) -> _Columns:
    return (sa.Column(name, sa.DateTime(timezone=True), nullable=null) for name in names)


def _bytes(*names: str, null: bool = False) -> _Columns:
    return (sa.Column(name, sa.LargeBinary(), nullable=null) for name in names)


def _json(*names: str) -> _Columns:
    return (sa.Column(name, sa.JSON(), nullable=False) for name in names)
