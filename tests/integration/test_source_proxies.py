"""A source asked through proxies: which one is taken, and what none of them is ever asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path

import pytest

from core.config import ConfigError, load_config
from core.sources import EntryStatus, TrackedEntry
from demo.newsroom import Newsroom
from demo.outlets import Outlet
from tests.integration.children import store_of, wirewatch, write_config
from tests.integration.proxies import HttpProxy, Mumbler, SocksProxy
from tests.integration.ssrf_corpus import SHAPES, SPELLINGS

ARTICLE = (
    b"<html><head><title>Raid</title></head><body><article><p>"
    + (b"Police raided the central market on Tuesday and took twenty people to a station. " * 3)
    + b"</p></article></body></html>"
)
FORBIDDEN = {
    "metadata": "http://169.254.169.254/latest/meta-data/",
    "loopback": "http://127.0.0.1:6379/",
    "private": "http://10.0.0.5/admin",
    "number": "http://2130706433:6379/",
    "hex": "http://0x7f.1:6379/",
    "six": "http://[::1]:6379/",
    "mapped": "http://[::ffff:10.0.0.5]/",
    "name": "http://localhost:6379/",
    "inside": "http://vault.internal/",
}


def feed_of(*links: str) -> bytes:
    items = "".join(f"<item><title>T</title><link>{link}</link></item>" for link in links)
    return f'<rss version="2.0"><channel><title>F</title>{items}</channel></rss>'.encode()


def crawled(
    folder: Path, newsroom: Newsroom, feed: str, proxy: str | Sequence[str]
) -> Mapping[str, TrackedEntry]:
    """Poll the feed of a source with a proxy once; return its entries by address."""
    config = write_config(
        folder,
        sources=[{"name": "home", "feed": feed, "proxy": proxy}],
        network={"allow": list(newsroom.allow)},
    )
    done = wirewatch("run", "--once", cwd=folder)
    assert "secret" not in done.out + done.err
    with store_of(config) as store:
        return {entry.entry.url: entry for entry in store.entries().items}


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with Newsroom([Outlet(slug="home", name="home", language="en")]) as opened:
        yield opened


def test_an_http_proxy_is_asked_with_its_login(tmp_path: Path, newsroom: Newsroom) -> None:
    with HttpProxy() as proxy:
        article = newsroom.place("home", "/a", ARTICLE) + "?b=1"
        newsroom.place("home", "/feed/", feed_of(article), content_type="application/rss+xml")
        url = f"http://user:sec%72et@127.0.0.1:{proxy.port}"
        entries = crawled(tmp_path, newsroom, newsroom.feed_url("home"), url)
        assert [entry.status for entry in entries.values()] == [EntryStatus.STORED]
        place = newsroom.urls["home"].removeprefix("http://")
        # robots.txt, the feed and the article
        assert proxy.asked == [place] * 3
        assert set(proxy.logins) == {"Basic dXNlcjpzZWNyZXQ="}


def test_a_proxy_that_must_look_names_up_is_given_the_name(
    tmp_path: Path, newsroom: Newsroom
) -> None:
    host, _, port = newsroom.urls["home"].removeprefix("http://").partition(":")
    home = f"http://outlet.onion:{port}"
    newsroom.place("home", "/a", ARTICLE)
    newsroom.place("home", "/feed/", feed_of(f"{home}/a"), content_type="application/rss+xml")
    with SocksProxy({"outlet.onion": host}) as proxy:
        url = f"socks5h://127.0.0.1:{proxy.port}"
        entries = crawled(tmp_path, newsroom, f"{home}/feed/", url)
    assert [entry.status for entry in entries.values()] == [EntryStatus.STORED]
    assert set(proxy.asked) == {f"outlet.onion:{port}"}


def test_the_first_proxy_that_can_be_reached_is_taken(tmp_path: Path, newsroom: Newsroom) -> None:
    with SocksProxy() as proxy, HttpProxy() as last:
        article = newsroom.place("home", "/a", ARTICLE)
        newsroom.place("home", "/feed/", feed_of(article), content_type="application/rss+xml")
        urls = [
            "http://127.0.0.1:1", f"socks5://127.0.0.1:{proxy.port}", f"http://127.0.0.1:{last.port}"
        ]  # fmt: skip
        entries = crawled(tmp_path, newsroom, newsroom.feed_url("home"), urls)
        assert [entry.status for entry in entries.values()] == [EntryStatus.STORED]
        assert proxy.asked
        assert not last.asked


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("kind", ["http", "socks5h"])
def test_that_no_proxy_led_on_is_said_without_their_addresses(
    tmp_path: Path, scheme: str, kind: str
) -> None:
    proxies = [f"{kind}://secret.invalid:1", f"{kind}://user:secret@127.0.0.1:1"]
    source = {"name": "home", "feed": f"{scheme}://192.0.43.8/feed", "proxy": proxies}
    config = write_config(tmp_path, sources=[source])
    done = wirewatch("run", "--once", cwd=tmp_path)
    assert "secret" not in done.out + done.err
    with store_of(config) as store:
        (state,) = store.source_states()
        assert state.last_error == "connect: no proxy of the source led on: Connection refused"


@pytest.mark.parametrize(
    "answer", [b"", b"nonsense\r\n\r\n", b"\x05\xff", b"HTTP/1.1 407 No\r\n\r\n"]
)
@pytest.mark.parametrize("kind", ["http", "socks5"])
def test_a_proxy_that_speaks_otherwise_gives_way_to_the_next(
    tmp_path: Path, newsroom: Newsroom, kind: str, answer: bytes
) -> None:
    with Mumbler(answer) as first, SocksProxy() as second:
        article = newsroom.place("home", "/a", ARTICLE)
        newsroom.place("home", "/feed/", feed_of(article), content_type="application/rss+xml")
        proxies = [f"{kind}://127.0.0.1:{first.port}", f"socks5://127.0.0.1:{second.port}"]
        entries = crawled(tmp_path, newsroom, newsroom.feed_url("home"), proxies)
        assert [entry.status for entry in entries.values()] == [EntryStatus.STORED]


@pytest.mark.parametrize("kind", ["http", "socks5", "socks5h"])
def test_no_proxy_is_asked_for_what_must_not_be_dialled(
    tmp_path: Path, newsroom: Newsroom, kind: str
) -> None:
    with HttpProxy() if kind == "http" else SocksProxy() as proxy:
        links = list(FORBIDDEN.values())
        for name, target in FORBIDDEN.items():
            links.append(
                newsroom.place("home", f"/{name}", b"", status=302, headers={"location": target})
            )
        links.append("https://10.0.0.7:443/tunnel")
        newsroom.place("home", "/feed/", feed_of(*links), content_type="application/rss+xml")
        entries = crawled(
            tmp_path, newsroom, newsroom.feed_url("home"), f"{kind}://127.0.0.1:{proxy.port}"
        )
        assert set(proxy.asked) == {newsroom.urls["home"].removeprefix("http://")}
    assert len(entries) >= len(FORBIDDEN)
    assert not any(entry.status is EntryStatus.STORED for entry in entries.values())


@pytest.mark.parametrize("kind", ["http", "socks5h"])
def test_no_spelling_of_a_forbidden_address_reaches_a_proxy(
    tmp_path: Path, newsroom: Newsroom, kind: str
) -> None:
    with HttpProxy() if kind == "http" else SocksProxy() as proxy:
        # Names are judged where our own resolver knows them, and it knows none of these.
        spelled = {
            name: f"http://{host}:6379/{number}"
            for number, (name, host) in enumerate(SPELLINGS.items())
            if not host.lower().rstrip(".").endswith(".test")
        }
        assert len(spelled) == 50
        links = [escape(shape.replace("P", "6379")) for shape in SHAPES.values()]
        links += [escape(link) for link in spelled.values()]
        links += [
            newsroom.place("home", f"/r{n}", b"", status=302, headers={"location": target})
            for n, target in enumerate(list(spelled.values())[::4])
            if target.isascii()  # as headers are
        ]
        newsroom.place("home", "/feed/", feed_of(*links), content_type="application/rss+xml")
        entries = crawled(
            tmp_path, newsroom, newsroom.feed_url("home"), f"{kind}://127.0.0.1:{proxy.port}"
        )
        home = newsroom.urls["home"].removeprefix("http://")
        reached = {place for place in proxy.asked if place != home}
        # What these two shapes name is the host behind the sign, which is allowed here.
        assert reached <= {"127.0.0.2:6379", "127.0.0.2:1"}
    assert not any(entry.status is EntryStatus.STORED for entry in entries.values())


@pytest.mark.parametrize(
    "proxy", ["ftp://a.example", "socks5://", "//a.example:1", ["http://a.example", "nonsense"]]
)
def test_what_is_no_proxy_is_an_error_of_the_configuration(
    tmp_path: Path, proxy: str | list[str]
) -> None:
    source = {"name": "a", "feed": "https://a.example/f", "proxy": proxy}
    path = write_config(tmp_path, sources=[source])
    with pytest.raises(ConfigError, match="not the address of a proxy"):
        load_config(path)
