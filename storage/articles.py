"""Articles: one identity per canonical URL, one version per text it was seen with."""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import cache

from sqlalchemy import UpdateBase
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from core.articles import Article, ArticleData, FetchedPage, Recorded, RecordOutcome
from storage.columns import clean, key_hash
from storage.engine import insert_into
from storage.entries import hold_entry, settle_as_stored
from storage.paging import continues, newest_first, page_of
from storage.raw_pages import PackedPage, RawPages, pack
from storage.records import Cursor, Page
from storage.tables import ArticleRow, VersionRow


class Articles(RawPages):
    """Queries about articles and their versions."""

    def record(
        self,
        data: ArticleData,
        page: FetchedPage | None,
        *,
        key: str,
        entry_id: int | None = None,
    ) -> Recorded:
        """Store an article under its canonical URL `key` and settle its entry; safe to repeat.

        The same title and text are UNCHANGED, or DUPLICATE when another entry brought them first;
        others make a new version. The page becomes the version's evidence; a version that has
        evidence keeps it.
        """
        packed = None if page is None else pack(page)
        content = content_sha256(data)
        now = self._clock()
        with self._writing() as session:
            if entry_id is not None:
                hold_entry(session, entry_id)
            article_id = self._new_article(session, data.source, key, entry_id, now)
            if article_id is not None:
                version_id = self._add_version(session, (article_id, 1), data, packed, content, now)
                recorded = Recorded(RecordOutcome.NEW, article_id, version_id)
            else:
                article, latest = _stored(session, key)
                if latest.content_sha256 == content:
                    recorded = Recorded(_same_content(article, entry_id), article.id, latest.id)
                    if latest.evidence_id is None and packed is not None:
                        latest.evidence_id = self._keep_page(session, packed)
                else:
                    article.latest_version += 1
                    place = (article.id, article.latest_version)
                    version_id = self._add_version(session, place, data, packed, content, now)
                    recorded = Recorded(RecordOutcome.UPDATED, article.id, version_id)
            if entry_id is not None:
                settle_as_stored(session, entry_id, recorded, now)
            return recorded

    def article(self, article_id: int, version: int | None = None) -> Article | None:
        """Return a version of an article, the latest if none is named."""
        number = col(ArticleRow.latest_version) if version is None else version
        query = _articles().where(ArticleRow.id == article_id, VersionRow.number == number)
        with self._reading() as session:
            found = session.exec(query).one_or_none()
            return None if found is None else stored_article(*found)

    def article_by_url(self, key: str) -> Article | None:
        """Return the latest version of the article with this canonical URL."""
        query = _articles().where(
            ArticleRow.key_hash == key_hash(key), VersionRow.number == ArticleRow.latest_version
        )
        with self._reading() as session:
            found = session.exec(query).one_or_none()
            return None if found is None else stored_article(*found)

    def articles(
        self,
        *,
        source: str | None = None,
        since: datetime | None = None,
        after: Cursor | None = None,
        limit: int = 50,
    ) -> Page[Article]:
        """Return the latest version of each article, the most recently discovered article first.

        `since` bounds the time an article was first seen.
        """
        query = (
            _articles()
            .where(VersionRow.number == ArticleRow.latest_version)
            .order_by(*newest_first(ArticleRow.first_seen_at, ArticleRow.id))
        )
        if source is not None:
            query = query.where(ArticleRow.source == source)
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

    def unjudged(self, limit: int) -> list[Article]:
        """Return versions that no rules have judged yet, the oldest first."""
        query = (
            _articles()
            .where(col(VersionRow.judged_at).is_(None))
            .order_by(col(VersionRow.id))
            .limit(limit)
        )
        with self._reading() as session:
            return [stored_article(*found) for found in session.exec(query)]

    def _new_article(
        self, session: Session, source: str, key: str, entry_id: int | None, now: datetime
    ) -> int | None:
        """Insert the article of a key, with room for version 1; return None if it is there."""
        article_id: int | None = session.exec(
            _insert_article(self.dialect),
            params={
                "key": key,
                "key_hash": key_hash(key),
                "source": source,
                "first_seen_at": now,
                "latest_version": 1,
                "first_entry_id": entry_id,
            },
        ).scalar_one_or_none()
        return article_id

    def _add_version(
        self,
        session: Session,
        place: tuple[int, int],
        data: ArticleData,
        packed: PackedPage | None,
        content: str,
        now: datetime,
    ) -> int:
        """Insert a version at `place`, an article's id and a version number; return its id."""
        evidence_id = None if packed is None else self._keep_page(session, packed)
        version_id: int = session.exec(
            _insert_version(self.dialect),
            params={
                "article_id": place[0],
                "number": place[1],
                "url": data.url,
                "title": data.title,
                "text": data.text,
                "source": data.source,
                "canonical_url": data.canonical_url,
                "authors": data.authors,
                "published_at": data.published_at,
                "language": data.language,
                "site_name": data.site_name,
                "tags": data.tags,
                "content_sha256": content,
                "fetched_at": now if packed is None else packed.page.fetched_at,
                "evidence_id": evidence_id,
            },
        ).scalar_one()
        return version_id


def content_sha256(data: ArticleData) -> str:
    """Return the hash that tells one version of an article from the next: of its title and text.

    Other fields do not count: a new tag or a corrected byline is no new text to be alerted about.
    """
    return hashlib.sha256(clean(f"{data.title}\n{data.text}").encode()).hexdigest()


def versions_of(session: Session, article_id: int) -> list[Article]:
    """Return all versions of an article, the first one first."""
    query = _articles().where(ArticleRow.id == article_id).order_by(col(VersionRow.number))
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
        ),
        first_seen_at=article.first_seen_at,
        fetched_at=version.fetched_at,
        content_sha256=version.content_sha256,
        evidence_id=version.evidence_id,
    )


def _articles() -> Select[ArticleRow, VersionRow]:
    return select(ArticleRow, VersionRow).join(
        VersionRow, col(VersionRow.article_id) == ArticleRow.id
    )


def _stored(session: Session, key: str) -> tuple[ArticleRow, VersionRow]:
    """Return an article, held for this transaction, and its latest version."""
    held = (
        select(ArticleRow)
        .where(ArticleRow.key_hash == key_hash(key))
        .with_for_update(key_share=True)
    )
    article = session.exec(held).one()
    latest = select(VersionRow).where(
        VersionRow.article_id == article.id, VersionRow.number == article.latest_version
    )
    return article, session.exec(latest).one()


def _same_content(article: ArticleRow, entry_id: int | None) -> RecordOutcome:
    if entry_id is None or article.first_entry_id == entry_id:
        return RecordOutcome.UNCHANGED
    if article.first_entry_id is None:
        article.first_entry_id = entry_id
        return RecordOutcome.UNCHANGED
    return RecordOutcome.DUPLICATE


@cache
def _insert_article(dialect: str) -> UpdateBase:
    return (
        insert_into(dialect, ArticleRow)
        .on_conflict_do_nothing(index_elements=["key_hash"])
        .returning(col(ArticleRow.id))
    )


@cache
def _insert_version(dialect: str) -> UpdateBase:
    return insert_into(dialect, VersionRow).returning(col(VersionRow.id))
