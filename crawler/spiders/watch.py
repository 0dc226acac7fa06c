"""The daemon's spider: one that lives long and polls sources of every kind."""

from __future__ import annotations

from crawler.spiders.base import SourceSpider


class WatchSpider(SourceSpider):
    """Polls whatever is due. Under `scrapy crawl watch` it polls every source once."""

    name = "watch"
