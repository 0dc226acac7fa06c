"""Looking for entries that fell out of a feed between two polls: its older pages, and sitemaps."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from core.articles import FetchedPage
from core.reasons import Reason, ReasonKind
from core.sources import Entry
from crawler.discovery import FeedDocument, newest_children, parse_feed, parse_sitemap
from crawler.discovery.robots_sitemaps import sitemaps_in_robots
from crawler.parse.document_reader import RefusedError
from crawler.polls.poll import Ask
from crawler.polls.poll_context import PollContext
from crawler.queue import PollSource

MOST_ASKED = 8
"""Requests spent on one gap: a publisher that floods its feed must not cost more than it gives."""
_COMMON = ("/news-sitemap.xml", "/sitemap-news.xml", "/sitemap.xml")
_SLACK = timedelta(hours=1)


class GapFill:
    """Asks where what is missing may be, until an entry that is known shows the gap is closed."""

    def __init__(
        self, context: PollContext, work: PollSource, url: str, document: FeedDocument
    ) -> None:
        self._context = context
        self._work = work
        self._url = url
        self._first = len(document.entries)
        self._entries = {entry.url: entry for entry in document.entries}
        self._said = set(map(_said, document.entries))
        self._next_page = document.older
        self._page = 2
        self._asked = 0
        self._closed = False
        self._places: deque[tuple[str, str]] = deque()
        self._at: tuple[str, str] = ("", "")
        self._used: list[str] = []

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The feed's own entries and those that were found beside it."""
        return tuple(self._entries.values())

    def begin(self) -> Ask | None:
        """Return the first place to ask."""
        root = "{0.scheme}://{0.netloc}".format(urlsplit(self._url))
        self._places.append(("older", self._next_page or _page_of_feed(self._url, self._page)))
        self._places.append(("robots", f"{root}/robots.txt"))
        self._places.extend(("sitemap", root + path) for path in _COMMON)
        return self._next()

    def failed(self) -> Ask | None:
        """Return the next place to ask; None when there is none."""
        return self._next()

    async def answered(self, page: FetchedPage) -> Ask | None:
        """Take what a place holds, and return the next to ask; None when the gap is closed."""
        kind, url = self._at
        try:
            if kind == "older":
                await self._older(page, url)
            elif kind == "robots":
                named = sitemaps_in_robots(page.body, page.final_url)
                self._places.extendleft(("sitemap", url) for url in reversed(named))
            else:
                await self._sitemap(page, url)
        except RefusedError:
            return self._next()
        return self._next()

    def summary(self) -> Reason:
        """Say what was found of the gap, for people."""
        more = len(self._entries) - self._first
        if not more:
            return Reason(ReasonKind.RAN_OVER_UNFOUND, n=self._first, places=self._asked)
        gap = Reason(ReasonKind.RAN_OVER_FOUND, n=self._first, more=more, where=self._used)
        return gap if self._closed else Reason(ReasonKind.RAN_OVER_OPEN, gap=gap)

    def _next(self) -> Ask | None:
        if self._closed or self._asked >= MOST_ASKED or not self._places:
            return None
        self._at = self._places.popleft()
        self._asked += 1
        return Ask(self._at[1])

    async def _older(self, page: FetchedPage, url: str) -> None:
        """Take an older page of the feed; a server that pages not gives the same page again."""
        document = await self._context.documents.read(parse_feed, page)
        said = set(map(_said, document.entries))
        if all(title for title, _ in said) and said <= self._said:
            return  # with other addresses, which may change at every answer
        self._said |= said
        if self._take(document.entries, url):
            self._closed = not await self._context.recording.none_known(
                self._work.state, document.entries
            )
            following = document.older
            if following is None and self._next_page is None:
                self._page += 1
                following = _page_of_feed(self._url, self._page)
            if following is not None:
                self._places.appendleft(("older", following))

    async def _sitemap(self, page: FetchedPage, url: str) -> None:
        """Take what a sitemap dates after the last poll, or go to its newest parts."""
        document = await self._context.documents.read(parse_sitemap, page)
        state = self._work.state
        since = (state.last_success_at or self._context.clock()) - _SLACK
        if document.children:
            parts = newest_children(document, since, 2)
            self._places.extendleft(("sitemap", part.url) for part in reversed(parts))
            return
        dated = [
            (listed.entry.published_at or listed.last_modified, listed.entry)
            for listed in document.entries
        ]
        self._take(tuple(entry for at, entry in dated if at is not None and at >= since), url)
        # It lists what is older than the gap too, so it reaches over all of it.
        self._closed = any(at is not None and at < since for at, _ in dated)

    def _take(self, entries: tuple[Entry, ...], url: str) -> int:
        before = len(self._entries)
        for entry in entries:
            self._entries.setdefault(entry.url, entry)
        taken = len(self._entries) - before
        if taken:
            self._used.append(url)
        return taken


def _said(entry: Entry) -> tuple[str, datetime | None]:
    """Return what is the same of an entry whatever its address is this time."""
    return " ".join(entry.title.casefold().split()), entry.published_at


def _page_of_feed(url: str, number: int) -> str:
    """Return the address of an older page of a feed, as WordPress counts them."""
    parts = urlsplit(url)
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != "paged"]
    return urlunsplit(parts._replace(query=urlencode([*query, ("paged", str(number))])))
