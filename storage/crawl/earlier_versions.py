"""What an article said at its versions so far."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, func, select

from core.articles import ArticleEvent
from core.version_events import MOST_COMPARED, Said, ToldVersion
from storage.database.tables.crawl import ArticleRow, VersionRow


def last_change(session: Session, article_id: int) -> datetime:
    """Return when an article last said what it had not said before."""
    query = select(func.max(VersionRow.fetched_at)).where(
        VersionRow.article_id == article_id, VersionRow.event != ArticleEvent.REVERTED.value
    )
    return session.exec(query).one()


def told_before(session: Session, article_id: int) -> list[ToldVersion]:
    """Return what an article said so far, the latest version first: by signs, not in full."""
    query = (
        select(VersionRow.id, VersionRow.event, VersionRow.headline_sign, VersionRow.text_sign)
        .where(VersionRow.article_id == article_id)
        .order_by(col(VersionRow.number).desc())
    )
    rows = session.exec(query).all()
    unsigned = [row[0] for row in rows[:MOST_COMPARED] if row[2] is None or row[3] is None]
    signed = _signed(session, unsigned) if unsigned else {}
    return [
        ToldVersion(
            ArticleEvent(event),
            Said(headline, text) if headline is not None and text is not None else signed.get(id_),
        )
        for id_, event, headline, text in rows
    ]


def latest_of(session: Session, article: ArticleRow) -> VersionRow:
    """Return the latest version of an article."""
    latest = select(VersionRow).where(
        VersionRow.article_id == article.id, VersionRow.number == article.latest_version
    )
    return session.exec(latest).one()


def _signed(session: Session, ids: list[int]) -> dict[int, Said]:
    """Return the signs of versions from before they were kept."""
    query = select(VersionRow.id, VersionRow.title, VersionRow.text).where(
        col(VersionRow.id).in_(ids)
    )
    return {id_: Said.of(title, text) for id_, title, text in session.exec(query)}
