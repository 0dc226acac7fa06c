"""How many downloads run at once, per host and in all.

Scrapy's own slots let bursts through (limit 2, a server saw 10 to 14), and requests that wait in
a slot count against its total. So the limits are held here, at the connection itself.
"""

from __future__ import annotations

import asyncio
from weakref import WeakKeyDictionary

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadTimeoutError
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached
from twisted.web._newclient import HTTPClientParser

from crawler.download.rendering import META_KEY, Renderer

GRACE = 5.0
"""Seconds beyond Scrapy's timeout after which a download is ended from outside."""


# Twisted gives up an answer with a line of 16 KiB in its head, and has no setting for it. Policies
# about what a page may load, and cookies, grow longer than that.
HTTPClientParser.MAX_LENGTH = 128 * 1024


class HostGate:
    """Lets `total` downloads through at once, and `per_host` to each host.

    Nobody waits in a circle: a place for the host is always taken before one of the total, and
    who has both waits for neither.
    """

    def __init__(self, total: int, per_host: int) -> None:
        self._total = asyncio.Semaphore(total)
        self._per_host = per_host
        self._hosts: dict[str, asyncio.Semaphore] = {}
        self._waiting: dict[str, int] = {}

    @property
    def hosts(self) -> int:
        """How many hosts it keeps in mind: those with a download running or waiting."""
        return len(self._hosts)

    async def enter(self, host: str) -> None:
        """Wait until a download to `host` may start."""
        gate = self._hosts.setdefault(host, asyncio.Semaphore(self._per_host))
        # Counted before the first await: who leaves meanwhile must not throw this gate away, or
        # the next to come would get a second one for the same host.
        self._waiting[host] = self._waiting.get(host, 0) + 1
        try:
            # The host's gate first: a slow host must not hold places it cannot use.
            await gate.acquire()
            try:
                await self._total.acquire()
            except BaseException:  # cancelled while it waited: the place is somebody else's now
                gate.release()
                raise
        except BaseException:
            self._leave(host)
            raise

    def exit(self, host: str) -> None:
        """Take note that a download to `host` is over."""
        self._total.release()
        self._hosts[host].release()
        self._leave(host)

    def _leave(self, host: str) -> None:
        self._waiting[host] -= 1
        if not self._waiting[host]:  # keep no trace of hosts we are done with
            del self._waiting[host], self._hosts[host]


# Scrapy builds a handler for each scheme, and the limits hold over both. Weak, so that a crawler
# that ended takes its gate along; only the reactor's thread comes here.
_gates: WeakKeyDictionary[Crawler, HostGate] = WeakKeyDictionary()
_renderers: WeakKeyDictionary[Crawler, Renderer] = WeakKeyDictionary()


class GatedDownloadHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP handler behind the gate; http and https of one crawler share it."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        if crawler not in _gates:
            _gates[crawler] = HostGate(
                crawler.settings.getint("GATE_TOTAL"), crawler.settings.getint("GATE_PER_HOST")
            )
        self._gate = _gates[crawler]
        self._renderer = _renderers.setdefault(crawler, Renderer(crawler))
        self._longest = crawler.settings.getfloat("DOWNLOAD_TIMEOUT") + GRACE

    async def download_request(self, request: Request) -> Response:
        """Download when the gate lets us; the wait does not count as download time.

        Scrapy's own timeout does not cover everything (a look-up that never answers, for one), and
        a request that never ends would keep its source from being polled until the next start.
        """
        host = urlparse_cached(request).hostname or ""
        await self._gate.enter(host)
        try:
            async with asyncio.timeout(self._longest):
                if request.meta.get(META_KEY):
                    return await self._renderer.download(request)
                return await super().download_request(request)
        except TimeoutError:
            said = f"no end after {self._longest:g} s"
            raise DownloadTimeoutError(said) from None
        finally:
            self._gate.exit(host)

    async def close(self) -> None:
        """Close connections, and the browser if one was needed."""
        await self._renderer.close()
        await super().close()
