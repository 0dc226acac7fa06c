"""The tables. Private to storage: rows never leave a session, queries turn them into domain types.

States are stored as the text of their enumeration, so a database can be read without our code.
A change here needs a migration; a test compares the two.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Index,
    LargeBinary,
    MetaData,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from storage.database.columns import CleanJson, CleanText, RowId, UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

PENDING: ColumnElement[str] = literal_column("'pending'")
"""The status of entries and deliveries to be worked on. Spelt out in the statement, because SQLite
uses a partial index only for a condition that it can read."""


WAITING: ColumnElement[str] = literal_column("'waiting'")
"""The same for notifications and escalations."""


class Row(SQLModel, registry=registry(metadata=metadata)):
    """Base of all tables, with metadata of their own.

    An `id` is None only until the row is flushed, which no query shows to anyone.
    """

    metadata = metadata


def _partial_index(name: str, *columns: str, where: str) -> Index:
    condition = text(where)
    return Index(name, *columns, sqlite_where=condition, postgresql_where=condition)


class SourceRow(Row, table=True):
    """A source and where its schedule stands. Never deleted: its articles keep their origin."""

    __tablename__ = "source"
    __table_args__ = (Index(None, "active", "next_check_at"),)

    name: str = Field(primary_key=True, sa_type=CleanText)
    kind: str = Field(sa_type=CleanText)
    url: str = Field(sa_type=CleanText)
    active: bool = True
    next_check_at: datetime = Field(sa_type=UtcDateTime)
    next_check_reason: str = Field(default="", sa_type=CleanText)
    last_checked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_success_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_status_code: int | None = None
    last_error: str | None = Field(default=None, sa_type=CleanText)
    last_failure: str | None = Field(default=None, sa_type=CleanText)
    consecutive_failures: int = 0
    checks: int = 0
    found_url: str | None = Field(default=None, sa_type=CleanText)
    found_kind: str | None = Field(default=None, sa_type=CleanText)
    found_how: str | None = Field(default=None, sa_type=CleanText)
    etag: str | None = Field(default=None, sa_type=CleanText)
    last_modified: str | None = Field(default=None, sa_type=CleanText)
    body_sha256: str | None = Field(default=None, sa_type=CleanText)
    failure_weight: float = Field(default=0.0, sa_column_kwargs={"server_default": text("0")})
    rhythm: bytes | None = Field(default=None, sa_type=LargeBinary)
    last_full_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    next_check_full: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    last_new_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_gap_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_gap: str | None = Field(default=None, sa_type=CleanText)
    hot_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    health: str | None = Field(default=None, sa_type=CleanText)
    health_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    health_reason: str | None = Field(default=None, sa_type=CleanText)
    health_told: str | None = Field(default=None, sa_type=CleanText)


class SkippedRow(Row, table=True):
    """What was left out of the last document that a source gave, by reason."""

    __tablename__ = "skipped_entry"

    source: str = Field(primary_key=True, foreign_key="source.name", sa_type=CleanText)
    kind: str = Field(primary_key=True, sa_type=CleanText)
    reason: str = Field(sa_type=CleanText)
    count: int
    example: str = Field(sa_type=CleanText)
    at: datetime = Field(sa_type=UtcDateTime)


class RawPageRow(Row, table=True):
    """The bytes of a fetched page, compressed; identical bodies share a row, pruned by age."""

    __tablename__ = "raw_page"

    sha256: str = Field(primary_key=True, sa_type=CleanText)
    zstd: bytes = Field(sa_type=LargeBinary)
    last_fetched_at: datetime = Field(sa_type=UtcDateTime, index=True)


class EvidenceRow(Row, table=True):
    """What a server sent at a moment. `sha256` points to a raw page for as long as it is kept."""

    __tablename__ = "evidence"

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    url: str = Field(sa_type=CleanText)
    final_url: str = Field(sa_type=CleanText)
    status: int
    headers: list[tuple[str, str]] = Field(sa_type=CleanJson)
    fetched_at: datetime = Field(sa_type=UtcDateTime)
    sha256: str = Field(sa_type=CleanText)
    size: int = Field(sa_type=RowId)


class ArticleRow(Row, table=True):
    """The identity of an article: what stays the same over its versions."""

    __tablename__ = "article"
    __table_args__ = (
        Index(None, "first_seen_at", "id"),
        Index(None, "source", "first_seen_at", "id"),
        _partial_index(
            "ix_article_visit", "next_visit_at", "source", where="next_visit_at IS NOT NULL"
        ),
    )

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    key: str = Field(sa_type=CleanText)
    key_hash: bytes = Field(sa_type=LargeBinary, unique=True)
    source: str = Field(sa_type=CleanText)
    first_seen_at: datetime = Field(sa_type=UtcDateTime)
    latest_version: int
    # No foreign key: entries refer to articles already, and SQLite cannot alter a circle in.
    first_entry_id: int | None = Field(default=None, sa_type=RowId)
    next_visit_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    visits: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    etag: str | None = Field(default=None, sa_type=CleanText)
    last_modified: str | None = Field(default=None, sa_type=CleanText)
    doubt: str | None = Field(default=None, sa_type=CleanText)
    doubt_kind: str | None = Field(default=None, sa_type=CleanText)
    is_notice: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})


class AliasRow(Row, table=True):
    """Another name of an article: a twin of its address, or the hash of its words."""

    __tablename__ = "article_alias"

    name_hash: bytes = Field(sa_type=LargeBinary, primary_key=True)
    article_id: int = Field(foreign_key="article.id", sa_type=RowId)


class VersionRow(Row, table=True):
    """One text of an article, and whether the rules have judged it."""

    __tablename__ = "article_version"
    __table_args__ = (
        UniqueConstraint("article_id", "number"),
        _partial_index("ix_article_version_unjudged", "id", where="judged_at IS NULL"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    article_id: int = Field(foreign_key="article.id", sa_type=RowId)
    number: int
    url: str = Field(sa_type=CleanText)
    title: str = Field(sa_type=CleanText)
    text: str = Field(sa_type=CleanText)
    source: str = Field(sa_type=CleanText)
    canonical_url: str | None = Field(default=None, sa_type=CleanText)
    authors: list[str] = Field(sa_type=CleanJson)
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    language: str | None = Field(default=None, sa_type=CleanText)
    site_name: str | None = Field(default=None, sa_type=CleanText)
    tags: list[str] = Field(sa_type=CleanJson)
    content_sha256: str = Field(sa_type=CleanText)
    fetched_at: datetime = Field(sa_type=UtcDateTime)
    evidence_id: int | None = Field(default=None, foreign_key="evidence.id", sa_type=RowId)
    judged_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ruleset: str | None = Field(default=None, sa_type=CleanText)
    event: str = Field(
        default="published", sa_type=CleanText, sa_column_kwargs={"server_default": "published"}
    )
    note: str = Field(default="", sa_type=CleanText, sa_column_kwargs={"server_default": ""})


class EntryRow(Row, table=True):
    """A link that was announced, followed until it is an article or a stated reason."""

    __tablename__ = "entry"
    __table_args__ = (
        Index(None, "discovered_at", "id"),
        Index(None, "source", "discovered_at", "id"),
        _partial_index("ix_entry_pending", "id", where="status = 'pending'"),
        _partial_index("ix_entry_pending_of_source", "source", "id", where="status = 'pending'"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    source: str = Field(foreign_key="source.name", sa_type=CleanText)
    key: str = Field(sa_type=CleanText)
    key_hash: bytes = Field(sa_type=LargeBinary, unique=True)
    url: str = Field(sa_type=CleanText)
    title: str = Field(sa_type=CleanText)
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    authors: list[str] = Field(sa_type=CleanJson)
    language: str | None = Field(default=None, sa_type=CleanText)
    tags: list[str] = Field(sa_type=CleanJson)
    summary: str = Field(sa_type=CleanText)
    status: str = Field(sa_type=CleanText)
    reason: str = Field(default="", sa_type=CleanText)
    detail: str = Field(default="", sa_type=CleanText)
    cause: str | None = Field(default=None, sa_type=CleanText)
    """What the two say in words, as a value of EntryCause; the next three say more of it."""
    failure: str | None = Field(default=None, sa_type=CleanText)
    failure_status: int | None = None
    stub: str | None = Field(default=None, sa_type=CleanText)
    attempts: int = 0
    discovered_at: datetime = Field(sa_type=UtcDateTime)
    next_attempt_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    article_id: int | None = Field(default=None, foreign_key="article.id", sa_type=RowId)
    evidence_id: int | None = Field(default=None, foreign_key="evidence.id", sa_type=RowId)


class MatchRow(Row, table=True):
    """One rule that fired on one version."""

    __tablename__ = "rule_match"
    __table_args__ = (UniqueConstraint("version_id", "rule_id"),)

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    version_id: int = Field(foreign_key="article_version.id", sa_type=RowId)
    rule_id: str = Field(sa_type=CleanText)
    rule_title: str = Field(sa_type=CleanText)
    level: str = Field(sa_type=CleanText)
    spans: list[tuple[str, int, int, str, str]] = Field(sa_type=CleanJson)
    snippet: str = Field(sa_type=CleanText)
    highlights: list[tuple[int, int]] = Field(sa_type=CleanJson)


class AlertRow(Row, table=True):
    """A match that somebody hears about: at most one per rule, article and occasion."""

    __tablename__ = "alert"
    __table_args__ = (
        _partial_index("ix_alert_snoozed", "snoozed_until", where="state = 'snoozed'"),
        UniqueConstraint("article_id", "rule_id", "occasion"),
        Index(None, "created_at", "id"),
        Index(None, "rule_id", "created_at", "id"),
    )

    id: str = Field(primary_key=True, sa_type=CleanText)
    rule_id: str = Field(sa_type=CleanText)
    article_id: int = Field(foreign_key="article.id", sa_type=RowId)
    match_id: int = Field(foreign_key="rule_match.id", sa_type=RowId)
    created_at: datetime = Field(sa_type=UtcDateTime)
    reason: str = Field(
        default="", sa_type=CleanText, sa_column_kwargs={"server_default": text("''")}
    )
    occasion: str = Field(
        default="", sa_type=CleanText, sa_column_kwargs={"server_default": text("''")}
    )
    event: str = Field(
        default="published",
        sa_type=CleanText,
        sa_column_kwargs={"server_default": text("'published'")},
    )
    """What happened to the article on that occasion."""
    state: str = Field(
        default="open", sa_type=CleanText, sa_column_kwargs={"server_default": text("'open'")}
    )
    snoozed_until: datetime | None = Field(default=None, sa_type=UtcDateTime)


class AlertChangeRow(Row, table=True):
    """One change in the life of an alert: who did what about it, and when."""

    __tablename__ = "alert_change"

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    alert_id: str = Field(foreign_key="alert.id", sa_type=CleanText, index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    by: str = Field(sa_type=CleanText)
    state: str = Field(sa_type=CleanText)
    reason: str = Field(default="", sa_type=CleanText)
    until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    muted: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})


class EscalationRow(Row, table=True):
    """Who hears of an alert if nobody takes it on until a time."""

    __tablename__ = "escalation"
    __table_args__ = (_partial_index("ix_escalation_due", "due_at", where="state = 'waiting'"),)

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    alert_id: str = Field(foreign_key="alert.id", sa_type=CleanText, index=True)
    due_at: datetime = Field(sa_type=UtcDateTime)
    after: int
    """Seconds that the alert may stay open; counted anew when it is opened again."""
    receivers: list[str] = Field(sa_type=CleanJson)
    state: str = Field(sa_type=CleanText)


class SilenceRow(Row, table=True):
    """A time in which some alerts are not told."""

    __tablename__ = "silence"

    id: str = Field(primary_key=True, sa_type=CleanText)
    match: dict[str, Any] = Field(sa_type=CleanJson)
    author: str = Field(sa_type=CleanText)
    reason: str = Field(sa_type=CleanText)
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime, index=True)


class UsedLinkRow(Row, table=True):
    """A link of an alert that was used, so that it is not used again."""

    __tablename__ = "used_link"

    nonce: str = Field(primary_key=True, sa_type=CleanText)
    at: datetime = Field(sa_type=UtcDateTime)


class ReceiverStateRow(Row, table=True):
    """Whether a receiver takes its messages. One that never failed has no row."""

    __tablename__ = "receiver_state"

    receiver: str = Field(primary_key=True, sa_type=CleanText)
    failing_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the first attempt after the last success was made; None while it takes messages."""
    detail: str = Field(default="", sa_type=CleanText)
    """What it said last to an attempt that failed."""
    told_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """The trouble that others were told of; None when they were not."""


class NotificationGroupRow(Row, table=True):
    """Alerts of one receiver that share messages and a conversation."""

    __tablename__ = "notification_group"
    __table_args__ = (
        UniqueConstraint("receiver", "key"),
        _partial_index("ix_notification_group_due", "flush_at", where="flush_at IS NOT NULL"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    receiver: str = Field(sa_type=CleanText)
    key: str = Field(sa_type=CleanText)
    kind: str = Field(sa_type=CleanText)
    max_per_hour: int | None = None
    lasting: bool
    flush_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    flushed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    sequence: int = 0
    level: int = 0
    thread: str = Field(default="", sa_type=CleanText)


class NotificationRow(Row, table=True):
    """An alert on its way to a receiver: what became of it, and in which message."""

    __tablename__ = "notification"
    __table_args__ = (
        UniqueConstraint("alert_id", "receiver", "purpose", "about", "number"),
        _partial_index("ix_notification_waiting", "group_id", "id", where="state = 'waiting'"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    alert_id: str = Field(foreign_key="alert.id", sa_type=CleanText)
    receiver: str = Field(sa_type=CleanText)
    purpose: str = Field(sa_type=CleanText)
    number: int = Field(sa_type=BigInteger)
    """Tells apart the times that an alert is on its way for one purpose."""
    about: str = Field(sa_type=CleanText)
    """The escalation or the conversation that it is about; empty for other purposes."""
    group_id: int | None = Field(default=None, foreign_key="notification_group.id", sa_type=RowId)
    home_id: int | None = Field(default=None, foreign_key="notification_group.id", sa_type=RowId)
    """The group that it was held back from, where its conversation is."""
    state: str = Field(sa_type=CleanText)
    reason: str = Field(default="", sa_type=CleanText)
    created_at: datetime = Field(sa_type=UtcDateTime)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    delivery_id: str | None = Field(
        default=None, foreign_key="delivery.id", sa_type=CleanText, index=True
    )


class RuleEventRow(Row, table=True):
    """An article that a rule over time has counted, under one of its keys."""

    __tablename__ = "rule_event"
    __table_args__ = (Index(None, "rule_id", "at"),)

    rule_id: str = Field(primary_key=True, sa_type=CleanText)
    key: str = Field(primary_key=True, sa_type=CleanText)
    article_id: int = Field(primary_key=True, foreign_key="article.id", sa_type=RowId)
    at: datetime = Field(sa_type=UtcDateTime)


class RuleToldRow(Row, table=True):
    """When a rule over time last alerted about a key."""

    __tablename__ = "rule_told"

    rule_id: str = Field(primary_key=True, sa_type=CleanText)
    key: str = Field(primary_key=True, sa_type=CleanText)
    at: datetime = Field(sa_type=UtcDateTime)


class BrokenJudgementRow(Row, table=True):
    """A version on which the rules broke down, until they are right about it."""

    __tablename__ = "broken_judgement"

    version_id: int = Field(
        primary_key=True,
        foreign_key="article_version.id",
        sa_type=RowId,
        sa_column_kwargs={"autoincrement": False},
    )
    ruleset: str = Field(sa_type=CleanText)
    error: str = Field(sa_type=CleanText)
    attempts: int
    """Breakdowns under these rules."""
    failed_at: datetime = Field(sa_type=UtcDateTime)
    next_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class StoryRow(Row, table=True):
    """A story: the id of its first article, and who had it first."""

    __tablename__ = "story"

    id: int = Field(primary_key=True, sa_type=RowId, sa_column_kwargs={"autoincrement": False})
    first_source: str = Field(sa_type=CleanText)
    first_at: datetime = Field(sa_type=UtcDateTime)


class StoryArticleRow(Row, table=True):
    """An article in its story, with the sketch it is compared by."""

    __tablename__ = "story_article"

    article_id: int = Field(primary_key=True, foreign_key="article.id", sa_type=RowId)
    story_id: int = Field(foreign_key="story.id", sa_type=RowId, index=True)
    relation: str = Field(sa_type=CleanText)
    of_article: int | None = Field(default=None, sa_type=RowId)
    containment: float
    shared_words: int
    sketch: bytes = Field(sa_type=LargeBinary)
    seen_at: datetime = Field(sa_type=UtcDateTime, index=True)


class DeliveryRow(Row, table=True):
    """One message on its way to one receiver, with the lease of whoever is attempting it."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index(None, "alert_id"),
        Index(None, "created_at", "id"),
        Index(None, "receiver", "created_at"),
        Index(None, "thread", "sequence"),
        _partial_index(
            "ix_delivery_due", "receiver", "next_attempt_at", "id", where="status = 'pending'"
        ),
    )

    id: str = Field(primary_key=True, sa_type=CleanText)
    alert_id: str = Field(foreign_key="alert.id", sa_type=CleanText)
    receiver: str = Field(sa_type=CleanText)
    status: str = Field(sa_type=CleanText)
    attempts: int = 0
    created_at: datetime = Field(sa_type=UtcDateTime)
    next_attempt_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_detail: str = Field(default="", sa_type=CleanText)
    lease_owner: str | None = Field(default=None, sa_type=CleanText)
    lease_token: str | None = Field(default=None, sa_type=CleanText)
    leased_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    kind: str = Field(
        default="alert", sa_type=CleanText, sa_column_kwargs={"server_default": text("'alert'")}
    )
    size: int = Field(default=1, sa_column_kwargs={"server_default": text("1")})
    thread: str = Field(
        default="", sa_type=CleanText, sa_column_kwargs={"server_default": text("''")}
    )
    sequence: int = Field(default=1, sa_column_kwargs={"server_default": text("1")})
    minimal: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    receipt: str = Field(
        default="", sa_type=CleanText, sa_column_kwargs={"server_default": text("''")}
    )


class AttemptRow(Row, table=True):
    """One try at a delivery. The lease token makes recording it twice harmless."""

    __tablename__ = "delivery_attempt"
    __table_args__ = (UniqueConstraint("delivery_id", "lease_token"),)

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    delivery_id: str = Field(foreign_key="delivery.id", sa_type=CleanText)
    lease_token: str = Field(sa_type=CleanText)
    accepted: bool
    number: int
    started_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime = Field(sa_type=UtcDateTime)
    outcome: str = Field(sa_type=CleanText)
    status_code: int | None = None
    detail: str = Field(default="", sa_type=CleanText)
    retry_after: float | None = None


class HeartbeatRow(Row, table=True):
    """When a part of the daemon was last alive."""

    __tablename__ = "heartbeat"

    name: str = Field(primary_key=True, sa_type=CleanText)
    at: datetime = Field(sa_type=UtcDateTime)
    detail: str = Field(default="", sa_type=CleanText)
