"""How many downloads run at once, per host and in all.

Scrapy's own slots let bursts through (limit 2, a server saw 10 to 14), and requests that wait in
a slot count against its total. So the limits are held here, at the connection itself.
"""

from __future__ import annotations

import asyncio
import resource
from collections import OrderedDict, deque
from dataclasses import dataclass
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
PATIENCE = 0.3
"""Seconds after which a download lends its place to another: 300 outlets that never answer, all due
at once, have then lent theirs to a healthy one within six seconds."""
MOST_SLOW = 512
"""Most downloads that may lend their places; fewer where few files may be open."""
REMEMBERED = 5_000
"""Hosts of which it is known that they answered last time."""
_FILES_OF_OTHERS = 192
"""Open files left to the database, the pages, the receivers and the workers."""


# Twisted gives up an answer with a line of 16 KiB in its head, and has no setting for it. Policies
# about what a page may load, and cookies, grow longer than that.
HTTPClientParser.MAX_LENGTH = 128 * 1024


@dataclass(slots=True, eq=False)
class Place:
    """The place of one download."""

    host: str
    proven: bool
    """Whether the host's last download went quickly and well."""
    lent: bool = False
    """Whether it takes so long that another download has its place of the total."""


class HostGate:
    """Lets `total` downloads through at once, and `per_host` to each host.

    Nobody waits in a circle: a place for the host is always taken before one of the total, and
    who has both waits for neither.

    The total is for downloads that get on. What takes long lends its place to another, or a few
    outlets that accept and never answer would hold them all; `most_slow` bounds how many may. For
    when that many do, some places are kept for hosts whose last download went quickly and well.
    """

    def __init__(self, total: int, per_host: int, most_slow: int = 0) -> None:
        self._total = total
        self._kept = total // 4
        self._per_host = per_host
        self._most_slow = most_slow
        self._running = {True: 0, False: 0}
        """Places of the total that are taken, by whether the host is proven."""
        self._queues: dict[bool, deque[asyncio.Future[None]]] = {True: deque(), False: deque()}
        self._turn = 0
        self._slow = 0
        self._overdue: dict[Place, None] = {}
        """Those that would lend their places, if not too many did."""
        self._hosts: dict[str, asyncio.Semaphore] = {}
        self._waiting: dict[str, int] = {}
        self._proven: OrderedDict[str, None] = OrderedDict()

    @property
    def hosts(self) -> int:
        """How many hosts it keeps a gate for: those with a download running or waiting."""
        return len(self._hosts)

    async def enter(self, host: str) -> Place:
        """Wait until a download to `host` may start."""
        gate = self._hosts.setdefault(host, asyncio.Semaphore(self._per_host))
        # Counted before the first await: who leaves meanwhile must not throw this gate away, or
        # the next to come would get a second one for the same host.
        self._waiting[host] = self._waiting.get(host, 0) + 1
        try:
            # The host's gate first: a slow host must not hold places it cannot use.
            await gate.acquire()
            place = Place(host, host in self._proven)
            try:
                await self._take(place)
            except BaseException:  # cancelled while it waited: the place is somebody else's now
                gate.release()
                raise
        except BaseException:
            self._leave(host)
            raise
        return place

    def lend(self, place: Place) -> None:
        """Take note that a download takes long: its place is for others meanwhile."""
        if self._slow >= self._most_slow:
            self._overdue[place] = None
            return
        self._slow += 1
        place.lent = True
        self._give_back(place)

    def exit(self, place: Place, *, worked: bool = True) -> None:
        """Take note that a download is over, and whether it brought an answer."""
        self._overdue.pop(place, None)
        self._proven.pop(place.host, None)
        if worked and not place.lent:
            self._proven[place.host] = None
            if len(self._proven) > REMEMBERED:
                self._proven.popitem(last=False)
        if place.lent:
            self._slow -= 1
            if self._overdue:
                overdue = next(iter(self._overdue))
                del self._overdue[overdue]
                self.lend(overdue)
        else:
            self._give_back(place)
        self._hosts[place.host].release()
        self._leave(place.host)

    async def _take(self, place: Place) -> None:
        """Wait for one of the total."""
        queue = self._queues[place.proven]
        if not queue and self._has_room(place.proven):
            self._running[place.proven] += 1
            return
        granted = asyncio.get_running_loop().create_future()
        queue.append(granted)
        try:
            await granted
        except BaseException:
            if granted.done() and not granted.cancelled():
                self._give_back(place)
            raise

    def _has_room(self, proven: bool) -> bool:
        taken = sum(self._running.values())
        return taken < self._total and (proven or self._running[False] < self._total - self._kept)

    def _give_back(self, place: Place) -> None:
        self._running[place.proven] -= 1
        while self._grant_one():
            pass

    def _grant_one(self) -> bool:
        """Let the next one in; at every fourth time those first whose hosts are not proven."""
        first = self._turn % 4 != 3
        for proven in (first, not first):
            queue = self._queues[proven]
            while queue and queue[0].done():  # cancelled
                queue.popleft()
            if queue and self._has_room(proven):
                self._turn += 1
                self._running[proven] += 1
                queue.popleft().set_result(None)
                return True
        return False

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
                crawler.settings.getint("GATE_TOTAL"),
                crawler.settings.getint("GATE_PER_HOST"),
                _most_slow(crawler.settings.getint("GATE_TOTAL")),
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
        place = await self._gate.enter(host)
        patience = asyncio.get_running_loop().call_later(PATIENCE, self._gate.lend, place)
        worked = False
        try:
            async with asyncio.timeout(self._longest):
                if request.meta.get(META_KEY):
                    response = await self._renderer.download(request)
                else:
                    response = await super().download_request(request)
            worked = True
            return response
        except TimeoutError:
            said = f"no end after {self._longest:g} s"
            raise DownloadTimeoutError(said) from None
        finally:
            patience.cancel()
            self._gate.exit(place, worked=worked)

    async def close(self) -> None:
        """Close connections, and the browser if one was needed."""
        await self._renderer.close()
        await super().close()


def _most_slow(total: int) -> int:
    """Return how many downloads may lend their places; each has a connection, and may a second."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return MOST_SLOW
    return max(0, min(MOST_SLOW, (soft - _FILES_OF_OTHERS) // 2 - total))
