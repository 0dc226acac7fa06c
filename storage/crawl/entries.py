"""Entries: what became of each link that a source announced."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Executable, bindparam
from sqlalchemy import Row as RowOf
from sqlalchemy import select as sql_select
from sqlmodel import col, func, select

from core.articles import FetchedPage, Rejection, StubKind
from core.failures import FailureKind, FetchFailure
from core.looks import Looks
from core.sources import (
    Entry,
    EntryCause,
    EntryStatus,
    SkipKind,
    Skipped,
    TrackedEntry,
)
from storage.crawl.held_entries import PlanPageVisit, locked_entry, settle, visit_page
from storage.crawl.raw_pages import RawPages, pack
from storage.database.columns import UtcDateTime
from storage.database.pages import Cursor, Page
from storage.database.paging import continues, newest_first, page_of
from storage.database.row import PENDING
from storage.database.tables.crawl import (
    EntryRow,
    EntryWordsRow,
    SkippedRow,
    VersionRow,
)

OLD = "published before the source was watched"
"""Reason of entries that are known and not followed, in words; their cause is `EntryCause.OLD`."""


class Entries(RawPages):
    """Queries about entries."""

    def retry_entry(
        self,
        entry_id: int,
        because: FetchFailure | Rejection,
        reason: str,
        at: datetime,
        page: FetchedPage | None = None,
        of: str | None = None,
        looks: Looks | None = None,
    ) -> None:
        """Leave an entry pending until `at`, count the attempt, and keep a page as evidence.

        `reason` says to people what `because` is, `looks` how many attempts have found the same,
        this one included; without it, it is one more. With `of`, here and below, it was looked for
        by the words of that source: an entry that is another's since stays as it is.
        """
        packed = None if page is None else pack(page)
        with self._writing() as session:
            row = locked_entry(session, entry_id)
            if _waits_for(row, of):
                row.attempts += 1
                row.reason = reason
                row.detail = because.detail if isinstance(because, Rejection) else ""
                _put_cause(row, because)
                row.next_attempt_at = at
                row.looks = looks.number if looks else row.looks + 1
                row.looks_since = looks.since if looks else row.looks_since or self._clock()
                if packed is not None:
                    row.evidence_id = self._keep_page(session, packed)

    def fail_entry(
        self,
        entry_id: int,
        failure: FetchFailure,
        reason: str,
        plan_visit: PlanPageVisit | None = None,
        of: str | None = None,
    ) -> None:
        """Give an entry up: its page cannot be fetched. `reason` says why to people.

        If an article is made of what its feed said, `plan_visit` says when its page is asked for
        again.
        """
        with self._writing() as session:
            row = locked_entry(session, entry_id)
            if _waits_for(row, of):
                row.attempts += 1
                _put_cause(row, failure)
                row.detail = ""
                settle(row, EntryStatus.FAILED, self._clock(), reason=reason)
                visit_page(session, row, plan_visit)

    def reject_entry(
        self,
        entry_id: int,
        rejection: Rejection,
        page: FetchedPage | None,
        plan_visit: PlanPageVisit | None = None,
        of: str | None = None,
    ) -> None:
        """Settle an entry whose page is not an article; keep the page, if given, as evidence.

        `plan_visit` is that of `fail_entry`.
        """
        packed = None if page is None else pack(page)
        with self._writing() as session:
            row = locked_entry(session, entry_id)
            if not _waits_for(row, of):
                return
            row.attempts += 1
            row.detail = rejection.detail
            _put_cause(row, rejection)
            if packed is not None:
                row.evidence_id = self._keep_page(session, packed)
            settle(row, EntryStatus.REJECTED, self._clock(), reason=rejection.reason.value)
            visit_page(session, row, plan_visit)

    def has_article_elsewhere(self, entry: TrackedEntry, since: datetime) -> bool:
        """Tell whether an entry's source has an article of the same headline and time elsewhere.

        Under another address, that is, announced since a moment. An entry without a time has none.
        """
        if entry.entry.published_at is None:
            return False
        twins = select(EntryRow.id).where(
            EntryRow.source == entry.source,
            EntryRow.discovered_at >= since,
            EntryRow.title == entry.entry.title,
            EntryRow.published_at == entry.entry.published_at,
            EntryRow.id != entry.id,
            col(EntryRow.article_id).is_not(None),
        )
        with self._reading() as session:
            return session.exec(twins.limit(1)).first() is not None

    def announced_words(self, entry_id: int) -> str:
        """Return what a feed said of an article beyond the summary, as it came; empty if nothing.

        It is forgotten once an article was made of it, or of the page.
        """
        query = select(EntryWordsRow.markup).where(EntryWordsRow.entry_id == entry_id)
        with self._reading() as session:
            return session.exec(query).one_or_none() or ""

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

    def entries_by_cause(self) -> dict[tuple[str, EntryStatus, EntryCause | None], int]:
        """Return how many entries of each source stand at each status for each cause."""
        group = (col(EntryRow.source), col(EntryRow.status), col(EntryRow.cause))
        query = sql_select(*group, func.count()).group_by(*group)
        with self._reading() as session:
            return {
                (name, EntryStatus(status), EntryCause(cause) if cause else None): count
                for name, status, cause, count in session.connection().execute(query)
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

    def has_backlog(self, sources: Sequence[str]) -> bool:
        """Tell whether anything of these sources waits to be fetched the first time, or judged."""
        untried = select(EntryRow.id).where(
            EntryRow.status == PENDING, EntryRow.attempts == 0, col(EntryRow.source).in_(sources)
        )
        unjudged = select(VersionRow.id).where(
            col(VersionRow.judged_at).is_(None), col(VersionRow.source).in_(sources)
        )
        with self._reading() as session:
            return any(
                session.exec(query.limit(1)).first() is not None for query in (untried, unjudged)
            )


@cache
def _found_since() -> Executable:
    return select(func.count()).where(
        EntryRow.source == bindparam("of_source"),
        EntryRow.discovered_at >= bindparam("since", type_=UtcDateTime),
    )


def _waits_for(row: EntryRow, of: str | None) -> bool:
    return row.status == EntryStatus.PENDING and of in (None, row.source)


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
            in_own_words=row.in_own_words,
            guid=row.guid or "",
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
        looks=Looks(row.looks, row.looks_since or row.discovered_at) if row.looks else None,
    )
