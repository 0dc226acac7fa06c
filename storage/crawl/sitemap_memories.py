"""What sitemaps have listed: kept with the poll that read them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, delete, select, update

from core.sitemap_memory import (
    KeptPart,
    Mark,
    PartMarks,
    PartMemory,
    pack_marks,
    unpack_marks,
)
from core.sources import Validators
from storage.database.columns import key_hash
from storage.database.engine import Database, insert_into
from storage.database.row import metadata
from storage.database.tables.crawl import SitemapRow

GONE_FOR = timedelta(days=30)
"""How long a sitemap is remembered that its index no longer names: its pages stand in others."""

_MEMORY = [
    column
    for column in metadata.tables[str(SitemapRow.__tablename__)].c
    if column.name not in ("old_marks", "seen_marks")
]


class SitemapMemories(Database):
    """Queries about what sitemaps have listed."""

    def sitemaps(self, source: str) -> list[PartMemory]:
        """Return the sitemaps of a source as they were last seen, by their addresses."""
        query = select(*_MEMORY).where(SitemapRow.source == source).order_by(col(SitemapRow.url))
        with self._reading() as session:
            return [_memory(row) for row in session.connection().execute(query)]

    def sitemap_marks(self, source: str, url: str) -> PartMarks:
        """Return the pages that a sitemap has listed; none of one that is not remembered."""
        query = select(SitemapRow.old_marks, SitemapRow.seen_marks).where(
            SitemapRow.source == source, SitemapRow.url_hash == key_hash(url)
        )
        with self._reading() as session:
            row = session.exec(query).first()
        return PartMarks() if row is None else PartMarks(*map(unpack_marks, row))

    def marks_listed_elsewhere(self, source: str, marks: frozenset[Mark]) -> frozenset[Mark]:
        """Return which marks are of pages that count as old in any sitemap of a source."""
        if not marks:
            return frozenset()
        found: set[Mark] = set()
        query = select(SitemapRow.old_marks).where(SitemapRow.source == source, SitemapRow.old > 0)
        with self._reading() as session:
            for packed in session.exec(query):
                found |= unpack_marks(packed) & marks
        return frozenset(found)


def keep_sitemaps(
    session: Session, dialect: str, source: str, parts: Sequence[KeptPart], now: datetime
) -> None:
    """Remember sitemaps, while the row of their source is held; forget those long gone."""
    for part in sorted(parts, key=lambda kept: key_hash(kept.memory.url)):
        digest = key_hash(part.memory.url)
        values = _values(part)
        known = (
            update(SitemapRow)
            .where(col(SitemapRow.source) == source, col(SitemapRow.url_hash) == digest)
            .values(**values)
        )
        if not session.connection().execute(known).rowcount:
            session.connection().execute(
                insert_into(dialect, SitemapRow).on_conflict_do_nothing(),
                {"source": source, "url_hash": digest, "old_marks": b"", "seen_marks": b""}
                | values,
            )
    if parts:
        session.connection().execute(
            delete(SitemapRow).where(
                col(SitemapRow.source) == source, col(SitemapRow.gone_at) < now - GONE_FOR
            )
        )


def forget_sitemaps(session: Session, source: str) -> None:
    """Forget the sitemaps of a source that has another address."""
    session.connection().execute(delete(SitemapRow).where(col(SitemapRow.source) == source))


def _values(part: KeptPart) -> dict[str, object]:
    memory = part.memory
    values: dict[str, object] = {
        "url": memory.url,
        "listed_at": memory.listed_at,
        "last_modified": memory.last_modified,
        "appeared": memory.appeared,
        "gone_at": memory.gone_at,
        "asked_at": memory.asked_at,
        "read_at": memory.read_at,
        "new_at": memory.new_at,
        "newest": memory.newest,
        "failures": memory.failures,
        "is_index": memory.is_index,
        "remembers": memory.remembers,
        "pages": memory.pages,
        "old": memory.old,
        "etag": memory.validators.etag,
        "http_last_modified": memory.validators.last_modified,
        "body_sha256": memory.validators.body_sha256,
    }
    if part.marks is not None:
        values["old_marks"] = pack_marks(part.marks.old)
        values["seen_marks"] = pack_marks(part.marks.seen)
    return values


def _memory(row: Any) -> PartMemory:
    return PartMemory(
        url=row.url,
        listed_at=row.listed_at,
        last_modified=row.last_modified,
        appeared=row.appeared,
        gone_at=row.gone_at,
        asked_at=row.asked_at,
        read_at=row.read_at,
        new_at=row.new_at,
        newest=row.newest,
        failures=row.failures,
        is_index=row.is_index,
        remembers=row.remembers,
        pages=row.pages,
        old=row.old,
        validators=Validators(
            etag=row.etag, last_modified=row.http_last_modified, body_sha256=row.body_sha256
        ),
    )
