"""The crawler as one thing that starts, works and stops: what the daemon and `poll` hold."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence

import structlog
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.settings import Settings

from core.clock import Clock
from core.config import WatchConfig
from core.network import NetworkPolicy
from core.sources import Source
from crawler.context import CrawlContext
from crawler.counts import CrawlCounts
from crawler.download.network_guard import GuardedResolver
from crawler.download.scrapy_settings import scrapy_settings
from crawler.record.poll_facts import PlanPoll
from crawler.spiders.watch import WatchSpider
from storage import Store

log = structlog.get_logger(__name__)

_QUIET = {
    # Every failure of a request is committed and logged by us, with its source.
    "scrapy": logging.WARNING,
    "scrapy.downloadermiddlewares.redirect": logging.ERROR,
    "twisted": logging.WARNING,
    "telethon": logging.ERROR,
    "asyncio": logging.WARNING,
}


class CrawlService:
    """One long-lived Scrapy crawler with its queue of work and its sandbox.

    Must be used on the loop of `crawler.download.reactor.run_on_reactor`.
    """

    def __init__(
        self,
        store: Store,
        config: WatchConfig,
        sources: Callable[[], Mapping[str, Source]],
        clock: Clock,
        plan_poll: PlanPoll,
        *,
        once: Sequence[str] | None = None,
        follow: bool = True,
        on_stored: Callable[[], None] = lambda: None,
    ) -> None:
        self._config = config
        self._context = CrawlContext.build(
            store,
            config,
            sources,
            clock,
            plan_poll,
            once=once,
            follow=follow,
            on_stored=on_stored,
        )
        self._runner: AsyncCrawlerRunner | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def counts(self) -> CrawlCounts:
        """What was done since the start."""
        return self._context.counts

    @property
    def in_flight(self) -> int:
        """How many polls and articles are under way."""
        return self._context.work.in_flight

    def start(self) -> None:
        """Open the spider; it takes work from now on."""
        for name, level in _QUIET.items():
            logging.getLogger(name).setLevel(level)
        from twisted.internet import reactor

        policy = NetworkPolicy.from_texts(self._config.network.allow)
        GuardedResolver(reactor, policy).install_on_reactor()
        self._runner = AsyncCrawlerRunner(Settings(scrapy_settings(self._config)))
        self._task = self._runner.crawl(WatchSpider, context=self._context)

    def wake(self) -> None:
        """Look for due work now."""
        self._context.work.wake()

    async def idle(self) -> None:
        """Wait until nothing is due and nothing is under way."""
        await self._context.work.idle()

    async def finished(self) -> None:
        """Wait until the spider closes: the end of a run `once`, or a failure.

        Raises what the spider's start raised.
        """
        if self._task is not None:
            await asyncio.shield(self._task)

    async def stop(self, grace: float) -> None:
        """Finish what is in flight within `grace` seconds and close everything.

        What is not finished by then is dropped here and is still due in storage.
        """
        self._context.work.close()
        if self._runner is not None and self._task is not None and not self._task.done():
            try:
                async with asyncio.timeout(grace):
                    await self._context.work.drained()
            except TimeoutError:
                log.warning("stopping with requests in flight", count=self._context.work.in_flight)
            try:
                async with asyncio.timeout(1.0):
                    await self._runner.stop()
            except TimeoutError:
                log.warning("the crawler did not close in time; its work is still due")
        await self._context.account.close()
        await asyncio.to_thread(self._context.sandbox.close)
