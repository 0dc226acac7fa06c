"""A stored article, held, and what it said so far."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from sqlalchemy import bindparam
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from core.articles import ArticleEvent
from core.version_events import ToldVersion
from storage.database.columns import key_hash
from storage.database.tables.crawl import ArticleRow, VersionRow


def last_change(session: Session, article_id: int) -> datetime:
    """Return when an article last said what it had not said before."""
    query = select(func.max(VersionRow.fetched_at)).where(
        VersionRow.article_id == article_id, VersionRow.event != ArticleEvent.REVERTED.value
    )
    return session.exec(query).one()


def told_before(session: Session, article_id: int) -> list[ToldVersion]:
    """Return what an article said so far, the latest version first."""
    query = (
        select(VersionRow.event, VersionRow.title, VersionRow.text)
        .where(VersionRow.article_id == article_id)
        .order_by(col(VersionRow.number).desc())
    )
    return [
        ToldVersion(ArticleEvent(event), title, text) for event, title, text in session.exec(query)
    ]


def latest_of(session: Session, article: ArticleRow) -> VersionRow:
    """Return the latest version of an article."""
    latest = select(VersionRow).where(
        VersionRow.article_id == article.id, VersionRow.number == article.latest_version
    )
    return session.exec(latest).one()


def stored_under(session: Session, key: str) -> tuple[ArticleRow, VersionRow] | None:
    """Return an article, held for this transaction, and its latest version; None if not there."""
    article = session.exec(_hold_article(), params={"digest": key_hash(key)}).one_or_none()
    return None if article is None else (article, latest_of(session, article))


@cache
def _hold_article() -> SelectOfScalar[ArticleRow]:
    """Return the query that locks an article by the hash of its key.

    Two edits seen at once would otherwise both become the version after the same one. What refers
    to an article, its other names and its alerts, does not wait.
    """
    return (
        select(ArticleRow)
        .where(ArticleRow.key_hash == bindparam("digest"))
        .with_for_update(key_share=True)
    )
