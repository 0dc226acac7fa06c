"""What stands around the newsroom's articles is shaped like the pages of real news sites."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from lxml.html import HtmlElement, document_fromstring

from core.clock import FixedClock
from core.config.sections.crawl import LANGUAGES
from demo.desk import Desk
from demo.library import library
from demo.outlets import Layout
from demo.pages import Pages
from demo.synthetic import synthetic_outlet

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
BASE = "http://127.0.0.1"


def pages(layout: Layout, language: str = "ru", page_bytes: int = 100_000) -> Iterator[bytes]:
    outlet = synthetic_outlet("scale", language, 4, layout=layout, page_bytes=page_bytes)
    desk = Desk(outlet, BASE, FixedClock(NOON), pace=1.0)
    site = Pages(outlet, BASE)
    for story in desk.newest():
        yield site.article(story, desk.before(story, 6))


def elements(page: bytes) -> list[HtmlElement]:
    return list(document_fromstring(page).iter("*"))


@pytest.mark.parametrize("layout", Layout)
@pytest.mark.parametrize("language", ["en", "ru", "uz"])
def test_page_has_as_much_markup_as_a_real_one(layout: Layout, language: str) -> None:
    # Medians of 181 pages of 126 news sites: 785 nodes, 37 % in scripts and styles.
    for page in pages(layout, language):
        found = elements(page)
        code = sum(len(node.text or "") for node in found if node.tag in {"script", "style"})
        assert 600 < len(found) < 1_200
        assert 0.3 < code / len(page.decode()) < 0.5


@pytest.mark.parametrize("layout", Layout)
def test_smaller_page_has_less_boilerplate(layout: Layout) -> None:
    large, small = (next(pages(layout, page_bytes=size)) for size in (100_000, 30_000))
    assert len(elements(small)) < len(elements(large)) / 2


def test_pages_carry_the_pieces_that_extraction_has_to_drop() -> None:
    page = next(pages(Layout.WORDPRESS)).decode()
    texts = library("ru")
    assert texts.comments[0].text in page
    for piece in (texts.labels["newsletter"], "<picture>", "srcset=", "<svg", "<!-- ", "itemprop="):
        assert piece in page


def test_layouts_have_class_names_of_their_own() -> None:
    seen = {
        layout: {name for node in elements(next(pages(layout))) for name in node.classes}
        for layout in Layout
    }
    for layout, names in seen.items():
        others = set().union(*(found for other, found in seen.items() if other != layout))
        assert len(names - others) > 5, layout


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_comments_and_topics(language: str) -> None:
    texts = library(language)
    assert len(texts.comments) >= 6
    assert len(set(texts.topics)) >= 12
    assert len(set(texts.headlines)) >= 12


def test_readers_comment_after_the_story_is_out() -> None:
    outlet = synthetic_outlet("scale", "en", 1, layout=Layout.BITRIX)
    dated = replace(outlet.stories[0], story=replace(outlet.stories[0].story, published_at=NOON))
    desk = Desk(replace(outlet, stories=(dated,)), BASE, FixedClock(NOON), pace=1.0)
    page = Pages(outlet, BASE).article(desk.newest()[0], []).decode()
    assert page.index("01.03.2026 12:00") < page.index("1 March 2026, 12:37")
