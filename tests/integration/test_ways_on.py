"""Ways to an article that are more than a status and a Location, over real connections."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from core.sources import EntryStatus
from demo.newsroom import Newsroom, SeenRequest
from demo.outlets import Outlet
from tests.integration.children import store_of, wirewatch, write_config

HEAD = "<html><head>{}<title>Raid</title></head><body><article><p>"
TEXT = "Police raided the {} market on Tuesday and took twenty people to a station. "


def article(name: str, head: str = "") -> str:
    return HEAD.format(head) + TEXT.format(name) * 4 + "</p></article></body></html>"


def refresh(to: str, seconds: str = "0") -> str:
    return f'<html><head><meta http-equiv="refresh" content="{seconds};url={to}"></head></html>'


def turned(to: str, seconds: str = "0") -> str:
    return f"<html><head><META content='{seconds}; URL={to}' HTTP-EQUIV=Refresh></head></html>"


STORED = {
    # An address of the feed, and where its article is in the end.
    "/cookie-loop": "/cookie-loop",
    "/cookie-hop": "/cookie-hop",
    "/own-and-set": "/own-and-set",
    "/refresh": "/led-by-refresh",
    "/turned": "/led-by-turned",
    "/header": "/led-by-header",
    "/header-quoted": "/led-by-quoted",
    "/reloads-itself": "/reloads-itself",
    "/once-more-with-cookie": "/once-more-with-cookie",
    "/sets-at-every-look": "/sets-at-every-look",
    "/itself-at-once": "/itself-at-once",
    "/waits": "/waits",
    "/in-a-comment": "/in-a-comment",
    "/for-no-script": "/for-no-script",
    "/long-line": "/long-line",
}


class ChoosyNewsroom(Newsroom):
    """Some of its pages come to who brings back the cookie that was set on the way."""

    looks: ClassVar[list[str]] = []
    """Cookies that were brought to the page that sets one at every look."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        answer = self.choose(request.url.path, request.headers.get("cookie", ""))
        if answer is None:
            await super().__call__(scope, receive, send)
        else:
            await answer(scope, receive, send)

    def choose(self, path: str, cookie: str) -> Response | None:
        pages = {
            "/cookie-loop": ("pass=1", "/cookie-loop", {"set-cookie": "pass=1; Path=/"}),
            "/cookie-hop": ("visitor=7", "/sets-a-cookie", {}),
            "/own-and-set": ("seen=2", "/own-and-set", {"set-cookie": "seen=2"}),
        }
        if path == "/sets-a-cookie":
            return Response(
                status_code=303, headers={"location": "/cookie-hop", "set-cookie": "visitor=7"}
            )
        again = '<meta content="0" http-equiv=refresh>'
        if path == "/once-more-with-cookie" and "known=yes" not in cookie:
            return HTMLResponse(again, headers={"set-cookie": "known=yes"})
        if path == "/once-more-with-cookie":
            return HTMLResponse(article(path))
        if path == "/sets-at-every-look":
            self.looks.append(cookie)
            return HTMLResponse(article("counted", again), headers={"set-cookie": "looks=1"})
        if path not in pages:
            return None
        wanted, onward, headers = pages[path]
        if wanted in cookie and (path != "/own-and-set" or "session=open-sesame" in cookie):
            return HTMLResponse(article(path))
        return Response(status_code=302, headers={"location": onward, **headers})


@dataclass(frozen=True, slots=True)
class Crawled:
    newsroom: ChoosyNewsroom
    config: Path

    def seen(self, path: str) -> list[SeenRequest]:
        return list(self.newsroom.requests("home", path=path))


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    folder = tmp_path_factory.mktemp("ways")
    with ChoosyNewsroom([Outlet(slug="home", name="home", language="en")]) as newsroom:
        home = newsroom.urls["home"]

        def place(path: str, page: str, **headers: str) -> None:
            newsroom.place("home", path, page.encode(), headers=headers)

        for name in ("refresh", "turned", "header", "quoted"):
            place(f"/led-by-{name}", article(name))
        place("/refresh", refresh("/led-by-refresh"))
        place("/turned", turned("led-by-turned", "3"))
        place("/header", "<html></html>", refresh="0; url=/led-by-header")
        place("/header-quoted", "<html></html>", refresh=f"5;URL='{home}/led-by-quoted'")
        itself = '<meta http-equiv="refresh" content="300">'
        place("/reloads-itself", article("reloading", itself))
        place("/itself-at-once", article("restless", refresh("/itself-at-once#top", "1")))
        place("/waits", article("patient", refresh("/nowhere", "60")))
        place("/in-a-comment", article("hidden", f"<!-- {refresh('/nowhere')} -->"))
        place("/for-no-script", article("old", f"<noscript>{refresh('/nowhere')}</noscript>"))
        place("/long-line", article("long"), **{"content-security-policy": "a" * 40_000})
        items = "".join(
            f"<item><title>T</title><link>{home}{path}</link></item>" for path in STORED
        )
        feed = f'<rss version="2.0"><channel><title>F</title>{items}</channel></rss>'
        newsroom.place("home", "/feed/", feed.encode(), content_type="application/rss+xml")
        host = home.split("://")[1].split(":")[0]
        (folder / "cookies.txt").write_text(
            f"# Netscape HTTP Cookie File\n{host}\tFALSE\t/\tFALSE\t0\tsession\topen-sesame\n"
        )
        source = {"name": "home", "feed": newsroom.feed_url("home"), "cookies": "cookies.txt"}
        config = write_config(folder, sources=[source], network={"allow": list(newsroom.allow)})
        wirewatch("run", "--once", cwd=folder)
        yield Crawled(newsroom, config)


@pytest.mark.parametrize("path", STORED)
def test_the_article_at_the_end_of_the_way_is_stored(crawled: Crawled, path: str) -> None:
    with store_of(crawled.config) as store:
        ends = {
            entry.entry.url.removeprefix(crawled.newsroom.urls["home"]): entry
            for entry in store.entries().items
        }
        assert ends[path].status is EntryStatus.STORED, ends[path]
        urls = [article.data.url for article in store.articles().items]
    assert f"{crawled.newsroom.urls['home']}{STORED[path]}" in urls


def test_a_page_is_loaded_again_once_for_the_cookie_that_it_set(crawled: Crawled) -> None:
    assert crawled.newsroom.looks == ["session=open-sesame", "session=open-sesame; looks=1"]


def test_no_way_leads_on_from_a_page_that_lets_people_read_first(crawled: Crawled) -> None:
    assert crawled.seen("/nowhere") == []


def test_a_cookie_ends_with_the_way_that_set_it(crawled: Crawled) -> None:
    first = [request.headers.get("cookie") for request in crawled.seen("/refresh")]
    assert first == ["session=open-sesame"]
