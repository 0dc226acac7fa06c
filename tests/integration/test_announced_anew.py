"""Two passes of `wirewatch run --once` over feeds that announce known addresses anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.articles import ArticleEvent, StubKind, WordsFrom
from core.sources import EntryStatus
from demo.newsroom import Newsroom, SeenRequest
from demo.synthetic import synthetic_outlet
from storage import Store
from tests.integration.children import feed_sources, store_of, wirewatch, write_config

NAMES = ("fragments", "reused", "quiet", "down")
RIVER = "The river rose by two metres overnight and the southern road was closed to lorries."
MARKET = "Traders at the central market refused to pay the new fee and shut their stalls."
TEA = "Have a cup of tea, our editors pack their boxes today, see you all on Thursday."


def item(title: str, link: str, guid: str) -> str:
    return (
        f'<item><title>{title}</title><link>{link}</link><guid isPermaLink="false">{guid}</guid>'
        "</item>"
    )


def rss(*items: str) -> bytes:
    return f'<rss version="2.0"><channel><title>F</title>{"".join(items)}</channel></rss>'.encode()


def html(title: str, text: str, tag: str = "article") -> bytes:
    return (
        f"<html><head><title>{title}</title></head><body><{tag}><h1>{title}</h1>"
        f"<p>{text}</p></{tag}></body></html>"
    ).encode()


@dataclass(frozen=True, slots=True)
class TwoPasses:
    """What the servers saw at the second pass, and the archive after it."""

    second: tuple[SeenRequest, ...]
    config: Path

    def store(self) -> Store:
        return store_of(self.config)

    def asked(self, outlet: str) -> list[str]:
        known = ("/feed/", "/robots.txt")
        seen = [request.path for request in self.second if request.outlet == outlet]
        return [path for path in seen if path not in known]


@pytest.fixture(scope="module")
def passes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoPasses]:
    folder = tmp_path_factory.mktemp("anew")
    outlets = [synthetic_outlet(name, "en", 1, words=60, page_bytes=4_000) for name in NAMES]
    with Newsroom(outlets) as newsroom:
        base = newsroom.urls

        def serve(name: str, *items: str) -> None:
            newsroom.place(name, "/feed/", rss(*items))

        river, market = f"{base['fragments']}/live#river", f"{base['fragments']}/live#market"
        newsroom.place("fragments", "/live", html("Today in short", RIVER))
        serve("fragments", item("The river rises", river, "1"))
        for name in ("reused", "quiet"):
            newsroom.place(name, "/now", html("River closes the southern road", RIVER))
            serve(name, item("River closes the southern road", f"{base[name]}/now", "1"))
        newsroom.place("down", "/news/1", html("Courier", TEA, "div"))
        serve("down", item("Flood closes bridges in valley", f"{base['down']}/news/1", "1"))
        config = write_config(
            folder,
            network={"allow": newsroom.allow},
            sources=feed_sources(newsroom),
            rules=[{"id": "roads", "any": ["road", "stalls"], "level": "high"}],
        )
        command = ("run", "--once", "-c", str(config))
        wirewatch(*command, cwd=folder)
        newsroom.forget_requests()
        newsroom.place("fragments", "/live", html("Today in short", f"{RIVER}</p><p>{MARKET}"))
        serve(
            "fragments", item("The market closes", market, "2"), item("The river rises", river, "1")
        )
        newsroom.place("reused", "/now", html("Market traders shut their stalls", MARKET))
        serve("reused", item("Market traders shut their stalls", f"{base['reused']}/now", "2"))
        serve("quiet", item("River closes southern road, again", f"{base['quiet']}/now", "1"))
        wirewatch(*command, cwd=folder)
        yield TwoPasses(newsroom.requests(), config)


def test_a_place_on_a_known_page_with_another_headline_is_looked_at(passes: TwoPasses) -> None:
    assert passes.asked("fragments") == ["/live"]
    with passes.store() as store:
        entries = store.entries(source="fragments").items
        (article,) = store.articles(source="fragments").items
        assert {entry.status for entry in entries} == {EntryStatus.STORED}
        assert len(entries) == 2
        assert (article.event, MARKET in article.data.text) == (ArticleEvent.EDITED, True)


def test_a_known_link_with_another_headline_and_guid_is_visited_at_once(
    passes: TwoPasses,
) -> None:
    assert passes.asked("reused") == ["/now"]
    with passes.store() as store:
        (article,) = store.articles(source="reused").items
        assert article.version == 2
        assert article.data.title == "Market traders shut their stalls"
        assert article.event is ArticleEvent.PUBLISHED
        told = [alert for alert in store.alerts().items if alert.article.data.source == "reused"]
        assert sorted(alert.occasion for alert in told) == ["", "published-2"]


def test_a_headline_edited_in_the_feed_waits_for_the_next_visit(passes: TwoPasses) -> None:
    assert passes.asked("quiet") == []


def test_a_page_with_nothing_of_what_was_announced_is_no_article(passes: TwoPasses) -> None:
    with passes.store() as store:
        (entry,) = store.entries(source="down").items
        assert (entry.status, entry.stub) == (EntryStatus.PENDING, StubKind.PLACEHOLDER)
        # What is told meanwhile is what was announced, not what stands in its place.
        (article,) = store.articles(source="down").items
        assert article.data.words_from is WordsFrom.FEED
        assert article.data.title == "Flood closes bridges in valley"
        assert "tea" not in article.data.text.casefold()
