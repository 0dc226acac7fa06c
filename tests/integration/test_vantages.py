"""A source that can be read from one vantage and not from another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from core.sources import EntryStatus, SourceState
from core.vantages import SILENCES, VantageAnswer
from demo.newsroom import Newsroom
from demo.outlets import Outlet
from tests.integration.children import store_of, wirewatch, write_config
from tests.integration.proxies import HttpProxy, Mumbler, SocksProxy
from tests.integration.test_source_proxies import ARTICLE, feed_of

REFUSAL = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
LEGAL = REFUSAL.replace(b"403 Forbidden", b"451 No")
DEAD_END = REFUSAL.replace(b"403 Forbidden", b"502 Bad Gateway")
BLOCK = b"<html><head><title>Access denied</title></head><body><p>Access denied</p></body></html>"
BLOCK_PAGE = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n"
    + f"Content-Length: {len(BLOCK)}\r\n\r\n".encode()
    + BLOCK
)
DEAD = "http://127.0.0.1:1"


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with Newsroom([Outlet(slug="home", name="home", language="en")]) as opened:
        article = opened.place("home", "/a", ARTICLE)
        opened.place("home", "/feed/", feed_of(article), content_type="application/rss+xml")
        yield opened


def configured(folder: Path, newsroom: Newsroom, proxies: list[str]) -> Path:
    return write_config(
        folder,
        sources=[{"name": "home", "feed": newsroom.feed_url("home"), "proxy": proxies}],
        network={"allow": list(newsroom.allow)},
    )


def health_of(folder: Path) -> str:
    listed = wirewatch("sources", "health", "--format", "json", cwd=folder)
    return str(json.loads(listed.out)[0]["health"])


def polled(config: Path) -> tuple[SourceState, list[EntryStatus]]:
    wirewatch("poll", "home", cwd=config.parent)
    with store_of(config) as store:
        (state,) = store.source_states()
        return state, [entry.status for entry in store.entries().items]


@pytest.mark.parametrize("kind", ["http", "socks5"])
@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (REFUSAL, VantageAnswer.REFUSED),
        (LEGAL, VantageAnswer.REFUSED),
        (BLOCK_PAGE, VantageAnswer.BLOCK_PAGE),
    ],
)
def test_an_outlet_that_turns_one_vantage_away_is_read_from_another_and_judged_so(
    tmp_path: Path, newsroom: Newsroom, kind: str, said: bytes, answer: VantageAnswer
) -> None:
    closed = Mumbler(said) if kind == "http" else SocksProxy(said=said)
    with closed as first, HttpProxy() as second:
        proxies = [f"{kind}://127.0.0.1:{first.port}", f"http://127.0.0.1:{second.port}"]
        config = configured(tmp_path, newsroom, proxies)
        state, entries = polled(config)
    assert entries == [EntryStatus.STORED]
    assert state.vantages is not None
    assert (state.vantages.closed.number, state.vantages.closed.answer) == (1, answer)
    assert (state.vantages.opened, state.vantages.url) == (2, newsroom.feed_url("home"))
    assert state.consecutive_failures == 0
    assert health_of(tmp_path) == "geo"
    assert "number 2" in wirewatch("sources", "show", "home", cwd=tmp_path).out


def test_a_dry_run_tells_that_vantages_differ(tmp_path: Path, newsroom: Newsroom) -> None:
    with Mumbler(REFUSAL) as first:
        proxies = [f"http://127.0.0.1:{first.port}", "direct"]
        configured(tmp_path, newsroom, proxies)
        done = wirewatch("poll", "home", "--dry-run", cwd=tmp_path)
    assert "vantages   it can be read from some places only: number 2" in done.out


def test_silence_from_one_vantage_is_a_verdict_when_it_is_no_accident(
    tmp_path: Path, newsroom: Newsroom
) -> None:
    with SocksProxy(said=b"") as first, SocksProxy() as second:
        ports = [first.port, second.port]
        config = configured(tmp_path, newsroom, [f"socks5://127.0.0.1:{port}" for port in ports])
        for times in range(1, SILENCES + 1):
            state, _ = polled(config)
            assert state.vantages is not None
            assert state.vantages.closed.answer is VantageAnswer.SILENT
            assert state.vantages.times == times
            assert (health_of(tmp_path) == "geo") is (times == SILENCES)


@pytest.mark.parametrize("dead", [DEAD, "socks5://127.0.0.1:1"])
def test_a_dead_proxy_is_no_verdict_about_the_outlet(
    tmp_path: Path, newsroom: Newsroom, dead: str
) -> None:
    state, entries = polled(configured(tmp_path, newsroom, [dead, "direct"]))
    assert entries == [EntryStatus.STORED]
    assert state.vantages is None


@pytest.mark.parametrize("last", ["dead", "dead end", "closed"])
def test_an_outlet_that_refuses_all_who_reach_it_is_refused_and_nothing_else(
    tmp_path: Path, newsroom: Newsroom, last: str
) -> None:
    said = {"dead end": DEAD_END, "closed": REFUSAL}
    with ExitStack() as stack:
        first = stack.enter_context(Mumbler(REFUSAL))
        proxies = [f"http://127.0.0.1:{first.port}", DEAD]
        if last != "dead":
            proxies[1] = f"http://127.0.0.1:{stack.enter_context(Mumbler(said[last])).port}"
        state, entries = polled(configured(tmp_path, newsroom, proxies))
    assert not entries
    assert state.vantages is None
    assert state.last_error == "http: HTTP 403"


def test_the_verdict_ends_when_the_closed_vantage_reads_the_page(
    tmp_path: Path, newsroom: Newsroom
) -> None:
    with Mumbler(REFUSAL) as first, HttpProxy() as second:
        closed, opened = (f"http://127.0.0.1:{proxy.port}" for proxy in (first, second))
        state, _ = polled(configured(tmp_path, newsroom, [closed, opened]))
        assert state.vantages is not None
        state, _ = polled(configured(tmp_path, newsroom, [opened, closed]))
        assert state.vantages is None


def test_one_page_that_turns_a_vantage_away_is_read_from_the_next(
    tmp_path: Path, newsroom: Newsroom
) -> None:
    # Where the article leads a vantage is not the article: the next begins at its address.
    here = newsroom.place("home", "/b", b"", status=302, headers={"location": "/blocked"})
    newsroom.place("home", "/blocked", BLOCK)
    newsroom.place("home", "/feed/", feed_of(here), content_type="application/rss+xml")
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n" + ARTICLE
    with Mumbler(page) as second:
        config = configured(tmp_path, newsroom, ["direct", f"http://127.0.0.1:{second.port}"])
        state, entries = polled(config)
    assert entries == [EntryStatus.STORED]
    assert state.vantages is not None
    assert state.vantages.url == here


def test_what_nobody_may_read_beside_a_page_that_all_read_is_no_verdict(
    tmp_path: Path, newsroom: Newsroom
) -> None:
    feeds = "".join(
        f'<link rel="alternate" type="application/rss+xml" href="{path}">'
        for path in ("/members/", "/feed/")
    )
    newsroom.place("home", "/members/", b"no", status=403)
    newsroom.place("home", "/", f"<html><head>{feeds}</head><a href=/a>Raid</a></html>".encode())
    with HttpProxy() as first, HttpProxy() as second:
        proxies = [f"http://127.0.0.1:{proxy.port}" for proxy in (first, second)]
        config = write_config(
            tmp_path,
            sources=[{"name": "home", "url": newsroom.urls["home"] + "/", "proxy": proxies}],
            network={"allow": list(newsroom.allow)},
        )
        state, _ = polled(config)
    assert state.consecutive_failures == 0, state.last_error
    assert state.vantages is None
