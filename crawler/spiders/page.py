"""The spider behind `scrapy crawl page`."""

from __future__ import annotations

from core.sources import SourceKind
from crawler.spiders.base import SourceSpider


class PageSpider(SourceSpider):
    """Polls pages that list articles."""

    name = "page"
    kinds = frozenset({SourceKind.PAGE.value})
