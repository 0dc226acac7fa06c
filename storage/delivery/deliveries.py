"""Deliveries: messages on their way, leased to one process at a time, with every attempt."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, case
from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, col, func, or_, select, update
from sqlmodel.sql.expression import SelectOfScalar

from core.alerting.deliveries import ClaimedDelivery, DeliveryAttempt, DeliveryStatus, RetryDecision
from core.alerting.matches import Level
from core.alerting.message_kinds import MessageKind
from core.deciding.deciders import Deciders
from core.errors import StorageError
from storage.database.engine import Database
from storage.database.row import DEAD, PENDING
from storage.database.tables.delivery import AttemptRow, DeliveryRow
from storage.delivery.claimed_messages import claimed_messages
from storage.delivery.losses import escalations_at_stake, settle_loss
from storage.delivery.receiver_states import note_attempt

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RANKS = sorted((level.rank for level in Level), reverse=True)


class Deliveries(Database):
    """Queries that lease deliveries, and record the attempts at them."""

    def claim_deliveries(
        self,
        now: datetime,
        deciders: Deciders,
        *,
        limit: int,
        lease: timedelta,
        owner: str,
        receivers: Sequence[str],
        overdue_since: datetime | None = None,
    ) -> list[ClaimedDelivery]:
        """Lease due deliveries to `owner` for `lease`, at most `limit` for each of `receivers`.

        What matters most comes first, then what is due for longest; with `overdue_since`, before
        all others what was due by then, whatever its level. Nobody else is given them until the
        lease runs out or the attempt is recorded. Processes that claim at once get different ones,
        and none waits for another.
        """
        with self._reading() as session:  # most ticks find nothing: those take no writer's lock
            due = [name for name in sorted(set(receivers)) if _first_due(session, name, now)]
        if not due:
            return []
        with self._writing() as session:
            rows: list[DeliveryRow] = []
            for receiver in due:
                rows.extend(_next_in_line(session, receiver, now, limit, overdue_since))
            for row in rows:
                row.lease_owner = owner
                # New with every lease: the result of an attempt that outlived its lease is known
                # by its old token, and does not overwrite what the next holder records.
                row.lease_token = secrets.token_hex(16)
                row.leased_until = now + lease
            session.flush()
            return claimed_messages(session, rows, deciders.plan_digest)

    def record_attempt(
        self,
        token: str,
        attempt: DeliveryAttempt,
        decision: RetryDecision,
        deciders: Deciders,
    ) -> bool:
        """Write an attempt down and do what was decided; give the lease back. Safe to repeat.

        Returns False when the lease was lost meanwhile: then only the attempt is written, and the
        delivery is in the hands of whoever holds it now.
        """
        gives_up = decision.status is DeliveryStatus.DEAD
        with self._writing() as session:
            at_stake = (
                escalations_at_stake(session, attempt.delivery_id, deciders) if gives_up else []
            )
            delivery = session.exec(
                select(DeliveryRow)
                .where(DeliveryRow.id == attempt.delivery_id)
                .execution_options(populate_existing=True)
                # Before the look at what is recorded: the same result, handed in twice at once,
                # would otherwise be counted twice.
                .with_for_update(key_share=True)
            ).one_or_none()
            if delivery is None:
                raise StorageError("there is no such delivery", delivery=attempt.delivery_id)
            recorded = session.exec(
                select(AttemptRow.accepted).where(
                    AttemptRow.delivery_id == delivery.id, AttemptRow.lease_token == token
                )
            ).one_or_none()
            if recorded is not None:
                return recorded
            held = delivery.lease_token == token
            note_attempt(session, self.dialect, delivery.receiver, attempt, deciders)
            session.add(_attempt_row(token, attempt, accepted=held))
            if held:
                delivery.attempts += 1
                delivery.status = decision.status.value
                delivery.next_attempt_at = _next_attempt(attempt, decision)
                delivery.last_detail = attempt.detail or decision.reason
                delivery.minimal = delivery.minimal or decision.minimal
                delivery.receipt = attempt.receipt or delivery.receipt
                delivery.lease_owner = delivery.lease_token = delivery.leased_until = None
                if gives_up:
                    settle_loss(
                        session, self.dialect, delivery, at_stake, attempt.finished_at, deciders
                    )
            return held

    def release_leases(self, owner: str | None = None) -> int:
        """Give back the leases of `owner`, or all of them; return how many.

        All of them is for the one process that owns a SQLite file, at its start.
        """
        leased = and_(col(DeliveryRow.status) == PENDING, col(DeliveryRow.lease_token).is_not(None))
        if owner is not None:
            leased = and_(leased, col(DeliveryRow.lease_owner) == owner)
        statement = update(DeliveryRow).where(col(DeliveryRow.id).in_(held_in_order(leased)))
        with self._writing() as session:
            return session.exec(
                statement.values(
                    lease_owner=None, lease_token=None, leased_until=None
                ).execution_options(synchronize_session=False)
            ).rowcount

    def next_delivery_at(self, receivers: Sequence[str] | None = None) -> datetime | None:
        """Return when the next delivery may be claimed, None when none is pending.

        With `receivers`, only theirs count: one that is no longer configured would be due for ever.
        """
        free_at = case(
            (
                col(DeliveryRow.leased_until) > col(DeliveryRow.next_attempt_at),
                col(DeliveryRow.leased_until),
            ),
            else_=col(DeliveryRow.next_attempt_at),
        )
        query = select(func.min(free_at)).where(DeliveryRow.status == PENDING, _in_turn())
        if receivers is not None:
            query = query.where(col(DeliveryRow.receiver).in_(list(receivers)))
        with self._reading() as session:
            earliest: datetime | None = session.exec(query).one()
            return earliest

    def delivery_counts(self) -> dict[tuple[str, DeliveryStatus], int]:
        """Return how many deliveries stand at each (receiver, status)."""
        group = (DeliveryRow.receiver, DeliveryRow.status)
        query = select(*group, func.count()).group_by(*group)
        with self._reading() as session:
            return {
                (receiver, DeliveryStatus(status)): count
                for receiver, status, count in session.exec(query)
            }

    def undelivered_counts(self) -> dict[tuple[str, DeliveryStatus], int]:
        """Return how many deliveries of each receiver wait or were given up.

        Years of those that arrived are not looked at.
        """
        found: dict[tuple[str, DeliveryStatus], int] = {}
        receiver = DeliveryRow.receiver
        with self._reading() as session:
            for status, spelt in ((DeliveryStatus.PENDING, PENDING), (DeliveryStatus.DEAD, DEAD)):
                counted = select(receiver, func.count()).where(DeliveryRow.status == spelt)
                for name, count in session.exec(counted.group_by(receiver)):
                    found[name, status] = count
        return found


def held_in_order(wanted: ColumnElement[bool]) -> SelectOfScalar[str]:
    """Return the query that holds deliveries in order of their ids, for an UPDATE of many.

    An UPDATE by itself takes rows as it comes upon them: two of them, over rows in common, could
    wait for each other.
    """
    return (
        select(DeliveryRow.id)
        .where(wanted)
        .order_by(col(DeliveryRow.id))
        .with_for_update(key_share=True)
    )


def claimable(receiver: str, now: datetime) -> ColumnElement[bool]:
    """Return what holds for a delivery that a receiver could be sent now."""
    return and_(col(DeliveryRow.receiver) == receiver, claimable_at(now))


def claimable_at(now: datetime) -> ColumnElement[bool]:
    """Return what holds for a delivery that could be sent now, whoever is to get it."""
    leased_until = col(DeliveryRow.leased_until)
    return and_(
        col(DeliveryRow.status) == PENDING,
        col(DeliveryRow.next_attempt_at) <= now,
        or_(leased_until.is_(None), leased_until <= now),
        _in_turn(),
    )


def _in_turn() -> ColumnElement[bool]:
    """Hold back what continues a conversation until its earlier messages are settled."""
    earlier = aliased(DeliveryRow)
    waits = (
        select(earlier.id)
        .where(
            earlier.thread == DeliveryRow.thread,
            earlier.sequence < DeliveryRow.sequence,
            col(earlier.status) == PENDING,
            earlier.kind != MessageKind.REVISION.value,  # a comfort that must not delay news
        )
        .exists()
    )
    return or_(col(DeliveryRow.sequence) == 1, ~waits)


def _next_in_line(
    session: Session, receiver: str, now: datetime, limit: int, overdue_since: datetime | None
) -> list[DeliveryRow]:
    """Hold what is to be claimed next for a receiver, in the order it is to be sent."""
    line: list[DeliveryRow] = []
    if overdue_since is not None:
        for rank in _RANKS:
            line += _of_level(session, receiver, rank, now, limit, overdue_since)
        line.sort(key=lambda row: (row.next_attempt_at or now, row.id))
        del line[limit:]
    for rank in _RANKS:
        known = {row.id for row in line}
        level = _of_level(session, receiver, rank, now, limit)
        line += [row for row in level if row.id not in known][: limit - len(line)]
        if len(line) == limit:
            break
    return line


def _of_level(
    session: Session,
    receiver: str,
    rank: int,
    now: datetime,
    limit: int,
    due_by: datetime | None = None,
) -> Sequence[DeliveryRow]:
    """Hold what is due of one level. A level at a time is a walk along the index."""
    query = (
        select(DeliveryRow)
        .where(claimable(receiver, now), DeliveryRow.level == rank)
        .order_by(col(DeliveryRow.next_attempt_at), col(DeliveryRow.id))
        .limit(limit)
        # What another process claims at this moment is its own: waiting for it would end in
        # finding it leased.
        .with_for_update(skip_locked=True)
    )
    if due_by is not None:
        query = query.where(col(DeliveryRow.next_attempt_at) <= due_by)
    return session.exec(query).all()


def _first_due(session: Session, receiver: str, now: datetime) -> str | None:
    return session.exec(
        select(DeliveryRow.id)
        .where(claimable(receiver, now), col(DeliveryRow.level).in_(_RANKS))
        .limit(1)
    ).one_or_none()


def _next_attempt(attempt: DeliveryAttempt, decision: RetryDecision) -> datetime | None:
    if decision.status is DeliveryStatus.PENDING:
        return decision.next_attempt_at or attempt.finished_at
    return None


def _attempt_row(token: str, attempt: DeliveryAttempt, *, accepted: bool) -> AttemptRow:
    return AttemptRow(
        delivery_id=attempt.delivery_id,
        lease_token=token,
        accepted=accepted,
        number=attempt.number,
        started_at=attempt.started_at,
        finished_at=attempt.finished_at,
        outcome=attempt.outcome.value,
        status_code=attempt.status_code,
        detail=attempt.detail,
        retry_after=attempt.retry_after,
    )
