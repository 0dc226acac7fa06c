"""One pass by hand: poll the sources given, judge what came in, deliver, report, end.

`wirewatch run --once` does this for every source, `wirewatch poll` for one. A dry run takes the
same path on a database of its own that is thrown away, and delivers nothing.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.console import Console

from alerts.dispatch.dispatcher import dispatch
from core.alerting.alerts import Alert
from core.alerting.deliveries import DeliveryStatus
from core.clock import Clock, utc_now
from core.sources import SourceState, TrackedEntry
from crawler.counts import CrawlCounts
from crawler.download.reactor import run_on_reactor
from scheduler.assembly import Assembly, Hold, assembled
from scheduler.judging_step import JudgingStep
from scheduler.loss_alarms import report_losses
from scheduler.running_config import RunningConfig
from scheduler.stage_work import (
    catch_up_with_words,
    clean_up,
    do_due_work,
    look_for_flatlines,
    update_health,
)

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
    known: tuple[str, ...] | None = None
    """Of a dry run, addresses of those entries that the configured database has already; None of
    any other pass, and where there is no database yet."""

    @property
    def failed(self) -> bool:
        """Tell whether a source could not be read."""
        return any(state.consecutive_failures for state in self.sources)


def run_single_pass(
    live: RunningConfig,
    names: Sequence[str],
    *,
    dry_run: bool = False,
    exclusive: bool = False,
    follow: bool = True,
    clock: Clock = utc_now,
    console: Console | None = None,
) -> PassReport:
    """Poll the named sources and carry what is new through every stage.

    With `exclusive` it stands in for the daemon: none may be running on the same database, polls
    are planned and old pages cleaned up as by one. Without, it is beside the schedule, which stays
    as it is. Without `follow`, entries are found and their articles not fetched. Works once in a
    process.
    """
    hold = Hold.THROWAWAY if dry_run else Hold.ALONE if exclusive else Hold.SHARED
    with assembled(live, hold=hold, clock=clock, console=console) as parts:
        one_pass = _Pass(parts, names, hold, follow)
        reports: list[PassReport] = []

        async def main() -> int:
            reports.append(await one_pass.run())
            return 0

        run_on_reactor(main)
        return reports[0]


class _Pass:
    def __init__(self, parts: Assembly, names: Sequence[str], hold: Hold, follow: bool) -> None:
        self._parts = parts
        self._names = tuple(names)
        self._hold = hold
        self._follow = follow
        self._began = parts.clock()

    async def run(self) -> PassReport:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        counts = await self._crawl(stop)
        judged = await asyncio.to_thread(self._judge)
        await asyncio.to_thread(self._run_stages)
        if self._hold is not Hold.THROWAWAY and not stop.is_set():
            await self._deliver()
        if self._hold is Hold.ALONE and not stop.is_set():
            await asyncio.to_thread(clean_up, self._parts)
        return self._report(counts, judged, interrupted=stop.is_set())

    async def _crawl(self, stop: asyncio.Event) -> CrawlCounts:
        crawl = self._parts.crawl_service(
            planned=self._hold is Hold.ALONE, once=self._names, follow=self._follow
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
        return crawl.counts

    def _judge(self) -> int:
        step, judged = JudgingStep(self._parts), 0
        while batch := step.judge_batch().judged:
            judged += batch
        return judged

    def _run_stages(self) -> None:
        """Run the stages that a daemon would come to by the clock."""
        parts = self._parts
        look_for_flatlines(parts)
        if self._hold is not Hold.THROWAWAY:
            update_health(parts)
            do_due_work(parts)
        if self._hold is not Hold.THROWAWAY:
            catch_up_with_words(parts)
        # Nobody is there later to dispatch what waits for company.
        dispatch(parts.store, parts.live.config, parts.clock(), eager=True)

    async def _deliver(self) -> None:
        delivery = self._parts.delivery_loop("pass")
        try:
            if (await delivery.drain(until_idle=True)).dead:
                await asyncio.to_thread(self._after_losses)
                await delivery.drain(until_idle=True)
        finally:
            await delivery.close()

    def _after_losses(self) -> None:
        """Tell others what was given up, and make messages of what it had kept back."""
        parts, now = self._parts, self._parts.clock()
        report_losses(parts.store, parts.live.config, now)
        dispatch(parts.store, parts.live.config, now, eager=True)

    def _report(self, counts: CrawlCounts, judged: int, *, interrupted: bool) -> PassReport:
        states = tuple(
            state for state in self._parts.store.source_states() if state.name in self._names
        )
        entries = tuple(
            entry
            for name in self._names
            for entry in self._parts.store.entries(source=name, limit=500).items
            if self._touched(entry.discovered_at, entry.settled_at)
        )
        alerts = self._parts.store.alerts(limit=500).items
        by_status = dict.fromkeys(DeliveryStatus, 0)
        for (_, status), number in self._parts.store.delivery_counts().items():
            by_status[status] += number
        return PassReport(
            sources=states,
            counts=counts,
            entries=entries,
            judged=judged,
            alerts=tuple(alert for alert in alerts if alert.created_at >= self._began),
            delivered=by_status[DeliveryStatus.DELIVERED],
            waiting=by_status[DeliveryStatus.PENDING],
            interrupted=interrupted,
            dry_run=self._hold is Hold.THROWAWAY,
        )

    def _touched(self, *times: datetime | None) -> bool:
        return any(time is not None and time >= self._began for time in times)
