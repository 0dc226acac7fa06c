"""Messages that were given up: what counted on them is set back, and others are to hear of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, literal_column
from sqlmodel import Session, col, func, select, update

from core.alerting.alerts import AlertState
from core.alerting.deliveries import LostDelivery
from core.alerting.matches import Level
from core.alerting.message_kinds import MessageKind
from core.alerting.notifications import NotificationState
from core.deciding.deciders import Deciders
from core.deciding.escalation import EscalationState
from core.deciding.losses import (
    AfterLossReason,
    EscalationAfterLoss,
    EscalationAtLoss,
    LostMessage,
    ReturningGroup,
)
from storage.alerts.state_changes import scope_of
from storage.database.engine import Database, batches
from storage.database.tables.alerts import AlertRow, EscalationRow, MatchRow
from storage.database.tables.crawl import VersionRow
from storage.database.tables.delivery import DeliveryRow, NotificationGroupRow, NotificationRow
from storage.delivery.conversations import said_to
from storage.delivery.groups import by_code_point, take_turn
from storage.delivery.messages import NOT_GOT

_MOST_TITLES = 20
"""Titles of one message that others are told."""


class Losses(Database):
    """Queries about messages that were given up."""

    def unreported_losses(self, limit: int = 500) -> list[LostDelivery]:
        """Return messages that were given up and that others are yet to hear of."""
        query = (
            select(DeliveryRow)
            # Spelt as the partial index has it.
            .where(literal_column("unreported"))
            .order_by(col(DeliveryRow.id))
            .limit(limit)
        )
        with self._reading() as session:
            lost = [_lost(session, row) for row in session.exec(query)]
        return sorted(lost, key=lambda delivery: (-delivery.level.rank, delivery.id))


def settle_report(session: Session, ids: Sequence[str]) -> list[str]:
    """Hold messages that others are to hear of just now; return those that are still unreported."""
    still: list[str] = []
    for batch in batches(sorted(ids)):
        query = (
            select(DeliveryRow)
            .where(col(DeliveryRow.id).in_(batch), col(DeliveryRow.unreported))
            .order_by(col(DeliveryRow.id))
            .with_for_update(key_share=True)
        )
        for row in session.exec(query):
            row.unreported = False
            still.append(row.id)
    session.flush()
    return still


def _lost(session: Session, row: DeliveryRow) -> LostDelivery:
    query = (
        select(VersionRow.title, MatchRow.level)
        .join(MatchRow, col(MatchRow.version_id) == VersionRow.id)
        .join(AlertRow, col(AlertRow.match_id) == MatchRow.id)
        .join(NotificationRow, col(NotificationRow.alert_id) == AlertRow.id)
        .where(NotificationRow.delivery_id == row.id)
        .order_by(case((col(AlertRow.id) == row.alert_id, 0), else_=1), col(AlertRow.id))
    )
    told = session.exec(query).all()
    levels = [Level(level) for _, level in told]
    return LostDelivery(
        id=row.id,
        receiver=row.receiver,
        titles=tuple(dict.fromkeys(title for title, _ in told))[:_MOST_TITLES],
        size=row.size,
        level=max(levels, key=lambda level: level.rank, default=Level.NORMAL),
        detail=row.last_detail,
    )


def escalations_at_stake(
    session: Session, delivery_id: str, deciders: Deciders
) -> list[EscalationRow]:
    """Hold the escalations that the loss of a message may concern; nothing else is held yet.

    Those of alerts that it kept from its receiver, and, if it said that a story escalated, those of
    the story: it may have spoken for them.
    """
    lost = session.get(DeliveryRow, delivery_id)
    if lost is None:
        return []
    alerts = {row.alert_id for row in _inhibited_by(session, lost)}
    if lost.kind == MessageKind.ESCALATION:
        lead = session.get_one(AlertRow, lost.alert_id)
        alerts |= set(deciders.touched(scope_of(session, lead)).ids)
    query = (
        select(EscalationRow)
        .where(col(EscalationRow.alert_id).in_(alerts))
        .order_by(col(EscalationRow.id))
        .with_for_update()
    )
    return list(session.exec(query)) if alerts else []


def settle_loss(
    session: Session,
    dialect: str,
    lost: DeliveryRow,
    escalations: Sequence[EscalationRow],
    now: datetime,
    deciders: Deciders,
) -> None:
    """Set back what counted on a message that was just given up, and let others hear of it.

    `escalations` are held, as is the message.
    """
    rule = session.exec(select(AlertRow.rule_id).where(AlertRow.id == lost.alert_id)).one()
    kind = MessageKind(lost.kind)
    lost.unreported = deciders.loss_of(LostMessage(kind, rule)).alarm
    session.flush()
    if kind is MessageKind.REVISION:
        return
    # Before anything is looked for: who decides about groups just now may count on this message.
    take_turn(session, dialect, alone=False)
    counting = counting_on(session, lost)
    let_go(session, dialect, lost, counting, now, deciders)
    returned = {row.alert_id for row in counting.inhibited}
    _ask_escalations(session, lost, escalations, returned, now, deciders)


@dataclass(frozen=True, slots=True)
class CountingOn:
    """What counts on a message."""

    conversations: frozenset[int]
    """Ids of groups that count it as something they said."""
    inhibited: tuple[NotificationRow, ...]
    """What its receiver is not told, since the message says it."""


def counting_on(session: Session, message: DeliveryRow) -> CountingOn:
    """Return what counts on a message, while its alerts are still its own."""
    return CountingOn(
        frozenset(_conversations_with(session, message)), tuple(_inhibited_by(session, message))
    )


def let_go(
    session: Session,
    dialect: str,
    lost: DeliveryRow,
    counting: CountingOn,
    now: datetime,
    deciders: Deciders,
) -> None:
    """Let nothing count any more on a message that its receiver never gets.

    Conversations are what is left of them, and what it inhibited waits again.
    """
    places = {row.group_id for row in counting.inhibited if row.group_id is not None}
    for group in _held_groups(session, dialect, places | counting.conversations):
        if group.id in counting.conversations:
            _set_back(session, group, lost, now, deciders)
        if group.id in places:
            _bring_back(group, now, deciders)
    _wait_again(session, [row.id for row in counting.inhibited])


def _inhibited_by(session: Session, lost: DeliveryRow) -> list[NotificationRow]:
    """Return what was not told to a receiver since this message was to say it, and none else did.

    An alert that another message brought to the receiver, or may yet, still says all.
    """
    ids = set(
        session.exec(select(NotificationRow.alert_id).where(NotificationRow.delivery_id == lost.id))
    )
    rows: list[NotificationRow] = []
    for batch in batches(sorted(ids)):
        got = set(
            session.exec(
                select(NotificationRow.alert_id)
                .join(DeliveryRow, col(DeliveryRow.id) == NotificationRow.delivery_id)
                .where(
                    col(NotificationRow.alert_id).in_(batch),
                    NotificationRow.receiver == lost.receiver,
                    DeliveryRow.id != lost.id,
                    col(DeliveryRow.status).not_in(NOT_GOT),
                )
            )
        )
        query = (
            select(NotificationRow)
            .where(
                col(NotificationRow.inhibitor).in_(set(batch) - got),
                NotificationRow.receiver == lost.receiver,
                NotificationRow.state == NotificationState.INHIBITED.value,
            )
            .order_by(col(NotificationRow.id))
        )
        rows += session.exec(query)
    return rows


def _conversations_with(session: Session, lost: DeliveryRow) -> set[int]:
    """Return the ids of groups that counted the message as something they said."""
    group = func.coalesce(col(NotificationRow.home_id), col(NotificationRow.group_id))
    query = select(group).where(NotificationRow.delivery_id == lost.id, group.is_not(None))
    return set(session.exec(query.distinct()))


def _held_groups(session: Session, dialect: str, ids: Iterable[int]) -> list[NotificationGroupRow]:
    """Hold groups, in the order in which all others do."""
    groups: list[NotificationGroupRow] = []
    keys = select(NotificationGroupRow.receiver, NotificationGroupRow.key, NotificationGroupRow.id)
    wanted: list[tuple[str, str, int]] = []
    for batch in batches(sorted(ids)):
        wanted += session.exec(keys.where(col(NotificationGroupRow.id).in_(batch)))
    for portion in batches(sorted(wanted)):
        query = (
            select(NotificationGroupRow)
            .where(col(NotificationGroupRow.id).in_([row[2] for row in portion]))
            .order_by(*by_code_point(dialect))
            .with_for_update()
        )
        groups += session.exec(query)
    return groups


def _set_back(
    session: Session,
    group: NotificationGroupRow,
    lost: DeliveryRow,
    now: datetime,
    deciders: Deciders,
) -> None:
    """Let a conversation be what is left of it without a message, if that was part of it."""
    in_it = lost.kind == MessageKind.SUMMARY or group.thread == lost.thread
    if group.kind != MessageKind.ALERT or not in_it:
        return
    left = deciders.after_loss(group.thread, said_to(session, group))
    moved = _held_unsent(session, left.moved)
    if left.moved and left.moved[0] not in moved:
        return  # somebody works on it; it stays the update that it was
    for sequence, message in enumerate(left.moved, start=1):
        if message in moved:
            moved[message].thread, moved[message].sequence = left.thread, sequence
            if sequence == 1:
                moved[message].kind = MessageKind.ALERT.value
    group.sequence, group.level, group.thread = left.sequence, left.level, left.thread
    last = left.dispatched_at
    group.dispatched_at = None if last is None else min(last, now)  # a clock may have run ahead
    if left.reason is AfterLossReason.NOTHING_ARRIVED and group.dispatch_at is not None:
        # What kept its distance to a message that nobody got.
        group.dispatch_at = min(group.dispatch_at, now)


def _held_unsent(session: Session, ids: Sequence[str]) -> dict[str, DeliveryRow]:
    """Hold messages that wait for their turn, without waiting: another message is held already."""
    if not ids:
        return {}
    query = (
        select(DeliveryRow)
        .where(col(DeliveryRow.id).in_(ids), col(DeliveryRow.lease_token).is_(None))
        .order_by(col(DeliveryRow.id))
        .with_for_update(skip_locked=True, key_share=True)
    )
    return {row.id: row for row in session.exec(query)}


def _bring_back(group: NotificationGroupRow, now: datetime, deciders: Deciders) -> None:
    """Let a group be due for what returns to it."""
    returning = ReturningGroup(
        key=group.key, kind=MessageKind(group.kind), due_at=group.dispatch_at, now=now
    )
    group.dispatch_at = deciders.due_again(returning).at


def _wait_again(session: Session, ids: Sequence[int]) -> None:
    for batch in batches(ids):
        session.exec(
            update(NotificationRow)
            .where(col(NotificationRow.id).in_(batch))
            .values(
                state=NotificationState.WAITING.value, reason="", settled_at=None, inhibitor=None
            )
        )


def _ask_escalations(
    session: Session,
    lost: DeliveryRow,
    escalations: Sequence[EscalationRow],
    returned: set[str],
    now: datetime,
    deciders: Deciders,
) -> None:
    states = dict(
        session.exec(
            select(AlertRow.id, AlertRow.state).where(
                col(AlertRow.id).in_({row.alert_id for row in escalations})
            )
        ).all()
    )
    for row in escalations:
        spoken_for = lost.kind == MessageKind.ESCALATION and lost.receiver in row.receivers
        if row.alert_id not in returned and not spoken_for:
            continue
        asked = EscalationAtLoss(
            state=EscalationState(row.state),
            alert=AlertState(states[row.alert_id]),
            due_at=row.due_at,
            lost_made_at=None if row.alert_id in returned else lost.created_at,
        )
        match deciders.escalation_after_loss(asked):
            case EscalationAfterLoss.COUNT_ANEW:
                row.state = EscalationState.WAITING.value
                row.due_at = now + timedelta(seconds=row.after)
            case EscalationAfterLoss.RESUME:
                row.state = EscalationState.WAITING.value
            case EscalationAfterLoss.LEAVE:
                pass
