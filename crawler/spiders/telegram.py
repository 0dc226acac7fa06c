"""The spider behind `scrapy crawl telegram`."""

from __future__ import annotations

from core.sources import SourceKind
from crawler.spiders.base import SourceSpider


class TelegramSpider(SourceSpider):
    """Polls previews of Telegram channels."""

    name = "telegram"
    kinds = frozenset({SourceKind.TELEGRAM.value})
