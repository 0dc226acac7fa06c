"""The spider behind `scrapy crawl feed`."""

from __future__ import annotations

from core.sources import SourceKind
from crawler.spiders.base import SourceSpider


class FeedSpider(SourceSpider):
    """Polls feeds."""

    name = "feed"
    kinds = frozenset({SourceKind.FEED.value})
