"""The tables of what is watched and read: sources, entries, articles and their evidence."""

from __future__ import annotations

from datetime import datetime

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

_NO = text("false")
"""The same for a table that has a column `text`."""


class SourceRow(Row, table=True):
    """A source and where its schedule stands. Never deleted: its articles keep their origin."""

    __tablename__ = "source"
    __table_args__ = (Index(None, "active", "next_poll_at"),)

    name: str = Field(primary_key=True, sa_type=CleanText)
    kind: str = Field(sa_type=CleanText)
    url: str = Field(sa_type=CleanText)
    active: bool = True
    next_poll_at: datetime = Field(sa_type=UtcDateTime)
    next_poll_reason: str = Field(default="", sa_type=ReasonText)
    last_polled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_success_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_status_code: int | None = None
    last_error: str | None = Field(default=None, sa_type=CleanText)
    last_failure: str | None = Field(default=None, sa_type=CleanText)
    consecutive_failures: int = 0
    polls: int = 0
    found_url: str | None = Field(default=None, sa_type=CleanText)
    found_kind: str | None = Field(default=None, sa_type=CleanText)
    found_how: str | None = Field(default=None, sa_type=CleanText)
    etag: str | None = Field(default=None, sa_type=CleanText)
    last_modified: str | None = Field(default=None, sa_type=CleanText)
    body_sha256: str | None = Field(default=None, sa_type=CleanText)
    failure_weight: float = Field(default=0.0, sa_column_kwargs={"server_default": text("0")})
    rhythm: bytes | None = Field(default=None, sa_type=LargeBinary)
    last_full_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    next_poll_full: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    last_new_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_gap_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_gap: str | None = Field(default=None, sa_type=ReasonText)
    burst_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    health: str | None = Field(default=None, sa_type=CleanText)
    health_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    health_reason: str | None = Field(default=None, sa_type=ReasonText)
    health_notified: str | None = Field(default=None, sa_type=CleanText)
    compare_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    found_changed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    found_change: str | None = Field(default=None, sa_type=CleanText)
    empty_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    passed_over: list[tuple[str, str, str]] | None = Field(default=None, sa_type=OptionalJson)
    """Of what was found: the kind of what was not chosen, its address, and why in words."""
    vantages_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When vantages last differed, as what follows tells."""
    vantages_url: str | None = Field(default=None, sa_type=CleanText)
    vantages_times: int | None = None
    vantage_closed: int | None = None
    vantage_answer: str | None = Field(default=None, sa_type=CleanText)
    vantage_status: int | None = None
    vantage_opened: int | None = None
    changing_parts: str | None = Field(default=None, sa_type=CleanText)
    """Parts of its addresses that change at every poll, a line each."""


class SitemapRow(Row, table=True):
    """A sitemap that a source has, by itself or of an index, and which pages it has listed."""

    __tablename__ = "sitemap"

    source: str = Field(primary_key=True, foreign_key="source.name", sa_type=CleanText)
    url_hash: bytes = Field(primary_key=True, sa_type=LargeBinary)
    url: str = Field(sa_type=CleanText)
    listed_at: datetime = Field(sa_type=UtcDateTime)
    last_modified: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it last changed, as the index said."""
    appeared: bool = False
    gone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    read_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    new_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    newest: datetime | None = Field(default=None, sa_type=UtcDateTime)
    failures: int = 0
    is_index: bool = False
    remembers: bool = True
    pages: int = 0
    old: int = 0
    etag: str | None = Field(default=None, sa_type=CleanText)
    http_last_modified: str | None = Field(default=None, sa_type=CleanText)
    body_sha256: str | None = Field(default=None, sa_type=CleanText)
    old_marks: bytes = Field(default=b"", sa_type=LargeBinary)
    seen_marks: bytes = Field(default=b"", sa_type=LargeBinary)


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
        partial_index(
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
    doubt_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # When its address was last announced as if it were new; it is followed from then.
    announced_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    doubt_looks: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    is_health_alert: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    by_own_outlet: bool = Field(default=True, sa_column_kwargs={"server_default": text("true")})
    """Whether a source that claims its address announced it, as far as it is known."""


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
        partial_index("ix_article_version_unjudged", "id", where="judged_at IS NULL"),
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
    headline_sign: bytes | None = Field(default=None, sa_type=LargeBinary)
    """Of the words, as `core.version_events.Said` has it; none of versions from before."""
    text_sign: bytes | None = Field(default=None, sa_type=LargeBinary)
    new_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Since when another article stands at the address, to which this version belongs."""
    fetched_at: datetime = Field(sa_type=UtcDateTime)
    evidence_id: int | None = Field(default=None, foreign_key="evidence.id", sa_type=RowId)
    judged_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ruleset: str | None = Field(default=None, sa_type=CleanText)
    event: str = Field(
        default="published", sa_type=CleanText, sa_column_kwargs={"server_default": "published"}
    )
    note: str = Field(default="", sa_type=CleanText, sa_column_kwargs={"server_default": ""})
    words_from: str = Field(
        default="page", sa_type=CleanText, sa_column_kwargs={"server_default": "page"}
    )
    date_is_guess: bool = Field(default=False, sa_column_kwargs={"server_default": _NO})
    untold: str | None = Field(default=None, sa_type=CleanText)
    """Why nobody was told what it matches, as a value of Untold."""


class EntryRow(Row, table=True):
    """A link that was announced, followed until it is an article or a stated reason."""

    __tablename__ = "entry"
    __table_args__ = (
        Index(None, "discovered_at", "id"),
        Index(None, "source", "discovered_at", "id"),
        partial_index("ix_entry_pending", "id", where="status = 'pending'"),
        partial_index("ix_entry_pending_of_source", "source", "id", where="status = 'pending'"),
        partial_index("ix_entry_article", "article_id", where="article_id IS NOT NULL"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    source: str = Field(foreign_key="source.name", sa_type=CleanText)
    key: str = Field(sa_type=CleanText)
    key_hash: bytes = Field(sa_type=LargeBinary, unique=True)
    url: str = Field(sa_type=CleanText)
    guid: str | None = Field(default=None, sa_type=CleanText)
    """What its source calls it, if that is not its address; of the latest announcement."""
    title: str = Field(sa_type=CleanText)
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    authors: list[str] = Field(sa_type=CleanJson)
    language: str | None = Field(default=None, sa_type=CleanText)
    tags: list[str] = Field(sa_type=CleanJson)
    summary: str = Field(sa_type=CleanText)
    in_own_words: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    status: str = Field(sa_type=CleanText)
    reason: str = Field(default="", sa_type=CleanText)
    detail: str = Field(default="", sa_type=CleanText)
    cause: str | None = Field(default=None, sa_type=CleanText)
    """What the two say in words, as a value of EntryCause; the next three say more of it."""
    failure: str | None = Field(default=None, sa_type=CleanText)
    failure_status: int | None = None
    stub: str | None = Field(default=None, sa_type=CleanText)
    attempts: int = 0
    looks: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    """How many attempts in a row have found the same; since when is next."""
    looks_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    discovered_at: datetime = Field(sa_type=UtcDateTime)
    found_after: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When its source was last read without it."""
    next_attempt_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    article_id: int | None = Field(default=None, foreign_key="article.id", sa_type=RowId)
    evidence_id: int | None = Field(default=None, foreign_key="evidence.id", sa_type=RowId)
    words_sha256: bytes | None = Field(default=None, sa_type=LargeBinary)
    """Of what a feed said, while its words stand for the page."""


class AnnouncerRow(Row, table=True):
    """A source that announced an entry too, beside the one that it is followed for."""

    __tablename__ = "entry_announcer"

    entry_id: int = Field(primary_key=True, foreign_key="entry.id", sa_type=RowId)
    source: str = Field(primary_key=True, foreign_key="source.name", sa_type=CleanText)
    at: datetime = Field(sa_type=UtcDateTime)
    """When it did so first."""


class EntryWordsRow(Row, table=True):
    """What a feed says of an article beyond the summary, kept until the article is read."""

    __tablename__ = "entry_words"

    entry_id: int = Field(primary_key=True, foreign_key="entry.id", sa_type=RowId)
    markup: str = Field(sa_type=CleanText)


class LooksInVainRow(Row, table=True):
    """How many further looks at a host's pages were in vain lately, for one source."""

    __tablename__ = "looks_in_vain"

    source: str = Field(primary_key=True, foreign_key="source.name", sa_type=CleanText)
    host: str = Field(primary_key=True, sa_type=CleanText)
    looks: float
    at: datetime = Field(sa_type=UtcDateTime)


class FoldedKeyRow(Row, table=True):
    """An entry of a source whose addresses change, by what is left of its key."""

    __tablename__ = "folded_key"

    source: str = Field(primary_key=True, foreign_key="source.name", sa_type=CleanText)
    rest_hash: bytes = Field(primary_key=True, sa_type=LargeBinary)
    key: str = Field(sa_type=CleanText)
