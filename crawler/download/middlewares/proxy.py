"""Proxies: only those that a source names, and none of them is asked for what we must not dial.

Scrapy also takes proxies from the environment, where one set for another program would silently
carry every request of ours. What a source's proxies are asked for goes through one of ours, on this
machine, which judges it: a proxy dials whatever it is told to.
"""

from __future__ import annotations

import asyncio
import base64
import secrets
from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler

from core.network import NetworkPolicy
from crawler.download.guarded_proxy import GuardedProxy
from crawler.download.network_guard import note_refusal, open_own_door
from crawler.download.proxy_ways import ProxiedWay

META_KEY = "proxies"
"""Where a request says by which proxies it goes, in their order."""


class SourceProxyMiddleware:
    """Sends what a source asks for through its proxies."""

    def __init__(self, crawler: Crawler) -> None:
        self._policy = NetworkPolicy.from_texts(crawler.settings.getlist("NETWORK_ALLOW"))
        self._proxies: dict[tuple[str, ...], GuardedProxy] = {}
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
                known = GuardedProxy(way, note_refusal, password=self._password)
                await known.start()
                open_own_door(known.port)
                self._proxies[upstream] = known
            return known
