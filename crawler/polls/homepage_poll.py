"""Polling a homepage: the best of its feed, its news sitemap and its own list is found and kept.

What was found once is asked directly. When it is gone for several polls, the homepage is asked
again within the same poll: outlets move their feeds without telling.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from core.articles import FetchedPage
from core.failures import FailureKind, FetchFailure
from core.sources import Found, SourceKind, Validators
from crawler.discovery import FeedHint, find_feeds, parse_listing
from crawler.discovery.links import announcing_kind
from crawler.discovery.robots_sitemaps import sitemaps_in_robots
from crawler.parse.document_reader import RefusedError
from crawler.polls.poll import AddressPoll, Ask, Poll
from crawler.polls.poll_context import PollContext
from crawler.queue import PollSource

PATIENCE = 3
"""Failed polls in a row during which an address that was found, or that the page names, is waited
for."""
MOST_GUESSES = 8
"""Addresses tried because feeds are often there."""
MOST_NAMED = 6
LEAST_LIST = 0.4
"""Confidence from which the homepage's own list is believed; see ListingDocument."""

_WORDS = {
    FeedHint.LINK: "feed that the page names as its own",
    FeedHint.ANCHOR: "feed that the page links to",
    FeedHint.GUESS: "feed at an address where feeds often are",
}


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An address that may announce the outlet's articles."""

    found: Found
    named: bool
    """Whether the outlet itself names it: then a bad minute is waited for."""


class HomepagePoll(Poll):
    """Polls a homepage."""

    def __init__(
        self, context: PollContext, work: PollSource, kinds: Mapping[SourceKind, type[AddressPoll]]
    ) -> None:
        super().__init__(context, work)
        self._kinds = kinds
        self._inner: AddressPoll | None = None
        self._candidates: deque[_Candidate] = deque()
        self._at: _Candidate | None = None
        self._asked_robots = False
        self._home: FetchedPage | None = None
        self._tried: list[str] = []

    def begin(self) -> Ask:
        """Ask what was found earlier, or the homepage."""
        found = self.work.state.found
        if found is None:
            return Ask(self.work.source.url)
        self._inner = self._kinds[found.kind](self.context, self.work, found.url)
        return self._inner.begin()

    async def answered(self, page: FetchedPage, validators: Validators) -> Ask | None:
        """Hand the answer to who asked; find candidates in a homepage."""
        if self._inner is not None:
            try:
                return await self._inner.answered(page, validators)
            except RefusedError as error:
                return await self._refused(error.failure)
        failure = self.refusal(page)
        if self._asked_robots:
            if failure is None:
                self._add_sitemaps(page)
            return await self._next()
        if failure is not None:
            await self.give_up(failure)
            return None
        try:
            await self._read_homepage(page)
        except RefusedError as error:
            await self.give_up(error.failure)
            return None
        return await self._next()

    async def failed(self, failure: FetchFailure) -> Ask | None:
        """Hand the failure to who asked."""
        if self._inner is not None:
            try:
                return await self._inner.failed(failure)
            except RefusedError as error:
                return await self._refused(error.failure)
        if self._asked_robots:
            return await self._next()
        await self.give_up(failure)
        return None

    async def _refused(self, failure: FetchFailure) -> Ask | None:
        """Say what to ask instead of an address that gave nothing; None when the poll is over."""
        self._inner = None
        if self._at is None:  # what was found earlier
            gone = failure.kind is FailureKind.DOCUMENT or failure.status in (404, 410)
            # One answer is no proof: a page that checks for robots would move us to a lesser feed.
            if gone and self.work.state.consecutive_failures + 1 >= PATIENCE:
                self._tried.append(f"{self._shown_found()}: {failure}")
                return Ask(self.work.source.url)
            await self.give_up(failure)
            return None
        patient = self.work.state.consecutive_failures < PATIENCE
        if self._at.named and patient and failure.may_pass:
            # What is found is remembered: a bad minute must not leave us with a lesser one.
            await self.give_up(failure)
            return None
        self._tried.append(f"{self._at.found.url}: {failure}")
        return await self._next()

    async def _read_homepage(self, page: FetchedPage) -> None:
        self._home = page
        kind = await self._announcing(page)
        if kind is not None:
            found = Found(kind, page.final_url, "the address itself announces articles")
            self._candidates.append(_Candidate(found, named=True))
            return
        gone = self.work.state.found.url if self.work.state.found else None
        candidates = await self.context.documents.read(find_feeds, page)
        feeds = [feed for feed in candidates if feed.url != gone]
        named = [feed for feed in feeds if feed.how is not FeedHint.GUESS][:MOST_NAMED]
        guesses = [feed for feed in feeds if feed.how is FeedHint.GUESS][:MOST_GUESSES]
        for feed in (*named, *guesses):
            found = Found(SourceKind.FEED, feed.url, _WORDS[feed.how])
            self._candidates.append(_Candidate(found, feed.how is not FeedHint.GUESS))

    async def _announcing(self, page: FetchedPage) -> SourceKind | None:
        """Return what the address holds, when that is no homepage but announces articles itself."""
        try:
            return await self.context.documents.read(announcing_kind, page)
        except RefusedError:  # too much for this question is not too much for looking for feeds
            return None

    def _add_sitemaps(self, page: FetchedPage) -> None:
        for url in sitemaps_in_robots(page.body, page.final_url):
            found = Found(SourceKind.SITEMAP, url, "sitemap that robots.txt names")
            self._candidates.append(_Candidate(found, named=True))

    async def _next(self) -> Ask | None:
        """Ask the next candidate: feeds, then sitemaps, then the homepage's own list."""
        if self._candidates:
            self._at = self._candidates.popleft()
            return self._try(self._at.found)
        if not self._asked_robots:
            self._asked_robots = True
            parts = urlsplit(self._home.final_url if self._home else self.work.source.url)
            return Ask(f"{parts.scheme}://{parts.netloc}/robots.txt")
        return await self._own_list()

    def _try(self, found: Found) -> Ask:
        if self._tried:
            passed_over = "\n".join(f"not {tried}" for tried in self._tried)
            found = replace(found, how=f"{found.how}\n{passed_over}")
        self._inner = self._kinds[found.kind](self.context, self.work, found=found)
        return self._inner.begin()

    async def _own_list(self) -> Ask | None:
        """Take the links of the homepage itself, when they look like a list of articles."""
        home = self._home
        if home is not None and not (self._at and self._at.found.kind is SourceKind.PAGE):
            try:
                listing = await self.context.documents.read(
                    parse_listing, home, links=self.work.source.links
                )
            except RefusedError as error:
                self._tried.append(f"{home.final_url}: {error.failure}")
            else:
                if listing.confidence >= LEAST_LIST:
                    found = Found(SourceKind.PAGE, home.final_url, f"list: {listing.how}")
                    self._at = _Candidate(found, named=True)
                    return self._try(found)
                self._tried.append(f"{home.final_url}: not sure enough of {listing.how}")
        shown = "; ".join(self._tried[:3])
        said = (
            f"neither a feed, a sitemap nor a list of articles found from {self.work.source.url}"
            f" ({len(self._tried)} tried: {shown})"
        )
        await self.give_up(FetchFailure(FailureKind.DOCUMENT, said))
        return None

    def _shown_found(self) -> str:
        found = self.work.state.found
        return found.url if found else ""
