"""Further looks at announced articles: what they cost their hosts, and which have to wait."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlmodel import col, select, update

from core.looks import InVain
from core.sources import EntryCause, EntryStatus
from storage.crawl.held_entries import PlanPageVisit, visit_page
from storage.database.engine import Database, insert_into
from storage.database.row import PENDING
from storage.database.tables.crawl import EntryRow, LooksInVainRow

CountLook = Callable[[InVain | None], InVain]
"""Says what is to be kept of a host after a look, given what was kept before."""


class FurtherLooks(Database):
    """Queries about further looks."""

    def looks_in_vain(self, source: str) -> dict[str, InVain]:
        """Return, by host, how many further looks for a source were in vain lately."""
        query = select(LooksInVainRow).where(LooksInVainRow.source == source)
        with self._reading() as session:
            return {row.host: InVain(row.looks, row.at) for row in session.exec(query)}

    def count_look(self, source: str, host: str, count: CountLook) -> None:
        """Keep what a further look at a page of a host came to, as `count` says."""
        with self._writing() as session:
            row = session.get(LooksInVainRow, (source, host), with_for_update=True)
            if row is not None:
                counted = count(InVain(row.looks, row.at))
                row.looks, row.at = counted.looks, counted.at
                return
            counted = count(None)
            # Two looks may be the first of a host at once: one of them counts.
            statement = insert_into(self.dialect, LooksInVainRow).on_conflict_do_nothing()
            values = {"source": source, "host": host, "looks": counted.looks, "at": counted.at}
            session.exec(statement, params=values)

    def put_off_looks(self, later: Mapping[int, datetime], detail: str) -> None:
        """Let entries that wait for another look wait on until a time, by their ids."""
        with self._writing() as session:
            for entry_id, at in sorted(later.items()):
                session.exec(
                    update(EntryRow)
                    .where(col(EntryRow.id) == entry_id, col(EntryRow.status) == PENDING)
                    .values(next_attempt_at=at, detail=detail)
                    .execution_options(synchronize_session=False)
                )

    def end_looks(self, ids: list[int], detail: str, plan_visit: PlanPageVisit) -> None:
        """Give up entries that wait for another look; what the last found stays on record.

        `plan_visit` is that of `fail_entry`.
        """
        with self._writing() as session:
            held = (
                select(EntryRow)
                .where(col(EntryRow.id).in_(ids), col(EntryRow.status) == PENDING)
                .order_by(col(EntryRow.id))
                .with_for_update(key_share=True)
            )
            now = self._clock()
            for row in session.exec(held):
                unfetched = row.cause == EntryCause.UNFETCHED.value
                status = EntryStatus.FAILED if unfetched else EntryStatus.REJECTED
                row.status, row.detail = status.value, detail
                row.settled_at, row.next_attempt_at = now, None
                visit_page(session, row, plan_visit)
