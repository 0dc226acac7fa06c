"""The part of storage that delivering needs, and what a pass over it came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from core.alerting.deliveries import ClaimedDelivery, DeliveryAttempt, DeliveryStatus, RetryDecision
from core.deciding.backlog import FloodGuard
from core.deciding.deciders import Deciders


class Outbox(Protocol):
    """Deliveries that were committed with their alerts. Its methods block: call them in threads."""

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
        """Lease up to `limit` due deliveries per receiver to `owner`, by level and then by time.

        With `overdue_since`, what was due by then comes first, whatever its level.
        """
        ...

    def record_attempt(
        self,
        token: str,
        attempt: DeliveryAttempt,
        decision: RetryDecision,
        deciders: Deciders,
    ) -> bool:
        """Write an attempt and its decision; False when the lease was lost meanwhile."""
        ...

    def release_leases(self, owner: str | None = None) -> int:
        """Give back what `owner` claimed and did not attempt."""
        ...

    def fold_backlog(
        self,
        receiver: str,
        deciders: Deciders,
        *,
        older_than: datetime,
        now: datetime,
        guard: FloodGuard | None = None,
    ) -> str | None:
        """Make one summary of messages that are too old or too many; return its delivery."""
        ...

    def next_delivery_at(self, receivers: Sequence[str] | None = None) -> datetime | None:
        """Return when the next delivery of these receivers may be claimed, None if none waits."""
        ...

    def delivery_counts(self) -> Mapping[tuple[str, DeliveryStatus], int]:
        """Return how many deliveries each receiver has in each status."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """What a pass over the outbox came to."""

    delivered: int = 0
    retried: int = 0
    """Attempts that failed and will be repeated."""
    dead: int = 0
    lost: int = 0
    """Attempts whose lease ran out before they were written; another process repeats them."""
    storage_errors: int = 0
    orphaned: int = 0
    """Deliveries that wait for a receiver which the configuration no longer has."""

    @property
    def attempts(self) -> int:
        """How many times a receiver was asked."""
        return self.delivered + self.retried + self.dead + self.lost

    def __add__(self, other: DeliveryReport) -> DeliveryReport:
        return DeliveryReport(
            delivered=self.delivered + other.delivered,
            retried=self.retried + other.retried,
            dead=self.dead + other.dead,
            lost=self.lost + other.lost,
            storage_errors=self.storage_errors + other.storage_errors,
            orphaned=self.orphaned + other.orphaned,
        )
