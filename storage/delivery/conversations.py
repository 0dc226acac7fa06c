"""What was said in the conversation of a group: its own messages, and summaries that told of it."""

from __future__ import annotations

from sqlmodel import Session, col, select

from core.alerting.deliveries import DeliveryStatus
from core.alerting.matches import Level
from core.alerting.message_kinds import MessageKind
from core.deciding.losses import SaidInConversation
from storage.database.tables.alerts import AlertRow, MatchRow
from storage.database.tables.delivery import DeliveryRow, NotificationGroupRow, NotificationRow
from storage.delivery.messages import NOT_GOT


def said_to(session: Session, group: NotificationGroupRow) -> list[SaidInConversation]:
    """Return the messages of a group's conversation; what was summed up stands as its summary."""
    query = (
        select(DeliveryRow, MatchRow.level)
        .join(AlertRow, col(AlertRow.id) == DeliveryRow.alert_id)
        .join(MatchRow, col(MatchRow.id) == AlertRow.match_id)
        .where(
            DeliveryRow.thread == group.thread,
            DeliveryRow.kind != MessageKind.REVISION.value,
        )
    )
    return _summaries_of(session, group) + [
        SaidInConversation(
            id=row.id,
            sequence=row.sequence,
            status=_end_of(session, row),
            level=Level(level).rank,  # what matters most leads a message
            made_at=row.created_at,
        )
        for row, level in (session.exec(query) if group.thread else ())
    ]


def _summaries_of(session: Session, group: NotificationGroupRow) -> list[SaidInConversation]:
    """Return the summaries that told a group's receiver of what was held back from it."""
    query = (
        select(DeliveryRow, MatchRow.level)
        .join(NotificationRow, col(NotificationRow.delivery_id) == DeliveryRow.id)
        .join(AlertRow, col(AlertRow.id) == NotificationRow.alert_id)
        .join(MatchRow, col(MatchRow.id) == AlertRow.match_id)
        .where(
            DeliveryRow.receiver == group.receiver,
            DeliveryRow.kind == MessageKind.SUMMARY.value,
            NotificationRow.home_id == group.id,
        )
    )
    found: dict[str, SaidInConversation] = {}
    for row, level in session.exec(query):
        rank = Level(level).rank
        found[row.id] = SaidInConversation(
            id=row.id,
            sequence=0,
            status=DeliveryStatus(row.status),
            level=max(rank, found[row.id].level) if row.id in found else rank,
            made_at=row.created_at,
            sums_up=True,
        )
    return list(found.values())


def _end_of(session: Session, row: DeliveryRow) -> DeliveryStatus:
    """Return how a message fares, or the summary that it became a part of."""
    if row.status == DeliveryStatus.FOLDED:
        summary = session.exec(
            select(DeliveryRow.status)
            .join(NotificationRow, col(NotificationRow.delivery_id) == DeliveryRow.id)
            .where(
                NotificationRow.alert_id == row.alert_id, NotificationRow.receiver == row.receiver
            )
            .order_by(col(DeliveryRow.created_at).desc())
            .limit(1)
        ).first()
        if summary in NOT_GOT:
            return DeliveryStatus(summary)
    return DeliveryStatus(row.status)
