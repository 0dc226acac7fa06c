"""Groups of alerts that share messages: who is in which, and when it is due."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, func, or_, select, update

from core.alerting.matches import Level
from core.alerting.message_kinds import MessageKind
from core.alerting.notifications import Recipient
from core.deciding.deciders import ScheduleLimits
from core.deciding.groups import Conversation, DueTime, Joining
from storage.database.engine import batches, insert_into
from storage.database.row import WAITING
from storage.database.tables.delivery import NotificationGroupRow, NotificationRow
from storage.delivery.messages import insert_notifications, notification_values, notify_at_once

_GROUPS_LOCK = 0x47727073  # "Grps": any number that other software is unlikely to lock
WhenDue = Callable[[Joining], DueTime]
"""Says when a group is due that an alert joins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToNotify:
    """A new alert and who is to hear of it."""

    alert_id: str
    level: Level
    recipients: tuple[Recipient, ...] = ()
    at_once: tuple[str, ...] = ()
    """Receivers that get a message for this alert alone."""


def notify(
    session: Session, dialect: str, notified: Sequence[ToNotify], now: datetime, when_due: WhenDue
) -> int:
    """Put new alerts on their way; return how many are, counted once for each receiver."""
    return _queue(session, dialect, notified, now, when_due) + sum(
        len(notify_at_once(session, dialect, [alert.alert_id], alert.at_once, now))
        for alert in notified
    )


def _queue(
    session: Session, dialect: str, notified: Sequence[ToNotify], now: datetime, when_due: WhenDue
) -> int:
    """Put alerts into the groups of their recipients, and say when these are due."""
    places = [
        (alert, recipient, recipient.group or f"alert:{alert.alert_id}")
        for alert in notified
        for recipient in alert.recipients
    ]
    if not places:
        return 0
    wanted = {
        (recipient.receiver, key): {
            "receiver": recipient.receiver,
            "key": key,
            "kind": recipient.kind.value,
            "max_per_hour": recipient.max_per_hour,
            "break_through": _value(recipient.break_through),
            "lasting": recipient.lasting,
            "sequence": 0,
            "level": 0,
            "thread": "",
        }
        for _, recipient, key in places
    }
    take_turn(session, dialect, alone=False)
    groups = groups_held(session, dialect, wanted)
    rows = []
    for alert, recipient, key in places:
        group = groups[recipient.receiver, key]
        group.max_per_hour = recipient.max_per_hour
        group.break_through = _value(recipient.break_through)
        joining = Joining(
            recipient=recipient,
            level=alert.level,
            conversation=conversation_of(group),
            due_at=group.dispatch_at,
            now=now,
        )
        group.dispatch_at = when_due(joining).at
        rows.append(
            notification_values(
                alert.alert_id, recipient.receiver, now, group=group.id, mute=recipient.mute
            )
        )
    session.flush()
    insert_notifications(session, dialect, rows)
    return len(rows)


def _value(level: Level | None) -> str | None:
    return None if level is None else level.value


def take_turn(session: Session, dialect: str, *, alone: bool) -> None:
    """Wait until nobody else decides about due groups, or, `alone`, works on any groups.

    Decisions count messages that others may be making, and hold groups in an order of their own.
    SQLite has one writer anyway. Whoever holds the turn waits for no row but those of groups, and
    takes what else it needs of others before (decision 15 names the one exception).
    """
    if dialect == "postgresql":
        lock = func.pg_advisory_xact_lock if alone else func.pg_advisory_xact_lock_shared
        session.exec(select(lock(_GROUPS_LOCK)))


def groups_held(
    session: Session, dialect: str, wanted: Mapping[tuple[str, str], Mapping[str, object]]
) -> dict[tuple[str, str], NotificationGroupRow]:
    """Return the groups of these receivers and keys, made where they are missing, and held.

    In order of their keys, so that two processes that want the same ones cannot deadlock.
    """
    keys = sorted(wanted)
    # Whoever makes a group that is missing, the other waits and then finds it below.
    insertion = insert_into(dialect, NotificationGroupRow).on_conflict_do_nothing()
    session.exec(insertion, params=[wanted[key] for key in keys])
    found: dict[tuple[str, str], NotificationGroupRow] = {}
    for portion in batches(keys, 200):
        query = (
            select(NotificationGroupRow)
            .where(
                or_(
                    *(
                        and_(
                            col(NotificationGroupRow.receiver) == receiver,
                            col(NotificationGroupRow.key) == key,
                        )
                        for receiver, key in portion
                    )
                )
            )
            .order_by(*by_code_point(dialect))
            .with_for_update()
        )
        found |= {(row.receiver, row.key): row for row in session.exec(query)}
    return found


def by_code_point(dialect: str) -> list[ColumnElement[str]]:
    """Return the order in which groups are held: that of code points, here and in the database.

    Under a language's own order two processes whose portions end at different keys could hold what
    the other wants.
    """
    collation = "C" if dialect == "postgresql" else "BINARY"
    return [
        col(column).collate(collation)
        for column in (NotificationGroupRow.receiver, NotificationGroupRow.key)
    ]


def conversation_of(group: NotificationGroupRow) -> Conversation:
    """Return what a group has said so far."""
    return Conversation(
        sequence=group.sequence,
        dispatched_at=group.dispatched_at,
        lasting=group.lasting,
        level=group.level,
    )


def mend_groups(session: Session, dialect: str, now: datetime, limits: ScheduleLimits) -> int:
    """Make due what a clock that ran ahead put too far away; return how many groups.

    Such a clock leaves marks that lie in the future.
    """
    take_turn(session, dialect, alone=True)
    future = now + limits.clocks_differ
    too_long = and_(
        col(NotificationGroupRow.kind) == MessageKind.SUMMARY.value,
        col(NotificationGroupRow.dispatch_at) > now + limits.summary,
    )
    ahead = (
        select(NotificationRow.id)
        .where(
            col(NotificationRow.group_id) == col(NotificationGroupRow.id),
            col(NotificationRow.state) == WAITING,
            col(NotificationRow.created_at) > future,
        )
        .exists()
    )
    mended = session.exec(
        update(NotificationGroupRow)
        .where(
            col(NotificationGroupRow.dispatch_at) > now,
            or_(col(NotificationGroupRow.dispatched_at) > future, ahead, too_long),
        )
        .values(dispatch_at=now)
    ).rowcount
    session.exec(
        update(NotificationGroupRow)
        .where(col(NotificationGroupRow.dispatched_at) > future)
        .values(dispatched_at=now)
    )
    session.exec(
        update(NotificationRow)
        .where(col(NotificationRow.state) == WAITING, col(NotificationRow.created_at) > future)
        .values(created_at=now)
    )
    return mended
