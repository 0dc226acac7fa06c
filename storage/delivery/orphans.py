"""What is on its way to receivers, as it is asked about when they are no longer configured."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from core.alerting.notifications import NotificationPurpose, NotificationState
from core.deciding.dispatch import AlertOutline
from core.deciding.readdressing import OrphanedAlert, OrphanedWork
from storage.alerts.outlines import alert_outlines
from storage.alerts.tellings import tellings_of
from storage.database.engine import Database, batches
from storage.database.row import PENDING, WAITING
from storage.database.tables.alerts import AlertRow, EscalationRow, StoryArticleRow
from storage.database.tables.crawl import ArticleRow
from storage.database.tables.delivery import DeliveryRow, NotificationGroupRow, NotificationRow


class Orphans(Database):
    """Queries about what waits for receivers that are not configured."""

    def orphaned_work(self, known: Collection[str]) -> list[OrphanedWork]:
        """Return what waits for receivers other than these, by receiver."""
        waiting = (
            select(NotificationGroupRow.receiver, func.count())
            .join(NotificationRow, col(NotificationRow.group_id) == NotificationGroupRow.id)
            .where(
                groups_of_others(known),
                col(NotificationRow.state) == WAITING,
            )
            .group_by(NotificationGroupRow.receiver)
        )
        pending = (
            select(DeliveryRow.receiver, func.count())
            .where(messages_of_others(known))
            .group_by(DeliveryRow.receiver)
        )
        escalating = select(EscalationRow.receivers).where(col(EscalationRow.state) == WAITING)
        with self._reading() as session:
            alerts, messages = dict(session.exec(waiting).all()), dict(session.exec(pending).all())
            escalations: dict[str, int] = {}
            for receivers in session.exec(escalating):
                for name in set(receivers) - set(known):
                    escalations[name] = escalations.get(name, 0) + 1
        return [
            OrphanedWork(
                receiver=name,
                alerts=alerts.get(name, 0),
                messages=messages.get(name, 0),
                escalations=escalations.get(name, 0),
            )
            for name in sorted({*alerts, *messages, *escalations})
        ]


def groups_of_others(known: Collection[str]) -> ColumnElement[bool]:
    """Say which groups have something that waits for receivers other than these."""
    return col(NotificationGroupRow.dispatch_at).is_not(None) & col(
        NotificationGroupRow.receiver
    ).not_in(sorted(known))


def messages_of_others(known: Collection[str]) -> ColumnElement[bool]:
    """Say which messages are on their way to receivers other than these."""
    return (col(DeliveryRow.status) == PENDING) & col(DeliveryRow.receiver).not_in(sorted(known))


@dataclass(frozen=True, slots=True)
class Orphan:
    """A notification of a receiver that is not configured, and what is asked about it."""

    row: NotificationRow
    asked: OrphanedAlert

    @property
    def leading_first(self) -> tuple[int, object, int]:
        """Put what matters most first, and what came first before what came later."""
        alert = self.asked.outline
        return (-alert.level.rank, alert.created_at, self.row.id)


def orphans_of(session: Session, rows: Sequence[NotificationRow]) -> list[Orphan]:
    """Gather what is to be known for deciding who is notified instead."""
    escalating = _escalating(session, rows)
    outlines = _outlines(session, {row.alert_id for row in rows} | set(escalating.values()))
    outlets = outlets_of(session, {outline.story for outline in outlines.values()})
    told = tellings_of(session, {one.story for one in outlines.values() if one.story is not None})
    had = had_by(session, {row.alert_id for row in rows})
    company: dict[tuple[str, str, int, str], list[AlertOutline]] = {}
    for row in rows:
        company.setdefault(_same_message(row), []).append(outlines[row.alert_id])
    for place, alert in escalating.items():
        company[place].append(outlines[alert])
    return [
        Orphan(
            row,
            OrphanedAlert(
                outline=outlines[row.alert_id],
                outlets=outlets.get(outlines[row.alert_id].story, 1),
                tellings=told.get(outlines[row.alert_id].story or 0, ()),
                purpose=NotificationPurpose(row.purpose),
                had=frozenset(had.get(purpose_of(row), set())),
                company=tuple(company[_same_message(row)]),
            ),
        )
        for row in rows
    ]


def _escalating(
    session: Session, rows: Sequence[NotificationRow]
) -> dict[tuple[str, str, int, str], str]:
    """Return the alerts whose escalations are told of: silences may have kept these themselves."""
    named = {
        _same_message(row): int(row.about)
        for row in rows
        if row.purpose == NotificationPurpose.ESCALATION.value
    }
    alerts: dict[int, str] = {}
    for batch in batches(sorted(set(named.values()))):
        query = select(EscalationRow.id, EscalationRow.alert_id).where(
            col(EscalationRow.id).in_(batch)
        )
        alerts |= dict(session.exec(query).all())
    return {place: alerts[which] for place, which in named.items() if which in alerts}


def _same_message(row: NotificationRow) -> tuple[str, str, int, str]:
    return row.receiver, row.purpose, row.number, row.about


PurposeOfAlert = tuple[str, str, int, str]
"""An alert, and what it is on its way for."""


def purpose_of(row: NotificationRow) -> PurposeOfAlert:
    """Return what a notification has in common with those of other receivers."""
    return row.alert_id, row.purpose, row.number, row.about


def had_by(session: Session, alerts: Iterable[str]) -> dict[PurposeOfAlert, set[str]]:
    """Return by purpose to whom alerts are or were on their way, but for what others got instead.

    What was given up counts: it is on record there, and can be sent again.
    """
    had: dict[PurposeOfAlert, set[str]] = {}
    for batch in batches(sorted(alerts)):
        query = select(NotificationRow).where(
            col(NotificationRow.alert_id).in_(batch),
            NotificationRow.state != NotificationState.READDRESSED.value,
        )
        for row in session.exec(query):
            had.setdefault(purpose_of(row), set()).add(row.receiver)
    return had


def _outlines(session: Session, ids: Iterable[str]) -> dict[str, AlertOutline]:
    return {
        outline.alert_id: outline
        for batch in batches(sorted(ids))
        for outline in alert_outlines(session, col(AlertRow.id).in_(batch))
    }


def outlets_of(session: Session, stories: Iterable[int | None]) -> dict[int | None, int]:
    """Return how many outlets have each story."""
    counted: dict[int | None, int] = {}
    known = [story for story in stories if story is not None]
    for batch in batches(known):
        query = (
            select(StoryArticleRow.story_id, func.count(col(ArticleRow.source).distinct()))
            .join(ArticleRow, col(ArticleRow.id) == StoryArticleRow.article_id)
            .where(col(StoryArticleRow.story_id).in_(batch))
            .group_by(col(StoryArticleRow.story_id))
        )
        counted |= dict(session.exec(query).all())
    return counted
