"""The spider behind `scrapy crawl sitemap`."""

from __future__ import annotations

from core.sources import SourceKind
from crawler.spiders.base import SourceSpider


class SitemapSpider(SourceSpider):
    """Polls sitemaps."""

    name = "sitemap"
    kinds = frozenset({SourceKind.SITEMAP.value})
