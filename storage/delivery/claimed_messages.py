"""Messages that were claimed, as they are to be sent: their alerts, and what was told before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, case
from sqlmodel import Session, col, select

from core.alerting.accounts import Telling
from core.alerting.alerts import Alert
from core.alerting.deliveries import ClaimedDelivery, DeliveryStatus
from core.alerting.matches import Level
from core.alerting.message_kinds import MessageKind
from core.alerting.notes import CaseNote
from core.deciding.digests import DigestFacts, DigestPlan
from storage.alerts.notes import notes_of
from storage.alerts.raised_alerts import alert_rows, stored_alert, with_stories
from storage.alerts.state_changes import with_handling
from storage.alerts.tellings import MOST_STORIES, tellings_of
from storage.database.engine import batches
from storage.database.tables.alerts import AlertRow, MatchRow
from storage.database.tables.delivery import DeliveryRow, NotificationRow
from storage.delivery.delivery_log import stored_delivery
from storage.delivery.digest_facts import facts_of, told_before
from storage.delivery.messages import NOT_GOT

MOST_ALERTS = 300
"""Alerts that are loaded of one message; a summary of more says how many there are."""
_SUMS_UP = (MessageKind.DIGEST, MessageKind.SUMMARY)
PlanDigest = Callable[[DigestFacts], DigestPlan]
"""Says what of a digest is shown, and what is counted."""


def claimed_messages(
    session: Session, rows: Iterable[DeliveryRow], plan_digest: PlanDigest
) -> list[ClaimedDelivery]:
    """Return leased messages with all that is sent of them."""
    return [
        _claimed(session, row, row.lease_token, row.leased_until, plan_digest)
        for row in rows
        if row.lease_token is not None and row.leased_until is not None
    ]


def _claimed(
    session: Session, row: DeliveryRow, token: str, until: datetime, plan_digest: PlanDigest
) -> ClaimedDelivery:
    plan = None
    if MessageKind(row.kind) in _SUMS_UP:
        plan = plan_digest(facts_of(session, row))
        alerts = _in_order(session, plan.load[:MOST_ALERTS])
        # Whoever gets no more of a case than a number is told of it in full another time.
        row.only_counted = [found.id for found in plan.cases if not found.shown]
    else:
        alerts = alerts_in(session, row.id, row.alert_id)
    earlier = _earlier(session, row)
    return ClaimedDelivery(
        delivery=stored_delivery(row),
        alerts=alerts,
        lease_token=token,
        leased_until=until,
        thread_receipt=_thread_receipt(session, row),
        earlier=earlier,
        tellings=_tellings(session, row, (*alerts, *earlier)),
        digest=plan,
        notes=() if plan is not None else _new_notes(session, row, alerts),
    )


def _tellings(
    session: Session, row: DeliveryRow, alerts: Sequence[Alert]
) -> dict[int, tuple[Telling, ...]]:
    """Return who told the stories of a message; nothing of one in its plainest form."""
    stories = {alert.story for alert in alerts if alert.story is not None}
    if row.minimal or not stories:
        return {}
    texts = len(stories) <= MOST_STORIES
    return tellings_of(session, stories, texts=texts, until=row.created_at, least=2)


def _new_notes(session: Session, row: DeliveryRow, alerts: Sequence[Alert]) -> tuple[CaseNote, ...]:
    """Return what was written about the cases of a message since its receiver heard of each."""
    notes = notes_of(session, {alert.case_id for alert in alerts})
    if not notes:
        return ()
    before = told_before(session, row, notes)
    return tuple(
        note
        for case_id, written in notes.items()
        for note in written
        if case_id not in before or note.at > before[case_id].at
    )


def alerts_in(session: Session, delivery: str, lead: str) -> tuple[Alert, ...]:
    """Return the alerts of a message: the leading one, then what matters most, then the oldest."""
    high, low = (col(MatchRow.level) == level.value for level in (Level.HIGH, Level.LOW))
    query = (
        alert_rows()
        .join(NotificationRow, col(NotificationRow.alert_id) == AlertRow.id)
        .where(NotificationRow.delivery_id == delivery)
        .order_by(
            case((col(AlertRow.id) == lead, 0), (high, 1), (low, 3), else_=2),
            col(AlertRow.created_at),
            col(AlertRow.id),
        )
        .limit(MOST_ALERTS)
    )
    found = {row[0].id: stored_alert(*row) for row in session.exec(query)}
    return with_handling(session, with_stories(session, found.values()))


def _in_order(session: Session, ids: Sequence[str]) -> tuple[Alert, ...]:
    """Return alerts in the order in which they are named."""
    found: dict[str, Alert] = {}
    for batch in batches(ids):
        query = alert_rows().where(col(AlertRow.id).in_(batch))
        found |= {row[0].id: stored_alert(*row) for row in session.exec(query)}
    alerts = (found[name] for name in ids if name in found)
    return with_handling(session, with_stories(session, alerts))


def _thread_receipt(session: Session, row: DeliveryRow) -> str:
    if row.sequence == 1:
        return ""
    query = select(DeliveryRow.receipt).where(DeliveryRow.id == row.thread)
    return session.exec(query).one_or_none() or ""


def _earlier(session: Session, row: DeliveryRow) -> tuple[Alert, ...]:
    """Return the alerts of the earlier messages of a conversation, as they were shown."""
    if row.sequence == 1:
        return ()
    query = (
        alert_rows()
        .join(NotificationRow, col(NotificationRow.alert_id) == AlertRow.id)
        .join(DeliveryRow, col(DeliveryRow.id) == NotificationRow.delivery_id)
        .where(
            DeliveryRow.thread == row.thread, _before(row), col(DeliveryRow.status).not_in(NOT_GOT)
        )
        .order_by(
            col(DeliveryRow.sequence),
            case((col(DeliveryRow.alert_id) == AlertRow.id, 0), else_=1),
            col(AlertRow.created_at),
            col(AlertRow.id),
        )
        .limit(MOST_ALERTS)
    )
    alerts = (stored_alert(*found) for found in session.exec(query))
    known = {alert.id: alert for alert in alerts}
    return with_handling(session, with_stories(session, known.values()))


def _before(row: DeliveryRow) -> ColumnElement[bool]:
    """Say which messages of a conversation came before one; before a revision, all delivered."""
    if row.kind == MessageKind.REVISION:
        return col(DeliveryRow.status) == DeliveryStatus.DELIVERED.value
    return col(DeliveryRow.sequence) < row.sequence
