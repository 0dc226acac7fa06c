"""What came of an article: its page, or its post in a channel, is stored, refused or tried again.

Everything that is learnt from an answer, and everything that is decided about a failure, is
committed before the crawler takes the next step.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial

import structlog

from core.articles import (
    ArticleData,
    FetchedPage,
    Recorded,
    RecordOutcome,
    Rejection,
    RejectReason,
    StubKind,
)
from core.claims import Claims, Standing
from core.clock import Clock
from core.config.sections.crawl import CrawlSection
from core.failures import FailureKind, FetchFailure
from core.sources import Entry, Source, TrackedEntry, Validators
from core.urls import canonical_url
from crawler.counts import CrawlCounts
from crawler.decide.aliases import aliases_of
from crawler.decide.announcements import article_key
from crawler.decide.entry_retry import (
    decide_entry_retry,
    decide_rejection_retry,
    looks_with,
)
from crawler.decide.hearsay import attribution, believed
from crawler.decide.look_budget import after_look, counts
from crawler.decide.placeholders import FIRST_LOOKS, FIRST_LOOKS_WITHIN, IN_WORDS, odd_first_look
from crawler.decide.revisits import SECOND_LOOK, next_visit
from crawler.download.failures import failure_of_status
from crawler.further_looks import host_of_entry
from crawler.parse.article_reader import Reader
from crawler.parse.sandbox import SandboxClosed, SandboxCrashed
from crawler.queue import FetchEntry
from crawler.record.feed_articles import FeedWords
from crawler.record.texts_seen import TextsSeen
from storage import Store
from storage.crawl.new_versions import content_sha256

log = structlog.get_logger(__name__)

_TURNS_AWAY = frozenset({StubKind.ANTI_BOT, StubKind.ACCESS_DENIED})
_MOST_LEFT = 1_000
"""Posts without an article that are looked for at one poll of a channel."""


class ArticleRecording:
    """Takes the answers at articles' addresses, and posts, and commits what they mean."""

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
        self._hearsay = TextsSeen()
        """What was seen where others sent us, apart: it must not make an outlet's own word odd."""
        self._claims = claims
        self.feed = FeedWords(store, reader, clock, counts, on_stored, claims)

    # -- pages

    async def article_answered(
        self, work: FetchEntry, page: FetchedPage, validators: Validators
    ) -> ArticleData | None:
        """Extract and store an article. Return it, or None when there is none to return."""
        failure = failure_of_status(page.status, dict(page.headers), self._clock())
        if failure is not None:
            await self.article_failed(work, failure)
            return None
        whose = attribution(self._claims(), work.source, page.final_url)
        place = await self.feed.of_a_place(work, page)
        if place is not None:
            await self._count_look(work.tracked, in_vain=False)
            return place
        hearsay = whose.standing is Standing.FOREIGN
        announced = believed(work.tracked.entry, whose.standing)
        try:
            verdict = await self._reader.read(
                page, whose.source, announced, page_first=whose.standing is Standing.UNCLAIMED
            )
        except SandboxClosed:
            raise
        except SandboxCrashed as error:
            await self.article_failed(work, FetchFailure(FailureKind.INTERNAL, error.message))
            return None
        if isinstance(verdict, ArticleData):
            verdict = await self._doubted(work, announced, verdict, page, hearsay) or verdict
        if isinstance(verdict, Rejection):
            self._counts.rejected[verdict.reason.value] += 1
            log.info(
                "not an article",
                source=work.source.name,
                url=page.url,
                reason=verdict.reason.value,
                detail=verdict.detail,
            )
            await self._rejected(work, verdict, page)
            return None
        usual = canonical_url(page.final_url)
        key = usual if hearsay else article_key(work.tracked.key, usual)
        recorded: Recorded = await asyncio.to_thread(
            self._store.record,
            verdict,
            page,
            key=key,
            entry_id=work.tracked.id,
            aliases=aliases_of(verdict, key),
            validators=validators,
            plan_visit=self._first_visit,
            bringer=whose.brought_by(work.source.name),
        )
        if key != usual and recorded.outcome is RecordOutcome.DUPLICATE:
            # It is the known article after all, announced with other words.
            await asyncio.to_thread(self._store.visit_at, [usual], self._clock())
        await self._count_look(work.tracked, in_vain=False)
        self._stored(work.source, recorded)
        return verdict

    async def is_block_page(self, work: FetchEntry, page: FetchedPage) -> bool:
        """Tell whether a page under a status of success turns us away. Raises SandboxCrashed."""
        verdict = await self._reader.read(page, work.source, work.tracked.entry)
        return isinstance(verdict, Rejection) and verdict.stub in _TURNS_AWAY

    async def _doubted(
        self,
        work: FetchEntry,
        announced: Entry,
        found: ArticleData,
        page: FetchedPage,
        hearsay: bool,
    ) -> Rejection | None:
        """Return that a page only stands in the place of what was announced; None if believed."""
        seen = self._hearsay if hearsay else self._seen
        others = seen.elsewhere(found, page.final_url, self._clock())
        oddity = odd_first_look(announced, found, elsewhere=bool(others))
        if oddity is None or _stayed(work.tracked, self._clock()):
            return None
        if others and not hearsay:  # what was believed there a moment ago
            soon = self._clock() + SECOND_LOOK
            await asyncio.to_thread(self._store.visit_at, others, soon)
        return Rejection(RejectReason.STUB, IN_WORDS[oddity], StubKind.PLACEHOLDER)

    async def article_failed(self, work: FetchEntry, failure: FetchFailure) -> None:
        """Commit that an article could not be fetched, and when it is tried again, if ever."""
        self._counts.failed_articles += 1
        now = self._clock()
        looks = looks_with(work.tracked, failure, now)
        decision = decide_entry_retry(failure, looks.number, now, looks.since)
        log.info(
            "article not fetched",
            source=work.source.name,
            url=work.tracked.entry.url,
            reason=decision.reason,
            again_at=decision.at.isoformat() if decision.at else None,
        )
        await self.feed.speaks_for(work, failure, decision.at)
        await self._count_look(work.tracked, in_vain=True)
        if decision.at is None:
            await asyncio.to_thread(
                self._store.fail_entry,
                work.tracked.id,
                failure,
                decision.reason,
                self._page_visit,
                of=work.source.name,
            )
        else:
            await asyncio.to_thread(
                self._store.retry_entry,
                work.tracked.id,
                failure,
                decision.reason,
                decision.at,
                of=work.source.name,
                looks=looks,
            )

    async def _rejected(self, work: FetchEntry, verdict: Rejection, page: FetchedPage) -> None:
        """Commit that a page is no article: for good, or until it is looked at again."""
        entry, now = work.tracked, self._clock()
        looks = looks_with(entry, verdict, now)
        decision = decide_rejection_retry(verdict, looks.number, now, looks.since)
        await self.feed.speaks_for(work, verdict, decision.at)
        of = work.source.name
        await self._count_look(entry, in_vain=True)
        if decision.at is None:
            await asyncio.to_thread(
                self._store.reject_entry, entry.id, verdict, page, self._page_visit, of=of
            )
        else:
            await asyncio.to_thread(
                self._store.retry_entry,
                entry.id,
                verdict,
                decision.reason,
                decision.at,
                page,
                of=of,
                looks=looks,
            )

    async def _count_look(self, entry: TrackedEntry, *, in_vain: bool) -> None:
        """Keep what a further look at a page came to, for what its host may still be asked."""
        if counts(entry):
            await asyncio.to_thread(
                self._store.count_look,
                entry.source,
                host_of_entry(entry),
                partial(after_look, now=self._clock(), in_vain=in_vain),
            )

    def _page_visit(self, changed_at: datetime) -> datetime | None:
        """Say when the page of an article made of its feed's words is looked at, now given up."""
        return next_visit(self._ages, changed_at, self._clock(), 0)

    def _first_visit(self, stored_at: datetime) -> datetime | None:
        return next_visit(self._ages, stored_at, stored_at, 0)

    # -- posts

    async def posts_read(
        self,
        source: Source,
        new: Sequence[TrackedEntry],
        read: Mapping[str, tuple[ArticleData | Rejection, FetchedPage]],
    ) -> None:
        """Store posts that came with their words: new ones, and those whose words changed."""
        entry_of = {tracked.entry.url: tracked for tracked in new}
        words = {
            canonical_url(url): (url, article, page)
            for url, (article, page) in read.items()
            if isinstance(article, ArticleData)
        }
        stored = await asyncio.to_thread(self._store.contents, list(words))
        if any(key not in stored and url not in entry_of for key, (url, *_) in words.items()):
            # A process that died between the two commits left entries without their articles.
            left = await asyncio.to_thread(
                self._store.pending_entries, self._clock(), _MOST_LEFT, source.name
            )
            entry_of |= {words[entry.key][0]: entry for entry in left if entry.key in words}
        for key, (url, article, page) in words.items():
            tracked = entry_of.get(url)
            if tracked is None and stored.get(key) in (None, content_sha256(article)):
                continue  # as it was, or settled otherwise before
            recorded: Recorded = await asyncio.to_thread(
                self._store.record,
                article,
                page,
                key=key,
                entry_id=tracked.id if tracked else None,
                aliases=aliases_of(article, key),
                bringer=attribution(self._claims(), source, url).brought_by(source.name),
            )
            self._stored(source, recorded)
        for url, tracked in entry_of.items():
            verdict, page = read[url]
            if isinstance(verdict, Rejection):
                self._counts.rejected[verdict.reason.value] += 1
                await asyncio.to_thread(self._store.reject_entry, tracked.id, verdict, page)

    async def posts_deleted(self, urls: Sequence[str], page: FetchedPage) -> None:
        """Note stored posts that stand no more between others on a page of their channel."""
        keys = {canonical_url(url) for url in urls}
        for visit in await asyncio.to_thread(self._store.visits_by_key, sorted(keys)):
            recorded = await asyncio.to_thread(
                self._store.record_removal,
                visit,
                "the post is no longer in the channel",
                page,
                lambda _changed_at: None,
            )
            if recorded.outcome is RecordOutcome.UPDATED:
                self._counts.articles[recorded.outcome] += 1
                self._on_stored()

    def _stored(self, source: Source, recorded: Recorded) -> None:
        self._counts.articles[recorded.outcome] += 1
        log.debug("article stored", source=source.name, outcome=recorded.outcome.value)
        if recorded.outcome in (RecordOutcome.NEW, RecordOutcome.UPDATED):
            self._on_stored()


def _stayed(entry: TrackedEntry, now: datetime) -> bool:
    """Tell whether what stands at a new address was there for so many looks that it is believed."""
    looks = entry.looks if entry.stub is StubKind.PLACEHOLDER else None
    return (
        looks is not None
        and looks.number >= FIRST_LOOKS
        and now - looks.since >= FIRST_LOOKS_WITHIN
    )
