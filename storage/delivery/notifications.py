"""Alerts on their way to receivers: gathered in groups, turned into messages when these are due."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import and_, col, func, or_, select

from core.alerting.message_kinds import MessageKind
from core.alerting.notifications import (
    Notification,
    NotificationPurpose,
    NotificationState,
    Purpose,
)
from core.deciding.dispatch import (
    DispatchReport,
)
from storage.database.engine import Database
from storage.database.tables.delivery import DeliveryRow, NotificationGroupRow, NotificationRow
from storage.delivery.delivery_log import stored_delivery
from storage.delivery.due_groups import Decide, GroupDispatching
from storage.delivery.groups import take_turn


class Notifications(Database):
    """Queries about alerts that wait for their receivers, and about what became of them."""

    def dispatch_due(
        self,
        now: datetime,
        decide: Decide,
        *,
        limit: int = 100,
        look_back: timedelta | None = None,
        eager: bool = False,
    ) -> DispatchReport:
        """Decide about up to `limit` groups that are due, and commit what was decided.

        `look_back` asks for the alerts of that time, which may inhibit others. With `eager`,
        groups that have sent nothing yet do not wait for company.
        """
        due = _due(now, eager=eager)
        with self._reading() as session:  # most looks find nothing: those take no writer's lock
            if session.exec(select(NotificationGroupRow.id).where(due).limit(1)).first() is None:
                return DispatchReport()
        with self._writing() as session:
            # Before the groups are looked for: those that others still fill would be missed.
            take_turn(session, self.dialect, alone=True)
            query = (
                select(NotificationGroupRow)
                .where(due)
                .order_by(col(NotificationGroupRow.dispatch_at), col(NotificationGroupRow.id))
                .limit(limit)
                # The turn keeps all others away; this is for whoever forgets to take it.
                .with_for_update(skip_locked=True)
            )
            groups = list(session.exec(query))
            look = GroupDispatching(session, self.dialect, now, look_back)
            for group in groups:
                look.settle(group, decide)
            return look.report(len(groups))

    def next_dispatch_at(self) -> datetime | None:
        """Return when the next group is due, None when nothing waits."""
        query = select(func.min(NotificationGroupRow.dispatch_at))
        with self._reading() as session:
            earliest: datetime | None = session.exec(query).one()
            return earliest

    def notifications(self, alert_id: str) -> list[Notification]:
        """Return what became of an alert at each receiver."""
        query = (
            select(NotificationRow, NotificationGroupRow.dispatch_at, DeliveryRow)
            .join(
                NotificationGroupRow,
                col(NotificationGroupRow.id) == NotificationRow.group_id,
                isouter=True,
            )
            .join(DeliveryRow, col(DeliveryRow.id) == NotificationRow.delivery_id, isouter=True)
            .where(NotificationRow.alert_id == alert_id)
            .order_by(col(NotificationRow.id))
        )
        with self._reading() as session:
            return [
                Notification(
                    alert_id=row.alert_id,
                    receiver=row.receiver,
                    purpose=Purpose(NotificationPurpose(row.purpose), row.number, row.about),
                    state=NotificationState(row.state),
                    reason=row.reason,
                    created_at=row.created_at,
                    due_at=dispatch_at if row.state == "waiting" else None,
                    delivery_id=row.delivery_id,
                    delivery=stored_delivery(message) if row.delivery_id else None,
                )
                for row, dispatch_at, message in session.exec(query)
            ]


def _due(now: datetime, *, eager: bool):  # type: ignore[no-untyped-def]  # SQLAlchemy's own
    dispatch_at = col(NotificationGroupRow.dispatch_at)
    if not eager:
        return dispatch_at <= now
    first = and_(
        dispatch_at.is_not(None),
        col(NotificationGroupRow.sequence) == 0,
        col(NotificationGroupRow.kind) == MessageKind.ALERT.value,
    )
    return or_(dispatch_at <= now, first)
