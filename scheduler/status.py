"""Where a daemon stands, for the person at its terminal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.alerting.deliveries import DeliveryStatus
from crawler.counts import CrawlCounts
from storage import Store


@dataclass(frozen=True, slots=True)
class DaemonStatus:
    """What a person at the terminal wants to see at a glance."""

    since: datetime
    """When the daemon started: everything that is counted is counted from here."""
    sources: int
    in_flight: int
    counts: CrawlCounts
    alerts: int
    delivered: int
    waiting: int
    """Deliveries that are due or wait for a retry now."""
    next_poll_at: datetime | None
    refused: bool = False
    """Whether a changed configuration is refused; the last good one runs."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where things stood when the daemon started, to count from."""

    at: datetime
    delivered: int


def begin(store: Store, now: datetime) -> Beginning:
    """Return where things stand as the daemon starts. Raises StorageError."""
    return Beginning(now, _deliveries(store)[DeliveryStatus.DELIVERED])


def read_status(
    store: Store,
    beginning: Beginning,
    *,
    sources: int,
    in_flight: int,
    counts: CrawlCounts,
    alerts: int,
    refused: bool = False,
) -> DaemonStatus:
    """Add to what the process knows of itself what storage says.

    Raises StorageError. It takes its time: call it off the loop.
    """
    by_status = _deliveries(store)
    return DaemonStatus(
        since=beginning.at,
        sources=sources,
        in_flight=in_flight,
        counts=counts,
        alerts=alerts,
        delivered=max(0, by_status[DeliveryStatus.DELIVERED] - beginning.delivered),
        waiting=by_status[DeliveryStatus.PENDING],
        next_poll_at=store.next_due_at(),
        refused=refused,
    )


def _deliveries(store: Store) -> dict[DeliveryStatus, int]:
    by_status = dict.fromkeys(DeliveryStatus, 0)
    for (_, status), number in store.delivery_counts().items():
        by_status[status] += number
    return by_status
