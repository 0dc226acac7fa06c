from __future__ import annotations

import sys

import pytest
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.settings import Settings
from scrapy.spiders import Spider

from core.config import WatchConfig
from core.failures import FailureKind
from crawler.download.failures import failure_of_exception
from crawler.download.rendering import META_KEY, MISSING, Renderer, is_needless
from crawler.download.scrapy_settings import scrapy_settings


async def test_without_the_extra_a_page_that_needs_a_browser_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "scrapy_playwright.handler", None)
    renderer = Renderer(Crawler(Spider, Settings(scrapy_settings(WatchConfig()))))
    with pytest.raises(IgnoreRequest) as raised:
        await renderer.download(Request("https://a.example/", meta={META_KEY: "a"}))
    failure = failure_of_exception(raised.value)
    assert (failure.kind, failure.detail) == (FailureKind.INTERNAL, MISSING)
    await renderer.close()


def test_pictures_and_fonts_are_not_loaded() -> None:
    class Asked:
        def __init__(self, resource_type: str) -> None:
            self.resource_type = resource_type

    kinds = ("document", "script", "xhr", "image", "media", "font")
    assert [kind for kind in kinds if is_needless(Asked(kind))] == ["image", "media", "font"]
