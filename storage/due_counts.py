"""How much of each kind of work is due: the depths of the queues, for those who measure."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from core.alerting.alerts import AlertState
from core.due_work import WorkKind
from storage.database.row import PENDING, WAITING
from storage.database.tables.alerts import AlertRow, BrokenJudgementRow, EscalationRow
from storage.database.tables.crawl import ArticleRow, EntryRow, SourceRow, VersionRow
from storage.database.tables.delivery import AttemptRow, DeliveryRow, NotificationGroupRow
from storage.due_work import DueWorks


class DueCounts(DueWorks):
    """Queries about how much is due."""

    def due_counts(self, now: datetime) -> dict[WorkKind, int]:
        """Return how much of each kind of work is due at a moment."""
        active = col(SourceRow.active)
        since = func.coalesce(EntryRow.next_attempt_at, EntryRow.discovered_at)
        with self._reading() as session:
            return {
                WorkKind.POLL: _count(session, SourceRow, active, SourceRow.next_poll_at <= now),
                WorkKind.ENTRY: _count(
                    session,
                    EntryRow,
                    EntryRow.status == PENDING,
                    since <= now,
                    col(EntryRow.source).in_(select(SourceRow.name).where(active)),
                ),
                WorkKind.VISIT: _count(
                    session,
                    ArticleRow,
                    col(ArticleRow.next_visit_at) <= now,
                    col(ArticleRow.source).in_(select(SourceRow.name).where(active)),
                ),
                WorkKind.JUDGEMENT: _count(
                    session, VersionRow, col(VersionRow.judged_at).is_(None)
                ),
                WorkKind.BROKEN_JUDGEMENT: _count(
                    session, BrokenJudgementRow, col(BrokenJudgementRow.next_at) <= now
                ),
                WorkKind.GROUP: _count(
                    session, NotificationGroupRow, col(NotificationGroupRow.dispatch_at) <= now
                ),
                WorkKind.ESCALATION: _count(
                    session,
                    EscalationRow,
                    EscalationRow.state == WAITING,
                    EscalationRow.due_at <= now,
                ),
                WorkKind.REMINDER: _count(
                    session,
                    AlertRow,
                    AlertRow.state == AlertState.SNOOZED.value,
                    col(AlertRow.snoozed_until) <= now,
                ),
                WorkKind.DELIVERY: _count(
                    session,
                    DeliveryRow,
                    DeliveryRow.status == PENDING,
                    col(DeliveryRow.next_attempt_at) <= now,
                ),
            }

    def last_done(self) -> tuple[datetime | None, datetime | None, datetime | None]:
        """Return when something was last polled, judged and attempted to be delivered."""
        judged = (
            select(VersionRow.judged_at)
            .where(col(VersionRow.judged_at).is_not(None))
            .order_by(col(VersionRow.id).desc())
            .limit(1)
        )
        attempted = select(AttemptRow.finished_at).order_by(col(AttemptRow.id).desc()).limit(1)
        with self._reading() as session:
            return (
                session.exec(select(func.max(SourceRow.last_polled_at))).one(),
                session.exec(judged).first(),
                session.exec(attempted).first(),
            )


def _count(session: Session, row: Any, *conditions: Any) -> int:
    return session.exec(select(func.count()).select_from(row).where(*conditions)).one()
