"""Messages that waited too long: sent again, summed up, or put in order after a clock ran ahead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, literal, true
from sqlmodel import Session, and_, col, func, or_, select, update

from core.alerting.deliveries import DeliveryStatus
from core.alerting.matches import Level
from core.alerting.message_kinds import MessageKind
from core.alerting.notifications import NotificationPurpose, Purpose
from core.deciding.backlog import Backlog, FloodGuard, PendingMessage
from core.deciding.deciders import Deciders, ScheduleLimits
from storage.alerts.escalations import mend_escalations
from storage.database.columns import UtcDateTime
from storage.database.engine import Database, batches
from storage.database.row import PENDING
from storage.database.tables.alerts import AlertRow, MatchRow
from storage.database.tables.delivery import DeliveryRow, NotificationRow
from storage.delivery.deliveries import EPOCH, held_in_order
from storage.delivery.groups import mend_groups
from storage.delivery.messages import notify_at_once
from storage.delivery.receiver_states import mend_receiver_states


class Backlogs(Database):
    """Queries about messages that wait too long, and about times that a wrong clock wrote."""

    def mend_schedule(
        self, now: datetime, limits: ScheduleLimits, *, ran_ahead: bool = False
    ) -> int:
        """Make due what the schedule could not have put so far away; return how many.

        A clock that ran ahead and was set right leaves attempts and leases in a far future. With
        `ran_ahead` it is known that one did, and less is taken for what a receiver asked for.
        """
        too_far = now + limits.attempt
        far_away = and_(
            col(DeliveryRow.status) == PENDING,
            or_(
                col(DeliveryRow.next_attempt_at) > too_far,
                col(DeliveryRow.leased_until) > too_far,
            ),
        )
        statement = (
            update(DeliveryRow)
            .where(col(DeliveryRow.id).in_(held_in_order(far_away)))
            .values(next_attempt_at=now, lease_owner=None, lease_token=None, leased_until=None)
            .execution_options(synchronize_session=False)  # nothing is loaded yet
        )
        with self._writing() as session:
            mended = session.exec(statement).rowcount
            if ran_ahead:
                mended += _mend_attempts(session, now, limits)
            mend_receiver_states(session, now, limits)
            mended += mend_groups(session, self.dialect, now, limits)
            return mended + mend_escalations(session, now, limits)

    def replay(
        self,
        *,
        delivery_id: str | None = None,
        receiver: str | None = None,
        rule: str | None = None,
        since: datetime | None = None,
        status: DeliveryStatus = DeliveryStatus.DEAD,
    ) -> int:
        """Make deliveries pending and due now, with all their attempts before them again.

        Dead ones, and those that wait for their next attempt, unless `status` asks for delivered
        ones, which are then sent once more under their old id. Restricted to one delivery, a
        receiver, the rule of the leading alert, or what was made since a time. Returns how many.
        """
        wanted = col(DeliveryRow.status) == status.value
        if status is DeliveryStatus.DEAD:
            put_off = and_(
                col(DeliveryRow.status) == PENDING,
                col(DeliveryRow.lease_token).is_(None),
                col(DeliveryRow.next_attempt_at) > self._clock(),
            )
            wanted = or_(wanted, put_off)
        wanted = and_(wanted, chosen(delivery_id, receiver, rule, since))
        statement = update(DeliveryRow).where(col(DeliveryRow.id).in_(held_in_order(wanted)))
        # So they go out in order. A clock that ran ahead may have made some.
        now, made_at = literal(self._clock(), UtcDateTime), col(DeliveryRow.created_at)
        in_order = case((made_at > now, now), else_=made_at)
        with self._writing() as session:
            return session.exec(
                statement.values(
                    status=DeliveryStatus.PENDING.value,
                    attempts=0,
                    minimal=False,
                    unreported=False,  # it is on its way again
                    next_attempt_at=in_order,
                ).execution_options(synchronize_session=False)
            ).rowcount

    def fold_backlog(
        self,
        receiver: str,
        deciders: Deciders,
        *,
        older_than: datetime,
        now: datetime,
        guard: FloodGuard | None = None,
    ) -> str | None:
        """Make one summary of a receiver's messages that are too many, or too old to be news.

        Old is what has waited since before a time, too many what the receiver's guard holds.
        Returns the summary's delivery; None when there is none to make. Messages that somebody
        holds a lease of are left alone.
        """
        concerned = col(DeliveryRow.created_at) < older_than
        if guard is not None:
            top = len(Level) if guard.break_through is None else guard.break_through.rank
            concerned = or_(concerned, col(DeliveryRow.level) < top)
        with self._writing() as session:
            waiting = session.exec(
                select(DeliveryRow)
                .where(
                    col(DeliveryRow.status) == PENDING,
                    DeliveryRow.receiver == receiver,
                    concerned,
                    DeliveryRow.kind != MessageKind.REVISION.value,
                    or_(
                        col(DeliveryRow.leased_until).is_(None),
                        col(DeliveryRow.leased_until) <= now,
                    ),
                )
                .order_by(col(DeliveryRow.created_at), col(DeliveryRow.id))
                # Not waited for: a message that is claimed right now is on its way, and one that
                # another process folds must not be told twice.
                .with_for_update(skip_locked=True)
            ).all()
            backlog = Backlog(
                messages=_pending(session, waiting), stale_before=older_than, guard=guard
            )
            folding = deciders.fold(backlog)
            if folding.lead is None:
                return None
            old = [row for row in waiting if row.id in folding.ids]
            summary = make_summary(session, self.dialect, folding.lead, receiver, now)
            for ids in batches([row.id for row in old]):
                session.exec(
                    update(NotificationRow)
                    .where(col(NotificationRow.delivery_id).in_(ids))
                    .values(delivery_id=summary)
                )
            size = session.exec(
                select(func.count(col(NotificationRow.alert_id).distinct())).where(
                    NotificationRow.delivery_id == summary
                )
            ).one()
            session.get_one(DeliveryRow, summary).size = size
            for row in old:
                row.status = DeliveryStatus.FOLDED.value
                row.next_attempt_at = None
                row.last_detail = f"{folding.reason.value}; part of {summary}"
                row.lease_owner = row.lease_token = row.leased_until = None
            return summary


def _mend_attempts(session: Session, now: datetime, limits: ScheduleLimits) -> int:
    """Make due what no receiver's failures have put so far away, and end leases in their time."""
    next_at, attempts = col(DeliveryRow.next_attempt_at), col(DeliveryRow.attempts)
    last = len(limits.attempt_pauses) - 1
    too_far = [
        and_(
            attempts >= number if number == last else attempts == number,
            next_at > now + pause + limits.clocks_differ,
        )
        for number, pause in enumerate(limits.attempt_pauses)
    ]
    far_away = and_(col(DeliveryRow.status) == PENDING, or_(*too_far))
    due = update(DeliveryRow).where(col(DeliveryRow.id).in_(held_in_order(far_away)))
    mended = session.exec(
        due.values(next_attempt_at=now).execution_options(synchronize_session=False)
    ).rowcount
    # Not ended: whoever holds it may be sending at this moment.
    ends = now + limits.lease
    too_long = col(DeliveryRow.leased_until) > ends + limits.clocks_differ
    leases = update(DeliveryRow).where(col(DeliveryRow.id).in_(held_in_order(too_long)))
    session.exec(leases.values(leased_until=ends).execution_options(synchronize_session=False))
    return mended


def chosen(
    delivery_id: str | None, receiver: str | None, rule: str | None, since: datetime | None
) -> ColumnElement[bool]:
    """Say which messages somebody chose; each condition that is given must hold."""
    wanted: ColumnElement[bool] = true()
    if delivery_id is not None:
        wanted = and_(wanted, col(DeliveryRow.id) == delivery_id)
    if receiver is not None:
        wanted = and_(wanted, col(DeliveryRow.receiver) == receiver)
    if since is not None:
        wanted = and_(wanted, col(DeliveryRow.created_at) >= since)
    if rule is not None:
        of_rule = select(AlertRow.id).where(AlertRow.rule_id == rule)
        wanted = and_(wanted, col(DeliveryRow.alert_id).in_(of_rule))
    return wanted


def make_summary(session: Session, dialect: str, lead: str, receiver: str, now: datetime) -> str:
    """Make a delivery that sums up what waited for a receiver; return its id."""
    microseconds = (now - EPOCH) // timedelta(microseconds=1)
    purpose = Purpose(NotificationPurpose.SUMMARY, microseconds)
    (made,) = notify_at_once(
        session, dialect, [lead], [receiver], now, kind=MessageKind.SUMMARY, purpose=purpose
    )
    session.flush()
    return made


def _pending(session: Session, waiting: Sequence[DeliveryRow]) -> tuple[PendingMessage, ...]:
    """Return what is asked about messages that wait."""
    led: dict[str, tuple[datetime, str]] = {}
    for ids in batches(list({row.alert_id for row in waiting})):
        query = (
            select(AlertRow.id, AlertRow.created_at, MatchRow.level)
            .join(MatchRow, col(MatchRow.id) == AlertRow.match_id)
            .where(col(AlertRow.id).in_(ids))
        )
        led |= {name: (raised_at, level) for name, raised_at, level in session.exec(query)}
    return tuple(
        PendingMessage(
            id=row.id,
            kind=MessageKind(row.kind),
            alert_id=row.alert_id,
            level=Level(led[row.alert_id][1]),
            urgency=row.level,
            raised_at=led[row.alert_id][0],
            made_at=row.created_at,
        )
        for row in waiting
    )
