"""Documents that list far too much: what is newest in them is told within two minutes."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from tests.acceptance.weather import SOON, WORD, Answer, Crowd, Healthy, rss, told
from tests.integration.children import running_daemon

TOLD_WITHIN = 120.0
NOW = datetime.now(UTC).replace(microsecond=0)


def article(path: str) -> bytes:
    """Return a page; that of the newest says what the rule looks for."""
    word = WORD if path.endswith("newest") else "mill"
    text = " ".join(
        f"The {word} stood by the river and {path} of {n} people came." for n in range(9)
    )
    title = f"The {word} of {path}"
    return (
        f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>"
        f"<p>{text}</p></article></body></html>"
    ).encode()


def dated_feed(host: str, count: int, *, newest_last: bool) -> bytes:
    items = [
        f"<item><link>http://{host}/{n if n else 'newest'}</link><pubDate>"
        f"{format_datetime(NOW - timedelta(seconds=n))}</pubDate></item>"
        for n in range(count)
    ]
    if newest_last:
        items.reverse()
    listed = "".join(items)
    return f"<?xml version='1.0'?><rss><channel><title>t</title>{listed}</channel></rss>".encode()


def undated_feed(host: str, count: int, *, newest_last: bool) -> bytes:
    items = {f"http://{host}/{n}": f"Title {n}" for n in range(count)}
    newest = {f"http://{host}/newest": "The newest"}
    return rss(items | newest if newest_last else newest | items)


def index(host: str, count: int) -> bytes:
    parts = "".join(
        f"<sitemap><loc>http://{host}/part-{n}.xml</loc>"
        f"<lastmod>{(NOW - timedelta(days=count - 1 - n)).isoformat()}</lastmod></sitemap>"
        for n in range(count)
    )
    return f"<?xml version='1.0'?><sitemapindex>{parts}</sitemapindex>".encode()


def part(host: str, path: str, count: int) -> bytes:
    number = int(path.removeprefix("/part-").removesuffix(".xml"))
    name = "newest" if number == count - 1 else f"page-{number}"
    return (
        f"<?xml version='1.0'?><urlset><url><loc>http://{host}/{name}</loc><lastmod>"
        f"{(NOW - timedelta(days=count - 1 - number)).isoformat()}</lastmod></url></urlset>"
    ).encode()


def links(count: int) -> bytes:
    listed = "".join(
        f"<p><a href='/news/{n}'>The mill of the town, part {n} of many</a></p>"
        for n in range(count)
    )
    return (
        "<html><body><h1>News</h1><main>"
        "<p><a href='/news/newest'>The tower by the sea went dark last night</a></p>"
        f"{listed}</main></body></html>"
    ).encode()


FLOODS: dict[str, tuple[str, Callable[[str], Callable[[str], Answer]]]] = {
    "feed, newest first": (
        "feed",
        lambda host: lambda _: dated_feed(host, 50_000, newest_last=False),
    ),
    "feed, newest last": (
        "feed",
        lambda host: lambda _: dated_feed(host, 50_000, newest_last=True),
    ),
    "undated feed, newest last": (
        "feed",
        lambda host: lambda _: undated_feed(host, 20_000, newest_last=True),
    ),
    "5,000 at once": ("feed", lambda host: lambda _: dated_feed(host, 5_000, newest_last=False)),
    "index of 10,000": (
        "sitemap",
        lambda host: (
            lambda path: index(host, 10_000) if path == "/list" else part(host, path, 10_000)
        ),
    ),
    "20,000 links": ("page", lambda _host: lambda _: links(20_000)),
}


@pytest.mark.chaos
@pytest.mark.timeout(500)
@pytest.mark.parametrize("flood", FLOODS)
def test_the_newest_of_a_flood_is_told(tmp_path: Path, flood: str) -> None:
    kind, made = FLOODS[flood]
    made_before: dict[str, Answer] = {}

    def answer(host: str, path: str) -> Answer:
        if path == "/list" or path.startswith("/part-"):
            if path not in made_before:
                made_before[path] = made(host)(path)
            return made_before[path]
        return None if path == "/robots.txt" else article(path)

    with Healthy() as healthy, Crowd(1, answer) as crowd:
        source = {"name": "flood", kind: f"http://{crowd.hosts[0]}/list", "every": "10s"}
        config = healthy.configure(tmp_path, [source], crawl={"per_host_delay": "1s"})
        with told(flood, healthy), running_daemon(config) as daemon:
            began = time.monotonic()
            healthy.warm_up()
            healthy.delay()
            wanted = b'newest"'
            healthy.inbox._posts.wait(lambda post: wanted in post.body, 1, TOLD_WITHIN)
            print(f"\n{flood}: newest after {time.monotonic() - began:.1f} s")
            healthy.delay()
            assert daemon.stop() == 0
    assert max(healthy.delays) < SOON
