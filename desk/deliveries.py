"""One delivery with every attempt at it."""

from __future__ import annotations

from dataclasses import dataclass

from core.alerting.deliveries import Delivery, DeliveryAttempt
from desk.errors import NotThereError
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
