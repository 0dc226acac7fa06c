"""Entries: the frontier between what sources announced and what was read.

An entry is known by the canonical URL of its link, over all sources: the second source that
announces an article finds it known. A settled entry is left alone by whatever comes late.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Executable, UpdateBase, bindparam, case
from sqlalchemy import Row as RowOf
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, delete, func, insert, or_, select, update
from sqlmodel.sql.expression import SelectOfScalar

from core.articles import FetchedPage, Recorded, RecordOutcome, Rejection, StubKind
from core.errors import StorageError
from core.failures import FailureKind, FetchFailure, is_refusal
from core.sources import (
    Entry,
    EntryCause,
    EntryStatus,
    Outcomes,
    SkipKind,
    Skipped,
    SourceCheck,
    TrackedEntry,
)
from storage.crawl.raw_pages import RawPages, pack
from storage.crawl.sources import note_check
from storage.database.columns import CleanText, UtcDateTime, key_hash
from storage.database.engine import batches
from storage.database.paging import continues, newest_first, page_of
from storage.database.tables import PENDING, EntryRow, SkippedRow, SourceRow, metadata
from storage.records import CheckRecorded, Cursor, Page

OLD = "published before the source was watched"
"""Reason of entries that are known and not followed, in words; their cause is `EntryCause.OLD`."""
CLOCK_SLACK = timedelta(minutes=10)
"""How far ahead of ours a publisher's clock may be before its dates count as wrong."""
_FRONTIER_LOCK = 0x57697266


class Entries(RawPages):
    """Queries about entries."""

    def record_check(
        self,
        check: SourceCheck,
        keys: Sequence[str],
        retry_known: bool = False,
        old_keys: Sequence[str] = (),
    ) -> CheckRecorded:
        """Save what one poll learned: new entries, validators, the next check, failure counters.

        `keys[i]` is the canonical URL of `check.entries[i]`, `old_keys[i]` that of `check.old[i]`;
        the latter are settled at once, and not among the new. Known entries are left alone, unless
        `retry_known`: then those that failed or were rejected become pending again, and pending
        ones are due now. Those that wait for a source which is no longer watched are followed for
        this one. Of a poll of an address that the source no longer has, nothing is kept. Raises
        StorageError for a source that was never synced.
        """
        announced: dict[bytes, tuple[str, Entry]] = {}
        for key, entry in zip(keys, check.entries, strict=True):
            announced.setdefault(key_hash(key), (key, entry))
        with self._writing() as session:
            if self.dialect == "postgresql" and (announced or old_keys):
                # Two polls that insert the same entries in different order would deadlock.
                session.exec(select(func.pg_advisory_xact_lock(_FRONTIER_LOCK)))
            known = _known(session, list(announced))
            values = [
                _new(check, digest, key, entry)
                for digest, (key, entry) in announced.items()
                if digest not in known
            ]
            if not note_check(session, check, new=bool(values)):
                return CheckRecorded((), 0)
            if known:
                _adopt(session, check.source, list(known.values()))
            new = _add(session, values)
            retried = _retry(session, known) if retry_known else 0
            _add_old(session, check, old_keys)
            _note_skipped(session, check)
        return CheckRecorded(tuple(new), len(check.entries) - len(new), retried)

    def known_keys(self, keys: Sequence[str]) -> set[str]:
        """Return which of these canonical URLs have been announced before, at any source."""
        digests = {key_hash(key): key for key in keys}
        with self._reading() as session:
            return {digests[digest] for digest in _known(session, list(digests))}

    def pending_entries(
        self, now: datetime, limit: int, source: str | None = None
    ) -> list[TrackedEntry]:
        """Return entries that may be fetched now, the oldest first."""
        query = select(EntryRow).where(EntryRow.status == PENDING, _due(now))
        if source is not None:
            query = query.where(EntryRow.source == source)
        with self._reading() as session:
            rows = session.exec(query.order_by(col(EntryRow.id)).limit(limit))
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

    def retry_entry(
        self,
        entry_id: int,
        because: FetchFailure | Rejection,
        reason: str,
        at: datetime,
        page: FetchedPage | None = None,
    ) -> None:
        """Leave an entry pending until `at`, count the attempt, and keep a page as evidence.

        `reason` says to people what `because` is.
        """
        packed = None if page is None else pack(page)
        with self._writing() as session:
            row = locked_entry(session, entry_id)
            if row.status == EntryStatus.PENDING:
                row.attempts += 1
                row.reason = reason
                row.detail = because.detail if isinstance(because, Rejection) else ""
                _put_cause(row, because)
                row.next_attempt_at = at
                if packed is not None:
                    row.evidence_id = self._keep_page(session, packed)

    def fail_entry(self, entry_id: int, failure: FetchFailure, reason: str) -> None:
        """Give an entry up: its page cannot be fetched. `reason` says why to people."""
        with self._writing() as session:
            row = locked_entry(session, entry_id)
            if row.status == EntryStatus.PENDING:
                row.attempts += 1
                _put_cause(row, failure)
                settle(row, EntryStatus.FAILED, self._clock(), reason=reason)

    def reject_entry(self, entry_id: int, rejection: Rejection, page: FetchedPage | None) -> None:
        """Settle an entry whose page is not an article; keep the page, if given, as evidence."""
        packed = None if page is None else pack(page)
        with self._writing() as session:
            row = locked_entry(session, entry_id)
            if row.status != EntryStatus.PENDING:
                return
            row.attempts += 1
            row.detail = rejection.detail
            _put_cause(row, rejection)
            if packed is not None:
                row.evidence_id = self._keep_page(session, packed)
            settle(row, EntryStatus.REJECTED, self._clock(), reason=rejection.reason.value)

    def entries(
        self,
        *,
        source: str | None = None,
        status: EntryStatus | None = None,
        after: Cursor | None = None,
        limit: int = 50,
    ) -> Page[TrackedEntry]:
        """Return entries, the most recently discovered first."""
        query = select(EntryRow).order_by(*newest_first(EntryRow.discovered_at, EntryRow.id))
        if source is not None:
            query = query.where(EntryRow.source == source)
        if status is not None:
            query = query.where(EntryRow.status == status.value)
        if after is not None:
            query = query.where(continues(EntryRow.discovered_at, EntryRow.id, after))
        with self._reading() as session:
            rows = session.exec(query.limit(limit + 1)).all()
            return page_of(
                rows, limit, tracked_entry, lambda entry: Cursor(entry.discovered_at, entry.id)
            )

    def entry_counts(self, source: str | None = None) -> dict[tuple[str, EntryStatus, str], int]:
        """Return how many entries stand at each (source, status, reason)."""
        group = (EntryRow.source, EntryRow.status, EntryRow.reason)
        query = select(*group, func.count()).group_by(*group)
        if source is not None:
            query = query.where(EntryRow.source == source)
        with self._reading() as session:
            return {
                (name, EntryStatus(status), reason): count
                for name, status, reason, count in session.exec(query)
            }

    def skipped_entries(self, source: str | None = None) -> dict[str, tuple[Skipped, ...]]:
        """Return, by source, what was left out of the last document it gave."""
        query = select(SkippedRow).order_by(col(SkippedRow.source), col(SkippedRow.count).desc())
        if source is not None:
            query = query.where(SkippedRow.source == source)
        found: dict[str, list[Skipped]] = {}
        with self._reading() as session:
            for row in session.exec(query):
                left_out = Skipped(SkipKind(row.kind), row.reason, row.count, row.example, row.at)
                found.setdefault(row.source, []).append(left_out)
        return {name: tuple(skipped) for name, skipped in found.items()}

    def found_since(self, source: str, since: datetime) -> int:
        """Return how many entries of a source were found since a time."""
        values = {"of_source": source, "since": since}
        with self._reading() as session:
            found: int = session.connection().execute(_found_since(), values).scalar_one()
            return found

    def recent_outcomes(self, since: datetime) -> dict[str, Outcomes]:
        """Return what became of the entries of each source that were found since a time.

        Those published before the source was watched do not count.
        """
        group = [
            col(column)
            for column in (
                EntryRow.source,
                EntryRow.status,
                EntryRow.cause,
                EntryRow.failure,
                EntryRow.failure_status,
            )
        ]
        recent = (
            col(EntryRow.discovered_at) >= since,
            col(EntryRow.cause).is_distinct_from(EntryCause.OLD.value),
        )
        ahead = select(EntryRow.source, EntryRow.discovered_at, EntryRow.published_at).where(
            *recent, col(EntryRow.published_at) > col(EntryRow.discovered_at)
        )
        found: dict[str, Counter[str]] = {}
        with self._reading() as session:
            counted = sql_select(*group, func.count()).where(*recent).group_by(*group)
            for row in session.connection().execute(counted):
                source, status, cause, failure, code, count = tuple(row)
                outcome = _outcome(
                    EntryStatus(status),
                    EntryCause(cause) if cause else None,
                    FailureKind(failure) if failure else None,
                    code,
                )
                found.setdefault(source, Counter())[outcome] += count
            for source, discovered_at, published_at in session.exec(ahead):
                if published_at is not None and published_at - discovered_at > CLOCK_SLACK:
                    found[source]["future_dates"] += 1
        return {source: Outcomes(**counts) for source, counts in found.items()}


@cache
def _found_since() -> Executable:
    return select(func.count()).where(
        EntryRow.source == bindparam("of_source"),
        EntryRow.discovered_at >= bindparam("since", type_=UtcDateTime),
    )


def _outcome(
    status: EntryStatus, cause: EntryCause | None, failure: FailureKind | None, code: int | None
) -> str:
    """Return the field of Outcomes that an entry counts in; one that waits, by its last look."""
    if status is EntryStatus.STORED:
        return "stored"
    if cause is EntryCause.STUB:
        return "stubs"
    if is_refusal(failure, code):
        return "refused"
    return {EntryStatus.REJECTED: "rejected", EntryStatus.FAILED: "failed"}.get(status, "pending")


def locked_entry(session: Session, entry_id: int) -> EntryRow:
    """Return the row of an entry, held for this transaction; raise StorageError if unknown."""
    query = select(EntryRow).where(EntryRow.id == entry_id).with_for_update(key_share=True)
    row = session.exec(query).one_or_none()
    if row is None:
        raise StorageError(f"there is no entry {entry_id}")
    return row


def hold_entry(session: Session, entry_id: int) -> None:
    """Hold an entry for this transaction; raise StorageError if it is unknown."""
    if session.exec(_lock_entry(), params={"entry_id": entry_id}).one_or_none() is None:
        raise StorageError(f"there is no entry {entry_id}")


def settle_as_stored(session: Session, entry_id: int, recorded: Recorded, now: datetime) -> None:
    """Write into a held entry that its article is stored; what was settled so stays as it was."""
    duplicate = recorded.outcome is RecordOutcome.DUPLICATE
    session.exec(
        _settle_entry(),
        params={
            "entry_id": entry_id,
            "stored_as": recorded.article_id,
            "why": "duplicate" if duplicate else "",
            "because": EntryCause.DUPLICATE.value if duplicate else None,
            "now": now,
        },
    )


@cache
def _lock_entry() -> SelectOfScalar[int]:
    return (
        select(EntryRow.id)
        .where(EntryRow.id == bindparam("entry_id"))
        .with_for_update(key_share=True)
    )


@cache
def _settle_entry() -> UpdateBase:
    """Build one UPDATE for both cases: it costs a quarter of loading the row and changing it."""
    stored = EntryStatus.STORED.value
    is_stored = col(EntryRow.status) == stored

    def unless_stored(column: Any, value: Any) -> Any:
        return case((is_stored, column), else_=value)

    return (
        update(EntryRow)
        .where(col(EntryRow.id) == bindparam("entry_id"))
        .values(
            status=stored,
            article_id=bindparam("stored_as"),
            attempts=EntryRow.attempts + case((is_stored, 0), else_=1),
            reason=unless_stored(EntryRow.reason, bindparam("why", type_=CleanText)),
            cause=unless_stored(EntryRow.cause, bindparam("because", type_=CleanText)),
            failure=None,
            failure_status=None,
            stub=None,
            settled_at=unless_stored(EntryRow.settled_at, bindparam("now", type_=UtcDateTime)),
            next_attempt_at=None,
        )
        .execution_options(synchronize_session=False)
    )


def settle(row: EntryRow, status: EntryStatus, at: datetime, *, reason: str = "") -> None:
    """Write the end of an entry's way into its row."""
    row.status = status.value
    row.reason = reason
    row.settled_at = at
    row.next_attempt_at = None


def _put_cause(row: EntryRow, because: FetchFailure | Rejection) -> None:
    """Write into a row why its page is no article, or was not to be had."""
    if isinstance(because, Rejection):
        row.cause = EntryCause(because.reason.value).value
        row.stub = because.stub.value if because.stub else None
        row.failure = row.failure_status = None
    else:
        row.cause = EntryCause.UNFETCHED.value
        row.failure, row.failure_status = because.kind.value, because.status
        row.stub = None


def tracked_entry(row: EntryRow | RowOf[Any]) -> TrackedEntry:
    """Return the domain type for a row."""
    return TrackedEntry(
        id=row.id,
        source=row.source,
        key=row.key,
        entry=Entry(
            url=row.url,
            title=row.title,
            published_at=row.published_at,
            authors=tuple(row.authors),
            language=row.language,
            tags=tuple(row.tags),
            summary=row.summary,
        ),
        status=EntryStatus(row.status),
        reason=row.reason,
        detail=row.detail,
        attempts=row.attempts,
        discovered_at=row.discovered_at,
        next_attempt_at=row.next_attempt_at,
        settled_at=row.settled_at,
        article_id=row.article_id,
        cause=EntryCause(row.cause) if row.cause else None,
        failure=FailureKind(row.failure) if row.failure else None,
        failure_status=row.failure_status,
        stub=StubKind(row.stub) if row.stub else None,
    )


def _due(now: datetime) -> ColumnElement[bool]:
    return or_(col(EntryRow.next_attempt_at).is_(None), col(EntryRow.next_attempt_at) <= now)


def _known(session: Session, digests: list[bytes]) -> dict[bytes, int]:
    known: dict[bytes, int] = {}
    for some in batches(digests):
        rows = session.connection().execute(_known_query(), {"digests": some})
        known.update((digest, row_id) for digest, row_id in rows)
    return known


@cache
def _known_query() -> Executable:
    return select(EntryRow.key_hash, EntryRow.id).where(
        col(EntryRow.key_hash).in_(bindparam("digests", expanding=True))
    )


def _adopt(session: Session, source: str, known: list[int]) -> None:
    """Let a source follow entries that wait for one which is no longer watched, a renamed one say.

    Nobody would ever ask for them: they are known, and of no source that has its turn.
    """
    for some in batches(known):
        session.connection().execute(_adoption(), {"to_source": source, "known": some})


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


@cache
def _insertion() -> Executable:
    table = metadata.tables[str(EntryRow.__tablename__)]
    return insert(table).returning(*table.c, sort_by_parameter_order=True)


def _retry(session: Session, known: dict[bytes, int]) -> int:
    retried = 0
    for some in batches(sorted(known.values())):
        query = (
            select(EntryRow)
            .where(col(EntryRow.id).in_(some), EntryRow.status != EntryStatus.STORED.value)
            .order_by(col(EntryRow.id))
            .with_for_update(key_share=True)
        )
        for row in session.exec(query):
            retried += 1
            row.next_attempt_at = None
            if row.status != EntryStatus.PENDING:
                row.status = EntryStatus.PENDING.value
                row.reason = row.detail = ""
                row.cause = row.failure = row.failure_status = row.stub = None
                row.attempts = 0
                row.settled_at = None
    return retried


def _note_skipped(session: Session, check: SourceCheck) -> None:
    """Keep what was left out of this document instead of what was left out of the one before."""
    if check.skipped is None:
        return
    known = session.connection().execute(_skipped_before(), {"of_source": check.source}).first()
    if known is not None:
        session.exec(delete(SkippedRow).where(col(SkippedRow.source) == check.source))
    session.add_all(
        SkippedRow(
            source=check.source,
            kind=left_out.kind.value,
            reason=left_out.reason,
            count=left_out.count,
            example=left_out.example,
            at=check.checked_at,
        )
        for left_out in check.skipped
    )


@cache
def _skipped_before() -> Executable:
    return select(SkippedRow.reason).where(SkippedRow.source == bindparam("of_source")).limit(1)


def _add_old(session: Session, check: SourceCheck, keys: Sequence[str]) -> None:
    """Keep entries that are known from here on and not followed."""
    by_hash = {key_hash(key): (key, one) for key, one in zip(keys, check.old, strict=True)}
    if not by_hash:
        return
    known = _known(session, list(by_hash))
    settled = {
        "status": EntryStatus.REJECTED.value,
        "reason": OLD,
        "cause": EntryCause.OLD.value,
        "settled_at": check.checked_at,
    }
    values = [
        {**_new(check, digest, key, entry), **settled}
        for digest, (key, entry) in by_hash.items()
        if digest not in known
    ]
    for some in batches(values):
        session.connection().execute(insert(EntryRow), list(some))


def _new(check: SourceCheck, digest: bytes, key: str, entry: Entry) -> dict[str, object]:
    return {
        "source": check.source,
        "key": key,
        "key_hash": digest,
        "url": entry.url,
        "title": entry.title,
        "published_at": entry.published_at,
        "authors": entry.authors,
        "language": entry.language,
        "tags": entry.tags,
        "summary": entry.summary,
        "status": EntryStatus.PENDING.value,
        "reason": "",
        "detail": "",
        "attempts": 0,
        "discovered_at": check.checked_at,
    }
