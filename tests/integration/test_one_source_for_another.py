"""Three passes of `wirewatch run --once` over outlets of which one speaks of others' articles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.articles import Article, ArticleEvent
from core.sources import EntryStatus
from core.urls import canonical_url
from demo.newsroom import Newsroom
from demo.synthetic import synthetic_outlet
from tests.integration.children import store_of, wirewatch, write_config

TRUSTED = ("future", "taken", "led", "shut")
NAMES = ("thief", *TRUSTED, "digest", "loose", "late")
FUTURE = [f"/news/{number}" for number in range(1, 11)]
LETTERS = "abcdefghijklmnopqrstuvwxyz"
WORDS = (
    "The road to the pass was closed by the ministry after the river rose overnight, and "
    "lorries wait in the valley."
)
FORGED = datetime(2001, 1, 1, tzinfo=UTC)
TRUE = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


def item(link: str, title: str, at: datetime | None = None, author: str = "") -> str:
    date = f"<pubDate>{at:%a, %d %b %Y %H:%M:%S} +0000</pubDate>" if at else ""
    by = f"<author>{author}</author>" if author else ""
    return f"<item><title>{title}</title><link>{link}</link>{date}{by}</item>"


def rss(*items: str) -> bytes:
    return f'<rss version="2.0"><channel><title>F</title>{"".join(items)}</channel></rss>'.encode()


def html(title: str, words: str = WORDS, head: str = "") -> bytes:
    return (
        f"<html><head><title>{title}</title>{head}</head><body><article><h1>{title}</h1>"
        f"<p>{words}</p></article></body></html>"
    ).encode()


def headline(path: str) -> str:
    return f"Council of {LETTERS[int(path.rpartition('/')[2])] * 4} met about the road"


def words(path: str) -> str:
    place = f"{LETTERS[int(path.rpartition('/')[2])] * 6}stan"
    return f"In {place} the council of {place} closed the road to {place} town on Monday morning."


@dataclass(frozen=True, slots=True)
class Told:
    """What a pass left behind."""

    alerts: Mapping[str, Mapping[str, tuple[str, ...]]]
    """By rule and title, the sources of the articles that it alerted about."""
    receivers: Mapping[str, tuple[str, ...]]
    """Who was sent a message about an article, by its title."""


@dataclass(frozen=True, slots=True)
class ThreePasses:
    """The archive after all passes, and what people had been told after each."""

    config: Path
    told: tuple[Told, ...]
    urls: Mapping[str, str]

    def article(self, name: str, path: str) -> tuple[Article, tuple[str, ...]]:
        """Return the article at an outlet's path, and who listed it too."""
        with store_of(self.config) as store:
            article = store.article_by_url(canonical_url(self.urls[name] + path))
            assert article is not None
            return article, store.also_listed_by(article.id)


def config_of(folder: Path, newsroom: Newsroom, *names: str) -> Path:
    sources = [
        {
            "name": name,
            "feed": newsroom.feed_url(name),
            "tags": ["trusted" if name in (*TRUSTED, "late") else "other"],
        }
        for name in names
    ]
    return write_config(
        folder,
        network={"allow": newsroom.allow},
        sources=sources,
        crawl={"max_age": "30d"},
        rules=[
            {"id": "roads", "any": ["road"], "level": "high"},
            {"id": "own", "any": ["road"], "sources": {"tags": ["trusted"]}, "level": "high"},
        ],
        receivers=[{"name": "all", "console": {}}, {"name": "trusting", "console": {}}],
        routes=[
            {"to": ["all"], "group_by": "none", "continue": True},
            {"when": {"tags": ["trusted"]}, "to": ["trusting"], "group_by": "none"},
        ],
    )


def run(config: Path) -> Told:
    done = wirewatch("run", "--once", "-c", str(config), cwd=config.parent)
    assert done.status == 0, done.err
    alerts: dict[str, dict[str, tuple[str, ...]]] = {"roads": {}, "own": {}}
    with store_of(config) as store:
        found = {alert.id: alert for alert in store.alerts(limit=500).items}
        for alert in found.values():
            of_rule, title = alerts[alert.match.rule_id], alert.article.data.title
            of_rule[title] = (*of_rule.get(title, ()), alert.article.data.source)
        receivers: dict[str, tuple[str, ...]] = {}
        for sent in store.deliveries(limit=500).items:
            if sent.alert_id is not None:
                title = found[sent.alert_id].article.data.title
                receivers[title] = tuple(sorted((*receivers.get(title, ()), sent.receiver)))
    return Told(alerts, receivers)


@pytest.fixture(scope="module")
def passes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ThreePasses]:
    folder = tmp_path_factory.mktemp("hearsay")
    outlets = [synthetic_outlet(name, "en", 1, words=60, page_bytes=4_000) for name in NAMES]
    with Newsroom(outlets) as newsroom:
        urls = newsroom.urls

        def feed(name: str, *items: str) -> None:
            newsroom.place(name, "/feed/", rss(*items))

        def listed(name: str, *paths: str) -> list[str]:
            return [item(urls[name] + path, headline(path), TRUE) for path in paths]

        def page(name: str, path: str, head: str = "") -> None:
            newsroom.place(name, path, html(headline(path), words(path), head))

        def forged(url: str, more: str = "") -> str:
            return item(url, "Forged", FORGED, "Nobody").replace("</item>", f"{more}</item>")

        for name in NAMES:
            feed(name)
        stated = f'<meta property="article:published_time" content="{TRUE.isoformat()}">'
        page("taken", "/news/11", stated)
        page("led", "/news/12")
        page("late", "/news/15", stated)
        page("late", "/news/17")
        page("loose", "/news/13")
        newsroom.place("shut", "/news/16", b"no", status=403)
        to_led = {"location": urls["led"] + "/news/12"}
        newsroom.place("thief", "/go", b"", status=302, headers=to_led)
        feed(
            "thief",
            *(item(urls["future"] + path, "Soon on the road") for path in FUTURE),
            forged(urls["taken"] + "/news/11"),
            forged(urls["thief"] + "/go"),
            forged(urls["shut"] + "/news/16", f"<description>The road. {WORDS}</description>"),
            item(urls["loose"] + "/news/14", ""),
            forged(urls["late"] + "/news/15"),
            forged(urls["late"] + "/news/17"),
        )
        feed("digest", *listed("loose", "/news/13"))
        feed("late", *listed("late", "/news/15", "/news/17"))
        first = ("thief", *TRUSTED, "digest")
        config = config_of(folder, newsroom, *first)
        told = [run(config)]
        for path in FUTURE:
            page("future", path)
        page("loose", "/news/14")
        feed("future", *listed("future", *FUTURE))
        feed("taken", *listed("taken", "/news/11"))
        feed("led", *listed("led", "/news/12"))
        feed("digest", *listed("loose", "/news/13", "/news/14"))
        told.append(run(config))
        config_of(folder, newsroom, *first, "late")
        told.append(run(config))
        yield ThreePasses(config, tuple(told), urls)


def test_addresses_listed_before_they_exist_are_read_when_their_outlet_lists_them(
    passes: ThreePasses,
) -> None:
    for path in FUTURE:
        assert headline(path) not in passes.told[0].alerts["roads"]
        assert passes.told[1].alerts["own"][headline(path)] == ("future",)
        assert passes.told[1].alerts["roads"][headline(path)] == ("future",)
        article, also = passes.article("future", path)
        assert (article.version, also) == (1, ("thief",))
    with store_of(passes.config) as store:
        entries = store.entries(source="future").items
        assert {entry.status for entry in entries} == {EntryStatus.STORED}


def test_what_another_lists_first_is_its_outlets_in_its_outlets_words(passes: ThreePasses) -> None:
    article, also = passes.article("taken", "/news/11")
    assert (article.data.source, article.data.published_at) == ("taken", TRUE)
    assert (article.data.title, article.data.authors) == (headline("/news/11"), ())
    assert also == ("thief",)
    for told in passes.told:
        assert told.alerts["own"][headline("/news/11")] == ("taken",)
        assert told.alerts["roads"][headline("/news/11")] == ("taken",)
    shown = wirewatch("articles", "show", str(article.id), cwd=passes.config.parent)
    assert "also listed by" in shown.out


def test_what_another_redirects_to_is_its_outlets(passes: ThreePasses) -> None:
    article, also = passes.article("led", "/news/12")
    assert (article.data.source, article.data.published_at) == ("led", TRUE)
    assert also == ("thief",)
    assert passes.told[0].alerts["own"][headline("/news/12")] == ("led",)
    assert passes.told[2].alerts["own"][headline("/news/12")] == ("led",)


def test_no_feed_says_what_a_page_of_another_outlet_says(passes: ThreePasses) -> None:
    with store_of(passes.config) as store:
        assert store.article_by_url(canonical_url(passes.urls["shut"] + "/news/16")) is None
        assert store.articles(source="shut").items == ()
    assert "Forged" not in passes.told[2].alerts["roads"]


def test_aggregators_of_what_nobody_watches_go_on_and_are_not_settled_by_each_other(
    passes: ThreePasses,
) -> None:
    assert passes.told[0].alerts["roads"][headline("/news/13")] == ("digest",)
    assert passes.article("loose", "/news/13")[0].data.published_at == TRUE
    assert passes.told[1].alerts["roads"][headline("/news/14")] == ("digest",)


def test_an_outlet_that_is_watched_later_gets_its_articles_and_its_readers_theirs(
    passes: ThreePasses,
) -> None:
    title = headline("/news/15")
    assert passes.told[1].alerts["roads"][title] == ("thief",)
    assert passes.told[1].receivers[title] == ("all",)
    article, _ = passes.article("late", "/news/15")
    assert article.data.source == "late"
    assert article.event is ArticleEvent.ATTRIBUTED
    assert passes.told[2].alerts["roads"][title] == ("late",)
    assert passes.told[2].alerts["own"][title] == ("late",)
    assert passes.told[2].receivers[title] == ("all", "all", "trusting", "trusting")


def test_what_was_old_by_anothers_word_is_told_by_its_own(passes: ThreePasses) -> None:
    title = headline("/news/17")
    assert title not in passes.told[1].alerts["roads"]
    article, also = passes.article("late", "/news/17")
    assert (article.data.source, article.data.published_at) == ("late", TRUE)
    assert also == ("thief",)
    assert passes.told[2].alerts["roads"][title] == ("late",)
    assert passes.told[2].alerts["own"][title] == ("late",)
