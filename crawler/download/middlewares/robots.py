"""robots.txt for a process that runs for months: asked for again daily, and read as RFC 9309 says.

Scrapy's own middleware keeps the first answer for ever, takes an error page for rules, goes on when
nobody can say what is allowed, and asks past the proxy of a source.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from typing import Self
from urllib.parse import urljoin

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached
from w3lib.url import safe_url_string

from core.failures import FailureKind, FetchFailure
from crawler.download.failures import RefusedRequest
from crawler.download.middlewares.proxy import META_KEY as PROXIES
from crawler.download.robots_rules import RobotsRules
from crawler.download.scrapy_settings import ROBOTS_AGENT

FRESH = 24 * 3600.0
"""Seconds an answer is used for (RFC 9309, 2.4)."""
FRESH_FAILURE = 300.0
"""Seconds until a server that could not say is asked again."""
FRESH_UNREACHED = 60.0
"""Seconds until a host that could not be reached is tried again."""
FRESH_NEWS = 300.0
"""Seconds until rules are asked for again that forbid what they did not forbid before."""
MOST_REDIRECTS = 5
"""Redirects that are followed (RFC 9309, 2.3.1.2)."""
MAX_BYTES = 512 * 1024
"""Bytes of a robots.txt that are read; the rest is ignored (RFC 9309, 2.5, asks for 500 KiB). It is
parsed on the event loop, which one of 8 MiB would stop for two seconds."""
KEPT_BYTES = 64 * 1024
"""Longest robots.txt that is kept for the time when its server fails."""
MOST_HOSTS = 5_000
"""Hosts whose rules are kept in mind; articles of one outlet redirect to many over the years."""
NOT_AVAILABLE = "the rules of robots.txt are not available"


@dataclass(slots=True)
class _Known:
    """What is known of the rules of one host."""

    rules: RobotsRules | None
    """None while nobody can say what is allowed; nothing is, then."""
    fresh_until: float
    """On the event loop's clock."""
    error: Exception | None = None
    """Why the host could not be asked: its pages would fail the same way."""
    said_before: bool = False
    """Whether the rules before these forbade something too that was wanted."""
    forbade: bool = False
    """Whether they forbade anything that was wanted."""


class RobotsMiddleware:
    """Lets through what the rules of its host allow: 4xx is "no rules", 5xx is "stay away".

    So is no answer; a request then fails with what happened when the rules were asked for. Rules
    that were read before are kept to in the meantime (RFC 9309, 2.3.1.4). A Crawl-delay becomes the
    pause between two requests to the host.

    Rules that newly forbid something are kept to, and not believed for a day: a server that is put
    up anew may forbid everything for a minute, so they are soon asked for once more.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._least_delay = crawler.settings.getfloat("DOWNLOAD_DELAY")
        self._hosts: dict[str, _Known] = {}
        self._asking: dict[str, asyncio.Task[_Known]] = {}
        self._last_bodies: OrderedDict[str, bytes] = OrderedDict()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build for a crawler, as Scrapy does."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raise RefusedRequest for what the rules forbid, and what kept us from knowing them."""
        if request.meta.get("dont_obey_robotstxt"):
            return
        known = await self._known(request)
        if known.rules is None:
            raise known.error or _not_available()
        if not known.rules.allowed(request.url, ROBOTS_AGENT):
            if not known.said_before and not known.forbade:
                known.fresh_until = min(known.fresh_until, _until(FRESH_NEWS))
            known.forbade = True
            raise RefusedRequest(FetchFailure(FailureKind.ROBOTS, "forbidden by robots.txt"))
        delay = known.rules.crawl_delay(ROBOTS_AGENT)
        if delay:
            self._slow_down(request, delay)

    async def _known(self, request: Request) -> _Known:
        """Return what is known of the request's host, asking when it is not known or old."""
        host = urlparse_cached(request).netloc
        now = asyncio.get_running_loop().time()
        known = self._hosts.get(host)
        if known is not None and known.fresh_until > now:
            return known
        if len(self._hosts) > MOST_HOSTS:
            self._hosts = {
                name: rules for name, rules in self._hosts.items() if rules.fresh_until > now
            }
        # No await since the look above, so two requests cannot both find nobody asking. A task is
        # forgotten after it has put its answer into `_hosts`, so nobody falls in between.
        if host not in self._asking:
            task = asyncio.create_task(self._ask(request, host))
            task.add_done_callback(lambda _: self._asking.pop(host, None))
            self._asking[host] = task
        # Others may wait for the same answer: a request that is cancelled must not take it from
        # them.
        return await asyncio.shield(self._asking[host])

    async def _ask(self, request: Request, host: str) -> _Known:
        try:
            known = self._read(await self._fetch(request, host), host)
        except Exception as error:  # whatever it is, every page of the host would meet it
            kept = self._last_bodies.get(host)
            rules = None if kept is None else RobotsRules(kept)
            known = _Known(rules, _until(FRESH_UNREACHED), error)
        before = self._hosts.get(host)
        known.said_before = before is not None and before.forbade
        self._hosts[host] = known
        return known

    async def _fetch(self, request: Request, host: str) -> Response:
        """Ask for robots.txt and follow where it leads; a chain too long counts as no rules."""
        engine = self._crawler.engine
        if engine is None:
            raise RuntimeError("the crawler has no engine yet")
        meta = {"dont_obey_robotstxt": True, "dont_redirect": True}
        if proxies := request.meta.get(PROXIES):
            meta[PROXIES] = proxies
        url = f"{urlparse_cached(request).scheme}://{host}/robots.txt"
        for hop in range(MOST_REDIRECTS + 1):
            asked = Request(url, priority=1000, meta=meta, callback=NO_CALLBACK)
            try:
                response = await engine.download_async(asked)
            except Exception as error:
                if hop == 0:
                    raise
                # The host itself answers, so this is not what its pages would meet.
                raise _not_available(f": they are said to be at {url}") from error
            location = response.headers.get("Location")
            if not 300 <= response.status < 400 or location is None:
                return response
            url = urljoin(url, safe_url_string(location.decode("latin-1")))
        return response.replace(status=404)

    def _read(self, response: Response, host: str) -> _Known:
        """Return the rules that an answer gives."""
        if response.status >= 500:
            kept = self._last_bodies.get(host)
            return _Known(None if kept is None else RobotsRules(kept), _until(FRESH_FAILURE))
        body = b"" if response.status >= 400 else response.body
        if len(body) > MAX_BYTES:
            body, _, _ = body[:MAX_BYTES].rpartition(b"\n")  # whole lines
        if len(body) <= KEPT_BYTES:
            self._last_bodies[host] = body
            self._last_bodies.move_to_end(host)
            while len(self._last_bodies) > MOST_HOSTS:
                self._last_bodies.popitem(last=False)
        return _Known(RobotsRules(body), _until(FRESH))

    def _slow_down(self, request: Request, delay: float) -> None:
        """Hold the host's slot to a pause; again at each request, for AutoThrottle shortens it."""
        downloader = getattr(self._crawler.engine, "downloader", None)
        if downloader is None:
            return
        host = downloader.get_slot_key(request)
        downloader.per_slot_settings[host] = {"delay": max(delay, self._least_delay)}
        slot = downloader.slots.get(host)
        if slot is not None:
            slot.delay = max(slot.delay, delay)


def _not_available(where: str = "") -> RefusedRequest:
    """Return what its pages fail with while nobody can say what a host allows."""
    return RefusedRequest(FetchFailure(FailureKind.CONNECT, f"{NOT_AVAILABLE}{where}"))


def _until(seconds: float) -> float:
    return asyncio.get_running_loop().time() + seconds
