"""How much sources announce, by time, and how far it gets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select as sql_select
from sqlmodel import col, func, select

from core.source_counts import Funnel, Left, end_of
from core.sources import EntryCause
from storage.crawl.journeys import article_facts, journey_of
from storage.database.engine import Database
from storage.database.steps import quarter_of, start_of, step_of
from storage.database.tables.crawl import EntryRow, SourceRow

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

    def funnels(
        self, starts: Sequence[datetime], source: str | None = None
    ) -> dict[tuple[str, int], Funnel]:
        """Return what became of what each source announced in each step of time, which begin so.

        Steps are numbered from 0. With `source`, of that one alone.
        """
        step = step_of(col(EntryRow.discovered_at), starts).label("step")
        columns = [
            col(EntryRow.source), step, col(EntryRow.status), col(EntryRow.cause),
            col(EntryRow.failure), col(EntryRow.failure_status), col(EntryRow.stub),
            *article_facts(),
        ]  # fmt: skip
        # Counted outside: a database may group by what it selects, and not by a query within.
        found = sql_select(*columns).where(col(EntryRow.discovered_at) >= starts[0])
        if source is not None:
            found = found.where(col(EntryRow.source) == source)
        entries = found.subquery()
        counted = sql_select(*entries.c, func.count()).group_by(*entries.c)
        ends: dict[tuple[str, int], list[Left]] = {}
        with self._reading() as session:
            for row in session.connection().execute(counted):
                name, at, *facts, number = tuple(row)
                ends.setdefault((name, int(at)), []).append(Left(end_of(journey_of(facts)), number))
        return {place: Funnel.of(left) for place, left in ends.items()}

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
