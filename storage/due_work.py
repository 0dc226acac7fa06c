"""What is due and has not been done: the oldest of each kind, for those who look from outside."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from core.due_work import DueWork, QueueDepths, WorkKind
from core.retry_after import LONGEST_RETRY_AFTER
from storage import due_conditions as due
from storage.database.engine import Database
from storage.database.row import PENDING
from storage.database.tables.alerts import AlertRow, BrokenJudgementRow, EscalationRow
from storage.database.tables.crawl import ArticleRow, EntryRow, SourceRow, VersionRow
from storage.database.tables.delivery import (
    AttemptRow,
    DeliveryRow,
    HeartbeatRow,
    NotificationGroupRow,
)
from storage.delivery.deliveries import claimable


class DueWorks(Database):
    """Queries about work that is due."""

    def due_work(self, now: datetime, receivers: Collection[str], crawler: str) -> list[DueWork]:
        """Return what has been due the longest, of each kind of which something is.

        `receivers` are those that are configured; what waits for others is nobody's work. `crawler`
        is the heartbeat that says when anything was last crawled.
        """
        with self._reading() as session:
            crawled_at = session.exec(
                select(HeartbeatRow.at).where(HeartbeatRow.name == crawler)
            ).one_or_none()
            return [
                *_crawling(session, now, crawled_at),
                *_judging(session, now),
                *_alerting(session, now, receivers),
                *(work for name in sorted(receivers) for work in _delivering(session, now, name)),
            ]

    def queue_depths(self) -> QueueDepths:
        """Return how much waits where."""
        counts = (
            select(func.count()).select_from(EntryRow).where(EntryRow.status == PENDING),
            select(func.count()).select_from(VersionRow).where(col(VersionRow.judged_at).is_(None)),
            select(func.count()).select_from(BrokenJudgementRow),
            select(func.count())
            .select_from(NotificationGroupRow)
            .where(col(NotificationGroupRow.dispatch_at).is_not(None)),
            select(func.count()).select_from(DeliveryRow).where(DeliveryRow.status == PENDING),
        )
        with self._reading() as session:
            entries, unjudged, broken, groups, deliveries = (
                session.exec(count).one() for count in counts
            )
        return QueueDepths(
            entries=entries,
            unjudged=unjudged,
            broken=broken,
            groups=groups,
            deliveries=deliveries,
        )


def _crawling(session: Session, now: datetime, crawled_at: datetime | None) -> list[DueWork]:
    poll = session.exec(
        select(SourceRow.next_poll_at, SourceRow.name)
        .where(due.poll_due(now))
        .order_by(col(SourceRow.next_poll_at))
        .limit(1)
    ).first()
    polled_at = session.exec(
        select(func.max(SourceRow.last_polled_at)).where(
            col(SourceRow.active), col(SourceRow.last_polled_at) <= now
        )
    ).one()
    done_at = max((at for at in (crawled_at, polled_at) if at is not None), default=None)
    entry = session.exec(select(func.min(due.entry_since())).where(due.entry_due(now))).one()
    visit = session.exec(select(func.min(ArticleRow.next_visit_at)).where(due.visit_due(now))).one()
    found = [] if poll is None else [
        DueWork(kind=WorkKind.POLL, due_at=poll[0], about=poll[1], done_at=done_at)
    ]  # fmt: skip
    return found + [
        DueWork(kind=kind, due_at=at, done_at=done_at)
        for kind, at in ((WorkKind.ENTRY, entry), (WorkKind.VISIT, visit))
        if at is not None
    ]


def _judging(session: Session, now: datetime) -> list[DueWork]:
    unjudged = session.exec(
        select(func.min(VersionRow.fetched_at)).where(due.judgement_due(now))
    ).one()
    broken = session.exec(
        select(func.min(BrokenJudgementRow.next_at)).where(due.broken_judgement_due(now))
    ).one()
    kinds = ((WorkKind.JUDGEMENT, unjudged), (WorkKind.BROKEN_JUDGEMENT, broken))
    return [DueWork(kind=kind, due_at=at) for kind, at in kinds if at is not None]


def _alerting(session: Session, now: datetime, receivers: Collection[str]) -> list[DueWork]:
    group = session.exec(
        select(func.min(NotificationGroupRow.dispatch_at)).where(due.group_due(now, receivers))
    ).one()
    escalation = session.exec(
        select(func.min(EscalationRow.due_at)).where(due.escalation_due(now))
    ).one()
    reminder = session.exec(
        select(func.min(AlertRow.snoozed_until)).where(due.reminder_due(now))
    ).one()
    kinds = (
        (WorkKind.GROUP, group),
        (WorkKind.ESCALATION, escalation),
        (WorkKind.REMINDER, reminder),
    )
    return [DueWork(kind=kind, due_at=at) for kind, at in kinds if at is not None]


def _delivering(session: Session, now: datetime, receiver: str) -> list[DueWork]:
    due_at = session.exec(
        select(func.min(DeliveryRow.next_attempt_at)).where(claimable(receiver, now))
    ).one()
    if due_at is None:
        return []
    last = session.exec(
        select(AttemptRow.finished_at, AttemptRow.retry_after)
        .join(DeliveryRow, col(DeliveryRow.id) == AttemptRow.delivery_id)
        .where(DeliveryRow.receiver == receiver)
        .order_by(col(AttemptRow.id).desc())
        .limit(1)
    ).first()
    done_at = None
    if last is not None:
        finished_at, asked = last
        done_at = finished_at + min(timedelta(seconds=asked or 0), LONGEST_RETRY_AFTER)
    return [DueWork(kind=WorkKind.DELIVERY, due_at=due_at, about=receiver, done_at=done_at)]
