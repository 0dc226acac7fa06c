"""Extraction finds exactly the text of every story, whatever its outlet's pages look like."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from core.articles import ArticleData
from core.clock import FixedClock
from core.sources import Entry
from crawler.extract import extract_article
from demo.catalogue import built_in_outlets
from demo.desk import Desk
from demo.outlets import Layout, Outlet
from demo.pages import Pages, PageStory
from demo.synthetic import synthetic_outlet

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
BASE = "http://127.0.0.1:8080"


def stories(outlet: Outlet) -> Iterator[tuple[PageStory, bytes]]:
    desk = Desk(outlet, BASE, FixedClock(NOON), pace=0.0)
    pages = Pages(outlet, BASE)
    for story in desk.newest():
        yield story, pages.article(story, desk.before(story, 6))


BUILT_IN = [
    (outlet, story, page) for outlet in built_in_outlets() for story, page in stories(outlet)
]


def extracted(outlet: Outlet, story: PageStory, page: bytes) -> ArticleData:
    # Some layouts name the author nowhere but in the text: the feed tells who it is.
    entry = Entry(url=story.url, title=story.title, authors=story.authors)
    charset = "; charset=utf-8" if outlet.charset == "utf-8" else ""
    found = extract_article(page, story.url, content_type=f"text/html{charset}", entry=entry)
    assert isinstance(found, ArticleData)
    return found


@pytest.mark.parametrize(
    ("outlet", "story", "page"),
    BUILT_IN,
    ids=[f"{outlet.layout}-{outlet.slug}-{story.number}" for outlet, story, _ in BUILT_IN],
)
def test_text_is_the_story_and_nothing_else(outlet: Outlet, story: PageStory, page: bytes) -> None:
    article = extracted(outlet, story, page)
    assert article.text.split("\n") == list(story.paragraphs)
    assert article.title == story.title
    assert article.language == outlet.language
    assert set(article.authors) <= set(story.authors), "readers who comment are no authors"


@pytest.mark.parametrize("layout", Layout)
def test_scale_pages_give_exactly_their_text_too(layout: Layout) -> None:
    outlet = synthetic_outlet("scale", "ru", 3, layout=layout)
    for story, page in stories(outlet):
        assert extracted(outlet, story, page).text.split("\n") == list(story.paragraphs)


@pytest.mark.parametrize("layout", Layout)
def test_a_news_flash_takes_nothing_from_the_longer_teasers_beside_it(layout: Layout) -> None:
    outlet = synthetic_outlet("flash", "ru", 5, words=60, page_bytes=0, layout=layout)
    pages = list(stories(outlet))
    for story, page in pages:
        text = extracted(outlet, story, page).text
        assert set(story.paragraphs) <= set(text.split("\n"))
        others = [other.title for other, _ in pages if other is not story]
        assert not [title for title in others if title in text]


def test_every_outlet_is_tried_with_several_stories() -> None:
    tried = Counter(outlet.slug for outlet, _, _ in BUILT_IN)
    assert len(tried) == len(built_in_outlets())
    assert min(tried.values()) >= 2
