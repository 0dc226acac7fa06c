"""Takes one receiver's deliveries to it, one at a time, and writes down what it said.

A worker claims a single delivery, so a slow receiver holds up nobody else, a lease is fresh when
the sending starts, and a killed process leaves at most one delivery per receiver leased.
"""

from __future__ import annotations

import asyncio
import random
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import TypeVar

import structlog

from alerts.delivery.delivery_retry import decide
from alerts.delivery.outbox import DeliveryReport, Outbox
from alerts.delivery.pace import Breaker, TokenBucket, Turns
from alerts.dispatch.deciders import DECIDERS
from alerts.messages.message import ActionLink, Message
from alerts.messages.own_news import in_words_of
from alerts.messages.phrasing import message_words
from alerts.receivers.composing import not_composed
from alerts.receivers.protocol import Receiver, Reviser, SendResult
from alerts.stories.accounts import accounts_of
from core.alerting.deliveries import (
    AttemptOutcome,
    ClaimedDelivery,
    Delivery,
    DeliveryAttempt,
    DeliveryStatus,
    RetryDecision,
)
from core.alerting.message_kinds import MessageKind
from core.clock import Clock
from core.deciding.backlog import FloodGuard
from core.errors import StorageError

log = structlog.get_logger(__name__)
T = TypeVar("T")

SAFETY_TICK = timedelta(seconds=30)
"""Longest sleep: other processes commit deliveries too, and they cannot wake this one."""
STALE_AFTER = timedelta(hours=6)
"""Messages that waited longer are no news each; together they are one summary."""
SHARE_OF_LEASE = 0.8
"""A sending may take this share of its lease; the rest is for writing down how it went."""
STORAGE_PAUSES = (0.05, 0.2, 1.0, 3.0)
"""Seconds between tries when the database does not answer. What was sent must be written, or it is
sent again; the sum stays far below the lease."""


OnAttempt = Callable[[Delivery, DeliveryAttempt, RetryDecision], None]
"""Hears of an attempt that was written down, and what was decided about it."""


def not_counted(_delivery: Delivery, _attempt: DeliveryAttempt, _decision: RetryDecision) -> None:
    """Count nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryContext:
    """What all workers of a loop have in common."""

    outbox: Outbox
    clock: Clock
    owner: str
    lease: timedelta
    rng: random.Random
    outlet_of: Callable[[str], str]
    links_of: Callable[[ClaimedDelivery], tuple[ActionLink, ...]] = lambda _claimed: ()
    guard_of: Callable[[str], FloodGuard | None] = lambda _receiver: None
    tags_of: Callable[[str], tuple[str, ...]] = lambda _source: ()
    badges: Callable[[], tuple[str, ...]] = lambda: ()
    zone_of: Callable[[str], tzinfo | None] = lambda _receiver: UTC
    language_of: Callable[[str], str | None] = lambda _receiver: None
    on_attempt: OnAttempt = not_counted


def message_of(
    claimed: ClaimedDelivery, number: int, sent_at: datetime, shared: DeliveryContext
) -> Message:
    """Return the message of a delivery at its attempt `number`."""
    delivery = claimed.delivery
    alerts = (*claimed.alerts, *claimed.earlier)
    planned = () if claimed.digest is None else claimed.digest.cases
    full = not delivery.minimal
    first_links = shared.links_of(_first(claimed)) if claimed.earlier and full else ()
    revision = delivery.kind is MessageKind.REVISION
    accounts = {story: accounts_of(told) for story, told in claimed.tellings.items() if full}
    sources = dict.fromkeys(
        [alert.article.data.source for alert in alerts]
        + [source for case in planned if case.shown for source in case.sources]
        + [account.source for several in accounts.values() for account in several]
    )
    words = message_words(shared.language_of(delivery.receiver))
    return Message(
        delivery_id=delivery.id,
        alerts=tuple(in_words_of(alert, words.language) for alert in claimed.alerts),
        outlets={source: shared.outlet_of(source) for source in sources},
        tags={source: shared.tags_of(source) for source in sources},
        badges=shared.badges(),
        accounts=accounts,
        attempt=number,
        sent_at=sent_at,
        kind=delivery.kind,
        size=delivery.size,
        digest=claimed.digest,
        notes=claimed.notes,
        thread=delivery.thread,
        thread_receipt=claimed.thread_receipt,
        sequence=delivery.sequence,
        earlier=tuple(in_words_of(alert, words.language) for alert in claimed.earlier),
        links=first_links if revision or not full else shared.links_of(claimed),
        first_links=first_links,
        minimal=delivery.minimal,
        zone=shared.zone_of(delivery.receiver),
        words=words,
    )


def _first(claimed: ClaimedDelivery) -> ClaimedDelivery:
    """Return the message that began a conversation, for its links: it shows the first alert."""
    first = claimed.earlier[0]
    delivery = replace(
        claimed.delivery,
        id=f"{claimed.delivery.id}/first",  # links of two messages are used one by one
        alert_id=first.id,
        kind=MessageKind.ALERT,
    )
    return replace(claimed, delivery=delivery, alerts=(first,))


class DeliveryWorker:
    """Serves one receiver until it is stopped."""

    def __init__(self, receiver: Receiver, shared: DeliveryContext) -> None:
        self.receiver = receiver
        self._shared = shared
        self._bucket = TokenBucket(receiver.rate)
        self._breaker = Breaker()
        self._turns = Turns()
        self._awake = asyncio.Event()
        self.stopped = asyncio.Event()
        """Set once it is to begin no further delivery."""
        self._may_be_behind = True

    def wake(self) -> None:
        """Look for due deliveries now."""
        self._awake.set()

    def stop(self) -> None:
        """Begin no further delivery; the one in flight is finished."""
        self.stopped.set()
        self._awake.set()

    async def run(self) -> None:
        """Deliver what is due, whenever it is, until stopped. Errors are logged and outlived."""
        while not self.stopped.is_set():
            self._awake.clear()
            try:
                await self.deliver_due()
                pause = await self._pause()
            except StorageError as error:
                log.error("delivery_storage_failed", receiver=self.receiver.name, error=str(error))
                pause = SAFETY_TICK.total_seconds()
            except Exception as error:  # a worker that died would be missed by nobody
                log.error("delivery_failed_unexpectedly", **self._about(error))
                pause = SAFETY_TICK.total_seconds()
            try:
                async with asyncio.timeout(pause):
                    await self._awake.wait()
            except TimeoutError:
                pass  # the pause is over

    async def deliver_due(self) -> DeliveryReport:
        """Deliver until nothing is due for this receiver, or it is to be left alone, or a stop.

        Raises StorageError when the database stays away.
        """
        report = DeliveryReport()
        while not self.stopped.is_set() and not self._left_alone():
            await self._fold_backlog()
            claimed = await self._claim()
            if claimed is None:
                break
            await self._take_turn()
            attempt = await self._attempt(claimed)
            self._note(attempt)
            report += await self._recorded(claimed, attempt)
        return report

    def _left_alone(self) -> bool:
        now = self._shared.clock()
        self._breaker.keep_up(now)
        return self._breaker.free_at(now) > now

    async def _take_turn(self) -> None:
        """Wait for the receiver's rate: on the loop's own clock, for it paces and dates nothing."""
        time = asyncio.get_running_loop().time
        await asyncio.sleep(self._bucket.free_at(time()) - time())
        self._bucket.take(time())

    def _note(self, attempt: DeliveryAttempt) -> None:
        """Learn from an attempt whether the receiver is well, and say so when that changes."""
        if not attempt.reached:
            return
        before, now = self._breaker.since, self._shared.clock()
        self._may_be_behind |= attempt.outcome is not AttemptOutcome.DELIVERED
        self._breaker.note(attempt.outcome, now, attempt.retry_after)
        name = self.receiver.name
        if self._left_alone():
            until = self._breaker.free_at(now)
            log.warning("receiver_left_alone", receiver=name, until=until.isoformat())
        elif before is not None and self._breaker.since is None:
            log.info("receiver_answers_again", receiver=name, after=str(now - before))

    async def _fold_backlog(self) -> None:
        """Make one summary of what is too much, or old news, for a receiver that was down.

        Looked for at the start and after failures: a receiver that takes its messages has none.
        """
        if not self._may_be_behind:
            return
        self._may_be_behind = False
        shared, now = self._shared, self._shared.clock()

        def fold() -> str | None:
            return shared.outbox.fold_backlog(
                self.receiver.name,
                DECIDERS,
                older_than=now - STALE_AFTER,
                now=now,
                guard=shared.guard_of(self.receiver.name),
            )

        summary = await self._insist(fold)
        if summary is not None:
            log.warning("backlog_summed_up", receiver=self.receiver.name, delivery=summary)

    async def _claim(self) -> ClaimedDelivery | None:
        shared = self._shared

        def claim() -> list[ClaimedDelivery]:
            now = shared.clock()
            return shared.outbox.claim_deliveries(
                now,
                DECIDERS,
                limit=1,
                lease=shared.lease,
                owner=shared.owner,
                receivers=[self.receiver.name],
                overdue_since=self._turns.overdue_since(now),
            )

        claimed = await self._insist(claim)
        if not claimed:
            return None
        self._turns.take()
        return claimed[0]

    async def _attempt(self, claimed: ClaimedDelivery) -> DeliveryAttempt:
        """Send once. Whatever the receiver's code does becomes an outcome."""
        clock = self._shared.clock
        number = claimed.delivery.attempts + 1
        started_at = clock()
        seconds = self._shared.lease.total_seconds() * SHARE_OF_LEASE
        try:
            async with asyncio.timeout(seconds):
                result = await self._hand_over(claimed, number, started_at)
        except TimeoutError:
            result = SendResult(AttemptOutcome.TRANSIENT, None, f"not done within {seconds:g} s")
        except (Exception, SystemExit) as error:  # no fault may lose an alert or stop the others
            log.error("receiver_raised", delivery=claimed.delivery.id, **self._about(error))
            result = SendResult(
                AttemptOutcome.TRANSIENT, None, f"unexpected {type(error).__name__}"
            )
        return DeliveryAttempt(
            delivery_id=claimed.delivery.id,
            number=number,
            started_at=started_at,
            finished_at=clock(),
            outcome=result.outcome,
            status_code=result.status_code,
            detail=result.detail,
            retry_after=result.retry_after,
            receipt=result.receipt,
            reached=result.reached,
        )

    async def _hand_over(
        self, claimed: ClaimedDelivery, number: int, sent_at: datetime
    ) -> SendResult:
        try:
            message = message_of(claimed, number, sent_at, self._shared)
        except Exception as error:
            return not_composed(error, self.receiver.name)
        if message.kind is not MessageKind.REVISION:
            return await self.receiver.send(message)
        if isinstance(self.receiver, Reviser):
            return await self.receiver.revise(message)
        # Its configuration was another one when this was committed. Nobody misses news by it.
        said = "what it was told cannot be changed"
        return SendResult(AttemptOutcome.DELIVERED, None, said, reached=False)

    async def _recorded(self, claimed: ClaimedDelivery, attempt: DeliveryAttempt) -> DeliveryReport:
        """Decide, and write attempt and decision; a cancellation waits until that is done."""
        decision = decide(
            attempt,
            jitter=self._shared.rng.uniform(-1, 1),
            minimal=claimed.delivery.minimal,
        )
        writing = asyncio.ensure_future(
            self._insist(
                lambda: self._shared.outbox.record_attempt(
                    claimed.lease_token, attempt, decision, DECIDERS
                )
            )
        )
        try:
            held = await asyncio.shield(writing)
        except asyncio.CancelledError:
            await writing
            raise
        if not held:
            log.warning("delivery_lease_lost", delivery=attempt.delivery_id)
            return DeliveryReport(lost=1)
        self._shared.on_attempt(claimed.delivery, attempt, decision)
        return self._settled(attempt, decision)

    def _settled(self, attempt: DeliveryAttempt, decision: RetryDecision) -> DeliveryReport:
        about = {
            "delivery": attempt.delivery_id,
            "receiver": self.receiver.name,
            "attempt": attempt.number,
            "status": attempt.status_code,
        }
        if decision.status is DeliveryStatus.DELIVERED:
            log.info("delivered", **about)
            return DeliveryReport(delivered=1)
        if decision.next_attempt_at is None:
            log.error("delivery_dead", reason=decision.reason, **about)
            return DeliveryReport(dead=1)
        log.warning(
            "delivery_retried_later",
            reason=decision.reason,
            at=decision.next_attempt_at.isoformat(),
            **about,
        )
        return DeliveryReport(retried=1)

    async def _pause(self) -> float:
        """Return how many seconds to sleep now that everything due was delivered."""
        outbox, name = self._shared.outbox, self.receiver.name
        upcoming = await self._insist(lambda: outbox.next_delivery_at([name]))
        longest = SAFETY_TICK.total_seconds()
        if upcoming is None:
            return longest
        now = self._shared.clock()
        due = max(upcoming, self._breaker.free_at(now))
        return min(longest, max(0.0, (due - now).total_seconds()))

    async def _insist(self, call: Callable[[], T]) -> T:
        """Run a storage call in a thread, again a few times if storage fails."""
        for pause in STORAGE_PAUSES:
            try:
                return await asyncio.to_thread(call)
            except StorageError as error:
                log.warning("delivery_storage_retried", error=str(error))
                await asyncio.sleep(pause)
        return await asyncio.to_thread(call)

    def _about(self, error: BaseException) -> dict[str, object]:
        """Name an error without its message or variables: either may hold a secret address."""
        frames = traceback.extract_tb(error.__traceback__)
        where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
        return {"receiver": self.receiver.name, "error": type(error).__name__, "where": where}
