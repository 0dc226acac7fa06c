"""robots.txt for a process that runs for months: asked for again daily, and read as RFC 9309 says.

Scrapy keeps the first answer for ever, takes an error page for rules, and goes on when the server
cannot say what is allowed.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from scrapy.utils.httpobj import urlparse_cached

from crawler.scrapy_settings import ROBOTS_AGENT

FRESH = 24 * 3600.0
"""Seconds an answer is used for (RFC 9309, 2.4)."""
FRESH_FAILURE = 300.0
"""Seconds until a server that could not say is asked again."""
MAX_BYTES = 512 * 1024
"""Bytes of a robots.txt that are read; the rest is ignored (RFC 9309, 2.5, asks for 500 KiB). It is
parsed on the event loop, which one of 8 MiB would stop for two seconds."""
KEPT_BYTES = 64 * 1024
"""Longest robots.txt that is kept for the time when its server fails."""
MOST_HOSTS = 5_000
"""Hosts whose rules are kept in mind; articles of one outlet redirect to many over the years."""
NOT_AVAILABLE = "the rules of robots.txt are not available"


class RobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's middleware with answers that age, 4xx as "no rules" and 5xx as "stay away".

    Rules that were read before are kept to while the server cannot say (RFC 9309, 2.3.1.4). A
    Crawl-delay becomes the pause between two requests to the host.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._fresh_until: dict[str, float] = {}
        self._unavailable: set[str] = set()
        self._least_delay = crawler.settings.getfloat("DOWNLOAD_DELAY")
        self._last_bodies: OrderedDict[str, bytes] = OrderedDict()

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """Return the rules for the request's host, fetched anew when they are old."""
        host = urlparse_cached(request).netloc
        now = asyncio.get_running_loop().time()
        if self._fresh_until.get(host, now + 1) <= now:
            self._forget(host)
        if len(self._fresh_until) > MOST_HOSTS:
            for old in [one for one, until in self._fresh_until.items() if until <= now]:
                self._forget(old)
        return await super().robot_parser(request)

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Raise IgnoreRequest for what the rules forbid, or when nobody knows the rules."""
        if urlparse_cached(request).netloc in self._unavailable:
            raise IgnoreRequest(NOT_AVAILABLE)
        super().process_request_2(rp, request)
        delay = rp.crawl_delay(ROBOTS_AGENT) if rp is not None else None
        if delay:
            self._slow_down(request, delay)

    def _slow_down(self, request: Request, delay: float) -> None:
        """Hold the host's slot to a pause; again at each request, for AutoThrottle shortens it."""
        downloader = getattr(self.crawler.engine, "downloader", None)
        if downloader is None:
            return
        host = downloader.get_slot_key(request)
        downloader.per_slot_settings[host] = {"delay": max(delay, self._least_delay)}
        slot = downloader.slots.get(host)
        if slot is not None:
            slot.delay = max(slot.delay, delay)

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        failed = response.status >= 500
        if failed and netloc in self._last_bodies:
            response = response.replace(body=self._last_bodies[netloc])
        elif failed:
            self._unavailable.add(netloc)
            response = response.replace(body=b"")
        elif response.status >= 400:
            response = response.replace(body=b"")
        elif len(response.body) > MAX_BYTES:
            whole_lines, _, _ = response.body[:MAX_BYTES].rpartition(b"\n")
            response = response.replace(body=whole_lines)
        self._keep(netloc, FRESH_FAILURE if failed else FRESH)
        if not failed and len(response.body) <= KEPT_BYTES:
            self._last_bodies[netloc] = response.body
            self._last_bodies.move_to_end(netloc)
            while len(self._last_bodies) > MOST_HOSTS:
                self._last_bodies.popitem(last=False)
        await super()._parse_robots(response, netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        # The page itself is asked for next and says what is wrong with the host.
        self._keep(netloc, FRESH_FAILURE)
        super()._robots_error(exc, netloc)

    def _forget(self, netloc: str) -> None:
        del self._fresh_until[netloc], self._parsers[netloc]
        self._unavailable.discard(netloc)

    def _keep(self, netloc: str, seconds: float) -> None:
        self._fresh_until[netloc] = asyncio.get_running_loop().time() + seconds
