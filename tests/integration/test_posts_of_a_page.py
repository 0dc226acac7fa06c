"""Entries that lead to places on one page, as those of a live page do: each is an article."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from core.articles import ArticleEvent, WordsFrom
from core.sources import EntryStatus
from core.url_parts import names_a_place
from tests.integration.jumping_clock import (
    HOUR,
    START,
    Answer,
    crawl,
    entries,
    page,
    rss,
    serving,
    status,
    stored,
    watch,
)
from tests.month.press import SharedClock

FERRY = ("f1", "The ferry stands still", "The council says that the ferry will not leave today.")
ROAD = ("f2", "The road is closed", "The council closed the southern road to all lorries.")
TENTS = ("f3", "Tents for drivers", "Two hundred drivers wait in tents that the council sent.")
ROAD_EDITED = ("f2", "The road is closed", "The council opened the southern road to lorries again.")
HEADLINE = ("f4", "The council meets at noon", "")
Post = tuple[str, str, str]


def feed_of(base: str, *posts: Post) -> Answer:
    return rss(*((name, title, f"{base}/live#{name}", text) for name, title, text in posts))


def test_each_post_of_a_live_page_is_an_article_of_its_own_and_edited_as_one(
    tmp_path: Path,
) -> None:
    clock = SharedClock(tmp_path / "clock", START)

    def answer(path: str, now: datetime) -> Answer:
        if path == "/feed":
            posts = (FERRY, ROAD) if now < START + HOUR else (TENTS, FERRY, ROAD)
            posts = posts if now < START + 2 * HOUR else (TENTS, FERRY, ROAD_EDITED)
            return feed_of(base, *posts)
        return status(200, page("live")) if path == "/live" else status(404)

    with serving(clock, answer) as (base, asked):
        watch(tmp_path, {"live": f"{base}/feed"}, every="20m")
        crawl(tmp_path, START + 100 * HOUR)
    with stored(tmp_path) as store:
        articles = {article.data.title: article for article in store.articles().items}
        told = [alert.article.data.title for alert in store.alerts().items]
    posts = {title: text for _, title, text in (FERRY, ROAD_EDITED, TENTS)}
    assert {title: article.data.text for title, article in articles.items()} == posts
    assert {article.data.words_from for article in articles.values()} == {WordsFrom.FEED}
    assert articles[ROAD[1]].event is ArticleEvent.EDITED
    assert sorted(told) == sorted(posts), "each once, and not a word about the health of the source"
    assert {entry.status for entry in entries(tmp_path)} == {EntryStatus.STORED}
    assert asked["/live"] == 3, "once for each post, as the proof of what the page said"


def test_a_post_of_which_the_feed_gives_the_headline_alone_has_its_pages_words(
    tmp_path: Path,
) -> None:
    clock = SharedClock(tmp_path / "clock", START)

    def answer(path: str, _now: datetime) -> Answer:
        if path == "/feed":
            return feed_of(base, FERRY, HEADLINE)
        return status(200, page("live")) if path == "/live" else status(404)

    with serving(clock, answer) as (base, _):
        watch(tmp_path, {"live": f"{base}/feed"})
        crawl(tmp_path, START + HOUR)
    with stored(tmp_path) as store:
        found = store.articles().items
    assert sorted(article.data.words_from for article in found) == [WordsFrom.FEED, WordsFrom.PAGE]
    (whole,) = [article for article in found if article.data.words_from is WordsFrom.PAGE]
    assert "case live" in whole.data.text


def test_a_key_names_a_place_only_by_a_fragment_that_is_no_route() -> None:
    assert names_a_place("outlet.example/live#f1")
    assert not names_a_place("outlet.example/live")
    assert not names_a_place("outlet.example/#!/live/f1")
