"""A source's own headers and cookies reach its outlet, and no other host that it leads to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.config import ConfigError, load_config
from core.sources import EntryStatus
from demo.newsroom import Newsroom, SeenRequest
from demo.outlets import Outlet
from tests.integration.children import store_of, wirewatch, write_config

ARTICLE = (
    b"<html><head><title>Raid</title></head><body><article><p>"
    + (b"Police raided the central market on Tuesday and took twenty people to a station. " * 3)
    + b"</p></article></body></html>"
)


@dataclass(frozen=True, slots=True)
class Crawled:
    newsroom: Newsroom
    config: Path

    def seen(self, name: str) -> list[SeenRequest]:
        return [
            request for request in self.newsroom.requests(name) if request.path != "/robots.txt"
        ]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    folder = tmp_path_factory.mktemp("identity")
    outlets = [Outlet(slug=name, name=name, language="en") for name in ("home", "foreign")]
    with Newsroom(outlets) as newsroom:
        home, foreign = newsroom.urls["home"], newsroom.urls["foreign"]
        host = home.split("://")[1].split(":")[0]
        newsroom.place("foreign", "/other", ARTICLE.replace(b"Raid", b"Other"))
        newsroom.place("foreign", "/moved", ARTICLE.replace(b"market", b"square"))
        newsroom.place("home", "/own", ARTICLE)
        newsroom.place("home", "/leaves", b"", status=302, headers={"location": f"{foreign}/moved"})
        items = "".join(
            f"<item><title>T</title><link>{link}</link></item>"
            for link in (f"{home}/own", f"{home}/leaves", f"{foreign}/other")
        )
        feed = f'<rss version="2.0"><channel><title>F</title>{items}</channel></rss>'
        newsroom.place("home", "/feed/", feed.encode(), content_type="application/rss+xml")
        (folder / "cookies.txt").write_text(
            f"# Netscape HTTP Cookie File\n{host}\tFALSE\t/\tFALSE\t0\tsession\topen-sesame\n"
        )
        source = {
            "name": "home",
            "feed": newsroom.feed_url("home"),
            "user_agent": "Desk/1",
            "headers": {"Authorization": "Bearer hush"},
            "cookies": "cookies.txt",
        }
        config = write_config(folder, sources=[source], network={"allow": list(newsroom.allow)})
        wirewatch("run", "--once", cwd=folder)
        yield Crawled(newsroom, config)


def test_every_article_was_read(crawled: Crawled) -> None:
    with store_of(crawled.config) as store:
        assert {entry.status for entry in store.entries().items} == {EntryStatus.STORED}


def test_the_outlet_is_asked_as_the_configuration_says(crawled: Crawled) -> None:
    seen = crawled.seen("home")
    assert {request.path for request in seen} == {"/feed/", "/own", "/leaves"}
    for request in seen:
        assert request.headers["authorization"] == "Bearer hush"
        assert request.headers["cookie"] == "session=open-sesame"
        assert request.headers["user-agent"] == "Desk/1"


def test_another_host_sees_nothing_of_it(crawled: Crawled) -> None:
    seen = crawled.seen("foreign")
    assert {request.path for request in seen} == {"/other", "/moved"}
    for request in seen:
        assert "authorization" not in request.headers
        assert "cookie" not in request.headers
        assert request.headers["user-agent"].startswith("Wirewatch/")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"headers": {"Host": "x"}}, "is set by the crawler itself"),
        ({"headers": {"X-A": "a\nB: c"}}, "not the value of a header"),
        ({"headers": {"a b": "c"}}, "not the name of a header"),
        ({"user_agent": "Дозор"}, "not the value of a header"),
        ({"cookies": "nowhere.txt"}, "nowhere.txt cannot be read"),
    ],
)
def test_what_cannot_be_sent_is_an_error_of_the_configuration(
    tmp_path: Path, more: dict[str, object], said: str
) -> None:
    path = write_config(tmp_path, sources=[{"name": "a", "feed": "https://a.example/f", **more}])
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert said in str(caught.value)
