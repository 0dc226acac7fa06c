"""Alerts without their texts: what decisions about notifying need to know."""

from __future__ import annotations

from sqlalchemy import ColumnElement
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from core.alerting.matches import Level, SpanKind
from core.deciding.dispatch import AlertOutline
from storage.database.tables.alerts import AlertRow, MatchRow, StoryArticleRow
from storage.database.tables.crawl import VersionRow

WITHOUT_TEXT = defer(VersionRow.text)  # type: ignore[arg-type]  # SQLModel types it as str


def alert_outlines(session: Session, *conditions: ColumnElement[bool]) -> tuple[AlertOutline, ...]:
    """Return alerts that fulfil conditions on their rows, the oldest first."""
    query = (
        select(AlertRow, MatchRow, VersionRow, StoryArticleRow.story_id)
        .join(MatchRow, col(MatchRow.id) == AlertRow.match_id)
        .join(VersionRow, col(VersionRow.id) == MatchRow.version_id)
        .join(StoryArticleRow, col(StoryArticleRow.article_id) == AlertRow.article_id, isouter=True)
        .where(*conditions)
        .order_by(col(AlertRow.created_at), col(AlertRow.id))
        .options(WITHOUT_TEXT)
    )
    return tuple(
        AlertOutline(
            alert_id=alert.id,
            rule=alert.rule_id,
            level=Level(match.level),
            source=version.source,
            language=version.language,
            entities=entities_of(match),
            story=story,
            created_at=alert.created_at,
        )
        for alert, match, version, story in session.exec(query)
    )


def entities_of(match: MatchRow) -> frozenset[str]:
    """Return the ids of the entities that an article names, as far as its match says."""
    return frozenset(label for *_, label, kind in match.spans if kind == SpanKind.ENTITY.value)
