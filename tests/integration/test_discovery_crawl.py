"""Sources of every kind, crawled twice with `wirewatch run --once`; between the two, more appears.

The outlets serve what the test puts there; what counts is what storage holds afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.articles import ArticleEvent
from core.config import load_config
from core.passed_over import FeedFit
from core.source_polls import SourcePoll
from core.sources import (
    Entry,
    EntryStatus,
    NextPoll,
    PollOutcome,
    SourceKind,
    SourceState,
)
from demo.newsroom import Newsroom
from demo.outlets import Outlet
from storage import Store
from tests.integration.children import Finished, store_of, wirewatch, write_config

NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = timedelta(hours=1)
SILENT = {"advertises_feed": False, "feed_path": "/nobody/knows/", "language": "en"}
NAMES = (
    "news",
    "index",
    "undated",
    "list",
    "chosen",
    "channel",
    "front",
    "bare",
    "cut",
    "archived",
    "frozen",
    "steady",
    "lost",
)


def html(number: int, *, head: str = "", more: str = "") -> bytes:
    words = f"In district number {number} the council met on Tuesday evening to discuss the bridge."
    rest = f"Report {number} says that work begins in spring and takes {number} months in all."
    return (
        f"<html><head><title>Report {number}</title>{head}</head><body><article>"
        f"<h1>Report {number}</h1><p>{words}</p><p>{rest}</p>{more}</article></body></html>"
    ).encode()


class Site:
    """One outlet of the newsroom, furnished by hand."""

    def __init__(self, newsroom: Newsroom, name: str) -> None:
        self.newsroom, self.name = newsroom, name
        self.url = newsroom.urls[name]

    def put(self, path: str, body: bytes | str, content_type: str = "text/html") -> None:
        data = body if isinstance(body, bytes) else body.encode()
        self.newsroom.place(self.name, path, data, content_type=f"{content_type}; charset=utf-8")

    def articles(self, *numbers: int) -> None:
        for number in numbers:
            self.put(f"/news/{number}-report.html", html(number))

    def link(self, number: int) -> str:
        return f"{self.url}/news/{number}-report.html"

    def sitemap(
        self, path: str, dated: Mapping[int, datetime | None], *, news: bool = False
    ) -> None:
        def entry(number: int, at: datetime | None) -> str:
            if at is None:
                return f"<url><loc>{self.link(number)}</loc></url>"
            if not news:
                return (
                    f"<url><loc>{self.link(number)}</loc><lastmod>{at.isoformat()}</lastmod></url>"
                )
            return (
                f"<url><loc>{self.link(number)}</loc><news:news><news:publication_date>"
                f"{at.isoformat()}</news:publication_date><news:title>Report {number}</news:title>"
                "</news:news></url>"
            )

        listed = "".join(entry(number, at) for number, at in dated.items())
        self.put(
            path,
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
            ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
            f"{listed}</urlset>",
            "application/xml",
        )

    def index(self, path: str, parts: dict[str, datetime]) -> None:
        listed = "".join(
            f"<sitemap><loc>{self.url}{part}</loc><lastmod>{at.isoformat()}</lastmod></sitemap>"
            for part, at in parts.items()
        )
        self.put(path, f"<sitemapindex>{listed}</sitemapindex>", "application/xml")

    def page(self, path: str, *numbers: int, following: str = "") -> None:
        cards = "".join(
            f'<article class="card"><h3><a class="title" href="/news/{n}-report.html">Report {n}: '
            "the council discussed the bridge</a></h3><a href='/tag/city'>City</a></article>"
            for n in numbers
        )
        following = f'<a rel="next" href="{following}">Older</a>' if following else ""
        self.put(
            path,
            "<html><head><title>Reports</title></head><body><nav><a href='/about'>About</a></nav>"
            f"<main>{cards}</main>{following}</body></html>",
        )

    def feed(self, path: str, *numbers: int, at: datetime | None = None, older: str = "") -> None:
        stamp = f"<pubDate>{at:%a, %d %b %Y %H:%M:%S +0000}</pubDate>" if at else ""
        items = "".join(
            f"<item><title>Report {n}</title><link>{self.link(n)}</link>{stamp}</item>"
            for n in numbers
        )
        archive = f'<atom:link rel="prev-archive" href="{older}"/>' if older else ""
        channel = f"<channel><title>Reports</title>{archive}{items}</channel>"
        self.put(path, f'<rss version="2.0">{channel}</rss>', "application/rss+xml")

    def channel(self, posts: dict[int, str]) -> None:
        def message(number: int, text: str) -> str:
            words = f'<div class="tgme_widget_message_text" dir="auto">{text}</div>'
            photo = '<a class="tgme_widget_message_photo_wrap" href="#"></a>'
            return (
                '<div class="tgme_widget_message_wrap"><div class="tgme_widget_message"'
                f' data-post="council/{number}">{words if text else photo}'
                '<a class="tgme_widget_message_date" href="https://t.me/council/'
                f'{number}"><time datetime="{(NOW - HOUR).isoformat()}"></time></a></div></div>'
            )

        shown = "".join(message(number, text) for number, text in posts.items())
        head = '<div class="tgme_channel_info_header_title"><span>Council</span></div>'
        self.put("/s/council", f"<html><body>{head}<section>{shown}</section></body></html>")


POST = "The council of the city met on Tuesday evening to discuss the bridge over the river {}."


def furnish(sites: dict[str, Site]) -> None:
    for site in sites.values():
        site.articles(*range(1, 30))
    recent = {n: NOW - n * HOUR for n in (1, 2)}
    sites["news"].sitemap("/news.xml", recent, news=True)
    index = sites["index"]
    index.index("/sitemap.xml", {"/post-1.xml": NOW - 900 * HOUR, "/post-2.xml": NOW})
    index.sitemap("/post-1.xml", {9: NOW - 901 * HOUR})
    index.sitemap("/post-2.xml", {1: NOW - HOUR, 2: NOW - 300 * HOUR})
    sites["undated"].sitemap("/all.xml", dict.fromkeys(range(1, 8)))
    sites["list"].page("/reports", 1, 2, 3, 4, 5, 6)
    sites["chosen"].page("/reports", 1, 2, 3)
    sites["channel"].channel(
        {1: POST.format("Chu"), 2: "", 3: POST.format("Talas"), 4: "It will be denied soon."}
    )
    front = sites["front"]
    front.page("/")
    front.put("/robots.txt", f"User-agent: *\nSitemap: {front.url}/news.xml\n", "text/plain")
    front.sitemap("/news.xml", recent, news=True)
    sites["bare"].page("/", 1, 2, 3, 4, 5, 6, 7)
    sites["lost"].page("/")
    sites["cut"].feed("/rss", 1, 2, 3, at=NOW - 3 * HOUR)
    sites["archived"].feed("/rss", 1, 2, 3, at=NOW - 3 * HOUR)
    steady = sites["steady"]
    feeds = "".join(
        f'<link rel="alternate" type="application/rss+xml" href="{path}">'
        for path in ("/rss", "/sport")
    )
    steady.put("/", f"<html><head>{feeds}</head><body></body></html>")
    steady.feed("/rss", 1, 2, at=NOW)
    steady.feed("/sport", 7, at=NOW)
    frozen = sites["frozen"]
    part = f"<sitemap><loc>{frozen.url}/part.xml</loc></sitemap>"
    frozen.put("/map.xml", f"<sitemapindex>{part}</sitemapindex>", "application/xml")
    frozen.sitemap("/part.xml", dict.fromkeys((1, 2), NOW), news=True)


def publish_more(sites: dict[str, Site]) -> None:
    sites["news"].sitemap("/news.xml", dict.fromkeys((1, 2, 3), NOW), news=True)
    sites["undated"].sitemap("/all.xml", dict.fromkeys(range(1, 9)))
    sites["list"].page("/reports", 11, 12, 13, 14, 15, 16, following="/reports/2")
    sites["list"].page("/reports/2", 17, 18, 19, 20, 5, 6)
    sites["channel"].channel(
        {2: "", 3: POST.format("Naryn"), 5: POST.format("Aksy") + " Nobody came."}
    )
    cut = sites["cut"]
    later = NOW + HOUR
    cut.feed("/rss", 11, 12, 13, at=later)
    cut.put("/robots.txt", f"Sitemap: {cut.url}/map.xml\n", "text/plain")
    cut.sitemap("/map.xml", dict.fromkeys((11, 12, 13, 14, 15), later) | {1: NOW - 3 * HOUR})

    sites["frozen"].sitemap("/part.xml", dict.fromkeys((1, 2, 3), NOW), news=True)
    sites["steady"].put("/rss", "<html><title>Just a moment...</title></html>")
    archived = sites["archived"]
    archived.feed("/rss", 11, 12, 13, at=later, older="/archive/2")
    archived.feed("/archive/2", 14, 15, at=later, older="/archive/1")
    archived.feed("/archive/1", 16, 3, at=NOW)


@dataclass(frozen=True, slots=True)
class Crawled:
    config: Path
    newsroom: Newsroom
    passes: tuple[Finished, Finished]
    first: dict[str, set[str]]

    def store(self) -> Store:
        return store_of(self.config)

    def state(self, name: str) -> SourceState:
        with self.store() as store:
            return next(state for state in store.source_states() if state.name == name)

    def titles(self, name: str) -> set[str]:
        return titles(self.config)[name]


def titles(config: Path) -> dict[str, set[str]]:
    """Return the titles of the articles of every source, shortened to their number."""
    found: dict[str, set[str]] = {name: set() for name in NAMES}
    with store_of(config) as store:
        for article in store.articles(limit=500).items:
            found[article.data.source].add(article.data.title.removeprefix("Report "))
    return found


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    folder = tmp_path_factory.mktemp("kinds")
    outlets = [Outlet(slug=name, name=name, **SILENT) for name in NAMES]  # type: ignore[arg-type]
    with Newsroom(outlets) as newsroom:
        sites = {name: Site(newsroom, name) for name in NAMES}
        furnish(sites)
        urls = newsroom.urls
        config = write_config(
            folder,
            network={"allow": list(newsroom.allow)},
            sources=[
                {"name": "news", "sitemap": f"{urls['news']}/news.xml"},
                {"name": "index", "sitemap": f"{urls['index']}/sitemap.xml"},
                {"name": "undated", "sitemap": f"{urls['undated']}/all.xml"},
                {"name": "list", "page": f"{urls['list']}/reports"},
                {"name": "chosen", "page": f"{urls['chosen']}/reports", "links": "h3 a.title"},
                {"name": "channel", "telegram": f"{urls['channel']}/s/council"},
                {"name": "front", "url": f"{urls['front']}/"},
                {"name": "bare", "url": f"{urls['bare']}/"},
                {"name": "lost", "url": f"{urls['lost']}/"},
                {"name": "cut", "feed": f"{urls['cut']}/rss"},
                {"name": "steady", "url": f"{urls['steady']}/"},
                {"name": "frozen", "sitemap": f"{urls['frozen']}/map.xml"},
                {"name": "archived", "feed": f"{urls['archived']}/rss"},
            ],
        )
        before = wirewatch("run", "--once", cwd=folder)
        first = titles(config)
        publish_more(sites)
        after = wirewatch("run", "--once", cwd=folder)
        yield Crawled(config, newsroom, (before, after), first)


def test_a_news_sitemap_gives_what_it_lists_and_then_what_is_new(crawled: Crawled) -> None:
    assert crawled.first["news"] == {"1", "2"}
    assert crawled.titles("news") == {"1", "2", "3"}


def test_of_an_index_all_parts_are_read_once_so_that_old_pages_are_known(
    crawled: Crawled,
) -> None:
    assert crawled.first["index"] == {"1"}, "what is older than the window is left out"
    asked = {request.path for request in crawled.newsroom.requests("index")}
    assert {"/post-1.xml", "/post-2.xml"} <= asked
    assert crawled.titles("index") == {"1"}


def test_of_a_sitemap_without_dates_only_what_appears_later_is_new(crawled: Crawled) -> None:
    assert crawled.first["undated"] == set()
    assert crawled.titles("undated") == {"8"}
    with crawled.store() as store:
        counts = store.entry_counts("undated")
    assert sorted(counts.values()) == [1, 7]
    assert ("undated", EntryStatus.REJECTED, "published before the source was watched") in counts


def test_the_articles_of_a_listing_page_are_found_by_themselves(crawled: Crawled) -> None:
    assert crawled.first["list"] == {"1", "2", "3", "4", "5", "6"}


def test_a_listing_page_that_ran_over_is_read_on_to_what_is_known(crawled: Crawled) -> None:
    assert crawled.titles("list") - crawled.first["list"] == {str(n) for n in range(11, 21)}
    assert "2 pages read" in (crawled.state("list").last_gap or "")


def test_a_selector_chooses_the_links_of_a_short_list(crawled: Crawled) -> None:
    assert crawled.first["chosen"] == {"1", "2", "3"}


def test_posts_of_a_channel_are_articles_with_their_edits(crawled: Crawled) -> None:
    with crawled.store() as store:
        posts = {article.data.url: article for article in store.articles(source="channel").items}
        assert sorted(posts) == [f"https://t.me/council/{n}" for n in (1, 3, 4, 5)]
        deleted = posts["https://t.me/council/4"]
        assert (deleted.event, deleted.note) == (
            ArticleEvent.REMOVED,
            "the post is no longer in the channel",
        )
        assert posts["https://t.me/council/1"].event is ArticleEvent.PUBLISHED, (
            "older than the page"
        )
        edited = posts["https://t.me/council/3"]
        assert edited.event is ArticleEvent.EDITED
        assert "1 passage rewritten: " in edited.note
        assert "{+Naryn" in edited.note
        assert edited.data.text == POST.format("Naryn")
        (photo,) = store.entries(source="channel", status=EntryStatus.REJECTED).items
        assert (photo.entry.url, photo.detail) == (
            "https://t.me/council/2",
            "the post has no words, only: photo",
        )
    asked = {request.path for request in crawled.newsroom.requests("channel")} - {"/robots.txt"}
    assert asked == {"/s/council"}, "posts need no further request"


def test_a_homepage_without_a_feed_leads_to_the_news_sitemap_of_robots(crawled: Crawled) -> None:
    assert crawled.first["front"] == {"1", "2"}
    found = crawled.state("front").found
    assert found is not None
    assert (found.kind, found.how) == (
        SourceKind.SITEMAP, "sitemap that robots.txt names",
    )  # fmt: skip
    second = [request.path for request in crawled.newsroom.requests("front")]
    assert second[-1] == "/news.xml", "what was found is asked directly"


def test_a_homepage_with_neither_gives_its_own_list(crawled: Crawled) -> None:
    assert crawled.first["bare"] == {str(n) for n in range(1, 8)}
    found = crawled.state("bare").found
    assert found is not None
    assert found.kind is SourceKind.PAGE
    assert found.how.startswith("list: 7 links in")
    assert {one.fit for one in found.passed_over} == {FeedFit.UNREAD}, "what was tried is said"


def test_a_homepage_that_leads_nowhere_says_what_was_tried(crawled: Crawled) -> None:
    state = crawled.state("lost")
    assert state.consecutive_failures == 2
    assert "neither a feed, a sitemap nor a list of articles found" in (state.last_error or "")


def test_a_feed_that_ran_over_is_completed_from_a_sitemap_and_the_gap_is_told(
    crawled: Crawled,
) -> None:
    assert crawled.first["cut"] == {"1", "2", "3"}
    assert crawled.titles("cut") - crawled.first["cut"] == {str(n) for n in range(11, 16)}
    gap = crawled.state("cut").last_gap
    assert gap is not None
    assert gap.startswith("none of 3 entries was known")
    assert "2 more found in http" in gap


def test_one_bad_answer_of_a_feed_does_not_move_a_homepage_to_a_lesser_one(
    crawled: Crawled,
) -> None:
    state = crawled.state("steady")
    assert state.found is not None
    assert state.found.url.endswith("/rss")
    assert state.consecutive_failures == 1
    assert "this is a web page, not a feed" in (state.last_error or "")
    assert "7" not in crawled.titles("steady")


def test_an_index_that_stays_the_same_hides_nothing_that_is_new_in_its_parts(
    crawled: Crawled,
) -> None:
    assert crawled.first["frozen"] == {"1", "2"}
    assert crawled.titles("frozen") == {"1", "2", "3"}


def test_a_feed_that_ran_over_is_completed_from_the_archive_that_it_names(crawled: Crawled) -> None:
    assert crawled.titles("archived") - crawled.first["archived"] == {str(n) for n in range(11, 17)}
    asked = [request.path for request in crawled.newsroom.requests("archived")]
    assert [path for path in asked if path.startswith("/archive")] == ["/archive/2", "/archive/1"]
    assert not [path for path in asked if "paged" in path or "map" in path]
    gap = crawled.state("archived").last_gap
    assert gap is not None
    assert gap.endswith("/archive/1")


def test_sources_without_a_gap_tell_of_none(crawled: Crawled) -> None:
    gapped = {name for name in NAMES if crawled.state(name).last_gap}
    assert gapped == {"list", "cut", "archived"}


def test_discover_says_what_it_chose_and_why_and_keeps_nothing(crawled: Crawled) -> None:
    url = f"{crawled.newsroom.urls['front']}/"
    files = sorted(crawled.config.parent.iterdir())
    done = wirewatch("sources", "discover", url, "-c", "watch.yaml", cwd=crawled.config.parent)
    assert done.status == 0
    assert f"chosen   sitemap {url}news.xml" in done.out
    assert "why      sitemap that robots.txt names" in done.out
    assert "holds    2 entries" in done.out
    assert f'sitemap: "{url}news.xml"' in done.out
    assert sorted(crawled.config.parent.iterdir()) == files


def test_discover_tells_when_there_is_nothing_to_find(crawled: Crawled) -> None:
    url = f"{crawled.newsroom.urls['lost']}/"
    done = wirewatch("sources", "discover", url, "-c", "watch.yaml", cwd=crawled.config.parent)
    assert (done.status, "nothing found: neither a feed" in done.out) == (1, True)


def test_posts_whose_process_died_before_they_were_read_are_read_at_the_next_poll(
    tmp_path: Path,
) -> None:
    outlet = Outlet(slug="channel", name="channel", **SILENT)  # type: ignore[arg-type]
    with Newsroom([outlet]) as newsroom:
        site = Site(newsroom, "channel")
        site.channel({1: POST.format("Chu")})
        source = {"name": "channel", "telegram": f"{site.url}/s/council"}
        config = write_config(tmp_path, sources=[source], network={"allow": list(newsroom.allow)})
        with store_of(config) as store:
            watched = load_config(config).config.sources[0].to_source()
            store.sync_sources([watched])
            link = "https://t.me/council/1"
            poll = SourcePoll(
                source="channel",
                outcome=PollOutcome.OK,
                polled_at=NOW,
                next_poll=NextPoll(NOW, "now"),
                entries=(Entry(url=link),),
            )
            store.record_poll(poll, [link])
        wirewatch("run", "--once", cwd=tmp_path)
        with store_of(config) as store:
            (entry,) = store.entries(source="channel").items
            assert entry.status is EntryStatus.STORED
            assert len(store.articles().items) == 1
