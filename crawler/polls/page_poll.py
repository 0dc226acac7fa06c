"""Polling a web page that lists articles."""

from __future__ import annotations

from typing_extensions import override

from core.articles import FetchedPage
from core.reasons import ReasonKind
from core.sources import Entry
from crawler.discovery import parse_listing
from crawler.polls.paging import PagedPoll
from crawler.polls.poll import Ask


class PagePoll(PagedPoll):
    """Polls a listing page; when all that it lists is new, the next pages too."""

    most_pages = 5
    ran_over = ReasonKind.RAN_OVER_PAGE

    @override
    async def read(self, page: FetchedPage) -> Ask | None:
        """Read the first page."""
        self._entries: dict[str, Entry] = {}
        return await super().read(page)

    @override
    async def take(self, page: FetchedPage) -> Ask | None:
        """Keep what a page lists."""
        document = await self.context.documents.read(
            parse_listing, page, links=self.work.source.links
        )
        for entry in document.entries:
            self._entries.setdefault(entry.url, entry)
        return await self.go_on(document.entries, document.skipped, document.next_page)

    @override
    async def commit(self) -> None:
        """Commit what is listed."""
        await self.commit_entries(tuple(self._entries.values()))
