"""Pages that need a browser, for sources with `render: true`: scrapy-playwright, an extra.

The browser goes out through the guarded proxy only, gets a context of its own for each source, and
is started with the first page that needs it.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any

import structlog
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    DownloadCancelledError,
    DownloadFailedError,
    DownloadTimeoutError,
    NotSupported,
)
from scrapy.http import Response

from core.environment import child_environment
from core.failures import FailureKind, FetchFailure
from core.network import NetworkPolicy
from crawler.download.failures import RefusedRequest
from crawler.download.guarded_proxy import GuardedProxy
from crawler.download.network_guard import note_refusal
from crawler.download.proxy_ways import DirectWay

log = structlog.get_logger(__name__)

META_KEY = "render"
MISSING = "`render` needs a package that is not installed: pip install 'wirewatch[render]'"
PAGES_AT_ONCE = 4
"""Pages that one source has open at once; each takes about 100 MB."""
CLOSED_WITHIN = 5.0
"""Seconds that closing a page may take."""
_NEEDLESS = frozenset({"image", "media", "font"})
_ARGUMENTS = (
    "--proxy-bypass-list=<-loopback>",  # loopback, too, is for the proxy to judge
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    "--dns-prefetch-disable",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def rendering_settings(timeout: float, browser: str | None) -> dict[str, Any]:
    """Return Scrapy's settings for rendering; `browser` is the path of Chromium, if not its own."""
    launch: dict[str, Any] = {
        "args": list(_ARGUMENTS),
        # Chromium refuses its own sandbox to root; a service should not be run as root anyway.
        "chromium_sandbox": os.geteuid() != 0,
        "env": child_environment(),
    }
    if browser:
        launch["executable_path"] = browser
    return {
        "PLAYWRIGHT_BROWSER_PROVIDER": "crawler.download.rendering.GuardedBrowser",
        "PLAYWRIGHT_LAUNCH_OPTIONS": launch,
        "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": timeout * 1000,
        "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": PAGES_AT_ONCE,
        "PLAYWRIGHT_ABORT_REQUEST": "crawler.download.rendering.is_needless",
    }


def is_needless(request: Any) -> bool:
    """Tell whether what a page asks for adds nothing to its text."""
    return request.resource_type in _NEEDLESS


class Renderer:
    """Downloads with a browser what carries `META_KEY`; costs nothing until the first such page."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._handler: Any = None
        self._starting = asyncio.Lock()

    async def download(self, request: Request) -> Response:
        """Return the page as it stands when its scripts have run.

        Raises Scrapy's download exceptions, as its other handlers do.
        """
        handler = await self._started()
        from playwright.async_api import Error
        from playwright.async_api import TimeoutError as BrowserTimeout

        request.meta.update(
            playwright=True,
            playwright_context=request.meta[META_KEY],
            playwright_context_kwargs={"service_workers": "block", "accept_downloads": False},
            playwright_page_goto_kwargs={"wait_until": "load"},
            playwright_include_page=True,  # so that it is ours to close
        )
        try:
            response: Response = await handler.download_request(request)
        except BrowserTimeout as error:
            raise DownloadTimeoutError(_first_line(error)) from error
        except Error as error:
            said = f"the browser could not load it: {_first_line(error)}"
            raise DownloadFailedError(said) from error
        finally:
            # Also when the deadline cancels us: a page left open would hold its place for good.
            page = request.meta.pop("playwright_page", None)
            if page is not None and not page.is_closed():
                await _close(page)
        most = request.meta.get("download_maxsize", self._crawler.settings["DOWNLOAD_MAXSIZE"])
        if len(response.body) > most:
            raise DownloadCancelledError(f"the page has more than {most} bytes")
        return response

    async def close(self) -> None:
        """Close the browser, if there is one."""
        handler, self._handler = self._handler, None
        if handler is not None:
            await handler.close()

    async def _started(self) -> Any:
        async with self._starting:  # several pages may be the first at once
            return await self._start()

    async def _start(self) -> Any:
        if self._handler is None:
            try:
                from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler
            except ImportError as error:
                # Not the outlet's doing. It is tried again for a while, at no cost to the outlet:
                # who installs the package within hours loses no article.
                raise RefusedRequest(FetchFailure(FailureKind.INTERNAL, MISSING)) from error
            handler = ScrapyPlaywrightDownloadHandler(self._crawler)
            # It would start with the engine, which has started long ago: a configuration may ask
            # for a browser when it is read again.
            await handler._launch()  # noqa: SLF001 - there is no public way to start it later
            self._handler = handler
        return self._handler


def _first_line(error: Exception) -> str:
    """Return what a browser says first; after it comes what it did step by step."""
    return str(error).partition("\n")[0]


async def _close(page: Any) -> None:
    """Close a page whatever its scripts are doing; a tab that will not go must not hold us up."""
    closing = asyncio.ensure_future(page.close())
    await asyncio.wait({closing}, timeout=CLOSED_WITHIN)
    if closing.done() and not closing.cancelled() and closing.exception() is not None:
        log.warning("a page of the browser was not closed", error=str(closing.exception()))


class GuardedBrowser:
    """What scrapy-playwright gets its browser from: Chromium behind the guarded proxy."""

    def __init__(self, config: Any) -> None:
        self._options: dict[str, Any] = config.launch_options
        self._playwright: Any = None
        self._proxy: GuardedProxy | None = None

    async def start(self) -> None:
        """Start the proxy and playwright's driver."""
        from playwright.async_api import async_playwright
        from twisted.internet import reactor

        guard: Any = getattr(reactor, "nameResolver", None)
        self._proxy = GuardedProxy(
            DirectWay(getattr(guard, "policy", NetworkPolicy())), note_refusal
        )
        await self._proxy.start()
        self._playwright = await async_playwright().start()

    async def launch_browser(self) -> Any:
        """Start Chromium."""
        if self._proxy is None:
            raise RuntimeError("the browser's proxy has not been started")
        options = {**self._options, "proxy": {"server": self._proxy.url}}
        return await self._playwright.chromium.launch(**options)

    async def launch_persistent_context(self, _context_kwargs: dict[str, Any]) -> Any:
        """Refuse: what one visit leaves behind is not for the next."""
        raise NotSupported("no context of the browser outlives its pages")

    async def close(self) -> None:
        """Stop the driver and the proxy."""
        if self._playwright is not None:
            await self._playwright.stop()
        if self._proxy is not None:
            await self._proxy.close()
