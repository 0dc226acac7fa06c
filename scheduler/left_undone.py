"""What a living daemon leaves undone, asked of storage: for health checks and the heartbeat."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core.config import WatchConfig
from core.due_work import DueWork
from scheduler.heartbeat import CRAWLED, STARTED
from scheduler.untouched import Untouched, untouched
from storage import Store


def due_work(store: Store, config: WatchConfig, now: datetime) -> list[DueWork]:
    """Return what has been due the longest, of each kind. Raises StorageError."""
    return store.due_work(now, [receiver.name for receiver in config.receivers], CRAWLED)


def left_undone(
    store: Store, config: WatchConfig, now: datetime, due: Sequence[DueWork] | None = None
) -> tuple[Untouched, ...]:
    """Return due work that nobody does; `due` is what was asked for just now.

    Raises StorageError.
    """
    started = store.last_heartbeat(STARTED)
    if due is None:
        due = due_work(store, config, now)
    return untouched(due, now, started[0] if started else None)
