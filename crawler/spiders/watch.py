"""The daemon's spider: one that lives long and polls sources of every kind."""

from __future__ import annotations

from scrapy import Request

from core.sources import SourceKind
from crawler.spiders.homepage import HomepageSpider
from crawler.work import PollSource


class WatchSpider(HomepageSpider):
    """Polls whatever is due. Under `scrapy crawl watch` it polls every source once."""

    name = "watch"
    kinds = frozenset()

    def source_request(self, work: PollSource) -> Request:
        """Ask in the way that fits the source's kind."""
        if work.source.kind is SourceKind.FEED:
            return self.feed_request(work, work.source.url)
        return super().source_request(work)
