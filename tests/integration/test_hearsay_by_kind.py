"""What each kind of source can say of another outlet, with real servers: nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.claims import Claims
from core.clock import FixedClock
from core.sources import Source, SourceKind
from core.urls import canonical_url
from crawler.parse.sandbox import Sandbox
from storage import Store, open_store
from tests.integration.empty_database import empty_database
from tests.integration.polled_site import Site, Watch
from tests.integration.polling import sandbox
from tests.integration.storage.samples import NOON

__all__ = ["sandbox"]

FORGED = datetime(2001, 1, 1, tzinfo=UTC)
SAID = (
    "Parliament approved the budget of the district on Tuesday after a debate of nine hours, and "
    "the ministry will publish it in full this week."
)


def page(title: str, head: str = "", said: str = SAID) -> str:
    return (
        f"<html><head><title>{title}</title>{head}</head><body><article><h1>{title}</h1>"
        f"<p>{said}</p></article></body></html>"
    )


@dataclass
class Two:
    """A hostile outlet and the one that it speaks of, each a host of its own."""

    store: Store
    sandbox: Sandbox
    clock: FixedClock
    thief: Site
    victim: Site

    def watch(self, kind: SourceKind, path: str = "/feed", **more: str) -> tuple[Watch, Watch]:
        """Watch the hostile outlet by a kind of source, the other by its feed."""
        hostile = Source(name="thief", kind=kind, url=self.thief.url + path)
        honest = Source(name="victim", kind=SourceKind.FEED, url=self.victim.url + "/feed")
        sources = [replace(hostile, url=more.get("url", hostile.url)), honest]
        self.store.sync_sources(sources)
        claims = Claims(sources)
        watches = [
            Watch(site, self.store, self.sandbox, self.clock, source, claims=lambda: claims)
            for site, source in zip((self.thief, self.victim), sources, strict=True)
        ]
        return watches[0], watches[1]

    def publish(self, path: str, title: str) -> None:
        self.victim.put(path, page(title))
        self.victim.put_feed("/feed", {path: NOON})

    def source_of(self, path: str) -> tuple[str, datetime | None]:
        article = self.store.article_by_url(canonical_url(self.victim.url + path))
        assert article is not None
        return article.data.source, article.data.published_at


@pytest.fixture
def two(sandbox: Sandbox, tmp_path: Path) -> Iterator[Two]:
    clock = FixedClock(NOON)
    with (
        open_store(empty_database(tmp_path / "two.db"), clock=clock) as store,
        Site("127.0.0.2") as thief,
        Site("127.0.0.3") as victim,
    ):
        victim.put_feed("/feed", [])
        yield Two(store, sandbox, clock, thief, victim)


def attacked(two: Two, thief: Watch, victim: Watch, path: str = "/news/1") -> None:
    """Let the attack have its way before the outlet publishes, and after."""
    thief.poll()
    thief.read()
    two.publish(path, "Parliament approved the budget")
    thief.poll(timedelta(minutes=5))
    thief.read()
    victim.poll()
    victim.read()
    assert two.source_of(path) == ("victim", NOON)
    entries = two.store.entries(source="victim").items
    assert [entry.entry.url for entry in entries] == [two.victim.url + path]


def test_guids_of_another_outlet_are_its_own(two: Two) -> None:
    thief, victim = two.watch(SourceKind.FEED)
    there = two.victim.url + "/news/1"
    two.thief.put(
        "/feed",
        f"<rss version='2.0'><channel><title>T</title><item><title>Forged</title><link>#</link>"
        f"<guid isPermaLink='true'>{there}</guid><pubDate>{FORGED:%a, %d %b %Y %H:%M:%S} GMT"
        "</pubDate></item></channel></rss>",
        "application/rss+xml",
    )
    attacked(two, thief, victim)


def test_the_same_guid_as_another_outlets_says_nothing(two: Two) -> None:
    thief, victim = two.watch(SourceKind.FEED)
    guid = '<guid isPermaLink="false">1</guid>'
    two.thief.put("/news/9", page("Another text", said=SAID.replace("budget", "bridge")))
    two.thief.put_feed("/feed", ["/news/9"], inside=guid)
    two.victim.put_feed("/feed", {"/news/1": NOON}, inside=guid)
    two.victim.put("/news/1", page("Parliament approved the budget"))
    for watch in (thief, victim):
        watch.poll()
        watch.read()
    assert two.source_of("/news/1") == ("victim", NOON)
    assert len(two.store.articles().items) == 2


def json_feed(link: str, more: dict[str, str] | None = None) -> str:
    item = {"id": link, "url": link, "title": "Forged", "date_published": FORGED.isoformat()}
    return json.dumps(
        {"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [item]}
        | (more or {})
    )


def test_further_pages_of_a_feed_that_are_another_outlets_are_hearsay(two: Two) -> None:
    thief, victim = two.watch(SourceKind.FEED)
    two.thief.put("/feed", json_feed(two.thief.url + "/a"), "application/feed+json")
    thief.poll()
    # All that the feed holds is new, so that its further pages are read.
    onward = {"next_url": two.victim.url + "/feed"}
    two.thief.put(
        "/feed", json_feed(two.thief.url + "/b", onward).replace("2001", "2027"),
        "application/feed+json",
    )  # fmt: skip
    two.publish("/news/1", "Parliament approved the budget")
    new = thief.poll(timedelta(hours=3))
    assert two.victim.url + "/news/1" in new
    thief.read()
    article = two.store.article_by_url(canonical_url(two.victim.url + "/news/1"))
    assert article is not None
    assert article.data.source == "victim"
    victim.poll()
    victim.read()
    assert two.source_of("/news/1") == ("victim", NOON)


def test_a_sitemap_lists_its_own_pages_alone(two: Two) -> None:
    thief, victim = two.watch(SourceKind.SITEMAP, "/sitemap.xml")
    listed = f"<url><loc>{two.victim.url}/news/1</loc></url>"
    two.thief.put("/sitemap.xml", f"<urlset>{listed}</urlset>", "application/xml")
    assert thief.poll() == set()
    attacked(two, thief, victim)


def test_a_homepage_that_names_another_outlets_feed_gets_none_of_its_articles(two: Two) -> None:
    thief, victim = two.watch(SourceKind.HOMEPAGE, "/")
    two.publish("/news/1", "Parliament approved the budget")
    feed = f'<link rel="alternate" type="application/rss+xml" href="{two.victim.url}/feed">'
    two.thief.put_home(["/one", "/two"], head=feed)
    attacked(two, thief, victim)


def test_a_page_is_not_believed_that_it_is_another_outlets(two: Two) -> None:
    thief, victim = two.watch(SourceKind.FEED)
    there = two.victim.url + "/news/1"
    head = f'<link rel="canonical" href="{there}"><meta property="og:url" content="{there}">'
    two.thief.put("/copy", page("Parliament approved the budget", head))
    two.thief.put_feed("/feed", ["/copy"])
    attacked(two, thief, victim)
    (copy,) = two.store.articles(source="thief").items
    assert copy.data.canonical_url is None
    assert len(two.store.articles(source="victim").items) == 1


def test_an_article_at_another_address_of_the_outlet_is_no_original(two: Two) -> None:
    thief, victim = two.watch(SourceKind.FEED)
    two.victim.put("/news/1?print=1", page("Parliament approved the budget"))
    there = f"{two.victim.url}/news/1?print=1"
    two.thief.put("/feed", json_feed(there), "application/feed+json")
    thief.poll()
    thief.read()
    two.publish("/news/1", "Parliament approved the budget")
    victim.poll()
    victim.read()
    (article,) = two.store.articles().items
    assert (article.data.source, article.data.published_at) == ("victim", NOON)
    assert article.data.url == two.victim.url + "/news/1"
