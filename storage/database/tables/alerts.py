"""The tables of what matters: matches, alerts and their states, rules over time, stories."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlmodel import Field

from storage.database.columns import (
    CleanJson,
    CleanText,
    OptionalJson,
    ReasonText,
    RowId,
    UtcDateTime,
)
from storage.database.row import Row, partial_index


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
    new_names: list[tuple[str, str]] | None = Field(default=None, sa_type=OptionalJson)
    """Kind and name of whom and what the article names beside entities; None for nobody."""


class AlertRow(Row, table=True):
    """A match that somebody hears about: at most one per rule, article and occasion."""

    __tablename__ = "alert"
    __table_args__ = (
        partial_index("ix_alert_snoozed", "snoozed_until", where="state = 'snoozed'"),
        UniqueConstraint("article_id", "rule_id", "occasion"),
        Index(None, "created_at", "id"),
        Index(None, "state", "created_at", "id"),
        Index(None, "rule_id", "created_at", "id"),
    )

    id: str = Field(primary_key=True, sa_type=CleanText)
    rule_id: str = Field(sa_type=CleanText)
    article_id: int = Field(foreign_key="article.id", sa_type=RowId)
    match_id: int = Field(foreign_key="rule_match.id", sa_type=RowId)
    created_at: datetime = Field(sa_type=UtcDateTime)
    reason: str = Field(
        default="", sa_type=ReasonText, sa_column_kwargs={"server_default": text("''")}
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
    only_rule: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})


class CaseNoteRow(Row, table=True):
    """Something that somebody wrote about a case, without changing it."""

    __tablename__ = "case_note"

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    article_id: int = Field(foreign_key="article.id", sa_type=RowId, index=True)
    """The article that it was written about: its case is the case of the note, whatever that is
    called later."""
    at: datetime = Field(sa_type=UtcDateTime)
    by: str = Field(sa_type=CleanText)
    text: str = Field(sa_type=CleanText)


class EscalationRow(Row, table=True):
    """Who hears of an alert if nobody acknowledges it until a time."""

    __tablename__ = "escalation"
    __table_args__ = (partial_index("ix_escalation_due", "due_at", where="state = 'waiting'"),)

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    alert_id: str = Field(foreign_key="alert.id", sa_type=CleanText, index=True)
    due_at: datetime = Field(sa_type=UtcDateTime)
    after: int
    """Seconds that the alert may stay open; counted anew when it is opened again."""
    receivers: list[str] = Field(sa_type=CleanJson)
    state: str = Field(sa_type=CleanText)


class SilenceRow(Row, table=True):
    """A time in which some alerts notify nobody."""

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


class RuleEventRow(Row, table=True):
    """An article that a rule over time has counted, under one of its keys."""

    __tablename__ = "rule_event"
    __table_args__ = (Index(None, "rule_id", "at"),)

    rule_id: str = Field(primary_key=True, sa_type=CleanText)
    key: str = Field(primary_key=True, sa_type=CleanText)
    article_id: int = Field(primary_key=True, foreign_key="article.id", sa_type=RowId)
    at: datetime = Field(sa_type=UtcDateTime)
    told: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    """Whether an alert was about it: it makes no other number full."""


class RuleNotifiedRow(Row, table=True):
    """When a rule over time was first watched, was looked at, and last alerted of a flatline."""

    __tablename__ = "rule_notified"

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
