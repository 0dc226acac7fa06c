"""The homepage spider: finds an outlet's feed from its front door, and then polls that feed."""

from __future__ import annotations

from collections.abc import Sequence

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from core.sources import SourceKind, Validators
from crawler.discovery import FeedCandidate
from crawler.failures import FetchFailure
from crawler.intake import FeedRefusedError
from crawler.middlewares.validators import META_KEY
from crawler.spiders.feed import CANDIDATES, FeedSpider
from crawler.work import PollSource

PATIENCE = 3
"""Failed polls in a row during which a feed that the page names is waited for."""
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
        await self.settling(work, self.context.intake.poll_failed(work, self.failure(failure)))

    async def parse_homepage(self, response: Response) -> Request | None:
        """Look for feeds; return the request for the best of them."""
        work: PollSource = response.meta["work"]
        return await self.settling(work, self._homepage_answered(work, response))

    async def _homepage_answered(self, work: PollSource, response: Response) -> Request | None:
        try:
            candidates = await self.context.intake.find_feeds(self.page(response))
        except FeedRefusedError as error:
            await self.context.intake.poll_failed(work, error.failure)
            return None
        others = tuple(one for one in candidates if one.url != work.state.feed_url)
        if not others:
            await self.context.intake.poll_failed(work, f"no feed found at {response.url}")
            return None
        return self._candidate_request(work, others[:MAX_CANDIDATES], tried=0)

    def _candidate_request(
        self, work: PollSource, candidates: Sequence[FeedCandidate], tried: int
    ) -> Request:
        request = self.feed_request(work, candidates[tried].url)
        request.meta[CANDIDATES] = candidates
        request.meta["tried"] = tried
        request.meta[META_KEY] = Validators()  # those of another address prove nothing
        return request

    async def _feed_not_fetched(
        self, work: PollSource, request: Request | None, failure: FetchFailure | str
    ) -> Request | None:
        """Return what to ask next; None when the poll is over, which is then committed."""
        meta = request.meta if request is not None else {}
        if CANDIDATES not in meta:
            gone = not isinstance(failure, FetchFailure) or failure.status in (404, 410)
            if gone and work.state.feed_url:
                return self.homepage_request(work)
            await self.context.intake.poll_failed(work, failure)
            return None
        candidates: Sequence[FeedCandidate] = meta[CANDIDATES]
        tried = meta["tried"] + 1
        named = candidates[tried - 1].how != "guess"
        patient = work.state.consecutive_failures < PATIENCE
        if named and patient and isinstance(failure, FetchFailure) and failure.may_pass:
            # What is found is remembered: a bad minute must not leave us with a lesser feed.
            await self.context.intake.poll_failed(work, failure)
            return None
        if tried < len(candidates):
            return self._candidate_request(work, candidates, tried)
        told = f"no feed found from {work.source.url}; {tried} addresses tried"
        await self.context.intake.poll_failed(work, told)
        return None
