"""The homepage spider: finds an outlet's feed from its front door, and then polls that feed."""

from __future__ import annotations

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from core.sources import SourceKind, Validators
from crawler.failures import FetchFailure
from crawler.intake import FeedRefusedError
from crawler.spiders.feed import FeedSpider
from crawler.work import PollSource

MAX_CANDIDATES = 10
"""Most addresses tried for one homepage; the eight common paths come last in the list."""


class HomepageSpider(FeedSpider):
    """Polls homepages. A feed found once is remembered and asked directly.

    When a remembered feed fails, the homepage is asked again within the same poll: outlets move
    their feeds without telling.
    """

    name = "homepage"
    kinds = frozenset({SourceKind.HOMEPAGE.value})

    def source_request(self, work: PollSource) -> Request:
        """Ask the feed found earlier, or the homepage."""
        if work.state.feed_url:
            return self.feed_request(work, work.state.feed_url)
        return self.homepage_request(work)

    def homepage_request(self, work: PollSource) -> Request:
        """Return the request for the front page."""
        return self.request(work, work.source.url, self.parse_homepage, self.homepage_failed)

    async def homepage_failed(self, failure: Failure) -> None:
        """Hand over that the front page could not be fetched."""
        work: PollSource = failure.request.meta["work"]  # type: ignore[attr-defined]
        await self._give_up(work, self.failure(failure))

    async def parse_homepage(self, response: Response) -> Request | None:
        """Look for feeds; return the request for the best of them."""
        work: PollSource = response.meta["work"]
        try:
            candidates = await self.context.intake.find_feeds(self.page(response))
        except FeedRefusedError as error:
            await self._give_up(work, error.failure)
            return None
        except BaseException:
            self.context.work.settled(work)
            raise
        urls = [candidate.url for candidate in candidates]
        urls = [url for url in urls if url != work.state.feed_url][:MAX_CANDIDATES]
        if not urls:
            await self._give_up(work, f"no feed found at {response.url}")
            return None
        return self._candidate_request(work, urls, tried=0)

    def _candidate_request(self, work: PollSource, urls: list[str], tried: int) -> Request:
        request = self.feed_request(work, urls[tried])
        request.meta["candidates"] = urls
        request.meta["tried"] = tried
        request.meta["validators"] = Validators()  # those of another address prove nothing
        return request

    async def parse_feed(self, response: Response) -> Request | None:
        """Hand the feed over; when it is none, return the request for the next address."""
        work: PollSource = response.meta["work"]
        discovered = "candidates" in response.meta
        try:
            await self.hand_over_feed(work, response, discovered=discovered)
        except FeedRefusedError as error:
            return await self._after_refusal(work, response.request, error.failure)
        except BaseException:
            self.context.work.settled(work)
            raise
        self.context.work.settled(work)
        return None

    async def feed_failed(self, failure: Failure) -> Request | None:
        """Try the next address, or ask the homepage again, when there is a point in it."""
        request: Request = failure.request  # type: ignore[attr-defined]
        return await self._after_refusal(request.meta["work"], request, self.failure(failure))

    async def _after_refusal(
        self, work: PollSource, request: Request | None, failure: FetchFailure | str
    ) -> Request | None:
        """Return what to ask next; None when the poll is over, which is then committed."""
        meta = request.meta if request is not None else {}
        if "candidates" not in meta:
            gone = not isinstance(failure, FetchFailure) or failure.status in (404, 410)
            if gone and work.state.feed_url:
                return self.homepage_request(work)
            await self._give_up(work, failure)
            return None
        urls, tried = meta["candidates"], meta["tried"] + 1
        if tried < len(urls):
            return self._candidate_request(work, urls, tried)
        await self._give_up(work, f"no feed found from {work.source.url}; {tried} addresses tried")
        return None

    async def _give_up(self, work: PollSource, failure: FetchFailure | str) -> None:
        try:
            await self.context.intake.poll_failed(work, failure)
        finally:
            self.context.work.settled(work)
