"""When work of each kind is due: one condition for who looks for the oldest and who counts it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import and_, col, func, select

from core.alerting.alerts import AlertState
from storage.database.row import PENDING, WAITING
from storage.database.tables.alerts import AlertRow, BrokenJudgementRow, EscalationRow
from storage.database.tables.crawl import ArticleRow, EntryRow, SourceRow, VersionRow
from storage.database.tables.delivery import NotificationGroupRow


def poll_due(now: datetime) -> ColumnElement[bool]:
    """Return what holds for a source that is to be polled."""
    return and_(col(SourceRow.active), col(SourceRow.next_poll_at) <= now)


def entry_since() -> ColumnElement[Any]:
    """Return since when an entry is to be read."""
    return func.coalesce(EntryRow.next_attempt_at, EntryRow.discovered_at)


def entry_due(now: datetime) -> ColumnElement[bool]:
    """Return what holds for an entry that is to be read."""
    due = entry_since() <= now
    return and_(col(EntryRow.status) == PENDING, due, _watched(EntryRow.source))


def visit_due(now: datetime) -> ColumnElement[bool]:
    """Return what holds for an article that is to be looked at again."""
    return and_(col(ArticleRow.next_visit_at) <= now, _watched(ArticleRow.source))


def judgement_due(now: datetime) -> ColumnElement[bool]:
    """Return what holds for a version that is to be judged."""
    return and_(col(VersionRow.judged_at).is_(None), col(VersionRow.fetched_at) <= now)


def broken_judgement_due(now: datetime) -> ColumnElement[bool]:
    """Return what holds for a judgement that broke down and is to be tried again."""
    return col(BrokenJudgementRow.next_at) <= now


def group_due(now: datetime, receivers: Collection[str]) -> ColumnElement[bool]:
    """Return what holds for a group that is to be dispatched to somebody who is configured."""
    return and_(
        col(NotificationGroupRow.dispatch_at) <= now,
        col(NotificationGroupRow.receiver).in_(receivers),
    )


def escalation_due(now: datetime) -> ColumnElement[bool]:
    """Return what holds for an escalation that is to be told."""
    return and_(col(EscalationRow.state) == WAITING, col(EscalationRow.due_at) <= now)


def reminder_due(now: datetime) -> ColumnElement[bool]:
    """Return what holds for an alert whose snooze is over."""
    return and_(col(AlertRow.state) == AlertState.SNOOZED.value, col(AlertRow.snoozed_until) <= now)


def _watched(source: Any) -> ColumnElement[bool]:
    return col(source).in_(select(SourceRow.name).where(col(SourceRow.active)))
