"""What a living daemon leaves undone, asked of storage: for health checks and the heartbeat."""

from __future__ import annotations

from datetime import datetime

from core.config import WatchConfig
from scheduler.heartbeat import CRAWLED, STARTED
from scheduler.untouched import Untouched, untouched
from storage import Store


def left_undone(store: Store, config: WatchConfig, now: datetime) -> tuple[Untouched, ...]:
    """Return due work that nobody does. Raises StorageError."""
    started = store.last_heartbeat(STARTED)
    receivers = [receiver.name for receiver in config.receivers]
    return untouched(store.due_work(now, receivers, CRAWLED), now, started[0] if started else None)
