"""How much of each kind of work is due: the depths of the queues, for those who measure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import and_, col, func, select

from core.due_work import WorkKind
from storage import due_conditions as due
from storage.database.row import Row
from storage.database.tables.alerts import AlertRow, BrokenJudgementRow, EscalationRow
from storage.database.tables.crawl import ArticleRow, EntryRow, SourceRow, VersionRow
from storage.database.tables.delivery import AttemptRow, DeliveryRow, NotificationGroupRow
from storage.delivery.deliveries import claimable_at
from storage.due_work import DueWorks


class DueCounts(DueWorks):
    """Queries about how much is due."""

    def due_counts(self, now: datetime, receivers: Collection[str]) -> dict[WorkKind, int]:
        """Return how much of each kind of work is due at a moment, as `due_work` has it.

        `receivers` are those that are configured; what waits for others is nobody's work.
        """
        conditions: dict[WorkKind, tuple[type[Row], ColumnElement[bool]]] = {
            WorkKind.POLL: (SourceRow, due.poll_due(now)),
            WorkKind.ENTRY: (EntryRow, due.entry_due(now)),
            WorkKind.VISIT: (ArticleRow, due.visit_due(now)),
            WorkKind.JUDGEMENT: (VersionRow, due.judgement_due(now)),
            WorkKind.BROKEN_JUDGEMENT: (BrokenJudgementRow, due.broken_judgement_due(now)),
            WorkKind.GROUP: (NotificationGroupRow, due.group_due(now, receivers)),
            WorkKind.ESCALATION: (EscalationRow, due.escalation_due(now)),
            WorkKind.REMINDER: (AlertRow, due.reminder_due(now)),
            WorkKind.DELIVERY: (
                DeliveryRow,
                and_(col(DeliveryRow.receiver).in_(receivers), claimable_at(now)),
            ),
        }
        with self._reading() as session:
            return {
                kind: session.exec(select(func.count()).select_from(row).where(condition)).one()
                for kind, (row, condition) in conditions.items()
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
