"""What became lately of what each source announced: what its health is judged by."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import select as sql_select
from sqlmodel import col, func, select

from core.failures import FailureKind, is_absence, is_refusal
from core.sources import EntryCause, EntryStatus, Outcomes
from storage.database.engine import Database
from storage.database.tables.crawl import EntryRow

CLOCK_SLACK = timedelta(minutes=10)
"""How far ahead of ours a publisher's clock may be before its dates count as wrong."""


class RecentOutcomes(Database):
    """Queries about what became of entries lately."""

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
        confirmed = col(EntryRow.looks) > 1
        recent = (
            col(EntryRow.discovered_at) >= since,
            col(EntryRow.cause).is_distinct_from(EntryCause.OLD.value),
        )
        ahead = select(EntryRow.source, EntryRow.discovered_at, EntryRow.published_at).where(
            *recent, col(EntryRow.published_at) > col(EntryRow.discovered_at)
        )
        found: dict[str, Counter[str]] = {}
        with self._reading() as session:
            counted = (
                sql_select(*group, confirmed, func.count())
                .where(*recent)
                .group_by(*group, confirmed)
            )
            for row in session.connection().execute(counted):
                source, status, cause, failure, code, again, count = tuple(row)
                outcome = _outcome(
                    EntryStatus(status),
                    EntryCause(cause) if cause else None,
                    FailureKind(failure) if failure else None,
                    code,
                    confirmed=bool(again),
                )
                found.setdefault(source, Counter())[outcome] += count
            for source, discovered_at, published_at in session.exec(ahead):
                if published_at is not None and published_at - discovered_at > CLOCK_SLACK:
                    found[source]["future_dates"] += 1
        return {source: Outcomes(**counts) for source, counts in found.items()}


def _outcome(
    status: EntryStatus,
    cause: EntryCause | None,
    failure: FailureKind | None,
    code: int | None,
    *,
    confirmed: bool,
) -> str:
    """Return the field of Outcomes that an entry counts in; one that waits, by its last look.

    What more than one look found is `confirmed`, and counts although there are more to come.
    """
    if status is EntryStatus.STORED:
        return "stored"
    if cause is EntryCause.STUB:
        return "stubs"
    if is_refusal(failure, code):
        return "refused"
    if status is EntryStatus.PENDING:
        if not confirmed or cause is None:
            return "pending"
        if cause is not EntryCause.UNFETCHED:
            return "rejected"
        return "failed" if is_absence(failure, code) else "pending"
    return "rejected" if status is EntryStatus.REJECTED else "failed"
