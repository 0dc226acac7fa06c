"""Deliveries as the desk lists them, the receivers that take nothing, and sending again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.alerting.deliveries import DeliveryStatus, ListedDelivery
from desk import overview
from desk.context import Desk
from desk.receivers import ReceiverHealth
from desk.receivers import health as receivers_health
from storage import Cursor, Page

__all__ = ["Asked", "ListedDelivery", "Shown", "counts", "down", "listed", "send_again"]


class Shown(StrEnum):
    """The tabs of the list."""

    WAITING = "waiting"
    DEAD = "dead"
    FOLDED = "folded"
    ALL = "all"


_STATUS: dict[Shown, frozenset[DeliveryStatus]] = {
    Shown.WAITING: frozenset({DeliveryStatus.PENDING}),
    Shown.DEAD: frozenset({DeliveryStatus.DEAD, DeliveryStatus.READDRESSED}),
    Shown.FOLDED: frozenset({DeliveryStatus.FOLDED}),
    Shown.ALL: frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which deliveries are wanted; each condition that is given must hold."""

    shown: Shown = Shown.ALL
    receiver: str | None = None
    rule: str | None = None
    since: datetime | None = None
    words: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether something is asked for beside the tab."""
        return any((self.receiver, self.rule, self.since, self.words))


def listed(
    desk: Desk, asked: Asked, *, after: Cursor | None = None, limit: int = 50
) -> Page[ListedDelivery]:
    """Return deliveries, the newest first, in pages."""
    return desk.store.listed_deliveries(
        status=_STATUS[asked.shown],
        receiver=asked.receiver,
        rule=asked.rule,
        since=asked.since,
        containing=asked.words,
        after=after,
        limit=limit,
    )


def counts(desk: Desk) -> Mapping[Shown, int]:
    """Return how many deliveries each tab has; of all nobody wants the number."""
    by_status: Counter[DeliveryStatus] = Counter()
    for (_, status), number in overview.delivery_counts(desk).items():
        by_status[status] += number
    return {
        shown: sum(by_status[status] for status in statuses)
        for shown, statuses in _STATUS.items()
        if statuses
    }


def down(desk: Desk) -> tuple[ReceiverHealth, ...]:
    """Return the receivers that take nothing, the one that has not for the longest first."""
    found = receivers_health(desk.store, desk.config, desk.now())
    return tuple(receiver for receiver in found if receiver.failing_since is not None)


def send_again(desk: Desk, *, delivery: str | None = None, receiver: str | None = None) -> int:
    """Make one delivery due now, or all that a receiver did not get; return how many."""
    if delivery is None and receiver is None:
        return 0
    return desk.store.replay(delivery_id=delivery, receiver=receiver)
