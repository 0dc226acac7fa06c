"""How receivers fare: since when one takes nothing, and whether others know."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session, and_, col, func, or_, select, update

from core.alerting import AttemptOutcome, DeliveryAttempt, DeliveryStatus
from storage.engine import Database, insert_into
from storage.records import ReceiverTrouble
from storage.tables import PENDING, DeliveryRow, ReceiverStateRow

OUTAGE = timedelta(minutes=1)
"""A receiver that took nothing for so long was down; before, the fault may be a message's own."""


class ReceiverStates(Database):
    """Queries about how receivers fare."""

    def receiver_troubles(self, failing_since: datetime) -> list[ReceiverTrouble]:
        """Return receivers that have taken nothing since a time, though they were asked.

        A message that was given up counts as one that was not taken.
        """
        query = (
            select(ReceiverStateRow)
            .where(col(ReceiverStateRow.failing_since) <= failing_since)
            .order_by(col(ReceiverStateRow.receiver))
        )
        with self._reading() as session:
            return [
                ReceiverTrouble(
                    receiver=row.receiver,
                    since=row.failing_since,
                    waiting=_not_taken(session, row.receiver, row.failing_since),
                    detail=row.detail,
                )
                for row in session.exec(query)
                if row.failing_since is not None
            ]

    def told_troubles(self) -> dict[str, datetime]:
        """Return the receivers that others were told about, and since when they took nothing."""
        query = select(ReceiverStateRow).where(col(ReceiverStateRow.told_since).is_not(None))
        with self._reading() as session:
            return {
                row.receiver: row.told_since
                for row in session.exec(query)
                if row.told_since is not None
            }


def note_attempt(session: Session, dialect: str, receiver: str, attempt: DeliveryAttempt) -> None:
    """Remember of an attempt how its receiver fares."""
    if not attempt.reached:
        return
    if attempt.outcome is AttemptOutcome.DELIVERED:
        _note_success(session, receiver, attempt)
        return
    failed = insert_into(dialect, ReceiverStateRow)
    since = func.coalesce(col(ReceiverStateRow.failing_since), failed.excluded.failing_since)
    session.exec(
        failed.on_conflict_do_update(
            index_elements=["receiver"],
            set_={"failing_since": since, "detail": failed.excluded.detail},
        ),
        params={
            "receiver": receiver,
            "failing_since": attempt.started_at,
            "detail": attempt.detail,
            "told_since": None,
        },
    )


def _note_success(session: Session, receiver: str, attempt: DeliveryAttempt) -> None:
    now = attempt.finished_at
    failing = and_(
        col(ReceiverStateRow.receiver) == receiver, col(ReceiverStateRow.failing_since).is_not(None)
    )
    since = session.exec(select(ReceiverStateRow.failing_since).where(failing)).one_or_none()
    if since is None:
        return
    session.exec(update(ReceiverStateRow).where(failing).values(failing_since=None))
    waiting = and_(col(DeliveryRow.status) == PENDING, col(DeliveryRow.receiver) == receiver)
    tried = select(func.count()).select_from(DeliveryRow).where(waiting, DeliveryRow.attempts > 0)
    # One message that fails by itself among others that are taken is no outage.
    alone = attempt.number == 1 and session.exec(tried).one() < 2
    if now - since < OUTAGE or alone:
        return
    # What waits was put off because the receiver was down, for hours after a long outage.
    session.exec(
        update(DeliveryRow)
        .where(
            waiting,
            col(DeliveryRow.next_attempt_at) > now,
            col(DeliveryRow.lease_token).is_(None),
        )
        .values(next_attempt_at=col(DeliveryRow.created_at))  # so they go out in order
    )


def tell_trouble(session: Session, receiver: str) -> bool:
    """Remember that others are told of a trouble; tell whether they were not yet."""
    told = (
        update(ReceiverStateRow)
        .where(
            col(ReceiverStateRow.receiver) == receiver,
            col(ReceiverStateRow.failing_since).is_not(None),
            col(ReceiverStateRow.told_since).is_(None),
        )
        .values(told_since=col(ReceiverStateRow.failing_since))
    )
    return session.exec(told).rowcount > 0


def tell_recovery(session: Session, receiver: str) -> bool:
    """Remember that others are told of its end; tell whether they knew of the trouble."""
    told = (
        update(ReceiverStateRow)
        .where(
            col(ReceiverStateRow.receiver) == receiver,
            col(ReceiverStateRow.told_since).is_not(None),
            or_(
                col(ReceiverStateRow.failing_since).is_(None),
                col(ReceiverStateRow.failing_since) != col(ReceiverStateRow.told_since),
            ),
        )
        .values(told_since=None)
    )
    return session.exec(told).rowcount > 0


def _not_taken(session: Session, receiver: str, since: datetime) -> int:
    """Count what waits for a receiver, and what was made and given up since a time."""
    status = col(DeliveryRow.status)
    dead = and_(status == DeliveryStatus.DEAD.value, col(DeliveryRow.created_at) >= since)
    counts = (
        select(func.count()).select_from(DeliveryRow).where(DeliveryRow.receiver == receiver, which)
        for which in (status == PENDING, dead)
    )
    return sum(session.exec(count).one() for count in counts)
