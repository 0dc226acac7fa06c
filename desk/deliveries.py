"""One delivery with every attempt at it; sending others what one receiver did not get."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.dispatch.deciders import DECIDERS
from core.alerting.deliveries import Delivery, DeliveryAttempt
from core.config import WatchConfig
from core.deciding.readdressing import SentElsewhere
from desk.errors import NotThereError, UnknownNameError
from storage import Store


@dataclass(frozen=True, slots=True)
class DeliverySheet:
    """A delivery, and what its receiver answered, the first attempt first."""

    delivery: Delivery
    attempts: tuple[DeliveryAttempt, ...]


def sheet(store: Store, delivery_id: str) -> DeliverySheet:
    """Return a delivery with its attempts. Raises NotThereError."""
    attempts = tuple(store.attempts(delivery_id))
    delivery = store.delivery(delivery_id)
    if delivery is None:
        raise NotThereError(f"delivery '{delivery_id}'")
    return DeliverySheet(delivery, attempts)


def send_to(
    store: Store,
    config: WatchConfig,
    receiver: str,
    ids: Sequence[str],
    now: datetime,
    *,
    of: str | None = None,
    rule: str | None = None,
    since: datetime | None = None,
    dead_only: bool = False,
) -> SentElsewhere:
    """Send another receiver what was given up or is pending; without `ids`, all that is chosen.

    Raises UnknownNameError when there is no such receiver.
    """
    known = [configured.name for configured in config.receivers]
    if receiver not in known:
        raise UnknownNameError("receiver", receiver, known)
    sent = had = 0
    for delivery_id in ids or (None,):
        found = store.send_elsewhere(
            receiver, now, DECIDERS,
            delivery_id=delivery_id, of=of, rule=rule, since=since, dead_only=dead_only,
        )  # fmt: skip
        sent, had = sent + found.sent, had + found.had
    return SentElsewhere(sent=sent, had=had)
