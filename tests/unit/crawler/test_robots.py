from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response, TextResponse
from scrapy.settings import Settings
from scrapy.spiders import Spider
from scrapy.statscollectors import StatsCollector

from core.config import WatchConfig
from crawler.download.middlewares.proxy import META_KEY as PROXIES
from crawler.download.middlewares.robots import (
    FRESH,
    FRESH_FAILURE,
    FRESH_NEWS,
    FRESH_UNREACHED,
    MAX_BYTES,
    RobotsMiddleware,
)
from crawler.download.robots_rules import LONGEST_DELAY, RobotsRules
from crawler.download.scrapy_settings import scrapy_settings

PAGE = Request("https://a.example/news/1")
CLOSED = (200, b"User-agent: *\nDisallow: /news/\n")
OPEN = (200, b"User-agent: *\nDisallow:\n")


class Server:
    """Stands where Scrapy's engine does, and answers for robots.txt."""

    def __init__(self) -> None:
        self.answer: tuple[int, bytes] | None = OPEN
        self.requests: list[Request] = []
        self.elsewhere: dict[str, str] = {}

    @property
    def asked(self) -> int:
        return len(self.requests)

    async def download_async(self, request: Request) -> Response:
        self.requests.append(request)
        if to := self.elsewhere.get(request.url):
            return Response(request.url, status=302, headers={"Location": to})
        if self.answer is None:
            raise OSError("no route to host")
        return TextResponse(request.url, status=self.answer[0], body=self.answer[1])


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def robots(server: Server) -> RobotsMiddleware:
    crawler = Crawler(Spider, Settings(scrapy_settings(WatchConfig())))
    crawler.stats = StatsCollector(crawler)
    crawler.engine = cast("Any", server)
    return RobotsMiddleware(crawler)


def age(robots: RobotsMiddleware, seconds: float) -> None:
    """Let what is known get older."""
    for known in robots._hosts.values():
        known.fresh_until -= seconds


async def test_rules_are_asked_for_once_a_day(server: Server, robots: RobotsMiddleware) -> None:
    await robots.process_request(PAGE)
    server.answer = CLOSED
    age(robots, FRESH / 2)
    await robots.process_request(PAGE)
    assert server.asked == 1
    age(robots, FRESH / 2)
    with pytest.raises(IgnoreRequest, match=r"forbidden by robots\.txt"):
        await robots.process_request(PAGE)
    assert server.asked == 2


async def test_rules_that_newly_forbid_are_soon_asked_for_again(
    server: Server, robots: RobotsMiddleware
) -> None:
    await robots.process_request(PAGE)
    server.answer = CLOSED
    age(robots, FRESH)
    with pytest.raises(IgnoreRequest, match="forbidden"):
        await robots.process_request(PAGE)
    server.answer = OPEN
    age(robots, FRESH_NEWS)
    await robots.process_request(PAGE)
    assert server.asked == 3


async def test_rules_that_forbid_a_second_time_are_believed_for_a_day(
    server: Server, robots: RobotsMiddleware
) -> None:
    server.answer = CLOSED
    for expected in (1, 2):
        with pytest.raises(IgnoreRequest, match="forbidden"):
            await robots.process_request(PAGE)
        assert server.asked == expected
        age(robots, FRESH_NEWS)
    age(robots, FRESH / 2)
    with pytest.raises(IgnoreRequest, match="forbidden"):
        await robots.process_request(PAGE)
    assert server.asked == 2


@pytest.mark.parametrize("status", [401, 403, 404, 410, 429])
async def test_a_host_without_rules_allows_everything(
    server: Server, robots: RobotsMiddleware, status: int
) -> None:
    server.answer = (status, CLOSED[1])
    await robots.process_request(PAGE)


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_host_that_cannot_say_is_left_alone_and_soon_asked_again(
    server: Server, robots: RobotsMiddleware, status: int
) -> None:
    server.answer = (status, b"")
    for _ in range(2):
        with pytest.raises(IgnoreRequest, match="not available"):
            await robots.process_request(PAGE)
    assert server.asked == 1
    server.answer = OPEN
    age(robots, FRESH_FAILURE)
    await robots.process_request(PAGE)
    assert server.asked == 2


async def test_pages_of_a_host_that_is_away_fail_as_its_rules_did(
    server: Server, robots: RobotsMiddleware
) -> None:
    server.answer = None
    for _ in range(2):
        with pytest.raises(OSError, match="no route to host"):
            await robots.process_request(PAGE)
    assert server.asked == 1
    age(robots, FRESH_UNREACHED)
    server.answer = CLOSED
    with pytest.raises(IgnoreRequest):
        await robots.process_request(PAGE)


async def test_rules_that_were_read_are_kept_to_while_the_host_is_away(
    server: Server, robots: RobotsMiddleware
) -> None:
    server.answer = CLOSED
    with pytest.raises(IgnoreRequest, match="forbidden"):
        await robots.process_request(PAGE)
    server.answer = None
    age(robots, FRESH)
    with pytest.raises(IgnoreRequest, match="forbidden"):
        await robots.process_request(PAGE)
    await robots.process_request(Request("https://a.example/about"))


async def test_pages_that_are_wanted_at_once_ask_for_the_rules_once(
    server: Server, robots: RobotsMiddleware
) -> None:
    await asyncio.gather(*(robots.process_request(PAGE) for _ in range(5)))
    assert server.asked == 1


async def test_the_rules_are_asked_for_through_the_proxy_of_the_source(
    server: Server, robots: RobotsMiddleware
) -> None:
    proxies = ("socks5h://127.0.0.1:9050", "http://user:secret@127.0.0.1:3128")
    await robots.process_request(PAGE.replace(meta={PROXIES: proxies}))
    assert [request.meta.get(PROXIES) for request in server.requests] == [proxies]


async def test_rules_beyond_what_is_read_are_ignored(
    server: Server, robots: RobotsMiddleware
) -> None:
    filler = b"Disallow: /archive/%d\n"
    within = b"User-agent: *\nDisallow: /news/\n" + filler * 30_000
    beyond = b"User-agent: *\n" + filler * 30_000 + b"Disallow: /news/\n"
    assert len(beyond) > MAX_BYTES
    server.answer = (200, beyond)
    await robots.process_request(PAGE)
    age(robots, FRESH)
    server.answer = (200, within)
    with pytest.raises(IgnoreRequest):
        await robots.process_request(PAGE)


async def test_a_rule_cut_in_two_forbids_nothing(server: Server, robots: RobotsMiddleware) -> None:
    long_rule = b"User-agent: *\nDisallow: /news/" + b"x" * MAX_BYTES + b"\n"
    server.answer = (200, long_rule)
    await robots.process_request(Request("https://a.example/news/" + "x" * 100))


async def test_rules_that_were_read_are_kept_to_while_the_server_fails(
    server: Server, robots: RobotsMiddleware
) -> None:
    server.answer = CLOSED
    with pytest.raises(IgnoreRequest, match="forbidden"):
        await robots.process_request(PAGE)
    server.answer = (503, b"")
    age(robots, FRESH)
    with pytest.raises(IgnoreRequest, match="forbidden"):
        await robots.process_request(PAGE)
    await robots.process_request(Request("https://a.example/about"))


async def test_hosts_that_are_asked_no_more_are_forgotten(
    robots: RobotsMiddleware, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.download.middlewares.robots.MOST_HOSTS", 3)
    for number in range(5):
        await robots.process_request(Request(f"https://h{number}.example/a"))
        age(robots, FRESH)
    assert len(robots._hosts) <= 4


async def test_rules_are_read_where_a_redirect_leads(
    server: Server, robots: RobotsMiddleware
) -> None:
    server.elsewhere = {"https://a.example/robots.txt": "//b.example/rules"}
    server.answer = CLOSED
    with pytest.raises(IgnoreRequest, match="forbidden"):
        await robots.process_request(PAGE)
    assert server.requests[-1].url == "https://b.example/rules"


async def test_nothing_is_allowed_while_the_place_of_the_rules_cannot_be_asked(
    server: Server, robots: RobotsMiddleware
) -> None:
    server.elsewhere = {"https://a.example/robots.txt": "http://10.0.0.1/robots.txt"}
    server.answer = None
    with pytest.raises(IgnoreRequest, match=r"not available: .* at http://10\.0\.0\.1/robots"):
        await robots.process_request(PAGE)


async def test_rules_behind_an_endless_chain_are_no_rules(
    server: Server, robots: RobotsMiddleware
) -> None:
    server.elsewhere = {"https://a.example/robots.txt": "/robots.txt"}
    await robots.process_request(PAGE)
    assert server.asked == 6


RFC_SIMPLE = b"""User-Agent: *
Disallow: *.gif$
Disallow: /example/
Allow: /publications/

User-Agent: foobot
Disallow:/
Allow:/example/page.html
Allow:/example/allowed.gif

User-Agent: barbot
User-Agent: bazbot
Disallow: /example/page.html

User-Agent: quxbot
"""
PARTED = b"""User-agent: mybot
Crawl-delay: 10
User-agent: yourbot
Disallow: /private/

User-agent: *
Crawl-delay: 3600
"""


@pytest.mark.parametrize(
    ("body", "agent", "path", "allowed"),
    [
        (RFC_SIMPLE, "foobot", "/example/page.html", True),
        (RFC_SIMPLE, "foobot", "/other", False),
        (RFC_SIMPLE, "bazbot", "/example/page.html", False),
        (RFC_SIMPLE, "quxbot", "/example/page.html", True),
        (RFC_SIMPLE, "anybot", "/a.gif", False),
        (RFC_SIMPLE, "anybot", "/a.gif?x", True),
        (PARTED, "mybot", "/private/", False),
        (PARTED, "yourbot", "/private/", False),
        (PARTED, "anybot", "/private/", True),
        (b"User-agent: mybot/2.1\nDisallow: /", "mybot", "/a", False),
        (b"User-agent: *\rDisallow: /a\r", "mybot", "/a", False),
        ("\ufeffUser-agent: *\nDisallow: /a".encode(), "mybot", "/a", False),
        ("\ufeffUser-agent: *\nDisallow: /a".encode("utf-16-le"), "mybot", "/a", False),
        ("\ufeffUser-agent: *\nDisallow: /a".encode("utf-16-be"), "mybot", "/a", False),
        (b"\xff\xfe\x00", "mybot", "/a", True),
    ],
)
def test_rules_are_read_as_the_standard_says(
    body: bytes, agent: str, path: str, allowed: bool
) -> None:
    assert RobotsRules(body).allowed(f"https://a.example{path}", agent) is allowed


def test_a_pause_is_kept_to_within_bounds() -> None:
    rules = RobotsRules(PARTED)
    assert (rules.crawl_delay("mybot"), rules.crawl_delay("anybot")) == (10.0, LONGEST_DELAY)
    assert RobotsRules(RFC_SIMPLE).crawl_delay("anybot") is None
