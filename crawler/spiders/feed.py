"""The feed spider: asks a feed whether it changed, and hands over what it lists."""

from __future__ import annotations

from typing import Any

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from core.sources import SourceKind
from crawler.intake import FeedRefusedError, page_sha256
from crawler.middlewares.validators import META_KEY, validators_of
from crawler.scrapy_settings import MAX_FEED_BYTES
from crawler.spiders.base import SourceSpider
from crawler.work import PollSource


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
        request.meta[META_KEY] = work.state.validators
        return request

    async def parse_feed(self, response: Response) -> Any:
        """Hand the answer over; when it is no feed, that is the poll's result."""
        work: PollSource = response.meta["work"]
        try:
            await self.hand_over_feed(work, response, discovered=False)
        except FeedRefusedError as error:
            await self.context.intake.poll_failed(work, error.failure)
        finally:
            self.context.work.settled(work)

    async def hand_over_feed(
        self, work: PollSource, response: Response, *, discovered: bool
    ) -> None:
        """Commit a feed's answer. Raises FeedRefusedError when it is no feed."""
        page = self.page(response)
        validators = validators_of(response, page_sha256(page.body))
        await self.context.intake.feed_answered(work, page, validators, discovered=discovered)

    async def feed_failed(self, failure: Failure) -> Any:
        """Hand over that the feed could not be fetched."""
        work: PollSource = failure.request.meta["work"]  # type: ignore[attr-defined]
        try:
            await self.context.intake.poll_failed(work, self.failure(failure))
        finally:
            self.context.work.settled(work)
