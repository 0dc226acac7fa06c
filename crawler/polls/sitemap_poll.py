"""Polling a sitemap or an index of sitemaps."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

from typing_extensions import override

from core.articles import FetchedPage
from core.failures import FailureKind, FetchFailure
from core.sources import Entry, PollOutcome, Validators
from crawler.discovery import (
    SitemapDocument,
    SitemapEntry,
    SkippedEntry,
    newest_children,
    parse_sitemap,
)
from crawler.download.scrapy_settings import MAX_PAGE_BYTES
from crawler.parse.document_reader import RefusedError
from crawler.polls.poll import AddressPoll, Ask
from crawler.record.poll_facts import PollFacts

WINDOW = timedelta(days=2)
"""How far before the last poll a page may be dated and still be taken for new: clocks are wrong,
and Google's news sitemaps hold two days."""
MOST_PARTS = 4
"""Sitemaps of an index that are read in one poll."""
_STAMPED = 50
"""From so many pages on, one date for all is the time the sitemap was written."""


class SitemapPoll(AddressPoll):
    """Polls a sitemap; of an index, the parts where new articles are.

    Pages with a date are taken when it is recent. Of a sitemap without dates, all that is listed
    at the first poll is known from then on, and what is not known later is new.
    """

    max_bytes = MAX_PAGE_BYTES

    def _prepare(self) -> None:
        self._parts: deque[str] = deque()
        self._listed: list[SitemapEntry] = []
        self._skipped: list[SkippedEntry] = []
        self._asked = 0
        self._failures: list[str] = []

    @override
    async def read(self, page: FetchedPage) -> Ask | None:
        """Read the sitemap itself."""
        self._prepare()
        self._take(await self.context.documents.read(parse_sitemap, page))
        return await self._next()

    @override
    async def more(self, page: FetchedPage) -> Ask | None:
        """Read a part."""
        failure = self.refusal(page)
        if failure is not None:
            return await self.without_more(failure)
        try:
            self._take(await self.context.documents.read(parse_sitemap, page))
        except RefusedError as error:
            self._failures.append(f"{page.url}: {error}")
        return await self._next()

    @override
    async def without_more(self, failure: FetchFailure) -> Ask | None:
        """Go on with the other parts."""
        self._failures.append(str(failure))
        return await self._next()

    def _take(self, document: SitemapDocument) -> None:
        self._listed += document.entries
        self._skipped += document.skipped
        left = max(0, MOST_PARTS - self._asked - len(self._parts))
        parts = newest_children(document, self._since(), left)
        self._parts.extend(part.url for part in parts)

    async def _next(self) -> Ask | None:
        if self._parts:
            self._asked += 1
            return Ask(self._parts.popleft())
        if not self._listed and self._failures:
            said = f"no part of the sitemap could be read: {self._failures[0]}"
            raise RefusedError(FetchFailure(FailureKind.DOCUMENT, said))
        await self._commit()
        return None

    def _since(self) -> datetime:
        last = self.work.state.last_success_at
        return (last or self.context.clock()) - WINDOW

    async def _commit(self) -> None:
        first = self.work.state.last_success_at is None or self.found is not None
        dates = _dates(self._listed)
        since = self._since()
        recent = [
            listed.entry
            for listed, at in zip(self._listed, dates, strict=True)
            if at and at >= since
        ]
        undated = [
            listed.entry for listed, at in zip(self._listed, dates, strict=True) if at is None
        ]
        entries: tuple[Entry, ...] = tuple(recent if first else [*recent, *undated])
        await self.context.recording.commit_poll(
            self.work,
            PollFacts(PollOutcome.OK, max_age=self.fresh_for(self.main), full=True),
            entries,
            skipped=tuple(self._skipped),
            old=tuple(undated) if first else (),
            # Of an index none are kept: it may stay the same while its parts grow.
            validators=Validators() if self._failures or self._asked else self.validators,
            found=self.found,
        )


def _dates(listed: list[SitemapEntry]) -> list[datetime | None]:
    """Return when each page is from; None where nothing is said that means anything."""
    changed = {page.last_modified for page in listed if page.last_modified}
    stamped = len(listed) >= _STAMPED and len(changed) == 1
    return [page.entry.published_at or (None if stamped else page.last_modified) for page in listed]
