"""What is to be known to say what a digest shows: its alerts, and what its receiver knows."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlmodel import Session, col, or_, select

from core.alerting.alerts import AlertChange
from core.alerting.deliveries import DeliveryStatus
from core.alerting.matches import Level
from core.articles import ArticleEvent
from core.config.sections.health import OWN_RULES
from core.deciding.digests import DigestAlert, DigestFacts, ToldBefore
from storage.alerts.notes import notes_of
from storage.alerts.outlines import WITHOUT_TEXT, entities_of
from storage.alerts.raised_alerts import case_id_of_row
from storage.alerts.state_changes import stored_change
from storage.database.engine import batches
from storage.database.tables.alerts import AlertChangeRow, AlertRow, MatchRow, StoryArticleRow
from storage.database.tables.crawl import VersionRow
from storage.database.tables.delivery import DeliveryRow, NotificationRow


def facts_of(session: Session, row: DeliveryRow) -> DigestFacts:
    """Return what there is to know about a message that sums up many alerts."""
    query = select(NotificationRow.alert_id).where(NotificationRow.delivery_id == row.id).distinct()
    found = _traces(session, session.exec(query).all()).values()
    alerts = {
        alert.id: alert
        for alert in sorted(
            found, key=lambda alert: (alert.id != row.alert_id, alert.created_at, alert.id)
        )
    }
    cases = {alert.case for alert in alerts.values()}
    before = told_before(session, row, cases)
    return DigestFacts(
        alerts=tuple(alerts.values()),
        before=before,
        changes=_changes(session, before),
        notes=notes_of(session, cases),
    )


def told_before(
    session: Session, row: DeliveryRow, cases: Collection[int]
) -> dict[int, ToldBefore]:
    """Return what the receiver of a message got of cases by others, a number not counting."""
    told: dict[int, dict[str, DigestAlert]] = {}
    last: dict[int, datetime] = {}
    for batch in batches(sorted(cases)):
        query = (
            select(NotificationRow.alert_id, NotificationRow.delivery_id)
            .join(AlertRow, col(AlertRow.id) == NotificationRow.alert_id)
            .where(
                or_(
                    col(AlertRow.article_id).in_(batch),
                    col(AlertRow.article_id).in_(_articles_of(batch)),
                ),
                NotificationRow.receiver == row.receiver,
                NotificationRow.delivery_id != row.id,
            )
        )
        places = session.exec(query).all()
        messages = _delivered(session, {delivery for _, delivery in places if delivery})
        got = [(alert, messages[name]) for alert, name in places if name in messages]
        traces = _traces(session, [alert for alert, _ in got])
        for alert, message in got:
            trace = traces[alert]
            if trace.case not in (message.only_counted or ()):
                told.setdefault(trace.case, {})[trace.id] = trace
                known = last.get(trace.case, message.created_at)
                last[trace.case] = max(known, message.created_at)
    return {
        case_id: ToldBefore(alerts=tuple(alerts.values()), at=last[case_id])
        for case_id, alerts in told.items()
        if case_id in cases
    }


def _delivered(session: Session, ids: Collection[str]) -> dict[str, DeliveryRow]:
    found: dict[str, DeliveryRow] = {}
    for batch in batches(sorted(ids)):
        query = select(DeliveryRow).where(
            col(DeliveryRow.id).in_(batch), DeliveryRow.status == DeliveryStatus.DELIVERED.value
        )
        found |= {message.id: message for message in session.exec(query)}
    return found


def _articles_of(cases: Iterable[int]):  # type: ignore[no-untyped-def]  # SQLAlchemy's own
    return select(StoryArticleRow.article_id).where(col(StoryArticleRow.story_id).in_(cases))


def _changes(session: Session, cases: Collection[int]) -> dict[int, tuple[AlertChange, ...]]:
    """Return what was done about cases, the oldest first."""
    found: dict[int, tuple[AlertChange, ...]] = {}
    for batch in batches(sorted(cases)):
        query = (
            select(AlertChangeRow, case_id_of_row())
            .join(AlertRow, col(AlertRow.id) == AlertChangeRow.alert_id)
            .join(
                StoryArticleRow, col(StoryArticleRow.article_id) == AlertRow.article_id,
                isouter=True,
            )
            .where(
                or_(
                    col(AlertRow.article_id).in_(batch),
                    col(AlertRow.article_id).in_(_articles_of(batch)),
                )
            )
            .order_by(col(AlertChangeRow.id))
        )  # fmt: skip
        for row, case_id in session.exec(query):
            found[case_id] = (*found.get(case_id, ()), stored_change(row))
    return found


def _traces(session: Session, alerts: Iterable[str]) -> dict[str, DigestAlert]:
    """Return what is asked of alerts, by their ids."""
    found: dict[str, DigestAlert] = {}
    for batch in batches(sorted(set(alerts))):
        query = (
            select(AlertRow, MatchRow, VersionRow, case_id_of_row())
            .join(MatchRow, col(MatchRow.id) == AlertRow.match_id)
            .join(VersionRow, col(VersionRow.id) == MatchRow.version_id)
            .join(
                StoryArticleRow,
                col(StoryArticleRow.article_id) == AlertRow.article_id,
                isouter=True,
            )
            .where(col(AlertRow.id).in_(batch))
            .options(WITHOUT_TEXT)
        )
        found |= {rows[0].id: _trace(*rows) for rows in session.exec(query)}
    return found


def _trace(alert: AlertRow, match: MatchRow, version: VersionRow, case_id: int) -> DigestAlert:
    event = ArticleEvent(alert.event)
    return DigestAlert(
        id=alert.id,
        case=case_id,
        article=alert.article_id,
        rule=alert.rule_id,
        level=Level(match.level),
        source=version.source,
        event=event,
        occasion=alert.occasion,
        counts=bool(alert.reason)
        and event is ArticleEvent.PUBLISHED
        and alert.rule_id not in OWN_RULES,
        created_at=alert.created_at,
        entities=entities_of(match),
    )
