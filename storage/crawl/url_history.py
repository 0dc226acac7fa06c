"""History: what became of a URL at every stage."""

from __future__ import annotations

from sqlmodel import Session, col, select

from core.alerting.alerts import Alert
from core.alerting.deliveries import Delivery
from core.articles import Evidence
from storage.alerts.raised_alerts import alert_rows, matches_of, stored_alert
from storage.crawl.entries import tracked_entry
from storage.crawl.raw_pages import evidence_of
from storage.crawl.stored_articles import versions_of
from storage.crawl.url_stages import UrlHistory, VersionJudged
from storage.database.columns import key_hash
from storage.database.engine import Database
from storage.database.tables.alerts import AlertRow
from storage.database.tables.crawl import ArticleRow, EntryRow, EvidenceRow, VersionRow
from storage.database.tables.delivery import DeliveryRow
from storage.delivery.delivery_log import attempts_at, stored_delivery
from storage.judging.broken_judgements import breakdowns_of


class UrlHistories(Database):
    """Queries about one URL across all stages."""

    def url_history(self, key: str) -> UrlHistory:
        """Return all that is known about a canonical URL, be it an entry's or an article's."""
        with self._reading() as session:
            entry, article = _find(session, key)
            announced = None if entry is None else tracked_entry(entry)
            rejected = None if entry is None else entry.evidence_id
            if article is None:
                return UrlHistory(key=key, entry=announced, evidence=_evidence(session, {rejected}))
            versions = versions_of(session, article.id)
            alerts = _alerts(session, article.id)
            deliveries = _deliveries(session, [alert.id for alert in alerts])
            return UrlHistory(
                key=key,
                entry=announced,
                evidence=_evidence(
                    session, {rejected, *(version.evidence_id for version in versions)}
                ),
                versions=tuple(versions),
                judged=_judged(session, article.id),
                broken=breakdowns_of(session, article.id),
                next_visit_at=article.next_visit_at,
                article_id=article.id,
                matches=tuple(matches_of(session, article.id)),
                alerts=alerts,
                deliveries=tuple(
                    (delivery, tuple(attempts_at(session, delivery.id))) for delivery in deliveries
                ),
            )


def _find(session: Session, key: str) -> tuple[EntryRow | None, ArticleRow | None]:
    """Return the entry and the article of a URL, each found through the other if need be."""
    digest = key_hash(key)
    entry = session.exec(select(EntryRow).where(EntryRow.key_hash == digest)).one_or_none()
    article = session.exec(select(ArticleRow).where(ArticleRow.key_hash == digest)).one_or_none()
    if article is None and entry is not None and entry.article_id is not None:
        article = session.get(ArticleRow, entry.article_id)
    if entry is None and article is not None and article.first_entry_id is not None:
        entry = session.get(EntryRow, article.first_entry_id)
    return entry, article


def _judged(session: Session, article_id: int) -> tuple[VersionJudged, ...]:
    query = (
        select(VersionRow.number, VersionRow.judged_at, VersionRow.ruleset)
        .where(VersionRow.article_id == article_id, col(VersionRow.judged_at).is_not(None))
        .order_by(col(VersionRow.number))
    )
    return tuple(
        VersionJudged(number, judged_at, ruleset or "")
        for number, judged_at, ruleset in session.exec(query)
        if judged_at is not None
    )


def _alerts(session: Session, article_id: int) -> tuple[Alert, ...]:
    query = (
        alert_rows()
        .where(AlertRow.article_id == article_id)
        .order_by(col(AlertRow.created_at), col(AlertRow.id))
    )
    return tuple(stored_alert(*found) for found in session.exec(query))


def _deliveries(session: Session, alert_ids: list[str]) -> list[Delivery]:
    query = (
        select(DeliveryRow)
        .where(col(DeliveryRow.alert_id).in_(alert_ids))
        .order_by(col(DeliveryRow.created_at), col(DeliveryRow.id))
    )
    return [stored_delivery(row) for row in session.exec(query)]


def _evidence(session: Session, ids: set[int | None]) -> tuple[Evidence, ...]:
    query = (
        select(EvidenceRow)
        .where(col(EvidenceRow.id).in_(ids - {None}))
        .order_by(col(EvidenceRow.id))
    )
    return tuple(evidence_of(row, None) for row in session.exec(query))
