"""Notes about cases: what people write down without changing the state of anything."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from core.alerting.notes import CaseNote
from core.errors import StorageError
from storage.alerts.case_pages import articles_of
from storage.database.engine import Database, batches
from storage.database.tables.alerts import AlertRow, CaseNoteRow, StoryArticleRow


class CaseNotes(Database):
    """Queries about notes."""

    def add_note(self, alert_id: str, text: str, *, by: str, at: datetime) -> CaseNote:
        """Write a note about the case of an alert. Raises StorageError without such an alert."""
        with self._writing() as session:
            alert = session.get(AlertRow, alert_id)
            if alert is None:
                raise StorageError(f"there is no alert {alert_id!r}")
            placed = session.get(StoryArticleRow, alert.article_id)
            row = CaseNoteRow(article_id=alert.article_id, at=at, by=by, text=text)
            session.add(row)
            session.flush()
            case = alert.article_id if placed is None else placed.story_id
            return CaseNote(case=case, at=row.at, by=row.by, text=row.text)

    def notes(self, case: int) -> tuple[CaseNote, ...]:
        """Return what was written about a case, the oldest first."""
        with self._reading() as session:
            return notes_of(session, [case]).get(case, ())

    def notes_of_cases(self, cases: Collection[int]) -> dict[int, tuple[CaseNote, ...]]:
        """Return what was written about cases, by the case, the oldest first."""
        with self._reading() as session:
            return notes_of(session, cases)


def notes_of(session: Session, cases: Collection[int]) -> dict[int, tuple[CaseNote, ...]]:
    """Return what was written about cases, by the case, the oldest first."""
    written: list[tuple[CaseNoteRow, int]] = []
    case: ColumnElement[int] = func.coalesce(
        col(StoryArticleRow.story_id), col(CaseNoteRow.article_id)
    )
    for batch in batches(articles_of(session, cases)):
        query = (
            select(CaseNoteRow, case)
            .join(
                StoryArticleRow,
                col(StoryArticleRow.article_id) == CaseNoteRow.article_id,
                isouter=True,
            )
            .where(col(CaseNoteRow.article_id).in_(batch))
        )
        written += [(row, of) for row, of in session.exec(query) if of in cases]
    found: dict[int, tuple[CaseNote, ...]] = {}
    for row, of in sorted(written, key=lambda each: each[0].id or 0):
        note = CaseNote(case=of, at=row.at, by=row.by, text=row.text)
        found[of] = (*found.get(of, ()), note)
    return found
