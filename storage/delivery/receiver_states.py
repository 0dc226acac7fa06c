"""How receivers fare: since when one takes nothing, and whether others know."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, and_, col, func, or_, select, update

from core.alerting.deliveries import DeliveryAttempt, DeliveryStatus
from core.deciding.deciders import Deciders, ScheduleLimits
from core.deciding.outages import FirstSuccess, ReceiverNews, ReceiverSign, ReceiverState
from storage.database.engine import Database, insert_into
from storage.database.row import PENDING
from storage.database.tables.delivery import DeliveryRow, ReceiverStateRow


class ReceiverStates(Database):
    """Queries about which receivers take their messages."""

    def receiver_states(self) -> list[ReceiverState]:
        """Return how receivers fare that ever failed, in order of their names."""
        query = select(ReceiverStateRow).order_by(col(ReceiverStateRow.receiver))
        with self._reading() as session:
            return [_state(row) for row in session.exec(query)]

    def not_taken(self, receiver: str, since: datetime) -> int:
        """Count what waits for a receiver, and what was made and given up since a time."""
        status = col(DeliveryRow.status)
        dead = and_(status == DeliveryStatus.DEAD.value, col(DeliveryRow.created_at) >= since)
        counts = (
            select(func.count())
            .select_from(DeliveryRow)
            .where(DeliveryRow.receiver == receiver, which)
            for which in (status == PENDING, dead)
        )
        with self._reading() as session:
            return sum(session.exec(count).one() for count in counts)


def note_attempt(
    session: Session,
    dialect: str,
    receiver: str,
    attempt: DeliveryAttempt,
    deciders: Deciders,
) -> None:
    """Remember of an attempt how its receiver fares."""
    sign = deciders.sign_of(attempt)
    if sign is ReceiverSign.NOTHING:
        return
    if sign is ReceiverSign.TAKES:
        _note_success(session, receiver, attempt, deciders)
        return
    # One statement, since several may fail at once: the first of them says since when.
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
            "notified_since": None,
        },
    )


def _note_success(
    session: Session, receiver: str, attempt: DeliveryAttempt, deciders: Deciders
) -> None:
    failing = and_(
        col(ReceiverStateRow.receiver) == receiver, col(ReceiverStateRow.failing_since).is_not(None)
    )
    since = session.exec(select(ReceiverStateRow.failing_since).where(failing)).one_or_none()
    if since is None:
        return
    session.exec(update(ReceiverStateRow).where(failing).values(failing_since=None))
    waiting = and_(col(DeliveryRow.status) == PENDING, col(DeliveryRow.receiver) == receiver)
    tried = select(func.count()).select_from(DeliveryRow).where(waiting, DeliveryRow.attempts > 0)
    success = FirstSuccess(attempt=attempt, failing_since=since, retrying=session.exec(tried).one())
    if not deciders.recovery(success).release:
        return
    # After a long outage it would wait for hours. Rows that somebody holds are left out: whoever
    # records an attempt at one wants the state of the receiver next, which we hold.
    late = and_(
        waiting,
        col(DeliveryRow.next_attempt_at) > attempt.finished_at,
        col(DeliveryRow.lease_token).is_(None),
    )
    free = select(DeliveryRow.id).where(late).with_for_update(skip_locked=True, key_share=True)
    session.exec(
        update(DeliveryRow)
        .where(col(DeliveryRow.id).in_(free))
        .values(next_attempt_at=col(DeliveryRow.created_at))  # so they go out in order
        .execution_options(synchronize_session=False)
    )


def tell_others(
    session: Session, receiver: str, news: ReceiverNews, now: datetime, deciders: Deciders
) -> bool:
    """Remember that others are notified of a trouble or its end; return if that is still news.

    Somebody else may have notified them, or the receiver may have recovered meanwhile.
    """
    # Held until the alert about it is committed: two daemons that see the same trouble would both
    # alert, and an attempt that succeeds now must not be forgotten by what we write.
    row = session.exec(
        select(ReceiverStateRow).where(ReceiverStateRow.receiver == receiver).with_for_update()
    ).one_or_none()
    if row is None or deciders.news_of(_state(row), now).news is not news:
        return False
    row.notified_since = row.failing_since if news is ReceiverNews.TROUBLE else None
    return True


def _state(row: ReceiverStateRow) -> ReceiverState:
    return ReceiverState(
        receiver=row.receiver,
        failing_since=row.failing_since,
        notified_since=row.notified_since,
        detail=row.detail,
    )


def mend_receiver_states(session: Session, now: datetime, limits: ScheduleLimits) -> None:
    """Let no trouble of a receiver begin in the future, where it would never last long enough."""
    future = now + limits.clocks_differ
    query = (
        select(ReceiverStateRow)
        .where(
            or_(
                col(ReceiverStateRow.failing_since) > future,
                col(ReceiverStateRow.notified_since) > future,
            )
        )
        .order_by(col(ReceiverStateRow.receiver))
        .with_for_update()
    )
    for row in session.exec(query):
        known = row.notified_since == row.failing_since
        if row.failing_since is not None:
            row.failing_since = min(row.failing_since, now)
        if row.notified_since is not None:
            row.notified_since = row.failing_since if known else min(row.notified_since, now)
