"""Visits: articles that are looked at again, and what was found then."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, or_, select, update
from sqlmodel.sql.expression import Select

from core.articles import (
    Absence,
    Alias,
    ArticleData,
    ArticleEvent,
    ArticleVisit,
    Doubt,
    FetchedPage,
    Recorded,
    RecordOutcome,
    WordsFrom,
)
from core.errors import StorageError
from core.sources import EntryStatus, SourceKind, Validators
from core.version_events import Said, says_again
from storage.crawl.aliases import add_aliases
from storage.crawl.articles import (
    Articles,
    PlanVisit,
)
from storage.crawl.earlier_versions import last_change, latest_of, told_before
from storage.crawl.held_entries import hold_entry, settle_as_stored
from storage.crawl.new_versions import NewVersion
from storage.crawl.raw_pages import pack
from storage.crawl.stored_articles import stored_article
from storage.database.columns import key_hash
from storage.database.engine import batches
from storage.database.tables.crawl import ArticleRow, EntryRow, SourceRow, VersionRow

ReplanVisit = Callable[[datetime, int], datetime | None]
"""Says when an article that last changed at a time is looked at after so many visits, if ever."""
_REPLANNED_AT_ONCE = 500
"""Articles of one transaction: others write in between."""


class Visits(Articles):
    """Queries about articles that are looked at again."""

    def sources_with_visits(self, now: datetime) -> list[str]:
        """Return the names of sources that have an article to look at now, the oldest first."""
        query = (
            select(ArticleRow.source)
            .where(col(ArticleRow.next_visit_at).is_not(None), _due(now))
            .group_by(ArticleRow.source)
            .order_by(func.min(ArticleRow.next_visit_at))
        )
        with self._reading() as session:
            return list(session.exec(query))

    def due_visits(self, now: datetime, limit: int, source: str) -> list[ArticleVisit]:
        """Return articles of a source that are to be looked at now, the longest due first."""
        query = (
            select(ArticleRow, VersionRow)
            .join(
                VersionRow,
                (col(VersionRow.article_id) == ArticleRow.id)
                & (col(VersionRow.number) == ArticleRow.latest_version),
            )
            .where(
                ArticleRow.source == source, col(ArticleRow.next_visit_at).is_not(None), _due(now)
            )
            .order_by(col(ArticleRow.next_visit_at), col(ArticleRow.id))
            .limit(limit)
        )
        with self._reading() as session:
            return [_visit(session, *found) for found in session.exec(query)]

    def visits_by_key(self, keys: Sequence[str]) -> list[ArticleVisit]:
        """Return the articles under these canonical URLs that were not removed, for a visit now."""
        found: list[ArticleVisit] = []
        for batch in batches(keys):
            query = (
                select(ArticleRow, VersionRow)
                .join(
                    VersionRow,
                    (col(VersionRow.article_id) == ArticleRow.id)
                    & (col(VersionRow.number) == ArticleRow.latest_version),
                )
                .where(
                    col(ArticleRow.key_hash).in_([key_hash(key) for key in batch]),
                    VersionRow.event != ArticleEvent.REMOVED.value,
                )
                .order_by(col(ArticleRow.id))
            )
            with self._reading() as session:
                found += [_visit(session, *row) for row in session.exec(query)]
        return found

    def announced_titles(self, visit: ArticleVisit) -> list[str]:
        """Return what the source last called what it announced at an article's address."""
        query = select(EntryRow.title).where(
            or_(
                col(EntryRow.key_hash) == key_hash(visit.key),
                col(EntryRow.id)
                == select(ArticleRow.first_entry_id)
                .where(ArticleRow.id == visit.article_id)
                .scalar_subquery(),
            )
        )
        with self._reading() as session:
            return list(session.exec(query))

    def said_before(self, visit: ArticleVisit, found: ArticleData) -> bool:
        """Tell whether an article had this headline and text before."""
        said = Said.of(found.title, found.text)
        with self._reading() as session:
            return says_again(said, told_before(session, visit.article_id))

    def visit_at(self, keys: Sequence[str], at: datetime) -> None:
        """Have stored articles looked at by a time, not modified or not."""
        later = or_(col(ArticleRow.next_visit_at).is_(None), col(ArticleRow.next_visit_at) > at)
        with self._writing() as session:
            for digest in sorted({key_hash(key) for key in keys}):
                session.exec(
                    update(ArticleRow)
                    .where(col(ArticleRow.key_hash) == digest, later)
                    .values(next_visit_at=at, etag=None, last_modified=None)
                    .execution_options(synchronize_session=False)
                )

    def next_visit_due_at(self) -> datetime | None:
        """Return when the next article is to be looked at again; None when none is."""
        with self._reading() as session:
            planned = col(ArticleRow.next_visit_at).is_not(None)
            return session.exec(select(func.min(ArticleRow.next_visit_at)).where(planned)).one()

    def replan_visits(self, plan: ReplanVisit | None, since: datetime, now: datetime) -> int:
        """Plan the next visit of stored articles anew; return how many got another time.

        `plan` has no time for those that changed last before `since`; None visits nothing again.
        What is due already, or is to be looked at a second time, stays so. Posts of channels have
        no visits: they are looked at where they are found.
        """
        changed, last = 0, 0
        while True:
            with self._writing() as session:
                rows = session.exec(_replanned(since, last)).all()
                for article, changed_at in rows:
                    before = article.next_visit_at
                    at = None if plan is None else plan(changed_at, article.visits)
                    if plan is not None and before is not None:
                        held = before <= now or article.doubt_kind is not None
                        at = before if held else at
                    if at != before:
                        article.next_visit_at, changed = at, changed + 1
                ids = [article.id for article, _ in rows]
            if len(ids) < _REPLANNED_AT_ONCE:
                return changed
            last = ids[-1]

    def note_visit(
        self,
        visit: ArticleVisit,
        next_at: datetime | None,
        *,
        validators: Validators | None = None,
        doubt: Doubt | None = None,
        counts: bool = True,
    ) -> None:
        """Note a visit that found nothing new, or (`counts` off) learnt nothing at all.

        `doubt` is why the article seems to be gone; None takes an earlier doubt back.
        """
        with self._writing() as session:
            article = _held(session, visit)
            article.next_visit_at = next_at
            article.visits += counts
            _put_doubt(article, doubt)
            if validators is not None:
                article.etag, article.last_modified = validators.etag, validators.last_modified

    def record_visit(
        self,
        visit: ArticleVisit,
        data: ArticleData,
        page: FetchedPage,
        plan_visit: PlanVisit,
        validators: Validators,
        aliases: Sequence[Alias] = (),
        *,
        anew: bool = False,
    ) -> Recorded:
        """Compare what a visit found with the latest version: UPDATED or UNCHANGED.

        With `anew` it is another article, which its source announced at the same address.
        """
        found = NewVersion.found(data, pack(page))
        now = self._clock()
        with self._writing() as session:
            entry_id = _waiting_entry(session, visit)
            article = _held(session, visit)
            latest = latest_of(session, article)
            recorded = self._edited(session, article, latest, found, now, anew=anew)
            now_latest = latest if recorded is None else latest_of(session, article)
            article.next_visit_at = plan_visit(_followed_from(session, article, now_latest))
            article.visits += 1
            _put_doubt(article, None)
            article.etag, article.last_modified = validators.etag, validators.last_modified
            add_aliases(session, self.dialect, article.id, aliases)
            if entry_id is not None and recorded is not None and recorded.opened:
                settle_as_stored(session, entry_id, recorded, now)
            return recorded or Recorded(RecordOutcome.UNCHANGED, article.id, latest.id)

    def record_removal(
        self,
        visit: ArticleVisit,
        note: str,
        page: FetchedPage,
        plan_visit: Callable[[datetime], datetime | None],
    ) -> Recorded:
        """Add a version that says the article is gone, with the answer that proves it."""
        now = self._clock()
        with self._writing() as session:
            article = _held(session, visit)
            latest = latest_of(session, article)
            article.visits += 1
            article.etag = article.last_modified = None
            _put_doubt(article, None)
            if latest.event == ArticleEvent.REMOVED.value:
                article.next_visit_at = plan_visit(latest.fetched_at)
                return Recorded(RecordOutcome.UNCHANGED, article.id, latest.id)
            # One that comes and goes is not followed for ever.
            again = latest.event == ArticleEvent.REVERTED.value
            article.next_visit_at = plan_visit(
                last_change(session, article.id) if again else page.fetched_at
            )
            last = stored_article(article, latest).data
            words = NewVersion.found(last, pack(page))
            gone = replace(
                words,
                content=latest.content_sha256,
                event=ArticleEvent.REMOVED,
                note=note,
                new_since=latest.new_since,
            )
            return self._next_version(session, article, gone, now)


def _replanned(since: datetime, last: int) -> Select[ArticleRow, datetime]:
    """Return the query for the next articles that are visited, or may have to be by a new plan."""
    channels = select(SourceRow.name).where(SourceRow.kind == SourceKind.TELEGRAM.value)
    given_up = select(EntryRow.id).where(EntryRow.status != EntryStatus.PENDING.value)
    return (
        select(ArticleRow, VersionRow.fetched_at)
        .join(
            VersionRow,
            (col(VersionRow.article_id) == ArticleRow.id)
            & (col(VersionRow.number) == ArticleRow.latest_version),
        )
        .where(
            col(ArticleRow.id) > last,
            or_(col(ArticleRow.next_visit_at).is_not(None), col(VersionRow.fetched_at) >= since),
            col(ArticleRow.is_health_alert).is_(False),
            col(ArticleRow.source).not_in(channels),
            # Whose page could not be read waits as an entry, until that is given up.
            or_(
                col(VersionRow.words_from) != WordsFrom.FEED.value,
                col(ArticleRow.first_entry_id).in_(given_up),
            ),
        )
        .order_by(col(ArticleRow.id))
        .limit(_REPLANNED_AT_ONCE)
        .with_for_update(key_share=True, of=ArticleRow)
    )


def _due(now: datetime) -> ColumnElement[bool]:
    return col(ArticleRow.next_visit_at) <= now


def _waiting_entry(session: Session, visit: ArticleVisit) -> int | None:
    """Hold the entry of an article made of its feed's words, and return its id.

    Entry before article, in every transaction that holds both.
    """
    if visit.data.words_from is not WordsFrom.FEED:
        return None
    query = select(ArticleRow.first_entry_id).where(ArticleRow.id == visit.article_id)
    entry_id = session.exec(query).one_or_none()
    if entry_id is not None:
        hold_entry(session, entry_id)
    return entry_id


def _held(session: Session, visit: ArticleVisit) -> ArticleRow:
    # What the visit knows may be old: an entry of the same article may have brought an edit since,
    # which is then what this is compared with.
    query = select(ArticleRow).where(ArticleRow.id == visit.article_id)
    article = session.exec(query.with_for_update(key_share=True)).one_or_none()
    if article is None:
        raise StorageError(f"there is no article {visit.article_id}")
    return article


def _changed_at(session: Session, latest: VersionRow) -> datetime:
    """Return when an article last changed; what it says again does not make it any younger."""
    if latest.event == ArticleEvent.REVERTED.value:
        return last_change(session, latest.article_id)
    return latest.fetched_at


def _followed_from(session: Session, article: ArticleRow, version: VersionRow) -> datetime:
    """Return when the ages at which an article is visited begin: as it changed, or was announced.

    Its feed may run ahead of its page, and a fault of the moment must not be the last word.
    """
    changed_at = _changed_at(session, version)
    return max(changed_at, article.announced_at or changed_at)


def _put_doubt(article: ArticleRow, doubt: Doubt | None) -> None:
    article.doubt_kind = doubt.kind.value if doubt else None
    article.doubt = doubt.note if doubt else None
    article.doubt_since = doubt.since if doubt else None
    article.doubt_looks = doubt.looks if doubt else 0


def _doubt(article: ArticleRow) -> Doubt | None:
    if article.doubt_kind is None:
        return None
    return Doubt(
        Absence(article.doubt_kind),
        article.doubt or "",
        article.doubt_since,
        max(1, article.doubt_looks),
    )


def _visit(session: Session, article: ArticleRow, version: VersionRow) -> ArticleVisit:
    return ArticleVisit(
        article_id=article.id,
        key=article.key,
        data=stored_article(article, version).data,
        version=version.number,
        event=ArticleEvent(version.event),
        changed_at=_followed_from(session, article, version),
        visits=article.visits,
        etag=article.etag,
        last_modified=article.last_modified,
        doubt=_doubt(article),
    )
