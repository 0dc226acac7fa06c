"""What an article said at its versions so far."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from sqlalchemy import bindparam
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from core.articles import ArticleEvent
from core.version_events import MOST_COMPARED, Said, ToldVersion
from storage.database.columns import key_hash
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
