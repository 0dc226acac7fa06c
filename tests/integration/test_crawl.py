"""Crawling the newsroom with `wirewatch run --once`: what is found, kept, refused and retried.

One newsroom with many troubled outlets is crawled twice; the tests look at what storage and the
servers saw.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.types import Receive, Scope, Send

from core.articles import WordsFrom
from core.sources import EntryStatus, SourceState, TrackedEntry
from demo.newsroom import Newsroom, SeenRequest
from demo.outlets import Outlet
from demo.synthetic import synthetic_outlet
from storage import Store
from tests.integration.children import (
    SCRAPY,
    Finished,
    feed_sources,
    run_command,
    store_of,
    wirewatch,
    write_config,
)

BROKEN_PAGES = {
    "gone": (404, None),
    "removed": (410, None),
    "busy": (503, 7200),
    "absurd": (503, 10**15),
}
STUB = (
    b"<html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>"
)


def outlet(name: str, articles: int = 2, language: str = "en") -> Outlet:
    return synthetic_outlet(name, language, articles, words=120, page_bytes=8_000)


class CountingNewsroom(Newsroom):
    """A newsroom that notes how many requests each outlet has at once, at the most."""

    def __init__(self, *outlets: Outlet) -> None:
        super().__init__(outlets)
        self.most: Counter[str] = Counter()
        self._now: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        host = scope["server"][0]
        self._now[host] += 1
        self.most[host] = max(self.most[host], self._now[host])
        await asyncio.sleep(0.02)  # so that requests overlap if the crawler lets them
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._now[host] -= 1


@dataclass(frozen=True, slots=True)
class Crawled:
    """The newsroom, what it saw in two passes, and the configuration."""

    newsroom: CountingNewsroom
    config: Path
    first: tuple[SeenRequest, ...]
    second: tuple[SeenRequest, ...]
    output: tuple[Finished, Finished]

    def store(self) -> Store:
        return store_of(self.config)

    def source(self, name: str) -> SourceState:
        with self.store() as store:
            return next(state for state in store.source_states() if state.name == name)

    def entries(self, source: str) -> list[TrackedEntry]:
        with self.store() as store:
            return list(store.entries(source=source, limit=100).items)

    def entry(self, source: str, ending: str) -> TrackedEntry:
        return next(entry for entry in self.entries(source) if entry.entry.url.endswith(ending))

    def seen(
        self, name: str, path: str | None = None, *, second: bool = False
    ) -> list[SeenRequest]:
        log = self.second if second else self.first
        return [
            request for request in log if request.outlet == name and path in (None, request.path)
        ]


def rss(*links: str) -> bytes:
    items = "".join(f"<item><title>T {n}</title><link>{link}</link></item>"
                    for n, link in enumerate(links))  # fmt: skip
    return f'<rss version="2.0"><channel><title>F</title>{items}</channel></rss>'.encode()


def redirect(newsroom: Newsroom, name: str, path: str, to: str) -> str:
    return newsroom.place(name, path, b"", status=302, headers={"location": to})


def furnish(newsroom: Newsroom) -> None:
    """Put the troubled pages in their places."""
    urls = newsroom.urls
    for slug, (status, retry_after) in BROKEN_PAGES.items():
        newsroom.fail_next("broken", status, 100, retry_after, path=f"/{slug}")
    newsroom.place("broken", "/feed/", rss(*(f"{urls['broken']}/{slug}" for slug in BROKEN_PAGES)))
    newsroom.fail_next("fickle", 503, 1, path="/feed/")
    newsroom.place("fickle", "/rss", rss(f"{urls['fickle']}/comment"))
    newsroom.fail_next("silent", 503, 100, path="/robots.txt")
    newsroom.place("broken", "/robots.txt", b"User-agent: *\nDisallow: /\n", status=404)
    strange = urls["strange"]
    newsroom.place("strange", "/huge", b"<p>" + b"x" * (9 * 2**20))
    newsroom.place("strange", "/stub", STUB)
    redirect(newsroom, "strange", "/to-front", f"{strange}/")
    redirect(newsroom, "strange", "/loop", f"{strange}/loop")
    redirect(newsroom, "strange", "/nowhere", "http://")
    redirect(newsroom, "strange", "/to-file", "file:///etc/passwd")
    long_link = f"{strange}/long-{'x' * 3000}"
    pages = ("huge", "stub", "to-front", "loop", "nowhere", "to-file")
    links = [f"{strange}/{page}" for page in pages]
    newsroom.place("strange", "/feed/", rss(*links, long_link))
    port = urls["private"].rpartition(":")[2]
    ways_in = {
        "plain": f"http://127.0.0.1:{port}/x",
        "decimal": f"http://2130706433:{port}/x",
        "mapped": f"http://[::ffff:127.0.0.1]:{port}/x",
        "short": f"http://127.1:{port}/x",
        "named": f"http://localhost:{port}/x",
    }
    for name, target in ways_in.items():
        redirect(newsroom, "redirector", f"/{name}", target)
    doors = [f"{urls['redirector']}/{name}" for name in ways_in]
    newsroom.place("redirector", "/feed/", rss(*doors, ways_in["plain"]))


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    folder = tmp_path_factory.mktemp("crawl")
    outlets = (
        outlet("private"),  # the first: on 127.0.0.1 itself
        outlet("plain", 12, "ru"),
        outlet("front"),
        replace(outlet("hidden"), advertises_feed=False),
        replace(outlet("moved"), feed_moved_from="/old.xml"),
        replace(outlet("hopping"), links_redirect=True),
        replace(outlet("closed"), robots="User-agent: *\nDisallow: /news/\n"),
        outlet("broken"),
        outlet("strange"),
        outlet("turncoat"),
        outlet("redirector"),
        outlet("fickle"),
        outlet("silent"),
    )
    with CountingNewsroom(*outlets) as newsroom:
        furnish(newsroom)
        private, *allowed = newsroom.allow
        assert private.startswith("127.0.0.1/32")
        homes = {"front", "hidden", "fickle"}
        sources = [source for source in feed_sources(newsroom) if source["name"] not in homes]
        for source in sources:
            if source["name"] == "moved":
                source["feed"] = f"{newsroom.urls['moved']}/old.xml"
        sources += [{"name": name, "url": newsroom.home_url(name)} for name in sorted(homes)]
        config = write_config(
            folder,
            network={"allow": allowed},
            sources=sources,
            crawl={"per_host_concurrency": 2},
        )
        env = {"http_proxy": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}
        command = ("run", "--once", "-c", str(config))
        output = wirewatch(*command, cwd=folder, env=env)
        first = newsroom.requests()
        newsroom.forget_requests()
        newsroom.place("turncoat", "/feed/", b"<html><body><h1>Soon back</h1></body></html>")
        again = wirewatch(*command, cwd=folder, env=env)
        yield Crawled(newsroom, config, first, newsroom.requests(), (output, again))


def statuses(entries: list[TrackedEntry]) -> Counter[EntryStatus]:
    return Counter(entry.status for entry in entries)


@pytest.mark.parametrize(
    ("name", "articles"),
    [("plain", 12), ("front", 2), ("hidden", 2), ("moved", 2), ("hopping", 2)],
)
def test_every_article_of_a_sound_outlet_is_stored(
    crawled: Crawled, name: str, articles: int
) -> None:
    assert statuses(crawled.entries(name)) == {EntryStatus.STORED: articles}
    assert crawled.source(name).consecutive_failures == 0


@pytest.mark.parametrize("name", ["front", "hidden"])
def test_the_feed_of_a_homepage_is_found_and_asked_directly_next_time(
    crawled: Crawled, name: str
) -> None:
    assert found_at(crawled, name) == crawled.newsroom.feed_url(name)
    assert "/" in [request.path for request in crawled.seen(name)]
    assert [
        request.path for request in crawled.seen(name, second=True) if request.path != "/robots.txt"
    ] == ["/feed/"]


def found_at(crawled: Crawled, name: str) -> str | None:
    found = crawled.source(name).found
    return found.url if found else None


def test_a_bad_minute_of_the_named_feed_does_not_lead_to_a_lesser_one(crawled: Crawled) -> None:
    assert not crawled.seen("fickle", "/rss")
    assert found_at(crawled, "fickle") == crawled.newsroom.feed_url("fickle")
    assert statuses(crawled.entries("fickle")) == {EntryStatus.STORED: 2}


def test_a_host_whose_robots_txt_fails_is_left_alone_for_now(crawled: Crawled) -> None:
    assert {request.path for request in crawled.seen("silent")} == {"/robots.txt"}
    error = crawled.source("silent").last_error
    assert error == "connect: the rules of robots.txt are not available"


def test_an_error_page_is_not_read_as_robots_txt(crawled: Crawled) -> None:
    assert crawled.seen("broken", "/robots.txt")[0].status == 404
    assert crawled.seen("broken", "/gone")


def test_an_unchanged_feed_is_asked_conditionally_and_answers_304(crawled: Crawled) -> None:
    (asked,) = crawled.seen("plain", "/feed/", second=True)
    assert asked.status == 304
    assert asked.headers["if-none-match"]
    assert "if-none-match" not in crawled.seen("plain", "/feed/")[0].headers


def test_known_articles_are_not_fetched_again(crawled: Crawled) -> None:
    assert not [
        request
        for request in crawled.second
        if request.outlet == "plain" and "news" in request.path
    ]


def test_conditional_headers_are_not_sent_to_a_redirect_target(crawled: Crawled) -> None:
    (asked,) = crawled.seen("moved", "/feed/", second=True)
    assert asked.status == 200
    assert not {"if-none-match", "if-modified-since"} & asked.headers.keys()


def test_redirected_articles_are_stored_where_they_led(crawled: Crawled) -> None:
    with crawled.store() as store:
        urls = [article.data.url for article in store.articles(source="hopping").items]
    assert len(urls) == 2
    assert not [url for url in urls if "/go/" in url]


def test_articles_that_robots_txt_forbids_are_not_fetched(crawled: Crawled) -> None:
    entries = crawled.entries("closed")
    assert statuses(entries) == {EntryStatus.PENDING: 2}
    said = "robots: forbidden by robots.txt, attempt 1"
    assert {entry.reason for entry in entries} == {said}, "it is believed when it says so twice"
    assert {request.path for request in crawled.seen("closed")} == {"/robots.txt", "/feed/"}


def test_an_article_that_is_gone_is_looked_at_again_and_not_at_once(crawled: Crawled) -> None:
    entry = crawled.entry("broken", "/removed")
    assert (entry.status, entry.reason) == (EntryStatus.PENDING, "http: HTTP 410, attempt 1")
    assert len(crawled.seen("broken", "/removed")) == 1
    assert not crawled.seen("broken", "/removed", second=True)


def test_an_article_that_is_not_there_is_looked_for_again_later(crawled: Crawled) -> None:
    entry = crawled.entry("broken", "/gone")
    assert (entry.status, entry.reason) == (EntryStatus.PENDING, "http: HTTP 404, attempt 1")
    assert len(crawled.seen("broken", "/gone")) == 1
    assert not crawled.seen("broken", "/gone", second=True)


def test_where_pages_cannot_be_read_the_feed_speaks(crawled: Crawled) -> None:
    for slug in BROKEN_PAGES:
        assert crawled.entry("broken", f"/{slug}").article_id is not None, slug
    assert all(entry.article_id is None for entry in crawled.entries("redirector"))
    with crawled.store() as store:
        articles = store.articles(source="broken").items
    assert {article.data.words_from for article in articles} == {WordsFrom.FEED}
    assert "from feeds" in crawled.output[0].out


def test_a_busy_server_is_left_alone_for_as_long_as_it_asks(crawled: Crawled) -> None:
    entry = crawled.entry("broken", "/busy")
    assert entry.status is EntryStatus.PENDING
    assert "HTTP 503" in entry.reason
    assert entry.next_attempt_at is not None
    pause = entry.next_attempt_at - entry.discovered_at
    assert timedelta(hours=2) <= pause < timedelta(hours=2, minutes=2)
    assert not crawled.seen("broken", "/busy", second=True)


def test_an_absurd_retry_after_costs_a_day_at_most(crawled: Crawled) -> None:
    entry = crawled.entry("broken", "/absurd")
    assert entry.next_attempt_at is not None
    assert entry.next_attempt_at - datetime.now(UTC) <= timedelta(days=1)


def test_a_feed_that_turns_into_a_web_page_fails_its_poll_and_keeps_its_articles(
    crawled: Crawled,
) -> None:
    state = crawled.source("turncoat")
    assert state.consecutive_failures == 1
    assert state.last_error is not None
    assert "web page" in state.last_error
    assert statuses(crawled.entries("turncoat")) == {EntryStatus.STORED: 2}
    assert crawled.output[1].status == 1
    assert "turncoat" in crawled.output[1].out


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("/huge", "too_large: the answer is too large, attempt 1"),
        ("/loop", "redirects: too many redirects, attempt 1"),
    ],
)
def test_pages_that_cannot_be_taken_are_looked_at_again_and_say_why(
    crawled: Crawled, page: str, reason: str
) -> None:
    entry = crawled.entry("strange", page)
    assert (entry.status, entry.reason) == (EntryStatus.PENDING, reason)
    assert entry.next_attempt_at is not None


def test_a_stub_is_looked_at_again_and_its_page_kept_as_evidence(crawled: Crawled) -> None:
    entry = crawled.entry("strange", "/stub")
    assert (entry.status, entry.reason) == (EntryStatus.PENDING, "stub, attempt 1")
    assert entry.next_attempt_at is not None
    assert entry.detail.startswith("anti-bot check")
    with crawled.store() as store:
        (evidence,) = store.url_history(entry.key).evidence
        proof = store.evidence(evidence.id)
    assert proof is not None
    assert proof.body == STUB


def test_an_article_whose_address_leads_to_the_front_page_is_no_article(crawled: Crawled) -> None:
    entry = crawled.entry("strange", "/to-front")
    assert entry.reason == "stub, attempt 1"
    assert "front page" in entry.detail


@pytest.mark.parametrize("page", ["/nowhere", "/to-file"])
def test_addresses_that_lead_nowhere_are_settled_or_retried_with_a_reason(
    crawled: Crawled, page: str
) -> None:
    entry = crawled.entry("strange", page)
    assert entry.attempts >= 1
    assert entry.reason


def test_an_overlong_address_is_asked_for_like_any_other(crawled: Crawled) -> None:
    entry = crawled.entry("strange", "x" * 3000)
    assert entry.reason == "http: HTTP 404, attempt 1"


def test_a_private_address_that_is_not_allowed_sees_no_request(crawled: Crawled) -> None:
    assert crawled.seen("private") == []
    assert crawled.seen("private", second=True) == []
    state = crawled.source("private")
    assert state.last_error is not None
    assert state.last_error.startswith("guard: 127.0.0.1 is not a public address")


def test_no_spelling_of_a_private_address_gets_through(crawled: Crawled) -> None:
    entries = crawled.entries("redirector")
    assert len(entries) == 6
    assert statuses(entries) == {EntryStatus.PENDING: 6}, "a captive portal leads there, too"
    for entry in entries:
        assert entry.reason.startswith("guard: "), entry
        assert "is not a public address" in entry.reason


def test_no_host_sees_more_requests_at_once_than_configured(crawled: Crawled) -> None:
    assert max(crawled.newsroom.most.values()) == 2


def test_every_request_says_who_we_are_and_whom_to_write_to(crawled: Crawled) -> None:
    agents = {request.headers["user-agent"] for request in crawled.first}
    assert len(agents) == 1
    agent = agents.pop()
    assert agent.startswith("Wirewatch/")
    assert "mailto:desk@example.org" in agent


def test_the_passes_report_every_stage(crawled: Crawled) -> None:
    first, second = crawled.output
    assert first.status == 1  # the private outlet could not be read
    assert "poll       13 sources, 3 failed" in first.out
    assert "stored     22 new" in first.out
    assert "poll       13 sources, 3 failed" in second.out
    assert "Traceback" not in first.err + second.err


# -- the same spiders through the `scrapy` command


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Newsroom, Path]]:
    folder = tmp_path_factory.mktemp("scrapy")
    with Newsroom([outlet("one", 3), outlet("two")]) as newsroom:
        allow = newsroom.allow[:1]
        yield (
            newsroom,
            write_config(folder, network={"allow": allow}, sources=feed_sources(newsroom)),
        )


def scrapy(*arguments: str, config: Path | None = None, cwd: Path) -> Finished:
    env = {"SCRAPY_SETTINGS_MODULE": "crawler.settings"}
    if config is not None:
        env["WIREWATCH_CONFIG"] = str(config)
    return run_command([*SCRAPY, *arguments], cwd=cwd, env=env)


def test_scrapy_lists_the_spiders_without_a_configuration(tmp_path: Path) -> None:
    listed = scrapy("list", cwd=tmp_path)
    assert (listed.status, listed.out.split()) == (
        0,
        ["feed", "homepage", "page", "sitemap", "telegram", "watch"],
    )


def test_scrapy_crawls_one_source_and_exports_what_it_stores(
    small: tuple[Newsroom, Path], tmp_path: Path
) -> None:
    newsroom, config = small
    done = scrapy("crawl", "feed", "-a", "source=one", "-O", "out.jsonl", config=config,
                  cwd=tmp_path)  # fmt: skip
    assert done.status == 0, done.err
    lines = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 3
    assert all(json.loads(line)["text"] for line in lines)
    with store_of(config) as store:
        assert len(store.articles(source="one").items) == 3
    assert newsroom.requests("two") == ()


def test_scrapy_too_is_held_back_by_the_guard(small: tuple[Newsroom, Path], tmp_path: Path) -> None:
    newsroom, config = small
    scrapy("crawl", "feed", "-a", "source=two", config=config, cwd=tmp_path)
    assert newsroom.requests("two") == ()
    with store_of(config) as store:
        state = next(state for state in store.source_states() if state.name == "two")
    assert state.last_error is not None
    assert state.last_error.startswith("guard: ")


def test_scrapy_names_the_sources_when_one_is_unknown(
    small: tuple[Newsroom, Path], tmp_path: Path
) -> None:
    done = scrapy("crawl", "feed", "-a", "source=tow", config=small[1], cwd=tmp_path)
    assert done.status != 0
    assert "no feed source 'tow' in the configuration (sources: one, two)" in done.err
