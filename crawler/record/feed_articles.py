"""Articles made of what a feed says of them, where no page of their own can say it.

The page may be closed, for now or for good; or there is none, as the entry leads to a place on a
page that it shares with others: one post of many.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from core.articles import ArticleData, FetchedPage, Recorded, RecordOutcome, Rejection
from core.claims import Claims, Standing
from core.clock import Clock
from core.failures import FetchFailure
from core.sources import Entry, Source
from core.url_parts import names_a_place
from crawler.counts import CrawlCounts
from crawler.decide.aliases import aliases_of
from crawler.decide.feed_turn import feed_turn
from crawler.decide.hearsay import attribution
from crawler.parse.article_reader import Reader
from crawler.parse.sandbox import SandboxClosed, SandboxCrashed
from crawler.queue import FetchEntry
from storage import Store

log = structlog.get_logger(__name__)

_TWIN_WITHIN = timedelta(days=7)
"""How long a headline is known again under another address, with the same time."""


class FeedWords:
    """Makes articles of the words of feeds, and commits them."""

    def __init__(
        self,
        store: Store,
        reader: Reader,
        clock: Clock,
        counts: CrawlCounts,
        on_stored: Callable[[], None],
        claims: Callable[[], Claims] = Claims,
    ) -> None:
        self._store = store
        self._reader = reader
        self._clock = clock
        self._counts = counts
        self._on_stored = on_stored
        self._claims = claims

    async def speaks_for(
        self, work: FetchEntry, because: FetchFailure | Rejection, again_at: datetime | None
    ) -> None:
        """Make an article of what the feed says, if its page is not to be waited for; once.

        `again_at` is when the page is looked at again, None if never. To be called before the
        failure is committed: a process that dies in between tries the page again, and finds the
        article made. Of what belongs to another outlet no feed says what it says; what is there
        already, under another address, is not told once more.
        """
        entry = work.tracked
        if entry.article_id is not None or not self._speaks(work, entry.entry.url):
            return
        turn = feed_turn(because, entry.discovered_at, again_at)
        if not turn.speaks:
            return
        since = self._clock() - _TWIN_WITHIN
        if await asyncio.to_thread(self._store.has_article_elsewhere, entry, since):
            log.info("another address of an article that is there", url=entry.entry.url)
            return
        markup = await asyncio.to_thread(self._store.announced_words, entry.id)
        try:
            article = await self._reader.words_of_feed(entry.entry, markup, work.source)
        except SandboxClosed:
            raise
        except SandboxCrashed as error:
            log.warning("words of a feed not read", url=entry.entry.url, reason=error.message)
            return
        if article is None:
            return
        log.info(
            "article made of the feed's words",
            source=work.source.name,
            url=entry.entry.url,
            because=turn.value,
        )
        whose = attribution(self._claims(), work.source, entry.entry.url)
        recorded: Recorded = await asyncio.to_thread(
            self._store.record_announced,
            article,
            key=entry.key,
            entry_id=entry.id,
            aliases=aliases_of(article, entry.key),
            words=replace(entry.entry, markup=markup).words,
            bringer=whose.brought_by(work.source.name),
        )
        if recorded.outcome is RecordOutcome.NEW:
            self._counts.from_feeds += 1
        if recorded.outcome in (RecordOutcome.NEW, RecordOutcome.UPDATED):
            self._on_stored()

    async def of_a_place(self, work: FetchEntry, page: FetchedPage) -> ArticleData | None:
        """Store the words of an entry that its fragment alone tells from others of the same page.

        The page came, and proves what it said then; but it says what all its posts say, under the
        headline of them all. Return None where the page has to speak: the entry has an address of
        its own, or its feed gives a headline and no more.
        """
        entry = work.tracked
        if not names_a_place(entry.key) or not self._speaks(work, page.final_url):
            return None
        markup = await asyncio.to_thread(self._store.announced_words, entry.id)
        if not markup and not entry.entry.summary:
            return None
        try:
            article = await self._reader.words_of_feed(entry.entry, markup, work.source)
        except SandboxClosed:
            raise
        except SandboxCrashed as error:
            log.warning("words of a feed not read", url=entry.entry.url, reason=error.message)
            return None
        if article is None or not article.text:
            return None
        whose = attribution(self._claims(), work.source, page.final_url)
        recorded: Recorded = await asyncio.to_thread(
            self._store.record,
            article,
            page,
            key=entry.key,
            entry_id=entry.id,
            bringer=whose.brought_by(work.source.name),
            words=replace(entry.entry, markup=markup).words,
        )
        if recorded.outcome is RecordOutcome.NEW:
            self._counts.from_feeds += 1
        self._counted(work.source, recorded)
        return article

    async def said_anew(self, source: Source, said: Sequence[tuple[str, Entry]]) -> None:
        """Take what a feed now says of articles made of its words."""
        for key, entry in said:
            try:
                article = await self._reader.words_of_feed(entry, entry.markup, source)
            except SandboxClosed:
                raise  # the poll is not committed either, and finds these words once more
            except SandboxCrashed as error:
                log.warning("words of a feed not read", url=entry.url, reason=error.message)
                continue
            if article is None:
                continue
            recorded = await asyncio.to_thread(
                self._store.record_said_anew, article, key=key, words=entry.words
            )
            if recorded is not None:
                self._counted(source, recorded)

    def _speaks(self, work: FetchEntry, url: str) -> bool:
        """Tell whether the feed's words are the outlet's own, about an article of its own."""
        if not work.tracked.entry.in_own_words:
            return False
        return attribution(self._claims(), work.source, url).standing is not Standing.FOREIGN

    def _counted(self, source: Source, recorded: Recorded) -> None:
        self._counts.articles[recorded.outcome] += 1
        log.debug("article stored", source=source.name, outcome=recorded.outcome.value)
        if recorded.outcome in (RecordOutcome.NEW, RecordOutcome.UPDATED):
            self._on_stored()
