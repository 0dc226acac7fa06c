"""How the process is, from inside: what progresses, what waits, and what is wrong.

For those who measure (`/metrics`) and those who probe (`/readyz`); people read pages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from alerts.new_names.outcome import NamingOutcome
from core.alerting.deliveries import DeliveryStatus
from core.due_work import WorkKind
from core.sources import Health
from desk import overview
from desk.context import Desk
from desk.pulse import Life, Pulse, pulse_of
from scheduler.heartbeat import CONFIGURATION
from scheduler.left_undone import due_work
from scheduler.meters import (
    DeliveryOutcome,
    HeartbeatOutcome,
    Reading,
    ReloadOutcome,
    Timing,
)
from scheduler.untouched import Untouched

__all__ = [
    "DeliveryOutcome",
    "HeartbeatOutcome",
    "NamingOutcome",
    "Progress",
    "Queue",
    "Reading",
    "ReloadOutcome",
    "SourceVitals",
    "Step",
    "Timing",
    "Vitals",
    "vitals",
]

OLDEST_SIGN = timedelta(minutes=1)
"""A sign of life is written every ten seconds; what `healthcheck` takes for alive, too."""


class Step(StrEnum):
    """What has to progress for alerts to reach people."""

    POLLS = "polls"
    JUDGING = "judging"
    DELIVERY = "delivery"


STEP_OF: Mapping[WorkKind, Step] = {
    WorkKind.POLL: Step.POLLS,
    WorkKind.ENTRY: Step.POLLS,
    WorkKind.VISIT: Step.POLLS,
    WorkKind.JUDGEMENT: Step.JUDGING,
    WorkKind.BROKEN_JUDGEMENT: Step.JUDGING,
    WorkKind.GROUP: Step.DELIVERY,
    WorkKind.ESCALATION: Step.DELIVERY,
    WorkKind.REMINDER: Step.DELIVERY,
    WorkKind.DELIVERY: Step.DELIVERY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """Work of one kind that is due."""

    depth: int
    oldest: timedelta
    """Since when the oldest of it is due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Whether a step goes on."""

    last_at: datetime | None
    """When something of it was last done; None for never."""
    lagging: tuple[Untouched, ...]
    """What it leaves undone."""

    @property
    def fine(self) -> bool:
        """Whether nothing is left undone."""
        return not self.lagging


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceVitals:
    """How one source fares."""

    name: str
    reached: bool
    """Whether what it publishes reaches us."""
    last_success_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """How the process is."""

    at: datetime
    pulse: Pulse
    steps: Mapping[Step, Progress]
    queues: Mapping[WorkKind, Queue]
    oldest_delivery: Mapping[str, timedelta]
    """By receiver, since when its oldest message is due; every receiver that is configured."""
    waiting: Mapping[str, int]
    """Messages that did not arrive yet, by receiver."""
    given_up: Mapping[str, int]
    sources: Mapping[Health, int]
    network_down: bool
    by_source: tuple[SourceVitals, ...]
    refused: bool
    """Whether a changed configuration was refused; the last good one runs."""
    configured_at: datetime | None
    """When one was last taken or refused."""

    @property
    def ready(self) -> bool:
        """Whether everything progresses. A refused file is no reason against it."""
        return self.pulse.life is Life.ALIVE


def vitals(desk: Desk) -> Vitals:
    """Return how the process is. Raises StorageError."""
    store, config, now = desk.store, desk.config, desk.now()
    receivers = [receiver.name for receiver in config.receivers]
    due = due_work(store, config, now)
    pulse = pulse_of(store, config, now, OLDEST_SIGN, due)
    oldest: dict[WorkKind, datetime] = {}
    messages: dict[str, datetime] = {}
    for work in due:
        oldest[work.kind] = min(oldest.get(work.kind, work.due_at), work.due_at)
        if work.kind is WorkKind.DELIVERY:
            messages[work.about] = work.due_at
    polled, judged, attempted = store.last_done()
    last = {Step.POLLS: polled, Step.JUDGING: judged, Step.DELIVERY: attempted}
    counts = store.undelivered_counts()
    health = overview.health(desk)
    configured = store.last_heartbeat(CONFIGURATION)
    return Vitals(
        at=now,
        pulse=pulse,
        steps={
            step: Progress(
                last_at=last[step],
                lagging=tuple(left for left in pulse.untouched if STEP_OF[left.work.kind] is step),
            )
            for step in Step
        },
        queues={
            kind: Queue(depth=depth, oldest=_since(oldest.get(kind), now))
            for kind, depth in store.due_counts(now, receivers).items()
        },
        oldest_delivery={name: _since(messages.get(name), now) for name in receivers},
        waiting={name: counts.get((name, DeliveryStatus.PENDING), 0) for name in receivers},
        given_up={name: counts.get((name, DeliveryStatus.DEAD), 0) for name in receivers},
        sources={
            **dict.fromkeys(Health, 0),
            **Counter(line.health for line in health.lines),
        },
        network_down=health.network_down,
        by_source=tuple(
            SourceVitals(
                name=line.source, reached=not line.lost, last_success_at=line.last_success_at
            )
            for line in health.lines
        ),
        refused=desk.running().refused,
        configured_at=configured[0] if configured else None,
    )


def _since(due_at: datetime | None, now: datetime) -> timedelta:
    return timedelta() if due_at is None else max(now - due_at, timedelta())
