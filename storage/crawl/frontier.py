"""The frontier: what polls announced, recorded once each, and what waits to be fetched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, Executable, UpdateBase, bindparam
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, delete, func, insert, or_, select, update

from core.deciding.announcing import Hear, beside
from core.sitemap_memory import KeptPart
from core.source_polls import SourcePoll
from core.sources import (
    Entry,
    EntryCause,
    EntryStatus,
    KnownEntry,
    TrackedEntry,
)
from core.url_parts import names_a_place
from storage.crawl.announcers import Announcers, hear_others, take_over
from storage.crawl.entries import OLD, tracked_entry
from storage.crawl.sitemap_memories import keep_sitemaps
from storage.crawl.sources import note_poll
from storage.database.columns import CleanText, key_hash
from storage.database.engine import batches
from storage.database.row import PENDING, metadata
from storage.database.tables.crawl import (
    ArticleRow,
    EntryRow,
    EntryWordsRow,
    SkippedRow,
    SourceRow,
)

_FRONTIER_LOCK = 0x57697266


@dataclass(frozen=True, slots=True)
class PollRecorded:
    """What one poll added to the frontier."""

    new: tuple[TrackedEntry, ...]
    """Entries seen for the first time, in the order they were announced; then those that others
    had announced, and that are this source's own from now."""
    known: int
    """How many of the announced entries were there already, at this or another source."""
    retried: int = 0
    """How many of the known entries were put back to pending, when that was asked for."""


class FrontierEntries(Announcers):
    """Queries that record what polls announced, and give what waits to be fetched."""

    def record_poll(
        self,
        poll: SourcePoll,
        keys: Sequence[str],
        retry_known: bool = False,
        old_keys: Sequence[str] = (),
        sitemaps: Sequence[KeptPart] = (),
        hear: Hear = beside,
    ) -> PollRecorded:
        """Save what one poll learned: new entries, validators, the next poll, failure counters.

        `keys[i]` is the canonical URL of `poll.entries[i]`, `old_keys[i]` that of `poll.old[i]`;
        the latter are settled at once, and not among the new. Known entries are left alone, unless
        `retry_known`: then those that failed or were rejected become pending again, and pending
        ones are due now. Those that wait for a source which is no longer watched are followed for
        this one. `hear` says what becomes of those that another source announced before.
        `sitemaps` are remembered as they are given. Of a poll of an address that the
        source no longer has, nothing is kept. Raises StorageError for a source never synced.
        """
        announced: dict[bytes, tuple[str, Entry]] = {}
        for key, entry in zip(keys, poll.entries, strict=True):
            announced.setdefault(key_hash(key), (key, entry))
        with self._writing() as session:
            if self.dialect == "postgresql" and (announced or old_keys):
                # Two polls that insert the same entries in different order would deadlock, and
                # what one looks up as unknown the other may be inserting. First of all locks, so
                # that nobody waits for it with a source or an entry in hand.
                session.exec(select(func.pg_advisory_xact_lock(_FRONTIER_LOCK)))
            known = _known(session, list(announced))
            unknown = announced.keys() - known.keys()
            heard = hear_others(session, poll.source, announced, hear) if known else []
            news = any(one.hearing.is_news for one in heard)
            read_before = _read_before(session, poll.source) if unknown or news else None
            values = [
                {**_new(poll, digest, key, entry), "found_after": read_before}
                for digest, (key, entry) in announced.items()
                if digest in unknown
            ]
            if not note_poll(session, poll, new=bool(values) or news):
                return PollRecorded((), 0)
            new = _add(session, values)
            _keep_words(session, new, {key: entry.markup for key, entry in announced.values()})
            if heard:
                new += take_over(session, self.dialect, poll, announced, heard, read_before)
            if known:
                _adopt(session, poll.source, list(known.values()))
            retried = _retry(session, known) if retry_known else 0
            _add_old(session, poll, old_keys)
            _note_skipped(session, poll)
            keep_sitemaps(session, self.dialect, poll.source, sitemaps, poll.polled_at)
        return PollRecorded(tuple(new), len(poll.entries) - len(new), retried)

    def known_keys(self, keys: Sequence[str]) -> set[str]:
        """Return which of these canonical URLs have been announced before, at any source."""
        digests = {key_hash(key): key for key in keys}
        with self._reading() as session:
            return {digests[digest] for digest in _known(session, list(digests))}

    def known_entries(self, keys: Sequence[str]) -> dict[str, KnownEntry]:
        """Return what was announced before under these canonical URLs, as it was last announced."""
        digests = {key_hash(key): key for key in keys}
        found: dict[str, KnownEntry] = {}
        with self._reading() as session:
            for batch in batches(list(digests)):
                rows = session.connection().execute(_announced_query(), {"digests": batch})
                for digest, source, url, title, guid, published_at, words in rows:
                    found[digests[digest]] = KnownEntry(
                        source=source,
                        url=url,
                        title=title,
                        guid=guid or "",
                        published_at=published_at,
                        words=words,
                    )
        return found

    def announce_anew(self, announced: Sequence[tuple[str, Entry]], now: datetime) -> None:
        """Have known entries looked at now, under their canonical URLs, as new ones would be.

        The article of one that is stored is visited, not modified or not; one that was no article
        is fetched again.
        """
        by_hash = {key_hash(key): entry for key, entry in announced}
        query = (
            select(EntryRow)
            .where(col(EntryRow.key_hash).in_(list(by_hash)))
            .order_by(col(EntryRow.id))
            .with_for_update(key_share=True)
        )
        with self._writing() as session:
            articles: list[int] = []
            closed: list[int] = []
            for row in session.exec(query):
                entry = by_hash[row.key_hash]
                row.title, row.summary, row.url = entry.title, entry.summary, entry.url
                row.guid = entry.guid or row.guid
                row.published_at = entry.published_at or row.published_at
                if row.status == EntryStatus.STORED.value and row.article_id is not None:
                    if not names_a_place(row.key):  # its page is of many, and not asked again
                        articles.append(row.article_id)
                    continue
                if row.article_id is not None:
                    closed.append(row.article_id)
                row.in_own_words = entry.in_own_words
                session.exec(delete(EntryWordsRow).where(col(EntryWordsRow.entry_id) == row.id))
                if entry.markup:
                    session.add(EntryWordsRow(entry_id=row.id, markup=entry.markup))
                if (
                    row.status != EntryStatus.PENDING.value
                ):  # what waits keeps the pause that its host asked for
                    _begin_again(row)
            session.flush()
            for article_id in sorted(closed):  # its entry asks for the page, from the beginning
                session.exec(
                    update(ArticleRow)
                    .where(col(ArticleRow.id) == article_id)
                    .values(next_visit_at=None)
                    .execution_options(synchronize_session=False)
                )
            for article_id in sorted(articles):
                session.exec(
                    update(ArticleRow)
                    .where(col(ArticleRow.id) == article_id)
                    .values(
                        next_visit_at=now, etag=None, last_modified=None, announced_at=now, visits=0
                    )
                    .execution_options(synchronize_session=False)
                )

    def pending_entries(
        self, now: datetime, limit: int, source: str | None = None, *, newest: bool = False
    ) -> list[TrackedEntry]:
        """Return entries that may be fetched now, as they were found or the `newest` first."""
        found, published = col(EntryRow.discovered_at), col(EntryRow.published_at)
        order = (found.desc(), published.desc().nulls_last()) if newest else ()
        query = select(EntryRow).where(EntryRow.status == PENDING, _due(now))
        if source is not None:
            query = query.where(EntryRow.source == source)
        with self._reading() as session:
            rows = session.exec(query.order_by(*order, col(EntryRow.id)).limit(limit))
            return [tracked_entry(row) for row in rows]

    def sources_with_pending(self, now: datetime) -> list[str]:
        """Return the names of sources that have an entry to fetch now, the oldest entry first."""
        query = (
            select(EntryRow.source)
            .where(EntryRow.status == PENDING, _due(now))
            .group_by(EntryRow.source)
            .order_by(func.min(EntryRow.id))
        )
        with self._reading() as session:
            return list(session.exec(query))

    def next_entry_due_at(self) -> datetime | None:
        """Return when the next entry that waits for another attempt is due; None if none waits."""
        query = select(func.min(EntryRow.next_attempt_at)).where(EntryRow.status == PENDING)
        with self._reading() as session:
            return session.exec(query).one()


def _due(now: datetime) -> ColumnElement[bool]:
    return or_(col(EntryRow.next_attempt_at).is_(None), col(EntryRow.next_attempt_at) <= now)


def _known(session: Session, digests: list[bytes]) -> dict[bytes, int]:
    known: dict[bytes, int] = {}
    for batch in batches(digests):
        rows = session.connection().execute(_known_query(), {"digests": batch})
        known.update((digest, row_id) for digest, row_id in rows)
    return known


@cache
def _known_query() -> Executable:
    return select(EntryRow.key_hash, EntryRow.id).where(
        col(EntryRow.key_hash).in_(bindparam("digests", expanding=True))
    )


@cache
def _announced_query() -> Executable:
    return sql_select(
        col(EntryRow.key_hash),
        col(EntryRow.source),
        col(EntryRow.url),
        col(EntryRow.title),
        col(EntryRow.guid),
        col(EntryRow.published_at),
        col(EntryRow.words_sha256),
    ).where(col(EntryRow.key_hash).in_(bindparam("digests", expanding=True)))


def _adopt(session: Session, source: str, known: list[int]) -> None:
    """Let a source follow entries that wait for one which is no longer watched, a renamed one say.

    Nobody would ever ask for them: they are known, and of no source that has its turn.
    """
    for batch in batches(known):
        session.connection().execute(_adoption(), {"to_source": source, "known": batch})


@cache
def _adoption() -> UpdateBase:
    unwatched = select(SourceRow.name).where(col(SourceRow.active).is_(False))
    return (
        update(EntryRow)
        .where(
            col(EntryRow.id).in_(bindparam("known", expanding=True)),
            col(EntryRow.status) == PENDING,
            col(EntryRow.source).in_(unwatched),
        )
        .values(source=bindparam("to_source", type_=CleanText))
    )


def _add(session: Session, values: list[dict[str, object]]) -> list[TrackedEntry]:
    """Insert entries; return them in their order."""
    if not values:
        return []
    return [tracked_entry(row) for row in session.connection().execute(_insertion(), values)]


def _keep_words(session: Session, added: Sequence[TrackedEntry], markup: dict[str, str]) -> None:
    """Keep what was said of new entries beyond their summaries, by their keys."""
    kept = [
        {"entry_id": entry.id, "markup": said} for entry in added if (said := markup.get(entry.key))
    ]
    if kept:
        session.connection().execute(insert(EntryWordsRow), kept)


@cache
def _insertion() -> Executable:
    table = metadata.tables[str(EntryRow.__tablename__)]
    return insert(table).returning(*table.c, sort_by_parameter_order=True)


def _read_before(session: Session, source: str) -> datetime | None:
    """Return when a source was last read before this poll."""
    return session.connection().execute(_last_success(), {"of_source": source}).scalar_one_or_none()


@cache
def _last_success() -> Executable:
    return select(SourceRow.last_success_at).where(SourceRow.name == bindparam("of_source"))


def _retry(session: Session, known: dict[bytes, int]) -> int:
    retried = 0
    for ids in batches(sorted(known.values())):
        query = (
            select(EntryRow)
            .where(col(EntryRow.id).in_(ids), EntryRow.status != EntryStatus.STORED.value)
            .order_by(col(EntryRow.id))
            # A fetch may be settling one of them: waited for, so that it is not undone half.
            .with_for_update(key_share=True)
        )
        for row in session.exec(query):
            retried += 1
            _begin_again(row)
    return retried


def _begin_again(row: EntryRow) -> None:
    """Make an entry due now, from the beginning if it had come to an end."""
    row.next_attempt_at = None
    if row.status != EntryStatus.PENDING:
        row.status = EntryStatus.PENDING.value
        row.reason = row.detail = ""
        row.cause = row.failure = row.failure_status = row.stub = None
        row.attempts = row.looks = 0
        row.looks_since = None
        row.settled_at = None


def _note_skipped(session: Session, poll: SourcePoll) -> None:
    """Keep what was left out of this document instead of what was left out of the one before."""
    if poll.skipped is None:
        return
    known = session.connection().execute(_skipped_before(), {"of_source": poll.source}).first()
    if known is not None:
        session.exec(delete(SkippedRow).where(col(SkippedRow.source) == poll.source))
    session.add_all(
        SkippedRow(
            source=poll.source,
            kind=left_out.kind.value,
            reason=left_out.reason,
            count=left_out.count,
            example=left_out.example,
            at=poll.polled_at,
        )
        for left_out in poll.skipped
    )


@cache
def _skipped_before() -> Executable:
    return select(SkippedRow.reason).where(SkippedRow.source == bindparam("of_source")).limit(1)


def _add_old(session: Session, poll: SourcePoll, keys: Sequence[str]) -> None:
    """Keep entries that are known from here on and not followed."""
    by_hash = {key_hash(key): (key, entry) for key, entry in zip(keys, poll.old, strict=True)}
    if not by_hash:
        return
    known = _known(session, list(by_hash))
    settled = {
        "status": EntryStatus.REJECTED.value,
        "reason": OLD,
        "cause": EntryCause.OLD.value,
        "settled_at": poll.polled_at,
    }
    values = [
        {**_new(poll, digest, key, entry), **settled}
        for digest, (key, entry) in by_hash.items()
        if digest not in known
    ]
    for batch in batches(values):
        session.connection().execute(insert(EntryRow), list(batch))


def _new(poll: SourcePoll, digest: bytes, key: str, entry: Entry) -> dict[str, object]:
    return {
        "source": poll.source,
        "key": key,
        "key_hash": digest,
        "url": entry.url,
        "guid": entry.guid or None,
        "title": entry.title,
        "published_at": entry.published_at,
        "authors": entry.authors,
        "language": entry.language,
        "tags": entry.tags,
        "summary": entry.summary,
        "in_own_words": entry.in_own_words,
        "status": EntryStatus.PENDING.value,
        "reason": "",
        "detail": "",
        "attempts": 0,
        "discovered_at": poll.polled_at,
    }
