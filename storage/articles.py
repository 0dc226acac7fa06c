"""Articles: one identity per canonical URL, one version per text it was seen with."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from core.articles import Article, ArticleData, FetchedPage, Recorded, RecordOutcome
from core.sources import EntryStatus
from storage.columns import clean, key_hash
from storage.entries import locked_entry, settle
from storage.paging import continues, newest_first, page_of
from storage.raw_pages import PackedPage, RawPages, pack
from storage.records import Cursor, Page
from storage.tables import ArticleRow, EntryRow, VersionRow


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
            entry = None if entry_id is None else locked_entry(session, entry_id)
            article, created = self._identity(session, data, key, now, entry_id)
            latest = None if created else _latest(session, article)
            if latest is not None and latest.content_sha256 == content:
                version = latest
                outcome = _same_content(article, entry_id)
                if version.evidence_id is None and packed is not None:
                    version.evidence_id = self._keep_page(session, packed)
            else:
                outcome = RecordOutcome.NEW if created else RecordOutcome.UPDATED
                version = self._add_version(session, article, data, packed, content, now)
            if entry is not None:
                _settle_stored(entry, article.id, outcome, now)
            return Recorded(outcome, article.id, version.id)

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
        query = _articles().where(ArticleRow.id == article_id).order_by(col(VersionRow.number))
        with self._reading() as session:
            return [stored_article(*found) for found in session.exec(query)]

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

    def _identity(
        self, session: Session, data: ArticleData, key: str, now: datetime, entry_id: int | None
    ) -> tuple[ArticleRow, bool]:
        """Return the article of a key, held for this transaction, and whether it is new."""
        digest = key_hash(key)
        insertion = self._insert(ArticleRow).values(
            key=key,
            key_hash=digest,
            source=data.source,
            first_seen_at=now,
            latest_version=0,
            first_entry_id=entry_id,
        )
        created = session.exec(
            insertion.on_conflict_do_nothing(index_elements=["key_hash"]).returning(
                col(ArticleRow.id)
            )
        ).one_or_none()
        query = select(ArticleRow).where(ArticleRow.key_hash == digest)
        return session.exec(query.with_for_update(key_share=True)).one(), created is not None

    def _add_version(
        self,
        session: Session,
        article: ArticleRow,
        data: ArticleData,
        packed: PackedPage | None,
        content: str,
        now: datetime,
    ) -> VersionRow:
        article.latest_version += 1
        row = VersionRow(
            article_id=article.id,
            number=article.latest_version,
            url=data.url,
            title=data.title,
            text=data.text,
            source=data.source,
            canonical_url=data.canonical_url,
            authors=list(data.authors),
            published_at=data.published_at,
            language=data.language,
            site_name=data.site_name,
            tags=list(data.tags),
            content_sha256=content,
            fetched_at=now if packed is None else packed.page.fetched_at,
            evidence_id=None if packed is None else self._keep_page(session, packed),
        )
        session.add(row)
        session.flush()
        return row


def content_sha256(data: ArticleData) -> str:
    """Return the hash that tells one version of an article from the next: of its title and text.

    Other fields do not count: a new tag or a corrected byline is no new text to be alerted about.
    """
    return hashlib.sha256(clean(f"{data.title}\n{data.text}").encode()).hexdigest()


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


def _latest(session: Session, article: ArticleRow) -> VersionRow | None:
    return session.exec(
        select(VersionRow).where(
            VersionRow.article_id == article.id, VersionRow.number == article.latest_version
        )
    ).one_or_none()


def _same_content(article: ArticleRow, entry_id: int | None) -> RecordOutcome:
    if entry_id is None or article.first_entry_id == entry_id:
        return RecordOutcome.UNCHANGED
    if article.first_entry_id is None:
        article.first_entry_id = entry_id
        return RecordOutcome.UNCHANGED
    return RecordOutcome.DUPLICATE


def _settle_stored(entry: EntryRow, article_id: int, outcome: RecordOutcome, now: datetime) -> None:
    if entry.status != EntryStatus.STORED:
        entry.attempts += 1
        reason = "duplicate" if outcome is RecordOutcome.DUPLICATE else ""
        settle(entry, EntryStatus.STORED, now, reason=reason)
    entry.article_id = article_id
