"""Looks at stored articles again, and commits what became of them: edited, removed, or the same."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import structlog

from core.articles import (
    Absence,
    ArticleData,
    ArticleVisit,
    Doubt,
    FetchedPage,
    RecordOutcome,
    Rejection,
    WordsFrom,
)
from core.claims import Claims
from core.clock import Clock
from core.config.sections.crawl import CrawlSection
from core.failures import FailureKind, FetchFailure
from core.sources import Entry, Validators
from core.url_parts import names_a_place
from core.urls import canonical_url
from crawler.counts import CrawlCounts
from crawler.decide.aliases import aliases_of
from crawler.decide.announcements import article_key
from crawler.decide.hearsay import leads_away, stays
from crawler.decide.placeholders import (
    IN_WORDS,
    is_announced,
    look_again,
    odd_first_look,
    odd_visit,
)
from crawler.decide.revisits import (
    MOST_VISITS,
    SECOND_LOOK,
    Gone,
    after_failure,
    gone_by_page,
    gone_by_status,
    gone_elsewhere,
    is_another_text,
    next_visit,
)
from crawler.download.failures import failure_of_status
from crawler.parse.article_reader import Reader
from crawler.queue import VisitArticle
from crawler.record.texts_seen import TextsSeen
from storage import Store

log = structlog.get_logger(__name__)

OPENED_AFTER = 1
"""Looks in a row at a page that says nothing of its article before it is taken for it: visits of a
closed page are a day and more apart."""


class Visiting:
    """Takes the answers of visits from spiders and commits what they mean."""

    def __init__(
        self,
        store: Store,
        reader: Reader,
        crawl: CrawlSection,
        clock: Clock,
        counts: CrawlCounts,
        on_stored: Callable[[], None],
        seen: TextsSeen | None = None,
        claims: Callable[[], Claims] = Claims,
    ) -> None:
        self._store = store
        self._reader = reader
        self._ages = crawl.revisit
        self._clock = clock
        self._counts = counts
        self._on_stored = on_stored
        self._seen = seen or TextsSeen()
        self._claims = claims

    async def answered(self, work: VisitArticle, page: FetchedPage, validators: Validators) -> None:
        """Commit what the address of an article answered."""
        visit = work.visit
        if visit.data.words_from is WordsFrom.FEED:
            await self._closed_page_answered(work, page, validators)
            return
        if page.status == 304 and (visit.etag or visit.last_modified):
            await self._unchanged(visit)
            return
        gone = gone_by_status(page.status)
        failure = failure_of_status(page.status, dict(page.headers), self._clock())
        if gone is None and failure is not None:
            await self.failed(work, failure)
            return
        verdict = None if gone else await self._reader.read(page, work.source, _entry_of(visit))
        if isinstance(verdict, ArticleData) and verdict.published_at == visit.data.published_at:
            # The date that was known stands in for one that the page lacks, guess or not.
            verdict = replace(verdict, date_is_guess=visit.data.date_is_guess)
        if isinstance(verdict, Rejection):
            gone = gone_by_page(verdict)
            if gone is None:
                failure = FetchFailure(FailureKind.CONTENT, f"{verdict.reason}: {verdict.detail}")
                await self.failed(work, failure)
                return
        elif verdict is not None:
            claims, of = self._claims(), visit.data.source
            gone = gone_elsewhere(visit.data, verdict)
            if gone is None and leads_away(claims, of, visit.key, page.final_url):
                gone = Gone(Absence.ELSEWHERE, f"its address now leads to {page.final_url}")
            anew = gone is None and await self._is_announced(visit, verdict)
            if gone is None and not anew and await self._held_back(visit, verdict, page):
                return
            if gone is None:
                recorded = await asyncio.to_thread(
                    self._store.record_visit,
                    visit,
                    verdict,
                    page,
                    self._plan(visit),
                    validators,
                    # Other names of another outlet's pages are not for it to have.
                    aliases_of(verdict, _key_at(visit, page))
                    if stays(claims, of, visit.key, page.final_url)
                    else (),
                    anew=anew,
                )
                self._counted(work, recorded.outcome, "article edited")
                return
        if gone is not None:
            await self._gone(work, gone, page)

    async def _closed_page_answered(
        self, work: VisitArticle, page: FetchedPage, validators: Validators
    ) -> None:
        """Take the page of an article that has its feed's words, if it can be read by now.

        That it still cannot says nothing of the article, which never had a page for us.
        """
        visit = work.visit
        failure = failure_of_status(page.status, dict(page.headers), self._clock())
        if names_a_place(visit.key):  # the page is of many posts, and never one's own
            await asyncio.to_thread(self._store.note_visit, visit, None)
            return
        found = None if failure else await self._reader.read(page, work.source, _entry_of(visit))
        claims, of = self._claims(), visit.data.source
        away = leads_away(claims, of, visit.key, page.final_url)
        if not isinstance(found, ArticleData) or away:
            await self._unchanged(visit)
            return
        if (doubt := self._placeholder(visit, found, page)) is not None:
            await self._unchanged(visit, doubt)
            return
        recorded = await asyncio.to_thread(
            self._store.record_visit,
            visit,
            found,
            page,
            self._plan(visit),
            validators,
            aliases_of(found, _key_at(visit, page))
            if stays(claims, of, visit.key, page.final_url)
            else (),
        )
        self._counted(work, recorded.outcome, "page of an article opened")

    def _placeholder(
        self, visit: ArticleVisit, found: ArticleData, page: FetchedPage
    ) -> Doubt | None:
        """Return that a page may only stand in the article's place; None when it is believed."""
        now = self._clock()
        others = self._seen.elsewhere(found, page.final_url, now)
        oddity = odd_first_look(_entry_of(visit), found, elsewhere=bool(others))
        before = visit.doubt if visit.doubt and visit.doubt.kind is Absence.REPLACED else None
        looks = 0 if before is None else before.looks
        if oddity is None or looks >= OPENED_AFTER:
            return None
        since = now if before is None else before.since
        return Doubt(Absence.REPLACED, IN_WORDS[oddity], since=since, looks=looks + 1)

    async def failed(self, work: VisitArticle, failure: FetchFailure) -> None:
        """Commit that a visit learnt nothing, and when the next one is, if ever."""
        visit = work.visit
        self._counts.failed_visits += 1
        if visit.data.words_from is WordsFrom.FEED and not failure.may_pass:
            await self._unchanged(visit)
            return
        at = after_failure(self._ages, visit.changed_at, self._clock(), failure)
        log.info(
            "article not visited",
            source=work.source.name,
            url=visit.data.url,
            reason=str(failure),
            again_at=at.isoformat() if at else None,
        )
        await asyncio.to_thread(self._store.note_visit, visit, at, doubt=visit.doubt, counts=False)

    async def _unchanged(self, visit: ArticleVisit, doubt: Doubt | None = None) -> None:
        self._counts.visits += 1
        at = self._plan(visit)(visit.changed_at)
        await asyncio.to_thread(self._store.note_visit, visit, at, doubt=doubt)

    async def _is_announced(self, visit: ArticleVisit, found: ArticleData) -> bool:
        """Tell whether the source announced another article at the address of this one."""
        if not is_another_text(visit.data, found):
            return False
        announced = await asyncio.to_thread(self._store.announced_titles, visit)
        return is_announced(found, visit.data, announced)

    async def _held_back(self, visit: ArticleVisit, found: ArticleData, page: FetchedPage) -> bool:
        """Note that a text may only stand in the article's place; False when it is believed."""
        # A page without a title of its own is given the article's.
        own = replace(found, title="") if found.title == visit.data.title else found
        now = self._clock()
        elsewhere = bool(self._seen.elsewhere(own, page.final_url, now))
        oddity = odd_visit(visit.data, found, elsewhere=elsewhere)
        if oddity is None:
            return False
        if await asyncio.to_thread(self._store.said_before, visit, found):
            return False
        before = visit.doubt if visit.doubt and visit.doubt.kind is Absence.REPLACED else None
        at = look_again(oddity, found, before, now)
        if at is None or visit.visits >= MOST_VISITS:
            return False
        doubt = Doubt(
            Absence.REPLACED,
            IN_WORDS[oddity],
            since=now if before is None else before.since,
            looks=1 if before is None else before.looks + 1,
        )
        await asyncio.to_thread(self._store.note_visit, visit, at, doubt=doubt)
        self._counts.visits += 1
        log.info(
            "article looks replaced",
            url=visit.data.url,
            reason=oddity.value,
            looks=doubt.looks,
            again_at=at.isoformat(),
        )
        return True

    async def _gone(self, work: VisitArticle, gone: Gone, page: FetchedPage) -> None:
        """Believe what is certain, or was seen before; else look once more."""
        known = work.visit.doubt
        again = known is not None and known.kind is not Absence.REPLACED
        # Doubts of two kinds that take turns would put off the answer for ever.
        if not (gone.certain or again or work.visit.visits >= MOST_VISITS):
            at = self._clock() + SECOND_LOOK
            doubt = Doubt(gone.kind, gone.note)
            await asyncio.to_thread(self._store.note_visit, work.visit, at, doubt=doubt)
            self._counts.visits += 1
            return
        recorded = await asyncio.to_thread(
            self._store.record_removal, work.visit, gone.note, page, self._plan(work.visit)
        )
        self._counted(work, recorded.outcome, "article removed", reason=gone.note)

    def _counted(
        self, work: VisitArticle, outcome: RecordOutcome, event: str, **about: str
    ) -> None:
        self._counts.visits += 1
        if outcome is RecordOutcome.UPDATED:
            self._counts.articles[outcome] += 1
            log.info(event, source=work.source.name, url=work.visit.data.url, **about)
            self._on_stored()

    def _plan(self, visit: ArticleVisit) -> Callable[[datetime], datetime | None]:
        now = self._clock()
        return lambda changed_at: next_visit(self._ages, changed_at, now, visit.visits + 1)


def _key_at(visit: ArticleVisit, page: FetchedPage) -> str:
    """Return the key of an article at the address that its visit led to."""
    return article_key(visit.key, canonical_url(page.final_url))


def _entry_of(visit: ArticleVisit) -> Entry:
    """Return what is known of an article already: a page that lost its date keeps the old one."""
    data = visit.data
    return Entry(
        url=data.url,
        title=data.title,
        published_at=data.published_at,
        authors=data.authors,
        language=data.language,
        tags=data.tags,
    )
