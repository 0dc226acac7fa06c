"""Stored articles, as everybody but the crawler asks for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from core.articles import (
    Article,
    ArticleData,
    ArticleEvent,
    Untold,
    WordsFrom,
)
from storage.database.columns import key_hash
from storage.database.engine import Database, batches
from storage.database.pages import Cursor, Page
from storage.database.paging import continues, newest_first, page_of
from storage.database.tables.crawl import ArticleRow, VersionRow


class StoredArticles(Database):
    """Queries about stored articles and their versions."""

    def article(self, article_id: int, version: int | None = None) -> Article | None:
        """Return a version of an article, the latest if none is named."""
        number = col(ArticleRow.latest_version) if version is None else version
        query = article_rows().where(ArticleRow.id == article_id, VersionRow.number == number)
        with self._reading() as session:
            found = session.exec(query).one_or_none()
            return None if found is None else stored_article(*found)

    def article_by_url(self, key: str) -> Article | None:
        """Return the latest version of the article with this canonical URL."""
        query = article_rows().where(
            ArticleRow.key_hash == key_hash(key), VersionRow.number == ArticleRow.latest_version
        )
        with self._reading() as session:
            found = session.exec(query).one_or_none()
            return None if found is None else stored_article(*found)

    def contents(self, keys: Sequence[str]) -> dict[str, str]:
        """Return the content hash (`content_sha256`) of the latest version, by canonical URL."""
        found: dict[str, str] = {}
        for batch in batches(keys):
            query = (
                select(ArticleRow.key, VersionRow.content_sha256)
                .join(VersionRow, col(VersionRow.article_id) == ArticleRow.id)
                .where(
                    col(ArticleRow.key_hash).in_([key_hash(key) for key in batch]),
                    VersionRow.number == ArticleRow.latest_version,
                )
            )
            with self._reading() as session:
                found.update(session.exec(query).all())
        return found

    def articles(
        self,
        *,
        source: str | None = None,
        language: str | None = None,
        since: datetime | None = None,
        after: Cursor | None = None,
        limit: int = 50,
    ) -> Page[Article]:
        """Return the latest version of each article, the most recently discovered article first.

        `since` bounds the time an article was first seen.
        """
        query = (
            article_rows()
            .where(
                VersionRow.number == ArticleRow.latest_version,
                col(ArticleRow.is_health_alert).is_(False),
            )
            .order_by(*newest_first(ArticleRow.first_seen_at, ArticleRow.id))
        )
        if source is not None:
            query = query.where(ArticleRow.source == source)
        if language is not None:
            query = query.where(VersionRow.language == language)
        if since is not None:
            query = query.where(ArticleRow.first_seen_at >= since)
        if after is not None:
            query = query.where(continues(ArticleRow.first_seen_at, ArticleRow.id, after))
        with self._reading() as session:
            return page_of(
                session.exec(query.limit(limit + 1)).all(),
                limit,
                lambda found: stored_article(*found),
                lambda article: Cursor(article.first_seen_at, article.id),
            )

    def versions(self, article_id: int) -> list[Article]:
        """Return all versions of an article, the first one first."""
        with self._reading() as session:
            return versions_of(session, article_id)

    def versions_in_order(self, *, since: datetime | None, after: int, limit: int) -> list[Article]:
        """Return versions with an id greater than `after`, in the order they came.

        Those of articles first seen since a time; of all with None.
        """
        query = (
            article_rows()
            .where(col(VersionRow.id) > after, col(ArticleRow.is_health_alert).is_(False))
            .order_by(col(VersionRow.id))
            .limit(limit)
        )
        if since is not None:
            query = query.where(ArticleRow.first_seen_at >= since)
        with self._reading() as session:
            return [stored_article(*found) for found in session.exec(query)]

    def unjudged(self, limit: int) -> list[Article]:
        """Return versions that no rules have judged yet, the oldest first."""
        query = (
            article_rows()
            .where(col(VersionRow.judged_at).is_(None))
            .order_by(col(VersionRow.id))
            .limit(limit)
        )
        with self._reading() as session:
            return [stored_article(*found) for found in session.exec(query)]


def versions_of(session: Session, article_id: int) -> list[Article]:
    """Return all versions of an article, the first one first."""
    query = article_rows().where(ArticleRow.id == article_id).order_by(col(VersionRow.number))
    return [stored_article(*found) for found in session.exec(query)]


def stored_article(article: ArticleRow, version: VersionRow) -> Article:
    """Return the domain type for a version and its article."""
    return Article(
        id=article.id,
        version=version.number,
        version_id=version.id,
        data=ArticleData(
            url=version.url,
            title=version.title,
            text=version.text,
            source=version.source,
            canonical_url=version.canonical_url,
            authors=tuple(version.authors),
            published_at=version.published_at,
            language=version.language,
            site_name=version.site_name,
            tags=tuple(version.tags),
            words_from=WordsFrom(version.words_from),
            date_is_guess=version.date_is_guess,
        ),
        first_seen_at=article.first_seen_at,
        fetched_at=version.fetched_at,
        content_sha256=version.content_sha256,
        evidence_id=version.evidence_id,
        event=ArticleEvent(version.event),
        note=version.note,
        untold=Untold(version.untold) if version.untold else None,
        new_since=version.new_since,
    )


def article_rows() -> Select[ArticleRow, VersionRow]:
    """Return the query for versions with all that `stored_article` needs."""
    return select(ArticleRow, VersionRow).join(
        VersionRow, col(VersionRow.article_id) == ArticleRow.id
    )
