"""Proxies: only those that a source names, and none of them is asked for what we must not dial.

Scrapy also takes proxies from the environment, where one set for another program would silently
carry every request of ours. What a source's proxies are asked for goes through one of ours, on this
machine, which judges it: a proxy dials whatever it is told to.
"""

from __future__ import annotations

import asyncio
import base64
import secrets
from collections import OrderedDict
from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.utils.httpobj import urlparse_cached

from core.failures import FailureKind, FetchFailure
from core.network import NetworkPolicy
from crawler.download.failures import RefusedRequest
from crawler.download.guarded_proxy import GuardedProxy
from crawler.download.network_guard import note_refusal, open_own_door
from crawler.download.proxy_ways import ProxiedWay

_REMEMBERED = 1000
_PORTS = {"http": 80, "https": 443}
META_KEY = "proxies"
"""Where a request says by which proxies it goes, in their order."""


class SourceProxyMiddleware:
    """Sends what a source asks for through its proxies."""

    def __init__(self, crawler: Crawler) -> None:
        self._policy = NetworkPolicy.from_texts(crawler.settings.getlist("NETWORK_ALLOW"))
        self._proxies: dict[tuple[str, ...], GuardedProxy] = {}
        self._unreached: OrderedDict[tuple[str, int], str] = OrderedDict()
        """Why hosts were not reached through proxies, the latest last."""
        self._turn = asyncio.Lock()
        login = f"wirewatch:{secrets.token_hex(16)}"
        self._password = b"Basic " + base64.b64encode(login.encode())

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build for a crawler, as Scrapy does."""
        middleware = cls(crawler)
        crawler.signals.connect(middleware.close, signals.engine_stopped)
        return middleware

    async def process_request(self, request: Request) -> None:
        """Lead a request through the proxy of ours that leads on to those of its source."""
        request.headers.pop("Proxy-Authorization", None)
        upstream: tuple[str, ...] = request.meta.get(META_KEY, ())
        if not upstream:
            request.meta.pop("proxy", None)
            return
        request.meta["proxy"] = (await self._proxy_to(upstream)).url
        request.headers["Proxy-Authorization"] = self._password

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Raise what kept the proxies from leading on, where that is what happened.

        What Scrapy sees is a connection of ours that ended.
        """
        del exception
        parts = urlparse_cached(request)
        port = parts.port or _PORTS.get(parts.scheme, 0)
        why = self._unreached.pop((parts.hostname or "", port), None)
        if why is not None and META_KEY in request.meta:
            raise RefusedRequest(FetchFailure(FailureKind.CONNECT, why))

    def _note(self, host: str, port: int, why: str | None) -> None:
        note_refusal(host, port, None)  # it was asked for: what was refused before is over
        self._unreached.pop((host, port), None)
        if why is not None:
            self._unreached[host, port] = why
            while len(self._unreached) > _REMEMBERED:
                self._unreached.popitem(last=False)

    async def close(self) -> None:
        """Stop the proxies."""
        for proxy in self._proxies.values():
            await proxy.close()
        self._proxies.clear()

    async def _proxy_to(self, upstream: tuple[str, ...]) -> GuardedProxy:
        async with self._turn:  # two must not start one each
            known = self._proxies.get(upstream)
            if known is None:
                way = ProxiedWay(upstream, self._policy)
                known = GuardedProxy(way, note_refusal, self._note, password=self._password)
                await known.start()
                open_own_door(known.port)
                self._proxies[upstream] = known
            return known
