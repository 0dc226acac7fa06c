"""The feed spider: asks a feed whether it changed, and hands over what it lists."""

from __future__ import annotations

from typing import Any

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from core.sources import SourceKind
from crawler.failures import FetchFailure
from crawler.intake import FeedRefusedError, page_sha256
from crawler.middlewares.validators import META_KEY, validators_of
from crawler.scrapy_settings import MAX_FEED_BYTES
from crawler.spiders.base import SourceSpider
from crawler.work import PollSource

CANDIDATES = "candidates"
"""Key of a request's meta: the addresses a homepage's feed may be at; this is one of them."""


class FeedSpider(SourceSpider):
    """Polls feeds whose address is known."""

    name = "feed"
    kinds = frozenset({SourceKind.FEED.value})

    def source_request(self, work: PollSource) -> Request:
        """Ask for the feed, conditionally."""
        return self.feed_request(work, work.source.url)

    def feed_request(self, work: PollSource, url: str, **kwargs: Any) -> Request:
        """Return a conditional request for a feed."""
        request = self.request(work, url, self.parse_feed, self.feed_failed, **kwargs)
        request.meta["download_maxsize"] = MAX_FEED_BYTES
        if not work.state.next_check_full:  # else the whole document is wanted, changed or not
            request.meta[META_KEY] = work.state.validators
        return request

    async def parse_feed(self, response: Response) -> Request | None:
        """Hand the answer over; when it is no feed, that is the poll's result."""
        work: PollSource = response.meta["work"]
        return await self.settling(work, self._feed_answered(work, response))

    async def _feed_answered(self, work: PollSource, response: Response) -> Request | None:
        page = self.page(response)
        validators = validators_of(response, page_sha256(page.body))
        discovered = CANDIDATES in response.meta
        try:
            await self.context.intake.feed_answered(work, page, validators, discovered=discovered)
        except FeedRefusedError as error:
            return await self._feed_not_fetched(work, response.request, error.failure)
        return None

    async def feed_failed(self, failure: Failure) -> Request | None:
        """Hand over that the feed could not be fetched."""
        request: Request = failure.request  # type: ignore[attr-defined]
        work: PollSource = request.meta["work"]
        step = self._feed_not_fetched(work, request, self.failure(failure))
        return await self.settling(work, step)

    async def _feed_not_fetched(
        self, work: PollSource, _request: Request | None, failure: FetchFailure | str
    ) -> Request | None:
        """Commit the failure; a subclass may know another address to ask instead."""
        await self.context.intake.poll_failed(work, failure)
        return None
