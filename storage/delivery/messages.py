"""Messages to receivers, as rows: a delivery, and the notifications of the alerts in it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, func, select, update

from core.alerting.deliveries import LOST, DeliveryStatus
from core.alerting.matches import Level
from core.alerting.message_kinds import MessageKind
from core.alerting.notifications import NotificationPurpose, NotificationState, Purpose
from core.alerting.urgency import urgency
from core.calendar import DailyHours
from core.deciding.escalation import Revision, ToldIn
from storage.database.engine import batches, insert_into
from storage.database.identifiers import delivery_id
from storage.database.row import PENDING
from storage.database.tables.alerts import AlertRow, MatchRow
from storage.database.tables.delivery import DeliveryRow, NotificationRow
from storage.delivery.mute_hours import mute_column

_FIRST = Purpose()
"""Of an alert that is on its way where its routes lead."""
NOT_GOT = tuple(sorted(status.value for status in LOST))
"""Statuses of messages that their receiver never got, as columns have them."""
_REVISIONS_LOCK = 0x52657673  # "Revs": any number that other software is unlikely to lock
Revisions = Callable[[Sequence[ToldIn]], Sequence[Revision]]
"""Says which conversations are to show a change."""


def notify_at_once(
    session: Session,
    dialect: str,
    alerts: Sequence[str],
    receivers: Iterable[str],
    now: datetime,
    *,
    kind: MessageKind = MessageKind.ALERT,
    purpose: Purpose = _FIRST,
    thread: str = "",
    sequence: int = 1,
) -> list[str]:
    """Make a message about alerts to each of `receivers`; return the ids of the new deliveries.

    The first alert leads. `purpose` tells apart what is said of one alert to one receiver at
    different times. Without `thread` each begins a conversation.
    """
    names = list(dict.fromkeys(receivers))
    if not names:
        return []
    lead = alerts[0]
    level = urgency(kind, _levels_of(session, alerts))
    ids = {name: delivery_id(lead, name, purpose.key) for name in names}
    made = insert_deliveries(
        session,
        dialect,
        [
            delivery_values(
                ids[name],
                lead,
                name,
                now,
                kind=kind,
                size=len(alerts),
                thread=thread,
                sequence=sequence,
                level=level,
            )
            for name in names
        ],
    )
    insert_notifications(
        session,
        dialect,
        [
            notification_values(
                alert_id,
                name,
                now,
                purpose=purpose,
                state=NotificationState.SENT,
                delivery=ids[name],
            )
            for name in names
            for alert_id in alerts
        ],
    )
    return made


def revise(
    session: Session,
    dialect: str,
    alerts: Sequence[str],
    receivers: Collection[str],
    now: datetime,
    revisions: Revisions,
) -> int:
    """Let the messages that notified `receivers` of any of `alerts` say what became of them.

    `revisions` says which; each comes after whatever else is on its way in its conversation.
    Returns how many.
    """
    if not receivers:
        return 0
    query = (
        select(DeliveryRow, NotificationRow.alert_id)
        .join(NotificationRow, col(NotificationRow.delivery_id) == DeliveryRow.id)
        .where(col(NotificationRow.alert_id).in_(alerts), col(DeliveryRow.receiver).in_(receivers))
    )
    notified = [
        ToldIn(
            receiver=message.receiver,
            thread=message.thread,
            kind=MessageKind(message.kind),
            status=DeliveryStatus(message.status),
            alert_id=alert,
        )
        for message, alert in session.exec(query)
    ]
    wanted = revisions(notified)
    if wanted and dialect == "postgresql":
        # Who changes different alerts of one conversation holds no row in common, and would read
        # the same last number. One lock for all conversations: those who do overdue work come here
        # again and again, and would take locks of single conversations in any order.
        session.exec(select(func.pg_advisory_xact_lock(_REVISIONS_LOCK)))
    for revision in wanted:
        last: int = session.exec(
            select(func.max(DeliveryRow.sequence)).where(DeliveryRow.thread == revision.thread)
        ).one()
        notify_at_once(
            session,
            dialect,
            [revision.alert_id],
            [revision.receiver],
            now,
            kind=MessageKind.REVISION,
            purpose=Purpose(NotificationPurpose.REVISION, last + 1, revision.thread),
            thread=revision.thread,
            sequence=last + 1,
        )
    return len(wanted)


def notification_values(
    alert_id: str,
    receiver: str,
    now: datetime,
    *,
    purpose: Purpose = _FIRST,
    group: int | None = None,
    state: NotificationState = NotificationState.WAITING,
    delivery: str | None = None,
    mute: Sequence[DailyHours] = (),
) -> dict[str, object]:
    """Return the row that says what becomes of an alert at a receiver."""
    return {
        "alert_id": alert_id,
        "receiver": receiver,
        "purpose": purpose.kind.value,
        "number": purpose.number,
        "about": purpose.about,
        "group_id": group,
        "state": state.value,
        "reason": "",
        "created_at": now,
        "settled_at": now if delivery else None,
        "delivery_id": delivery,
        "mute": mute_column(mute),
    }


def insert_notifications(
    session: Session, dialect: str, values: Sequence[Mapping[str, object]]
) -> None:
    """Store notifications. One that is there stays: the alert is on its way for that purpose.

    Unless others were notified instead: its receiver is configured again.
    """
    insertion = insert_into(dialect, NotificationRow)
    anew = insertion.on_conflict_do_update(
        index_elements=["alert_id", "receiver", "purpose", "about", "number"],
        set_={
            name: insertion.excluded[name]
            for name in ("group_id", "state", "reason", "created_at", "settled_at", "delivery_id")
        }
        | {"home_id": None, "inhibitor": None},
        where=col(NotificationRow.state) == NotificationState.READDRESSED.value,
    )
    session.exec(anew, params=values)


def delivery_values(
    new_id: str,
    alert_id: str,
    receiver: str,
    now: datetime,
    *,
    kind: MessageKind,
    level: Level,
    size: int = 1,
    thread: str = "",
    sequence: int = 1,
) -> dict[str, object]:
    """Return the row of a message that is due now; without `thread` it begins one."""
    return {
        "id": new_id,
        "alert_id": alert_id,
        "receiver": receiver,
        "status": DeliveryStatus.PENDING.value,
        "attempts": 0,
        "created_at": now,
        "next_attempt_at": now,
        "last_detail": "",
        "kind": kind.value,
        "size": size,
        "thread": thread or new_id,
        "sequence": sequence,
        "level": level.rank,
        "minimal": False,
        "receipt": "",
    }


def insert_deliveries(
    session: Session, dialect: str, values: Sequence[Mapping[str, object]]
) -> list[str]:
    """Store messages; return the ids of those that were not there before.

    One that others were sent instead is made anew: its receiver is configured again.
    """
    insertion = insert_into(dialect, DeliveryRow)
    anew = insertion.on_conflict_do_update(
        index_elements=["id"],
        set_={name: insertion.excluded[name] for name in values[0] if name != "id"},
        where=col(DeliveryRow.status) == DeliveryStatus.READDRESSED.value,
    )
    returning = anew.returning(col(DeliveryRow.id))
    made = list(session.exec(returning, params=values).scalars())
    for row in values:
        if row["sequence"] != 1 and row["level"]:
            _let_go_first(session, str(row["thread"]), row["level"])
    return made


def _let_go_first(session: Session, thread: str, level: object) -> None:
    """Let the earlier messages of a conversation matter as much as the one that waits for them."""
    # One that somebody holds is on its way. It is not waited for: whoever records an attempt may
    # want rows that we hold.
    earlier = (
        select(DeliveryRow.id)
        .where(
            DeliveryRow.thread == thread,
            col(DeliveryRow.status) == PENDING,
            col(DeliveryRow.level) < level,
            DeliveryRow.kind != MessageKind.REVISION.value,
        )
        .with_for_update(skip_locked=True, key_share=True)
    )
    session.exec(
        update(DeliveryRow)
        .where(col(DeliveryRow.id).in_(earlier))
        .values(level=level)
        .execution_options(synchronize_session="fetch")
    )


def _levels_of(session: Session, alerts: Sequence[str]) -> list[Level]:
    found: list[Level] = []
    for ids in batches(alerts):
        query = (
            select(MatchRow.level)
            .join(AlertRow, col(AlertRow.match_id) == MatchRow.id)
            .where(col(AlertRow.id).in_(ids))
            .distinct()
        )
        found += [Level(level) for level in session.exec(query)]
    return found
