"""What a process counted and timed since it started, for who asks from outside.

Parts write here as they work, from several threads; nothing is decided by it. What storage knows
is not counted twice: depths of queues and ages are asked of it.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from alerts.new_names.outcome import NamingOutcome
from core.alerting.deliveries import Delivery, DeliveryAttempt, DeliveryStatus, RetryDecision
from core.alerting.matches import Level

if TYPE_CHECKING:
    from crawler.counts import CrawlCounts

JUDGING_BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
"""Seconds for one version: it takes some milliseconds, or something is wrong."""
ATTEMPT_BOUNDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""Seconds for one attempt: its lease is a minute."""
DELAY_BOUNDS = (1.0, 2.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 6 * 3600.0, 24 * 3600.0)
"""Seconds from making a message to its delivery: two are wanted, a day is an outage."""


class DeliveryOutcome(StrEnum):
    """What an attempt at a delivery came to."""

    DELIVERED = "delivered"
    RETRIED = "retried"
    GIVEN_UP = "given_up"


class ReloadOutcome(StrEnum):
    """What reading a changed configuration came to."""

    TAKEN = "taken"
    REFUSED = "refused"


class HeartbeatOutcome(StrEnum):
    """What became of a heartbeat that was due."""

    SENT = "sent"
    FAILED = "failed"
    """Whoever was to hear it did not answer, or said no."""
    WITHHELD = "withheld"
    """Something does not progress, or nobody knows without the database: silence is the message."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How long something took, as it stands."""

    bounds: tuple[float, ...]
    counts: tuple[int, ...]
    """Of each bound, how many took no longer and longer than the bound before; the last are those
    that took longer than all."""
    seconds: float
    """All of it together."""


class Histogram:
    """Counts durations by bounds."""

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self._seconds = 0.0

    def add(self, seconds: float, times: int = 1) -> None:
        """Count something that took so long, or several that did."""
        taken = max(0.0, seconds)  # a clock that was set back
        self._counts[bisect_left(self._bounds, taken)] += times
        self._seconds += taken * times

    def read(self) -> Timing:
        """Return how it stands."""
        return Timing(self._bounds, tuple(self._counts), self._seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was counted until a moment."""

    crawl: CrawlCounts | None
    """None in a process that does not crawl."""
    judged: int
    broken: int
    """Versions on which the rules broke down."""
    alerts: int
    matches: Mapping[Level, int]
    judging: Timing
    judged_at: datetime | None
    namings: Mapping[NamingOutcome, int]
    """Matched articles that were to be read for new names."""
    attempts: Mapping[tuple[str, DeliveryOutcome], int]
    attempt_seconds: Mapping[str, Timing]
    """By receiver."""
    delays: Mapping[str, Timing]
    delivered_at: datetime | None
    reloads: Mapping[ReloadOutcome, int]
    heartbeats: Mapping[HeartbeatOutcome, int]

    def attempt_timing(self, receiver: str) -> Timing:
        """Return how long attempts at a receiver took."""
        return self.attempt_seconds.get(receiver) or Histogram(ATTEMPT_BOUNDS).read()

    def delay(self, receiver: str) -> Timing:
        """Return how long messages were on their way to a receiver."""
        return self.delays.get(receiver) or Histogram(DELAY_BOUNDS).read()


class Meters:
    """Counts and times what the parts of one process do."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._crawl: CrawlCounts | None = None
        self._judged = self._broken = self._alerts = 0
        self._matches: Counter[Level] = Counter()
        self._judging = Histogram(JUDGING_BOUNDS)
        self._judged_at: datetime | None = None
        self._namings: Counter[NamingOutcome] = Counter()
        self._attempts: Counter[tuple[str, DeliveryOutcome]] = Counter()
        self._attempt_seconds: dict[str, Histogram] = {}
        self._delays: dict[str, Histogram] = {}
        self._delivered_at: datetime | None = None
        self._reloads: Counter[ReloadOutcome] = Counter()
        self._heartbeats: Counter[HeartbeatOutcome] = Counter()

    def crawls_by(self, counts: CrawlCounts) -> None:
        """Take the counters of the crawler, which counts itself."""
        self._crawl = counts

    def judged(
        self,
        versions: int,
        seconds: float,
        at: datetime,
        *,
        matches: Mapping[Level, int],
        alerts: int,
        broken: int,
    ) -> None:
        """Count a batch of versions that was judged, in so many seconds for all of it."""
        if not versions:
            return
        with self._turn:
            self._judged += versions
            self._broken += broken
            self._alerts += alerts
            self._matches.update(matches)
            self._judging.add(seconds / versions, versions)
            self._judged_at = at

    def named(self, outcomes: Mapping[NamingOutcome, int]) -> None:
        """Count what became of the new names of a batch's articles."""
        with self._turn:
            self._namings.update(outcomes)

    def attempted(
        self, delivery: Delivery, attempt: DeliveryAttempt, decision: RetryDecision
    ) -> None:
        """Count an attempt at a delivery, and what was decided about it."""
        if decision.status is DeliveryStatus.DELIVERED:
            outcome = DeliveryOutcome.DELIVERED
        elif decision.next_attempt_at is None:
            outcome = DeliveryOutcome.GIVEN_UP
        else:
            outcome = DeliveryOutcome.RETRIED
        receiver = delivery.receiver
        with self._turn:
            self._attempts[receiver, outcome] += 1
            took = attempt.finished_at - attempt.started_at
            times = self._attempt_seconds.setdefault(receiver, Histogram(ATTEMPT_BOUNDS))
            times.add(took.total_seconds())
            if outcome is DeliveryOutcome.DELIVERED:
                delay = attempt.finished_at - delivery.created_at
                self._delays.setdefault(receiver, Histogram(DELAY_BOUNDS)).add(
                    delay.total_seconds()
                )
                self._delivered_at = attempt.finished_at

    def reloaded(self, outcome: ReloadOutcome) -> None:
        """Count a reading of the configuration."""
        with self._turn:
            self._reloads[outcome] += 1

    def heartbeat(self, outcome: HeartbeatOutcome) -> None:
        """Count a heartbeat that was due."""
        with self._turn:
            self._heartbeats[outcome] += 1

    def read(self) -> Reading:
        """Return how everything stands."""
        with self._turn:
            return Reading(
                crawl=self._crawl,
                judged=self._judged,
                broken=self._broken,
                alerts=self._alerts,
                matches=dict(self._matches),
                judging=self._judging.read(),
                judged_at=self._judged_at,
                namings=dict(self._namings),
                attempts=dict(self._attempts),
                attempt_seconds={
                    name: times.read() for name, times in self._attempt_seconds.items()
                },
                delays={name: times.read() for name, times in self._delays.items()},
                delivered_at=self._delivered_at,
                reloads=dict(self._reloads),
                heartbeats=dict(self._heartbeats),
            )
