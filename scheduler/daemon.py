"""The daemon: one process that crawls, judges and delivers until it is told to stop.

It holds no schedule and no queue of its own. What is due stands in storage; a few fixed ticks
look there, and each stage wakes the next at once, so the ticks are only the safety net.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import signal
from collections.abc import Callable, Collection, Coroutine, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from rich.console import Console

from alerts.counting import tell_silences
from alerts.delivery.gathering import do_work, flush
from alerts.delivery.loop import DeliveryLoop
from alerts.dispatch.schedule_limits import LIMITS
from alerts.evaluate import EvaluateReport, evaluate
from alerts.grouping import Grouping
from alerts.links import action_links
from alerts.receivers import Receiver, build_receivers, revising
from alerts.receivers.protocol import ActionLink
from core.alerting import ClaimedDelivery
from core.cache import cache_directory
from core.clock import Clock, utc_now
from core.config import ConfigError
from core.config.models import WebSection
from core.errors import StorageError, WirewatchError
from crawler.counts import CrawlCounts
from crawler.reactor import run_on_reactor
from crawler.service import CrawlService
from scheduler.live import LiveConfig, load_live
from scheduler.lock import InstanceLock
from scheduler.notify import notify, reloading, watchdog_seconds
from scheduler.planner import CheckPlanner
from scheduler.remembered_words import recall_words, remember_words
from scheduler.ticks import Ticks
from scheduler.watchman import look_after_receivers, look_after_sources
from storage import Store, open_store

log = structlog.get_logger(__name__)

HEARTBEAT = "daemon"
"""Name of the heartbeat that `wirewatch healthcheck` reads."""
RUNNING = "running"
STOPPED = "stopped"
"""What the heartbeat says: a daemon that ended in good order does not count as alive."""
CRAWL_GRACE = 6.0
"""Seconds that requests in flight get at the end; the whole stop must fit into ten."""
DELIVERY_GRACE = timedelta(seconds=7)
"""The same for deliveries; both run at once."""


Serve = Callable[
    [Store, WebSection, Clock, asyncio.Event, Callable[[], Collection[str]]],
    Coroutine[Any, Any, None],
]
"""Serves the web pages of a store until the event is set."""


@dataclass(frozen=True, slots=True)
class DaemonStatus:
    """What a person at the terminal wants to see at a glance."""

    sources: int
    in_flight: int
    counts: CrawlCounts
    alerts: int
    delivered: int
    waiting: int
    next_check_at: datetime | None


class Daemon:
    """Starts the parts, keeps them going, reloads and stops them."""

    def __init__(
        self,
        path: Path,
        *,
        clock: Clock = utc_now,
        console: Console | None = None,
        on_loaded: Callable[[LiveConfig], None] = lambda _live: None,
        on_started: Callable[[], None] = lambda: None,
        on_status: Callable[[DaemonStatus], None] | None = None,
        serve: Serve | None = None,
    ) -> None:
        """Prepare; `serve` answers the links in alerts, until it is told to stop."""
        self._path = path
        self._clock = clock
        self._console = console
        self._on_loaded = on_loaded
        self._on_started = on_started
        self._on_status = on_status
        self._serve = serve
        self._stop = asyncio.Event()
        self._judge = asyncio.Event()
        self._reloading = asyncio.Lock()
        self._alerts = 0
        self._grouping = Grouping()

    def run(self) -> int:
        """Run until stopped; return the exit status.

        Raises ConfigError, StorageError or AlreadyRunningError when it cannot start.
        """
        self._live = load_live(self._path)
        self._on_loaded(self._live)
        # Links must lead to the pages that are served, whatever the file says later.
        self._web = self._live.config.web
        database = self._live.config.database.get_secret_value()
        with ExitStack() as stack:
            lock = InstanceLock.for_database(database)
            if lock is not None:
                stack.enter_context(lock)
            self._store = stack.enter_context(open_store(database, clock=self._clock))
            if lock is not None:
                # Nobody else works on this file, so every lease left is a dead process's.
                self._store.release_leases()
            self._store.mend_schedule(self._clock(), LIMITS)
            self._store.sync_sources(list(self._live.sources.values()))
            recall_words(self._live.rules, cache_directory())
            try:
                return run_on_reactor(self._main)
            finally:
                remember_words(self._live.rules, cache_directory())

    # -- the life of the process

    async def _main(self) -> int:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        loop.add_signal_handler(signal.SIGHUP, lambda: self._spawn(self.reload()))
        self._tasks: set[asyncio.Task[None]] = set()
        crawl = CrawlService(
            self._store,
            self._live.config,
            lambda: self._live.sources,
            self._clock,
            CheckPlanner(lambda: self._live.config, self._clock),
            on_stored=self._judge.set,
        )
        self._crawl = crawl
        self._delivery = DeliveryLoop(
            self._store,
            build_receivers(self._live.config, console=self._console),
            clock=self._clock,
            owner=f"daemon-{secrets.token_hex(4)}",
            outlet_of=lambda source: self._live.outlet_of(source),
            grace=DELIVERY_GRACE,
            links_of=self._links_of,
        )
        crawl.start()
        log.info("started", sources=len(self._live.sources), rules=len(self._live.rules.rule_ids))
        return await self._run_until_stopped()

    async def _run_until_stopped(self) -> int:
        crawling = asyncio.create_task(self._crawl.finished(), name="crawler")
        working = {
            asyncio.create_task(self._evaluate_until_stopped(), name="evaluation"),
            asyncio.create_task(self._delivery.run(self._stop), name="delivery"),
        }
        if self._serve is not None and self._web is not None:
            serving = self._serve(self._store, self._web, self._clock, self._stop, self._revising)
            working.add(asyncio.create_task(serving, name="web"))
        ticks = Ticks()
        ticks.every(1.0, "crawl", self._crawl_tick)
        ticks.every(5.0, "evaluate", self._evaluate_tick)
        ticks.every(5.0, "deliver", self._deliver_tick)
        ticks.every(1.0, "flush", self._flush_tick)
        ticks.every(5.0, "work", self._work_tick)
        ticks.every(2.0, "configuration", self._configuration_tick)
        ticks.every(10.0, "heartbeat", self._heartbeat_tick)
        if (watchdog := watchdog_seconds()) is not None:
            ticks.every(watchdog, "watchdog", self._watchdog_tick)
        ticks.every(30.0, "silences", self._silences_tick)
        ticks.every(60.0, "health", self._health_tick)
        ticks.every(3600.0, "clean up", self._clean_up_tick)
        if self._on_status is not None:
            ticks.every(1.0, "status", self._status_tick)
        ticks.start()
        await self._heartbeat_tick()
        notify("READY=1", f"STATUS=watching {len(self._live.sources)} sources")
        self._on_started()
        stopped = asyncio.create_task(self._stop.wait())
        parts = {crawling, *working}
        await asyncio.wait({stopped, *parts}, return_when=asyncio.FIRST_COMPLETED)
        broken = [part for part in parts if part.done()] if not self._stop.is_set() else []
        for part in broken:
            log.error("a part of the daemon ended", part=part.get_name(), error=_end_of(part))
        log.info("stopping")
        notify("STOPPING=1")
        ticks.stop()
        self._stop.set()
        self._judge.set()
        await asyncio.gather(
            self._crawl.stop(CRAWL_GRACE), *working, return_exceptions=bool(broken)
        )
        for task in (crawling, stopped):
            task.cancel()
        await self._delivery.close()
        await self._say_goodbye()
        self._report()
        return 1 if broken else 0

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
            alerts=self._alerts,
        )

    # -- the stages

    async def _evaluate_until_stopped(self) -> None:
        while not self._stop.is_set():
            self._judge.clear()
            try:
                while not self._stop.is_set() and await self._evaluate_once():
                    pass
            except WirewatchError as error:
                # Nothing was judged, so nothing is lost; the tick tries again.
                log.error("evaluation failed", error=str(error))
            await self._judge.wait()

    async def _evaluate_once(self) -> int:
        """Judge one batch; return how many versions it held."""
        report = await asyncio.to_thread(self._evaluate_batch)
        self._alerts += report.alerts
        if report.deliveries:
            self._delivery.wake()
        return report.judged

    def _evaluate_batch(self) -> EvaluateReport:
        live = self._live
        now = self._clock()
        self._grouping.fill(self._store, now)
        report = evaluate(self._store, live.rules, live.config, now=now, grouping=self._grouping)
        if report.deliveries:
            flush(self._store, live.config, self._clock())
        return report

    # -- ticks

    async def _crawl_tick(self) -> None:
        self._crawl.wake()

    async def _evaluate_tick(self) -> None:
        self._judge.set()

    async def _deliver_tick(self) -> None:
        self._delivery.wake()

    async def _flush_tick(self) -> None:
        try:
            report = await asyncio.to_thread(flush, self._store, self._live.config, self._clock())
        except StorageError as error:
            log.error("waiting alerts could not be told", error=str(error))
        else:
            if report.messages:
                self._delivery.wake()

    async def _silences_tick(self) -> None:
        try:
            told = await asyncio.to_thread(
                tell_silences, self._store, self._live.config, self._clock()
            )
        except StorageError as error:
            log.error("silent rules could not be looked for", error=str(error))
        else:
            self._alerts += told
            if told:
                await self._flush_tick()

    async def _health_tick(self) -> None:
        try:
            told = await asyncio.to_thread(self._look_after)
        except StorageError as error:
            log.error("sources could not be judged", error=str(error))
        else:
            self._alerts += told
            if told:
                await self._flush_tick()

    def _links_of(self, claimed: ClaimedDelivery) -> tuple[ActionLink, ...]:
        return action_links(claimed, self._web)

    def _revising(self) -> Collection[str]:
        return revising(self._live.config)

    def _look_after(self) -> int:
        config, now = self._live.config, self._clock()
        return look_after_sources(self._store, config, now) + look_after_receivers(
            self._store, config, now
        )

    async def _work_tick(self) -> None:
        try:
            done = await asyncio.to_thread(do_work, self._store, self._live.config, self._clock())
        except StorageError as error:
            log.error("work on alerts could not be looked for", error=str(error))
        else:
            if done.escalated or done.reminded:
                log.info("work_due", escalated=done.escalated, reminded=done.reminded)
                self._delivery.wake()

    async def _heartbeat_tick(self) -> None:
        try:
            await asyncio.to_thread(self._store.heartbeat, HEARTBEAT, self._clock(), RUNNING)
        except StorageError as error:
            log.error("no sign of life could be stored", error=str(error))

    async def _watchdog_tick(self) -> None:
        notify("WATCHDOG=1")  # says that the loop turns; a database that is away is no hang

    async def _say_goodbye(self) -> None:
        try:
            await asyncio.to_thread(self._store.heartbeat, HEARTBEAT, self._clock(), STOPPED)
        except StorageError as error:
            log.error("the end could not be stored", error=str(error))

    async def _clean_up_tick(self) -> None:
        mended = await asyncio.to_thread(self._store.mend_schedule, self._clock(), LIMITS)
        if mended:
            log.warning("deliveries_were_put_off_too_far", count=mended)
        keep = self._live.config.retention.raw_pages
        if keep is not None:
            removed = await asyncio.to_thread(self._store.prune_raw_pages, self._clock() - keep)
            if removed:
                log.info("old raw pages removed", count=removed)

    async def _configuration_tick(self) -> None:
        if await asyncio.to_thread(self._live.files_changed):
            await self.reload()

    async def _status_tick(self) -> None:
        if self._on_status is not None:
            self._on_status(await asyncio.to_thread(self.status))

    def status(self) -> DaemonStatus:
        """Return where things stand. Reads storage; call it off the loop."""
        waiting = delivered = 0
        for (_, state), number in self._store.delivery_counts().items():
            waiting += number * (state.value == "pending")
            delivered += number * (state.value == "delivered")
        return DaemonStatus(
            sources=len(self._live.sources),
            in_flight=self._crawl.in_flight,
            counts=self._crawl.counts,
            alerts=self._alerts,
            delivered=delivered,
            waiting=waiting,
            next_check_at=self._store.next_due_at(),
        )

    # -- reload

    async def reload(self) -> None:
        """Read the configuration again. A bad one changes nothing and is reported."""
        async with self._reloading:  # a signal and a tick may come together
            reloading()
            before = self._live.stamps_now()
            try:
                newer = await asyncio.to_thread(load_live, self._path, before)
                receivers = build_receivers(newer.config, console=self._console)
                await asyncio.to_thread(newer.rules.prewarm, tuple(self._live.rules.memo()))
                await asyncio.to_thread(self._store.sync_sources, list(newer.sources.values()))
            except WirewatchError as error:
                self._live = self._live.after_failed_reload(before, error)
                _report_bad_configuration(error)
                status = "the changed configuration has errors; the last good one runs"
                notify("READY=1", f"STATUS={status}")
                return
            await self._use(newer, receivers)
            notify("READY=1", f"STATUS=watching {len(newer.sources)} sources")

    async def _use(self, newer: LiveConfig, receivers: Mapping[str, Receiver]) -> None:
        self._on_loaded(newer)
        restart = self._live.restart_needed(newer)
        if restart:
            log.warning("some changes need a restart", sections=", ".join(restart))
        self._live = newer
        await self._delivery.replace_receivers(receivers)
        log.info("configuration reloaded", sources=len(newer.sources))
        self._crawl.wake()
        self._judge.set()


def _report_bad_configuration(error: WirewatchError) -> None:
    log.error("the new configuration is not used; the last good one keeps running")
    if not isinstance(error, ConfigError):
        log.error("configuration problem", problem=str(error))
        return
    for problem in error.problems:
        log.log(getattr(logging, problem.severity.upper()), problem.headline())


def _end_of(part: asyncio.Task[None]) -> str:
    error = None if part.cancelled() else part.exception()
    return f"{type(error).__name__}: {error}" if error else "it came to an end by itself"
