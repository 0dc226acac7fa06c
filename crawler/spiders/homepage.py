"""The spider behind `scrapy crawl homepage`."""

from __future__ import annotations

from core.sources import SourceKind
from crawler.spiders.base import SourceSpider


class HomepageSpider(SourceSpider):
    """Polls homepages, through the best that each leads to."""

    name = "homepage"
    kinds = frozenset({SourceKind.HOMEPAGE.value})
