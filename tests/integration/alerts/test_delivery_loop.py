"""The delivery loop on a real archive: nothing is lost, nobody waits for somebody else."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from alerts.delivery.loop import DeliveryLoop
from alerts.delivery.pace import OPENS_AFTER, PROBES
from alerts.dispatch.deciders import DECIDERS
from alerts.messages.message import Message
from alerts.receivers import build_receivers
from alerts.receivers.protocol import AT_ONCE, Rate, Receiver, SendResult
from core.alerting.alerts import AlertState
from core.alerting.deliveries import (
    AttemptOutcome,
    ClaimedDelivery,
    DeliveryAttempt,
    DeliveryStatus,
    RetryDecision,
)
from core.clock import Clock, FixedClock, utc_now
from core.config.watch import WatchConfig
from core.deciding.backlog import FloodGuard
from core.deciding.deciders import Deciders
from core.errors import StorageError
from storage import Store
from tests.integration.alerts.loopback import http_server, reply

DELIVERED = SendResult(AttemptOutcome.DELIVERED, 200, "200 accepted")
BUSY = SendResult(AttemptOutcome.TRANSIENT, 503, "503 service unavailable")
GONE = SendResult(AttemptOutcome.PERMANENT, 410, "410 gone")


class Inbox:
    """A receiver that keeps what it is sent and answers what it is told to."""

    kind = "inbox"
    rate = AT_ONCE

    def __init__(self, name: str, *answers: SendResult | Exception) -> None:
        self.name = name
        self.answers = list(answers) or [DELIVERED]
        self.messages: list[Message] = []
        self.arrived = asyncio.Event()
        self.open = asyncio.Event()
        self.open.set()
        self.closed = False

    async def send(self, message: Message) -> SendResult:
        self.messages.append(message)
        self.arrived.set()
        await self.open.wait()
        answer = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def close(self) -> None:
        self.closed = True

    def preview(self, message: Message) -> str:
        return message.delivery_id


AlertTo = Callable[..., None]


def loop_for(store: Any, clock: Clock, *receivers: Receiver, **options: Any) -> DeliveryLoop:
    return DeliveryLoop(
        store,
        {receiver.name: receiver for receiver in receivers},
        clock=clock,
        owner="test",
        rng=random.Random(1),  # noqa: S311  (the same jitter at every run)
        **{"outlet_of": str.upper, **options},
    )


@contextlib.asynccontextmanager
async def running(loop: DeliveryLoop) -> AsyncIterator[asyncio.Event]:
    """Run the loop until the block ends, then stop it in order."""
    stop = asyncio.Event()
    task = asyncio.create_task(loop.run(stop))
    try:
        yield stop
    finally:
        stop.set()
        await asyncio.wait_for(task, 10)


async def until(condition: Callable[[], bool]) -> None:
    """Let the loop turn until the condition holds."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110  (storage has no event to wait for)
            await asyncio.sleep(0)


def statuses(store: Store) -> dict[tuple[str, str], int]:
    return {(name, status.value): n for (name, status), n in store.delivery_counts().items()}


# -- one pass


async def test_a_receiver_that_cannot_change_a_message_is_not_sent_a_revision(
    store: Store, clock: FixedClock, alert_to: AlertTo
) -> None:
    inbox = Inbox("desk")
    alert_to("desk")
    loop = loop_for(store, clock, inbox)
    await loop.drain()
    (alert,) = store.alerts().items
    store.change_alert(
        alert.id, AlertState.ACKNOWLEDGED, DECIDERS, by="aigul", at=clock(), shown_by=["desk"]
    )
    report = await loop.drain()
    assert report.delivered == 1
    assert len(inbox.messages) == 1
    assert "cannot be changed" in store.deliveries().items[0].last_detail


async def test_due_deliveries_are_sent_and_recorded(
    store: Store, clock: FixedClock, alert_to: AlertTo
) -> None:
    alert_to("desk", "editors", numbers=range(3))
    desk, editors = Inbox("desk"), Inbox("editors")
    report = await loop_for(store, clock, desk, editors).drain()
    assert (report.delivered, report.attempts) == (6, 6)
    assert len(desk.messages) == len(editors.messages) == 3
    assert desk.messages[0].outlet == "OUTLET"
    assert statuses(store) == {("desk", "delivered"): 3, ("editors", "delivered"): 3}


async def test_a_failed_attempt_is_repeated_when_it_is_due_and_not_sooner(
    store: Store, clock: FixedClock, alert_to: AlertTo
) -> None:
    alert_to("desk")
    desk = Inbox("desk", BUSY, DELIVERED)
    loop = loop_for(store, clock, desk)
    assert (await loop.drain()).retried == 1
    clock.advance(timedelta(seconds=3.9))
    assert (await loop.drain(until_idle=True)).attempts == 0
    clock.advance(timedelta(seconds=2.2))
    assert (await loop.drain()).delivered == 1
    assert [message.attempt for message in desk.messages] == [1, 2]
    assert len({message.delivery_id for message in desk.messages}) == 1
    attempts = store.attempts(desk.messages[0].delivery_id)
    assert [attempt.outcome for attempt in attempts] == [BUSY.outcome, DELIVERED.outcome]


async def test_a_refusal_for_good_is_dead_and_can_be_replayed(
    store: Store, clock: FixedClock, alert_to: AlertTo
) -> None:
    alert_to("desk")
    desk = Inbox("desk", GONE, DELIVERED)
    loop = loop_for(store, clock, desk)
    assert (await loop.drain()).dead == 1
    assert statuses(store) == {("desk", "dead"): 1}
    store.replay(receiver="desk")
    assert (await loop.drain()).delivered == 1


async def test_the_last_attempt_ends_in_the_dead_letters(
    store: Store, clock: FixedClock, alert_to: AlertTo
) -> None:
    alert_to("desk")
    desk = Inbox("desk", BUSY)
    loop = loop_for(store, clock, desk)
    for _ in range(15):
        await loop.drain()
        clock.advance(timedelta(hours=30))
    assert len(desk.messages) == 12
    assert statuses(store) == {("desk", "dead"): 1}


async def test_a_fault_in_a_receiver_is_an_attempt_that_may_pass(
    store: Store, clock: FixedClock, alert_to: AlertTo
) -> None:
    alert_to("desk", "editors")
    secret = "https://hooks.example/t0k3n"
    desk, editors = Inbox("desk", RuntimeError(secret)), Inbox("editors")
    with capture_logs() as logs:
        report = await loop_for(store, clock, desk, editors).drain()
    assert (report.retried, report.delivered) == (1, 1)
    (attempt,) = store.attempts(desk.messages[0].delivery_id)
    assert (attempt.outcome, attempt.detail) == (
        AttemptOutcome.TRANSIENT,
        "unexpected RuntimeError",
    )
    assert secret not in str(logs)


async def test_a_sending_that_outlasts_its_lease_is_cut_off(
    store: Store, clock: FixedClock, alert_to: AlertTo
) -> None:
    alert_to("desk")
    desk = Inbox("desk")
    desk.open.clear()
    report = await loop_for(store, clock, desk, lease=timedelta(milliseconds=200)).drain()
    assert report.retried == 1
    (attempt,) = store.attempts(desk.messages[0].delivery_id)
    assert attempt.detail == "not done within 0.16 s"


async def test_an_attempt_under_a_lost_lease_changes_nothing(
    store: Store, clock: FixedClock, alert_to: AlertTo
) -> None:
    alert_to("desk")
    slow, other = Inbox("desk"), Inbox("desk")
    slow.open.clear()
    first = asyncio.create_task(loop_for(store, clock, slow).drain())
    await slow.arrived.wait()
    clock.advance(timedelta(seconds=61))
    assert (await loop_for(store, clock, other).drain()).delivered == 1
    slow.open.set()
    assert (await first).lost == 1
    assert statuses(store) == {("desk", "delivered"): 1}
    assert slow.messages[0].delivery_id == other.messages[0].delivery_id


# -- pace


async def test_a_receiver_is_sent_to_no_faster_than_it_takes(
    store: Store, clock: FixedClock, alert_to: AlertTo
) -> None:
    class Timed(Inbox):
        rate = Rate(0.05, burst=2)

        def __init__(self, name: str) -> None:
            super().__init__(name)
            self.times: list[float] = []

        async def send(self, message: Message) -> SendResult:
            self.times.append(asyncio.get_running_loop().time())
            return await super().send(message)

    alert_to("desk", numbers=range(5))
    desk = Timed("desk")
    assert (await loop_for(store, clock, desk).drain()).delivered == 5
    assert desk.times[4] - desk.times[0] >= 3 * 0.05


async def test_a_receiver_that_is_down_is_probed_and_what_waits_spends_no_attempts(
    store: Store, clock: FixedClock, alert_to: AlertTo
) -> None:
    alert_to("desk", "editors", numbers=range(20))
    desk, editors = Inbox("desk", BUSY), Inbox("editors")
    loop = loop_for(store, clock, desk, editors)
    report = await loop.drain(until_idle=True)
    assert (report.retried, report.delivered) == (OPENS_AFTER, 20)
    for _ in range(3):
        clock.advance(PROBES[-1])
        assert (await loop.drain()).retried == 1
    attempts = [
        delivery.attempts
        for delivery in store.deliveries(limit=50).items
        if delivery.receiver == "desk"
    ]
    assert sum(attempts) == OPENS_AFTER + 3
    assert max(attempts) <= 2
    desk.answers = [DELIVERED]
    clock.advance(PROBES[-1])
    assert (await loop.drain()).delivered == 20, "the first that gets through opens the way for all"


async def test_a_pause_that_a_receiver_asks_for_holds_for_all_that_waits_for_it(
    store: Store, clock: FixedClock, alert_to: AlertTo
) -> None:
    alert_to("desk", numbers=range(5))
    desk = Inbox("desk", SendResult(AttemptOutcome.TRANSIENT, 429, "429", 60.0), DELIVERED)
    loop = loop_for(store, clock, desk)
    assert (await loop.drain()).retried == 1
    clock.advance(timedelta(seconds=59))
    assert (await loop.drain()).attempts == 0
    clock.advance(timedelta(seconds=1))
    assert (await loop.drain()).delivered == 5


async def test_a_message_that_is_refused_for_good_says_nothing_about_the_receiver(
    store: Store, clock: FixedClock, alert_to: AlertTo
) -> None:
    alert_to("desk", numbers=range(8))
    desk = Inbox("desk", GONE)
    assert (await loop_for(store, clock, desk).drain()).dead == 8


async def test_deliveries_of_a_removed_receiver_wait_and_are_named_once(
    store: Store, clock: FixedClock, alert_to: AlertTo
) -> None:
    alert_to("desk", "removed", numbers=range(2))
    loop = loop_for(store, clock, Inbox("desk"))
    with capture_logs() as logs:
        report = await loop.drain()
        await loop.drain()
    assert (report.delivered, report.orphaned) == (2, 2)
    named = [each for each in logs if each["event"] == "deliveries_wait_for_missing_receiver"]
    assert [(each["receiver"], each["count"]) for each in named] == [("removed", 2)]
    back = Inbox("removed")
    await loop.replace_receivers({"removed": back})
    assert (await loop.drain()).delivered == 2


async def test_idle_means_that_nothing_is_due_for_anybody(
    store: Store, clock: FixedClock, alert_to: AlertTo
) -> None:
    alert_to("desk")

    class Echo(Inbox):
        """Causes another alert while it is served, as a judging step would."""

        async def send(self, message: Message) -> SendResult:
            if not self.messages:
                await asyncio.to_thread(alert_to, "editors", numbers=range(5, 6))
            return await super().send(message)

    editors = Inbox("editors")
    report = await loop_for(store, clock, editors, Echo("desk")).drain(until_idle=True)
    assert report.delivered == 2
    assert len(editors.messages) == 1


async def test_what_waited_for_a_receiver_is_no_flood_where_it_has_a_guard(
    store: Store, clock: FixedClock, alert_to: AlertTo
) -> None:
    alert_to("desk", "feed", numbers=range(1, 6))
    guard = FloodGuard(4, timedelta(minutes=10), None)
    desk, feed = Inbox("desk"), Inbox("feed")
    guards = {"desk": guard}
    await loop_for(store, clock, desk, feed, guard_of=guards.get).drain(until_idle=True)
    assert [message.size for message in desk.messages] == [5]
    assert [message.size for message in feed.messages] == [1] * 5


# -- storage that fails


class Unreliable:
    """An archive whose database goes away now and then."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.failing = {"claim": 0, "record": 0}

    def _fail(self, what: str) -> None:
        if self.failing[what]:
            self.failing[what] -= 1
            raise StorageError("database is locked")

    def claim_deliveries(
        self,
        now: datetime,
        deciders: Deciders,
        *,
        limit: int,
        lease: timedelta,
        owner: str,
        receivers: Sequence[str],
        overdue_since: datetime | None = None,
    ) -> list[ClaimedDelivery]:
        self._fail("claim")
        return self._store.claim_deliveries(
            now,
            deciders,
            limit=limit,
            lease=lease,
            owner=owner,
            receivers=receivers,
            overdue_since=overdue_since,
        )

    def fold_backlog(
        self,
        receiver: str,
        deciders: Deciders,
        *,
        older_than: datetime,
        now: datetime,
        guard: FloodGuard | None = None,
    ) -> str | None:
        return self._store.fold_backlog(
            receiver, deciders, older_than=older_than, now=now, guard=guard
        )

    def record_attempt(
        self,
        token: str,
        attempt: DeliveryAttempt,
        decision: RetryDecision,
        deciders: Deciders,
    ) -> bool:
        self._fail("record")
        return self._store.record_attempt(token, attempt, decision, deciders)

    def release_leases(self, owner: str | None = None) -> int:
        return self._store.release_leases(owner)

    def next_delivery_at(self, receivers: Sequence[str] | None = None) -> datetime | None:
        return self._store.next_delivery_at(receivers)

    def delivery_counts(self) -> dict[tuple[str, DeliveryStatus], int]:
        return self._store.delivery_counts()


async def test_what_was_sent_is_written_down_even_if_storage_stumbles(
    store: Store, clock: FixedClock, alert_to: AlertTo
) -> None:
    alert_to("desk")
    shaky = Unreliable(store)
    shaky.failing = {"claim": 1, "record": 2}
    desk = Inbox("desk")
    assert (await loop_for(shaky, clock, desk).drain()).delivered == 1
    assert len(desk.messages) == 1


async def test_storage_that_stays_away_ends_a_pass_but_not_the_loop(
    store: Store, clock: FixedClock, alert_to: AlertTo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alerts.delivery.worker.STORAGE_PAUSES", (0.0,))
    alert_to("desk")
    shaky = Unreliable(store)
    shaky.failing["claim"] = 2
    desk = Inbox("desk")
    loop = loop_for(shaky, clock, desk)
    assert (await loop.drain()).storage_errors == 1
    shaky.failing["claim"] = 2
    async with running(loop):
        await until(lambda: shaky.failing["claim"] == 0)
        loop.wake()
        await until(lambda: bool(desk.messages))


# -- running


async def test_a_wake_delivers_at_once(store: Store, clock: FixedClock, alert_to: AlertTo) -> None:
    desk = Inbox("desk")
    loop = loop_for(store, clock, desk)
    async with running(loop):
        await asyncio.to_thread(alert_to, "desk")
        loop.wake()
        await desk.arrived.wait()
        await until(lambda: statuses(store) == {("desk", "delivered"): 1})


class MovingClock:
    """Runs like a real clock and can be set forward."""

    def __init__(self, now: datetime) -> None:
        self.set(now)

    def set(self, now: datetime) -> None:
        self._ahead = now - utc_now()

    def __call__(self) -> datetime:
        return utc_now() + self._ahead


async def test_a_retry_is_made_when_it_is_due_without_a_wake(
    store: Store, clock: FixedClock, alert_to: AlertTo
) -> None:
    alert_to("desk")
    moving = MovingClock(clock())

    class AlmostDue(Unreliable):
        """Sets the clock to just before the moment that the loop is about to sleep until."""

        def next_delivery_at(self, receivers: Sequence[str] | None = None) -> datetime | None:
            at = super().next_delivery_at(receivers)
            if at is not None:
                moving.set(at - timedelta(milliseconds=50))
            return at

    desk = Inbox("desk", BUSY, BUSY, DELIVERED)
    async with running(loop_for(AlmostDue(store), moving, desk)):
        await until(lambda: statuses(store) == {("desk", "delivered"): 1})
    assert [message.attempt for message in desk.messages] == [1, 2, 3]


async def test_a_slow_receiver_holds_up_nobody(
    store: Store, clock: FixedClock, alert_to: AlertTo
) -> None:
    alert_to("slow", "quick", numbers=range(3))
    slow, quick = Inbox("slow"), Inbox("quick")
    slow.open.clear()
    loop = loop_for(store, clock, slow, quick)
    async with running(loop):
        await until(lambda: len(quick.messages) == 3)
        await asyncio.to_thread(alert_to, "quick", numbers=range(10, 13))
        loop.wake()
        await until(lambda: len(quick.messages) == 6)
        assert len(slow.messages) == 1
        slow.open.set()


async def test_what_is_in_flight_is_finished_at_the_stop(
    store: Store, clock: FixedClock, alert_to: AlertTo
) -> None:
    alert_to("desk", numbers=range(2))
    desk = Inbox("desk")
    desk.open.clear()
    async with running(loop_for(store, clock, desk)) as stop:
        await desk.arrived.wait()
        stop.set()
        desk.open.set()
    assert statuses(store) == {("desk", "delivered"): 1, ("desk", "pending"): 1}
    assert len(desk.messages) == 1


async def test_what_outlasts_the_grace_is_given_back_for_another_process(
    store: Store, clock: FixedClock, alert_to: AlertTo
) -> None:
    alert_to("desk")
    stuck = Inbox("desk")
    stuck.open.clear()
    async with running(loop_for(store, clock, stuck, grace=timedelta(milliseconds=50))):
        await stuck.arrived.wait()
    assert store.attempts(stuck.messages[0].delivery_id) == []
    next_process = Inbox("desk")
    assert (await loop_for(store, clock, next_process).drain()).delivered == 1


async def test_replaced_receivers_finish_and_are_closed(
    store: Store, clock: FixedClock, alert_to: AlertTo
) -> None:
    alert_to("desk", numbers=range(2))
    old, new = Inbox("desk"), Inbox("desk")
    old.open.clear()
    loop = loop_for(store, clock, old)
    async with running(loop):
        await old.arrived.wait()
        await loop.replace_receivers({"desk": new})
        await until(lambda: len(new.messages) == 1)
        closed_in_flight = old.closed
        old.open.set()
        await until(lambda: old.closed)
        closed_in_use = new.closed
    await loop.close()
    assert (closed_in_flight, closed_in_use, new.closed) == (False, False, True)
    assert statuses(store) == {("desk", "delivered"): 2}


async def test_a_whole_configuration_delivers_to_real_servers(
    store: Store, clock: FixedClock, alert_to: AlertTo
) -> None:
    async with http_server(reply(200, b"ok")) as chat, http_server(reply(503), reply(204)) as hook:
        config = WatchConfig.model_validate(
            {
                "receivers": [
                    {"name": "chat", "slack": {"url": chat.url}},
                    {"name": "hook", "webhook": {"url": hook.url, "secret": "s3cret-words"}},
                ]
            }
        )
        alert_to("chat", "hook")
        with capture_logs() as logs:
            loop = loop_for(store, clock, *build_receivers(config).values())
            first = await loop.drain()
            clock.advance(timedelta(seconds=7))
            second = await loop.drain()
            await loop.close()
    assert (first.delivered, first.retried, second.delivered) == (1, 1, 1)
    assert len({request.headers["webhook-id"] for request in hook.requests}) == 1
    assert "t0k3n" not in str(logs)
    assert "s3cret" not in str(logs)


async def test_a_worker_that_ends_is_started_again_and_delivers(
    store: Store, clock: FixedClock, alert_to: AlertTo
) -> None:
    class Leaving:
        """An outbox whose library wants the process to end, once."""

        def __init__(self) -> None:
            self.left = False

        def __getattr__(self, name: str) -> Any:
            if name == "next_delivery_at" and not self.left:
                self.left = True
                raise SystemExit(1)
            return getattr(store, name)

    inbox = Inbox("desk")
    ends: list[tuple[str, str]] = []
    loop = loop_for(
        Leaving(), clock, inbox,
        restart_pauses=(0.0,), on_end=lambda name, how: ends.append((name, how)),
    )  # fmt: skip
    with capture_logs() as logs:
        async with running(loop):
            await until(lambda: any(line["event"] == "delivery_worker_ended" for line in logs))
            alert_to("desk")
            loop.wake()
            await inbox.arrived.wait()
    (ended,) = (line for line in logs if line["event"] == "delivery_worker_ended")
    assert (ended["receiver"], ended["error"]) == ("desk", "SystemExit")
    assert ends == [("desk", "SystemExit")]


async def test_a_receiver_that_would_end_the_process_has_failed_once(
    store: Store, clock: FixedClock, alert_to: AlertTo
) -> None:
    class Exiting(Inbox):
        async def send(self, message: Message) -> SendResult:
            await super().send(message)
            raise SystemExit(1)

    alert_to("desk")
    report = await loop_for(store, clock, Exiting("desk")).drain()
    assert report.retried == 1
    assert "SystemExit" in store.deliveries().items[0].last_detail
