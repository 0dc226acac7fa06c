"""Polling what goes on over further pages: a list of articles, or a channel of posts.

When all that the first page shows is new, it ran over since the last poll, and the next pages are
read until one shows something known.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from typing_extensions import override

from core.articles import FetchedPage
from core.failures import FetchFailure
from core.reasons import Reason, ReasonKind
from core.sources import Entry, PollOutcome, TrackedEntry
from crawler.discovery import SkippedEntry
from crawler.download.scrapy_settings import MAX_PAGE_BYTES
from crawler.parse.document_reader import RefusedError
from crawler.polls.poll import AddressPoll, Ask
from crawler.record.poll_facts import PollFacts


class PagedPoll(AddressPoll):
    """Polls the first page; when all that it shows is new, the next pages too."""

    max_bytes = MAX_PAGE_BYTES
    most_pages: ClassVar[int]
    """Further pages that are read at the most."""
    ran_over: ClassVar[ReasonKind]
    """What is said of a poll that had to read them."""

    @override
    async def read(self, page: FetchedPage) -> Ask | None:
        """Read the first page."""
        self._seen: set[str] = set()
        self._skipped: list[SkippedEntry] = []
        self._pages = 1
        self._closed = False
        return await self.take(page)

    @override
    async def more(self, page: FetchedPage) -> Ask | None:
        """Read a further page."""
        failure = self.refusal(page)
        if failure is not None:
            return await self.without_more(failure)
        try:
            return await self.take(page)
        except RefusedError:
            return await self._end()

    @override
    async def without_more(self, failure: FetchFailure) -> Ask | None:
        """Commit what the pages before gave."""
        return await self._end()

    @abstractmethod
    async def take(self, page: FetchedPage) -> Ask | None:
        """Keep what a page shows, and return `go_on` of it. Raises RefusedError."""

    @abstractmethod
    async def commit(self) -> None:
        """Commit what all pages gave."""

    async def go_on(
        self, entries: Sequence[Entry], skipped: Sequence[SkippedEntry], next_page: str | None
    ) -> Ask | None:
        """Ask for the next page while all is new, or else commit."""
        self._skipped += skipped
        before = len(self._seen)
        self._seen.update(entry.url for entry in entries)
        state = self.work.state
        watched = state.last_success_at is not None and state.last_new_at is not None
        more = watched and len(self._seen) > before and self._pages <= self.most_pages
        if not more or next_page is None:
            return await self._end()
        self._closed = not await self.context.recording.none_known(self.work.state, entries)
        if self._closed:
            return await self._end()
        self._pages += 1
        return Ask(next_page)

    async def commit_entries(self, entries: Sequence[Entry]) -> tuple[TrackedEntry, ...]:
        """Commit the entries of all pages, and return those that are new."""
        gap = None
        if self._pages > 1:
            gap = Reason(self.ran_over, n=self._pages)
            if not self._closed:
                gap = Reason(ReasonKind.RAN_OVER_OPEN, gap=gap)
        return await self.context.recording.commit_poll(
            self.work,
            PollFacts(PollOutcome.OK, max_age=self.fresh_for(self.main), full=True),
            tuple(entries),
            skipped=tuple(self._skipped),
            validators=self.validators,
            found=self.found,
            gap=gap,
            comparison=self.comparison,
        )

    async def _end(self) -> Ask | None:
        await self.commit()
        return None
