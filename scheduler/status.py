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

    sources: int
    in_flight: int
    counts: CrawlCounts
    alerts: int
    delivered: int
    waiting: int
    next_poll_at: datetime | None
    refused: bool = False
    """Whether a changed configuration is refused; the last good one runs."""


def read_status(
    store: Store,
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
    by_status = dict.fromkeys(DeliveryStatus, 0)
    for (_, status), number in store.delivery_counts().items():
        by_status[status] += number
    return DaemonStatus(
        sources=sources,
        in_flight=in_flight,
        counts=counts,
        alerts=alerts,
        delivered=by_status[DeliveryStatus.DELIVERED],
        waiting=by_status[DeliveryStatus.PENDING],
        next_poll_at=store.next_due_at(),
        refused=refused,
    )
