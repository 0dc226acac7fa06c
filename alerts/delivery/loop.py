"""Keeps one delivery worker per receiver going, and ends them in good order.

The loop holds no state that matters: what is due, tried and leased stands in storage, so a process
may be killed at any moment and another one goes on.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from datetime import UTC, timedelta, tzinfo

import structlog

from alerts.delivery.outbox import DeliveryReport, Outbox
from alerts.delivery.worker import DeliveryContext, DeliveryWorker, OnAttempt, not_counted
from alerts.messages.message import ActionLink
from alerts.receivers.protocol import Receiver
from core.alerting.deliveries import ClaimedDelivery, DeliveryStatus
from core.clock import Clock
from core.deciding.backlog import FloodGuard
from core.errors import StorageError
from core.restarts import PAUSES, kept_going

log = structlog.get_logger(__name__)

GRACE = timedelta(seconds=8)
"""What is in flight may take this long when the process stops; service managers wait 10 s."""


class DeliveryLoop:
    """Delivers what storage holds to the receivers of the configuration."""

    def __init__(
        self,
        store: Outbox,
        receivers: Mapping[str, Receiver],
        *,
        clock: Clock,
        owner: str,
        lease: timedelta = timedelta(seconds=60),
        rng: random.Random | None = None,
        outlet_of: Callable[[str], str],
        grace: timedelta = GRACE,
        links_of: Callable[[ClaimedDelivery], tuple[ActionLink, ...]] = lambda _claimed: (),
        restart_pauses: tuple[float, ...] = PAUSES,
        guard_of: Callable[[str], FloodGuard | None] = lambda _receiver: None,
        tags_of: Callable[[str], tuple[str, ...]] = lambda _source: (),
        badges: Callable[[], tuple[str, ...]] = lambda: (),
        zone_of: Callable[[str], tzinfo | None] = lambda _receiver: UTC,
        language_of: Callable[[str], str | None] = lambda _receiver: None,
        on_end: Callable[[str, str], None] = lambda _receiver, _how: None,
        on_attempt: OnAttempt = not_counted,
    ) -> None:
        """Prepare; `owner` names this process in leases, `outlet_of` names a source to readers.

        `guard_of` says from how many messages on a receiver's backlog is summed up, `tags_of` how a
        source is tagged, `badges` which tags readers are shown, `zone_of` in which time zone they
        are, `language_of` what they read, `on_end` hears whose worker ended unasked, and how, and
        `on_attempt` what became of each attempt.
        """
        self._store = store
        self._owner = owner
        self._grace = grace
        self._restart_pauses = restart_pauses
        self._on_end = on_end
        self._shared = DeliveryContext(
            outbox=store,
            clock=clock,
            owner=owner,
            lease=lease,
            rng=rng or random.Random(),  # noqa: S311  (spreads load, guards nothing)
            outlet_of=outlet_of,
            links_of=links_of,
            guard_of=guard_of,
            tags_of=tags_of,
            badges=badges,
            zone_of=zone_of,
            language_of=language_of,
            on_attempt=on_attempt,
        )
        self._workers = self._workers_for(receivers)
        self._tasks: dict[asyncio.Task[None], DeliveryWorker] = {}
        self._running = False
        self._orphans_named: set[str] = set()

    async def drain(self, *, until_idle: bool = False) -> DeliveryReport:
        """Deliver what is due now and return; retries that are due later are left for later.

        With `until_idle`, passes follow until one finds nothing due for anybody, so deliveries
        committed meanwhile are taken along. Storage errors are logged and counted, not raised.
        """
        report = DeliveryReport()
        while True:
            done = await asyncio.gather(*(self._pass(worker) for worker in self._workers.values()))
            found = sum(done, DeliveryReport())
            report += found
            if not until_idle or not found.attempts or found.storage_errors:
                break
        return report + DeliveryReport(orphaned=await self._count_orphans())

    def wake(self) -> None:
        """Look for due deliveries now: some were committed."""
        for worker in self._workers.values():
            worker.wake()

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until `stop` is set; then finish what is in flight, within the grace.

        What does not finish in time is cut off and given back unsent or unconfirmed; it is
        delivered again later under the same delivery id.
        """
        self._running = True
        for worker in self._workers.values():
            self._start(worker)
        await self._count_orphans()
        try:
            await stop.wait()
        finally:
            self._running = False
            await self._wind_up()

    async def replace_receivers(self, receivers: Mapping[str, Receiver]) -> None:
        """Go on with other receivers; the old ones finish what is in flight and are closed."""
        old, self._workers = self._workers, self._workers_for(receivers)
        for worker in old.values():
            worker.stop()
            if worker not in self._tasks.values():
                await worker.receiver.close()
        if self._running:
            for worker in self._workers.values():
                self._start(worker)
        self._orphans_named.clear()
        await self._count_orphans()

    async def close(self) -> None:
        """Close the receivers' connections."""
        for worker in self._workers.values():
            await worker.receiver.close()

    def _workers_for(self, receivers: Mapping[str, Receiver]) -> dict[str, DeliveryWorker]:
        return {
            name: DeliveryWorker(receiver, self._shared) for name, receiver in receivers.items()
        }

    def _start(self, worker: DeliveryWorker) -> None:
        task = asyncio.create_task(
            self._serve(worker), name=f"delivery worker {worker.receiver.name}"
        )
        self._tasks[task] = worker
        task.add_done_callback(lambda done: self._tasks.pop(done, None))

    async def _serve(self, worker: DeliveryWorker) -> None:
        """Keep a worker going: it holds nothing that storage does not, and nobody else delivers."""
        name = worker.receiver.name

        def say(how: str, pause: float) -> None:
            log.error("delivery_worker_ended", receiver=name, error=how, begins_again_in=pause)
            self._on_end(name, how)

        await kept_going(worker.run, worker.stopped, say, pauses=self._restart_pauses)
        if worker not in self._workers.values():  # it was replaced
            await worker.receiver.close()

    @staticmethod
    async def _pass(worker: DeliveryWorker) -> DeliveryReport:
        try:
            return await worker.deliver_due()
        except StorageError as error:
            log.error("delivery_storage_failed", receiver=worker.receiver.name, error=str(error))
            return DeliveryReport(storage_errors=1)

    async def _wind_up(self) -> None:
        """Stop the workers, wait for them as long as the grace allows, give leases back."""
        tasks = set(self._tasks)
        for worker in self._tasks.values():
            worker.stop()
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=self._grace.total_seconds())
            for task in late:
                log.warning("delivery_cut_off", worker=task.get_name())
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        try:
            await asyncio.to_thread(self._store.release_leases, self._owner)
        except StorageError as error:
            # The leases run out by themselves; only the next process waits a little longer.
            log.error("delivery_leases_kept", error=str(error))

    async def _count_orphans(self) -> int:
        """Count what waits for receivers that are not configured; name each receiver once."""
        try:
            counts = await asyncio.to_thread(self._store.delivery_counts)
        except StorageError as error:
            log.error("delivery_storage_failed", error=str(error))
            return 0
        orphans = {
            name: number
            for (name, status), number in counts.items()
            if status is DeliveryStatus.PENDING and number and name not in self._workers
        }
        for name in sorted(orphans.keys() - self._orphans_named):
            log.warning("deliveries_wait_for_missing_receiver", receiver=name, count=orphans[name])
        self._orphans_named |= orphans.keys()
        return sum(orphans.values())
