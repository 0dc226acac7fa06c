"""Groups of alerts that share messages: who is in which, and when it is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, and_, col, func, or_, select, update

from core.alerting import Level, MessageKind, Recipient
from storage.engine import batches, insert_into
from storage.messages import notification_values, tell_at_once
from storage.tables import WAITING, NotificationGroupRow, NotificationRow

CONVERSATION = timedelta(days=1)
"""A conversation that is not about a story begins anew when it rested for so long."""
_GROUPS_LOCK = 0x47727073  # "Grps": any number that other software is unlikely to lock
_LONGEST_HELD = timedelta(hours=25)
"""Quiet hours and limits hold nothing back for longer; a day may have 25 hours."""
CLOCKS_DIFFER = timedelta(minutes=5)
"""Between machines that share a database; what is farther ahead was written by a wrong clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A new alert and who is to hear of it."""

    alert_id: str
    level: Level
    recipients: tuple[Recipient, ...] = ()
    at_once: tuple[str, ...] = ()
    """Receivers that get a message for this alert alone."""


def tell(session: Session, dialect: str, told: Sequence[Told], now: datetime) -> int:
    """Put new alerts on their way; return how many are, counted once for each receiver."""
    return _queue(session, dialect, told, now) + sum(
        len(tell_at_once(session, dialect, [one.alert_id], one.at_once, now)) for one in told
    )


def _queue(session: Session, dialect: str, told: Sequence[Told], now: datetime) -> int:
    """Put alerts into the groups of their recipients, and say when these are due."""
    places = [
        (one, recipient, recipient.group or f"alert:{one.alert_id}")
        for one in told
        for recipient in one.recipients
    ]
    if not places:
        return 0
    wanted = {
        (recipient.receiver, key): {
            "receiver": recipient.receiver,
            "key": key,
            "kind": recipient.kind.value,
            "max_per_hour": recipient.max_per_hour,
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
    for one, recipient, key in places:
        group = groups[recipient.receiver, key]
        group.max_per_hour = recipient.max_per_hour
        soonest = _soonest(group, recipient, one.level, now)
        group.flush_at = soonest if group.flush_at is None else min(group.flush_at, soonest)
        rows.append(notification_values(one.alert_id, recipient.receiver, now, group=group.id))
    session.flush()
    insertion = insert_into(dialect, NotificationRow).on_conflict_do_nothing()
    session.exec(insertion, params=rows)
    return len(rows)


def take_turn(session: Session, dialect: str, *, alone: bool) -> None:
    """Wait until nobody else decides about due groups, or, `alone`, works on any groups.

    Decisions count messages that others may be making, and hold groups in an order of their own.
    SQLite has one writer anyway.
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
    insertion = insert_into(dialect, NotificationGroupRow).on_conflict_do_nothing()
    session.exec(insertion, params=[wanted[key] for key in keys])
    found: dict[tuple[str, str], NotificationGroupRow] = {}
    for some in batches(keys, 200):
        query = (
            select(NotificationGroupRow)
            .where(
                or_(
                    *(
                        and_(
                            col(NotificationGroupRow.receiver) == receiver,
                            col(NotificationGroupRow.key) == key,
                        )
                        for receiver, key in some
                    )
                )
            )
            .order_by(col(NotificationGroupRow.receiver), col(NotificationGroupRow.key))
            .with_for_update()
        )
        found |= {(row.receiver, row.key): row for row in session.exec(query)}
    return found


def _soonest(
    group: NotificationGroupRow, recipient: Recipient, level: Level, now: datetime
) -> datetime:
    """Return when an alert that joins a group now is to be told at the earliest.

    One that matters more than all that the group told before does not wait for the interval.
    """
    if recipient.flush_at is not None:
        return recipient.flush_at
    soonest = now + recipient.wait
    if group.flushed_at is not None and group.flushed_at > now:
        return soonest  # a clock ran ahead when that was written
    if goes_on(group, now) and level.rank <= group.level and group.flushed_at is not None:
        return max(soonest, group.flushed_at + recipient.interval)
    return soonest


def goes_on(group: NotificationGroupRow, now: datetime) -> bool:
    """Tell whether a group's next message continues a conversation."""
    if group.sequence == 0 or group.flushed_at is None:
        return False
    return group.lasting or now - group.flushed_at < CONVERSATION


def mend_groups(session: Session, dialect: str, now: datetime) -> int:
    """Make due what was put off by a clock that ran ahead; return how many groups.

    Such a clock leaves marks that lie in the future.
    """
    take_turn(session, dialect, alone=True)
    future = now + CLOCKS_DIFFER
    too_long = and_(
        col(NotificationGroupRow.kind) == MessageKind.SUMMARY.value,
        col(NotificationGroupRow.flush_at) > now + _LONGEST_HELD,
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
            col(NotificationGroupRow.flush_at) > now,
            or_(col(NotificationGroupRow.flushed_at) > future, ahead, too_long),
        )
        .values(flush_at=now)
    ).rowcount
    session.exec(
        update(NotificationGroupRow)
        .where(col(NotificationGroupRow.flushed_at) > future)
        .values(flushed_at=now)
    )
    session.exec(
        update(NotificationRow)
        .where(col(NotificationRow.state) == WAITING, col(NotificationRow.created_at) > future)
        .values(created_at=now)
    )
    return mended
