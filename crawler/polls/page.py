"""Polling a web page that lists articles."""

from __future__ import annotations

from typing_extensions import override

from core.articles import FetchedPage
from core.failures import FetchFailure
from core.sources import CheckOutcome, Entry
from crawler.discovery import ListingDocument, SkippedEntry, parse_listing
from crawler.failures import failure_of_status
from crawler.intake import CheckFacts, RefusedError
from crawler.polls.base import AddressPoll, Ask
from crawler.scrapy_settings import MAX_PAGE_BYTES

MOST_PAGES = 5
"""Further pages of a list that are read when all of the first is new."""


class PagePoll(AddressPoll):
    """Polls a listing page; when all that it lists is new, the next pages too."""

    max_bytes = MAX_PAGE_BYTES

    @override
    async def read(self, page: FetchedPage) -> Ask | None:
        """Read the first page."""
        self._entries: dict[str, Entry] = {}
        self._skipped: list[SkippedEntry] = []
        self._pages = 1
        self._closed = False
        return await self._take(await self._parsed(page))

    @override
    async def more(self, page: FetchedPage) -> Ask | None:
        """Read a further page."""
        failure = failure_of_status(page.status, dict(page.headers), self.intake.clock())
        if failure is not None:
            return await self.without_more(failure)
        try:
            return await self._take(await self._parsed(page))
        except RefusedError:
            return await self._commit()

    @override
    async def without_more(self, failure: FetchFailure) -> Ask | None:
        """Commit what the pages before gave."""
        return await self._commit()

    async def _parsed(self, page: FetchedPage) -> ListingDocument:
        return await self.intake.parse(parse_listing, page, links=self.work.source.links)

    async def _take(self, document: ListingDocument) -> Ask | None:
        before = len(self._entries)
        for entry in document.entries:
            self._entries.setdefault(entry.url, entry)
        self._skipped += document.skipped
        state = self.work.state
        watched = state.last_success_at is not None and state.last_new_at is not None
        more = watched and len(self._entries) > before and self._pages <= MOST_PAGES
        if not more or document.next_page is None:
            return await self._commit()
        self._closed = not await self.intake.none_known(self.work.source, document.entries)
        if self._closed:
            return await self._commit()
        self._pages += 1
        return Ask(document.next_page)

    async def _commit(self) -> Ask | None:
        gap = None
        if self._pages > 1:
            end = "" if self._closed else ", and there may be more"
            gap = (
                "nothing on the first page was known: it ran over since the last poll;"
                f" {self._pages} pages read{end}"
            )
        await self.intake.commit_poll(
            self.work,
            CheckFacts(CheckOutcome.OK, max_age=self.intake.freshness(self.main), full=True),
            tuple(self._entries.values()),
            skipped=tuple(self._skipped),
            validators=self.validators,
            found=self.found,
            gap=gap,
        )
        return None
