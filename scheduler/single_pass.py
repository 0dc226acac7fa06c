"""One pass by hand: poll the sources given, judge what came in, deliver, report, end.

`wirewatch run --once` does this for every source, `wirewatch poll` for one. A dry run takes the
same path on a database of its own that is thrown away, and delivers nothing.
"""

from __future__ import annotations

import asyncio
import signal
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime

from rich.console import Console

from alerts.counting import tell_silences
from alerts.delivery.gathering import do_work, flush
from alerts.delivery.loop import DeliveryLoop
from alerts.evaluate import evaluate
from alerts.grouping import Grouping
from alerts.receivers import build_receivers
from core.alerting import Alert, DeliveryStatus
from core.clock import Clock, utc_now
from core.sources import SourceState, TrackedEntry
from crawler.context import keep_schedule
from crawler.counts import CrawlCounts
from crawler.intake import PlanCheck
from crawler.reactor import run_on_reactor
from crawler.service import CrawlService
from scheduler.live import LiveConfig
from scheduler.lock import InstanceLock
from scheduler.watchman import look_after_receivers, look_after_sources
from storage import Store, open_store

STOP_GRACE = 6.0
"""Seconds that requests in flight get when the pass is interrupted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassReport:
    """What one pass did, stage by stage."""

    sources: tuple[SourceState, ...]
    """The state of every source that was asked, after the pass."""
    counts: CrawlCounts
    entries: tuple[TrackedEntry, ...]
    """Entries of those sources that were found or settled in this pass."""
    judged: int
    alerts: tuple[Alert, ...]
    delivered: int
    waiting: int
    """Deliveries that are to be tried again later."""
    interrupted: bool
    dry_run: bool

    @property
    def failed(self) -> bool:
        """Tell whether a source could not be read."""
        return any(state.consecutive_failures for state in self.sources)


def run_single_pass(
    live: LiveConfig,
    names: Sequence[str],
    *,
    dry_run: bool = False,
    exclusive: bool = False,
    follow: bool = True,
    plan_check: PlanCheck = keep_schedule,
    clock: Clock = utc_now,
    console: Console | None = None,
) -> PassReport:
    """Poll the named sources and carry what is new through every stage.

    With `exclusive`, no daemon may be running on the same database. Without `follow`, entries are
    found and their articles not fetched. Works once in a process.
    """
    with ExitStack() as stack:
        if dry_run:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="wirewatch-dry-run-"))
            database = f"sqlite:///{folder}/dry-run.db"
        else:
            database = live.config.database.get_secret_value()
        lock = InstanceLock.for_database(database) if exclusive else None
        if lock is not None:
            stack.enter_context(lock)
        store = stack.enter_context(open_store(database, clock=clock))
        if lock is not None:
            store.release_leases()
        one_pass = _Pass(live, names, store, dry_run, follow, plan_check, clock, console)
        reports: list[PassReport] = []

        async def main() -> int:
            reports.append(await one_pass.run())
            return 0

        run_on_reactor(main)
        return reports[0]


class _Pass:
    def __init__(
        self,
        live: LiveConfig,
        names: Sequence[str],
        store: Store,
        dry_run: bool,
        follow: bool,
        plan_check: PlanCheck,
        clock: Clock,
        console: Console | None,
    ) -> None:
        self._live = live
        self._names = tuple(names)
        self._store = store
        self._dry_run = dry_run
        self._follow = follow
        self._clock = clock
        self._began = clock()
        self._grouping = Grouping()
        store.sync_sources(list(live.sources.values()))
        self._plan_check = plan_check
        self._console = console

    async def run(self) -> PassReport:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        crawl = CrawlService(
            self._store,
            self._live.config,
            lambda: self._live.sources,
            self._clock,
            self._plan_check,
            once=self._names,
            follow=self._follow,
        )
        crawl.start()
        finished = asyncio.ensure_future(crawl.finished())
        stopped = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait({finished, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if finished.done():
                finished.result()
        finally:
            stopped.cancel()
            await crawl.stop(STOP_GRACE)
        judged = 0
        while batch := await asyncio.to_thread(self._evaluate):
            judged += batch
        await asyncio.to_thread(tell_silences, self._store, self._live.config, self._clock())
        if not self._dry_run:
            await asyncio.to_thread(
                look_after_sources, self._store, self._live.config, self._clock()
            )
            await asyncio.to_thread(
                look_after_receivers, self._store, self._live.config, self._clock()
            )
            await asyncio.to_thread(do_work, self._store, self._live.config, self._clock())
        # Nobody is there later to tell what waits for company.
        await asyncio.to_thread(flush, self._store, self._live.config, self._clock(), eager=True)
        if not self._dry_run and not stop.is_set():
            await self._deliver()
        return self._report(crawl.counts, judged, interrupted=stop.is_set())

    def _evaluate(self) -> int:
        self._grouping.fill(self._store, self._began)
        return evaluate(
            self._store,
            self._live.rules,
            self._live.config,
            now=self._clock(),
            grouping=self._grouping,
        ).judged

    async def _deliver(self) -> None:
        delivery = DeliveryLoop(
            self._store,
            build_receivers(self._live.config, console=self._console),
            clock=self._clock,
            owner=f"pass-{self._began.timestamp():.6f}",
            outlet_of=self._live.outlet_of,
        )
        try:
            await delivery.drain(until_idle=True)
        finally:
            await delivery.close()

    def _report(self, counts: CrawlCounts, judged: int, *, interrupted: bool) -> PassReport:
        states = tuple(one for one in self._store.source_states() if one.name in self._names)
        entries = tuple(
            entry
            for name in self._names
            for entry in self._store.entries(source=name, limit=500).items
            if self._touched(entry.discovered_at, entry.settled_at)
        )
        alerts = self._store.alerts(limit=500).items
        by_status = dict.fromkeys(DeliveryStatus, 0)
        for (_, status), number in self._store.delivery_counts().items():
            by_status[status] += number
        return PassReport(
            sources=states,
            counts=counts,
            entries=entries,
            judged=judged,
            alerts=tuple(one for one in alerts if one.created_at >= self._began),
            delivered=by_status[DeliveryStatus.DELIVERED],
            waiting=by_status[DeliveryStatus.PENDING],
            interrupted=interrupted,
            dry_run=self._dry_run,
        )

    def _touched(self, *times: datetime | None) -> bool:
        return any(time is not None and time >= self._began for time in times)
