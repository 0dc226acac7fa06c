"""Who announced an entry beside its source; and entries that come to another source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Executable, and_, bindparam, or_
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, delete, select

from core.deciding.announcing import Hear, Hearing, Holder
from core.source_polls import SourcePoll
from core.sources import Entry, EntryCause, EntryStatus, TrackedEntry
from storage.crawl.entries import tracked_entry
from storage.database.columns import CleanText, key_hash
from storage.database.engine import Database, batches, insert_into
from storage.database.tables.crawl import (
    AnnouncerRow,
    ArticleRow,
    EntryRow,
    EntryWordsRow,
    SourceRow,
)

PAUSES_OF_HOSTS = (429, 503)
"""Answers by which a host asks for a pause, which holds for whoever announces its pages."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A known entry of another source, and what it is that it was announced now."""

    entry_id: int
    digest: bytes
    hearing: Hearing


class Announcers(Database):
    """Queries about who announced what others announced too."""

    def holders(self, keys: Sequence[str], source: str) -> dict[str, Holder]:
        """Return who holds the entries of these canonical URLs, of those that `source` does not."""
        by_hash = {key_hash(key): key for key in keys}
        with self._reading() as session:
            found = _holders(session, list(by_hash), source)
            return {by_hash[digest]: holder for _, digest, holder in found}

    def also_listed_by(self, article_id: int) -> tuple[str, ...]:
        """Return the sources that announced an article beside the one it belongs to, by name."""
        with self._reading() as session:
            article = session.get(ArticleRow, article_id)
            if article is None:
                return ()
            of_it = or_(
                col(EntryRow.article_id) == article_id, col(EntryRow.key_hash) == article.key_hash
            )
            entries = session.exec(select(EntryRow.id, EntryRow.source).where(of_it)).all()
            beside = select(AnnouncerRow.source).where(
                col(AnnouncerRow.entry_id).in_([entry_id for entry_id, _ in entries])
            )
            names = {source for _, source in entries} | set(session.exec(beside))
            return tuple(sorted(names - {article.source}))


def hear_others(
    session: Session, source: str, announced: Mapping[bytes, tuple[str, Entry]], hear: Hear
) -> list[Heard]:
    """Return what it is that a source announces entries of other sources."""
    return [
        Heard(entry_id, digest, hear(announced[digest][0], holder))
        for entry_id, digest, holder in _holders(session, list(announced), source)
    ]


def take_over(
    session: Session,
    dialect: str,
    poll: SourcePoll,
    announced: Mapping[bytes, tuple[str, Entry]],
    heard: Sequence[Heard],
    read_before: datetime | None,
) -> list[TrackedEntry]:
    """Write down who announces which entries too; return those that this source follows from now.

    Its source must be held.
    """
    beside = [one.entry_id for one in heard if one.hearing is Hearing.BESIDE]
    anew = {one.entry_id: one for one in heard if one.hearing.is_news}
    taken: list[EntryRow] = []
    for ids in batches(sorted(anew)):
        query = select(EntryRow).where(col(EntryRow.id).in_(ids)).order_by(col(EntryRow.id))
        for row in session.exec(query.with_for_update(key_share=True)):
            stored = row.status == EntryStatus.STORED.value
            if anew[row.id].hearing is Hearing.ASKED_AGAIN and stored:
                beside.append(row.id)  # it was found meanwhile
                continue
            _note(session, dialect, [(row.id, row.source)], poll.polled_at)
            _give(session, row, poll, announced[row.key_hash][1], read_before)
            if anew[row.id].hearing is Hearing.TAKEN_OVER:
                row.next_attempt_at = None
            taken.append(row)
    _note(
        session, dialect, [(entry_id, poll.source) for entry_id in sorted(beside)], poll.polled_at
    )
    session.flush()
    return [tracked_entry(row) for row in taken]


def _give(
    session: Session, row: EntryRow, poll: SourcePoll, entry: Entry, read_before: datetime | None
) -> None:
    """Make an entry one of the source that was polled, as if nobody had announced it before."""
    session.exec(delete(EntryWordsRow).where(col(EntryWordsRow.entry_id) == row.id))
    if entry.markup:
        session.add(EntryWordsRow(entry_id=row.id, markup=entry.markup))
    if row.status != EntryStatus.PENDING.value or row.failure_status not in PAUSES_OF_HOSTS:
        row.next_attempt_at = None
    row.source, row.discovered_at, row.found_after = poll.source, poll.polled_at, read_before
    row.url, row.title, row.guid = entry.url, entry.title, entry.guid or None
    row.published_at, row.language, row.summary = entry.published_at, entry.language, entry.summary
    row.authors, row.tags = list(entry.authors), list(entry.tags)
    row.in_own_words = entry.in_own_words
    row.status, row.reason, row.detail = EntryStatus.PENDING.value, "", ""
    row.cause = row.failure = row.failure_status = row.stub = None
    row.attempts, row.settled_at = 0, None
    row.looks, row.looks_since = 0, None
    row.article_id = row.evidence_id = None


def _note(
    session: Session, dialect: str, announcers: Sequence[tuple[int, str]], at: datetime
) -> None:
    if announcers:
        values = [{"entry_id": entry, "source": source, "at": at} for entry, source in announcers]
        insertion = insert_into(dialect, AnnouncerRow).on_conflict_do_nothing()
        session.exec(insertion, params=values)


def _holders(
    session: Session, digests: Sequence[bytes], source: str
) -> list[tuple[int, bytes, Holder]]:
    found: list[tuple[int, bytes, Holder]] = []
    for batch in batches(digests):
        values = {"digests": batch, "of_source": source}
        rows = session.connection().execute(_held_by_others(), values)
        found += [(row[0], row[1], _holder(*row[2:])) for row in rows]
    return found


def _holder(
    source: str, url: str, status: str, cause: str | None, attempts: int, listed: Any
) -> Holder:
    settled = status in (EntryStatus.FAILED.value, EntryStatus.REJECTED.value)
    waits = status == EntryStatus.PENDING.value and attempts > 0
    return Holder(
        source=source,
        source_url=url,
        in_vain=waits or (settled and cause != EntryCause.OLD.value),
        listed=listed is not None,
    )


@cache
def _held_by_others() -> Executable:
    listed = and_(
        col(AnnouncerRow.entry_id) == EntryRow.id,
        col(AnnouncerRow.source) == bindparam("of_source", type_=CleanText),
    )
    return (
        sql_select(
            col(EntryRow.id),
            col(EntryRow.key_hash),
            col(EntryRow.source),
            col(SourceRow.url),
            col(EntryRow.status),
            col(EntryRow.cause),
            col(EntryRow.attempts),
            col(AnnouncerRow.source),
        )
        .join(SourceRow, col(SourceRow.name) == EntryRow.source)
        .outerjoin(AnnouncerRow, listed)
        .where(
            col(EntryRow.key_hash).in_(bindparam("digests", expanding=True)),
            col(EntryRow.source) != bindparam("of_source", type_=CleanText),
        )
        .order_by(col(EntryRow.id))
    )
