"""How much sources announce, by time, and how far it gets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, func, select

from core.source_counts import EntriesLeft, SourceFunnel
from core.sources import EntryCause, EntryStatus
from storage.database.engine import Database
from storage.database.steps import quarter_of, start_of, step_of
from storage.database.tables.alerts import AlertRow
from storage.database.tables.crawl import ArticleRow, EntryRow, SourceRow, VersionRow

_WATCHED = col(EntryRow.cause).is_distinct_from(EntryCause.OLD.value)


class SourceCounts(Database):
    """Queries that count what sources gave, and the one that asks for a poll."""

    def announced(self, starts: Sequence[datetime]) -> dict[tuple[str, int], int]:
        """Return how many entries each source announced in each step of time, which begin so.

        Steps are numbered from 0. What was published before the source was watched is left out.
        """
        number = step_of(col(EntryRow.discovered_at), starts).label("step")
        query = (
            select(EntryRow.source, number, func.count())
            .where(EntryRow.discovered_at >= starts[0], _WATCHED)
            .group_by(col(EntryRow.source), number)
        )
        with self._reading() as session:
            return {(name, int(at)): count for name, at, count in session.exec(query)}

    def announced_by_quarter(self, source: str, since: datetime) -> dict[datetime, int]:
        """Return how many entries a source announced in each quarter of an hour since a moment."""
        quarter = quarter_of(self.dialect, col(EntryRow.discovered_at)).label("quarter")
        query = (
            select(quarter, func.count())
            .where(EntryRow.source == source, EntryRow.discovered_at >= since, _WATCHED)
            .group_by(quarter)
        )
        with self._reading() as session:
            return {start_of(at): count for at, count in session.exec(query)}

    def first_entry_at(self, source: str) -> datetime | None:
        """Return when the first entry of a source was found; None when none was."""
        query = select(func.min(EntryRow.discovered_at)).where(EntryRow.source == source)
        with self._reading() as session:
            found: datetime | None = session.exec(query).one()
            return found

    def source_funnel(self, source: str, since: datetime) -> SourceFunnel:
        """Return what became of what a source announced since a moment."""
        group = (col(EntryRow.status), col(EntryRow.cause), col(EntryRow.reason))
        entries = (
            select(*group, func.count())
            .where(EntryRow.source == source, EntryRow.discovered_at >= since, _WATCHED)
            .group_by(*group)
        )
        unjudged = select(func.count(func.distinct(VersionRow.article_id))).where(
            col(VersionRow.judged_at).is_(None),
            VersionRow.source == source,
            VersionRow.fetched_at >= since,
        )
        alerted = (
            select(func.count(func.distinct(AlertRow.article_id)))
            .join(ArticleRow, col(ArticleRow.id) == AlertRow.article_id)
            .where(
                ArticleRow.source == source,
                ArticleRow.first_seen_at >= since,
                col(ArticleRow.is_health_alert).is_(False),
            )
        )
        with self._reading() as session:
            found = [
                EntriesLeft(
                    status=EntryStatus(status),
                    cause=EntryCause(cause) if cause else None,
                    reason=reason,
                    count=count,
                )
                for status, cause, reason, count in session.exec(entries)
            ]
            return SourceFunnel(
                entries=tuple(sorted(found, key=lambda left: (-left.count, left.reason))),
                unjudged=session.exec(unjudged).one(),
                alerted=session.exec(alerted).one(),
            )

    def poll_soon(self, source: str, reason: str, at: datetime, *, full: bool = False) -> bool:
        """Let a source be due at a moment, unless it is already; False when none such is watched.

        `reason` says to people why then. With `full` the whole document is asked for.
        """
        with self._writing() as session:
            query = select(SourceRow).where(SourceRow.name == source, col(SourceRow.active))
            row = session.exec(query.with_for_update(key_share=True)).one_or_none()
            if row is None:
                return False
            if row.next_poll_at > at:
                row.next_poll_at, row.next_poll_reason = at, reason
            row.next_poll_full = row.next_poll_full or full
            session.add(row)
            return True
