"""The daemon: one process that crawls, judges and delivers until it is told to stop.

It holds no schedule and no queue of its own. What is due stands in storage, and the stages look
there; here is only the life of the process: how it starts, reloads and stops.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any

import structlog
from rich.console import Console

from alerts.receivers import Receiver
from core.cache import cache_directory
from core.clock import Clock, utc_now
from core.config.remembered_database import remember_database
from core.config.sections.web import WebSection
from core.errors import StorageError
from core.restarts import Ended, kept_going
from crawler.download.reactor import run_on_reactor
from scheduler.assembly import Assembly, Hold, assembled
from scheduler.configuration_alerts import tell_acceptance
from scheduler.database_watch import stays_in_place
from scheduler.heartbeat import HEARTBEAT, STOPPED
from scheduler.judging_step import JudgingStep
from scheduler.reloading import Reload
from scheduler.remembered_words import recall_words, remember_words
from scheduler.restart_alerts import tell_restart
from scheduler.running_config import RunningConfig, load_running_config
from scheduler.stage_work import NOTHING, Found
from scheduler.stages import SIGN_OF_LIFE, Part, Stages, stage_table
from scheduler.start_signals import START_SIGNALS
from scheduler.status import DaemonStatus, begin, read_status
from scheduler.systemd import notify, watchdog_seconds

log = structlog.get_logger(__name__)

CRAWL_GRACE = 6.0
"""Seconds that requests in flight get at the end; the whole stop must fit into ten, as does what
deliveries get at the same time."""

Serve = Callable[[Assembly, WebSection, asyncio.Event], Coroutine[Any, Any, None]]
"""Serves the web pages over the parts of a process until the event is set."""


class Daemon:
    """Starts the parts, keeps them going, reloads and stops them."""

    def __init__(
        self,
        path: Path,
        *,
        clock: Clock = utc_now,
        console: Console | None = None,
        on_loaded: Callable[[RunningConfig], None] = lambda _live: None,
        on_started: Callable[[], None] = lambda: None,
        on_status: Callable[[DaemonStatus], None] | None = None,
        serve: Serve | None = None,
    ) -> None:
        """Prepare; `serve` answers the links in alerts, until it is told to stop.

        `on_status` is called every second, in a thread.
        """
        self._path = path
        self._clock = clock
        self._console = console
        self._on_loaded = on_loaded
        self._on_started = on_started
        self._on_status = on_status
        self._serve = serve
        self._stop = asyncio.Event()

    def run(self) -> int:
        """Run until stopped; return the exit status.

        Raises ConfigError, StorageError or AlreadyRunningError when it cannot start.
        """
        START_SIGNALS.hold()
        live = load_running_config(self._path)
        self._on_loaded(live)
        with assembled(live, hold=Hold.ALONE, clock=self._clock, console=self._console) as parts:
            recall_words(live.rules, cache_directory())
            remember_database(
                self._path, live.config.database.get_secret_value(), cache_directory()
            )
            tell_acceptance(parts.store, live.config, self._clock())
            try:
                return run_on_reactor(lambda: self._main(parts))
            finally:
                # Nothing is left to reload; without the loop it would end the process.
                signal.signal(signal.SIGHUP, signal.SIG_IGN)
                remember_words(parts.live.rules, cache_directory())

    # -- the life of the process

    async def _main(self, parts: Assembly) -> int:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        loop.add_signal_handler(signal.SIGHUP, lambda: self._spawn(self.reload()))
        self._tasks: set[asyncio.Task[None]] = set()
        self._parts = parts
        self._beginning = begin(parts.store, self._clock())
        self._delivery = parts.delivery_loop(
            "daemon", on_end=lambda name, how: self._tell_restart(f"delivery to {name}", how)
        )
        self._judging = JudgingStep(parts, on_messages=self._delivery.wake)
        self._crawl = parts.crawl_service(planned=True, on_stored=self._judging.wake)
        self._stages = Stages(parts, self._wake)
        self._reload = Reload(parts, self._path, self._use)
        self._crawl.start()
        if START_SIGNALS.reload:
            self._spawn(self.reload())
        if START_SIGNALS.stop:
            self._stop.set()
        live = parts.live
        log.info("started", sources=len(live.sources), rules=len(live.rules.rule_ids))
        return await self._run_until_stopped()

    async def _run_until_stopped(self) -> int:
        parts = self._parts
        crawling = asyncio.create_task(self._crawl.finished(), name="crawler")
        working = {
            asyncio.create_task(self._judge(), name="judging"),
            asyncio.create_task(self._delivery.run(self._stop), name="delivery"),
            asyncio.create_task(
                stays_in_place(
                    parts.store.is_in_place, self._stop, parts.store.url_without_secrets
                ),
                name="database",
            ),
        }
        if self._serve is not None and parts.web is not None:
            working.add(asyncio.create_task(self._serve_pages(self._serve, parts.web), name="web"))
        show = None if self._on_status is None else self._show
        self._stages.start(stage_table(watchdog=watchdog_seconds(), show=show))
        await self._stages.run(SIGN_OF_LIFE)
        notify("READY=1", f"STATUS=watching {len(parts.live.sources)} sources")
        self._on_started()
        stopped = asyncio.create_task(self._stop.wait())
        lasting = {crawling, *working}
        await asyncio.wait({stopped, *lasting}, return_when=asyncio.FIRST_COMPLETED)
        broken = [part for part in lasting if part.done()] if not self._stop.is_set() else []
        for part in broken:
            log.error("a part of the daemon ended", part=part.get_name(), error=_end_of(part))
        log.info("stopping")
        notify("STOPPING=1")
        self._stages.stop()
        self._stop.set()
        self._judging.wake()
        await asyncio.gather(
            self._crawl.stop(CRAWL_GRACE), *working, return_exceptions=bool(broken)
        )
        for task in (crawling, stopped):
            task.cancel()
        await self._delivery.close()
        await self._say_goodbye()
        self._report()
        return 1 if broken else 0

    # Parts that can begin again do: the others go on meanwhile. The crawler cannot, for what Scrapy
    # has in flight is nobody's then, nor can the loop of the delivery workers, which are stopped
    # with it. These end the daemon with a status that lets a service manager start it afresh.

    async def _judge(self) -> None:
        await kept_going(
            lambda: self._judging.run(self._stop), self._stop, self._say_ended("judging")
        )

    async def _serve_pages(self, serve: Serve, web: WebSection) -> None:
        parts = self._parts
        await kept_going(
            lambda: serve(parts, web, self._stop),
            self._stop,
            self._say_ended("web"),
        )

    def _say_ended(self, part: str) -> Ended:
        def say(how: str, pause: float) -> None:
            log.error("a part of the daemon ended", part=part, error=how, begins_again_in=pause)
            self._tell_restart(part, how)

        return say

    def _tell_restart(self, part: str, how: str) -> None:
        self._spawn(self._commit_restart(part, how))

    async def _commit_restart(self, part: str, how: str) -> None:
        parts = self._parts
        try:
            await asyncio.to_thread(
                tell_restart, parts.store, parts.live.config, part, how, self._clock()
            )
        except StorageError as error:
            log.error("a restart could not be told", part=part, error=str(error))

    async def _wake(self, part: Part) -> None:
        match part:
            case Part.CRAWL:
                self._crawl.wake()
            case Part.JUDGING:
                self._judging.wake()
            case Part.DELIVERY:
                self._delivery.wake()
            case Part.RELOAD:
                await self.reload()
            case Part.HEARTBEAT:
                await self._parts.outside_watch.send(self._parts.live.config)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)  # the loop itself keeps only a weak reference
        task.add_done_callback(self._tasks.discard)
        return task

    def _report(self) -> None:
        counts = self._crawl.counts
        log.info(
            "stopped",
            polls=counts.polls,
            failed_polls=counts.failed_polls,
            articles={outcome.value: number for outcome, number in counts.articles.items()},
            rejected=dict(counts.rejected),
            unread_pages=dict(counts.unread_pages),
            alerts=self._alerts,
        )

    async def _say_goodbye(self) -> None:
        store = self._parts.store
        try:
            await asyncio.to_thread(store.heartbeat, HEARTBEAT, self._clock(), STOPPED)
        except StorageError as error:
            log.error("the end could not be stored", error=str(error))

    # -- where it stands

    @property
    def _alerts(self) -> int:
        return self._judging.alerts + self._stages.alerts

    def status(self) -> DaemonStatus:
        """Return where things stand. Reads storage; call it off the loop."""
        return read_status(
            self._parts.store,
            self._beginning,
            sources=len(self._parts.live.sources),
            in_flight=self._crawl.in_flight,
            counts=self._crawl.counts,
            alerts=self._alerts,
            refused=self._parts.live.refused,
        )

    def _show(self, _parts: Assembly) -> Found:
        if self._on_status is not None:
            self._on_status(self.status())
        return NOTHING

    # -- reload

    async def reload(self) -> None:
        """Read the configuration again. A bad one changes nothing and is reported."""
        await self._reload.run()

    async def _use(self, newer: RunningConfig, receivers: Mapping[str, Receiver]) -> None:
        self._on_loaded(newer)
        restart = self._parts.live.restart_needed(newer)
        if restart:
            log.warning("some changes need a restart", sections=", ".join(restart))
        self._parts.live = newer
        await self._delivery.replace_receivers(receivers)
        log.info("configuration reloaded", sources=len(newer.sources))
        self._crawl.wake()
        self._judging.wake()


def _end_of(part: asyncio.Task[None]) -> str:
    error = None if part.cancelled() else part.exception()
    return f"{type(error).__name__}: {error}" if error else "it came to an end by itself"
