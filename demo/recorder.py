"""What a server saw, written by its thread and read by others, with a way to wait for more."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from core.errors import WirewatchError

T = TypeVar("T")


class NotSeenError(WirewatchError):
    """What was waited for did not come in time."""


class Recorder(Generic[T]):
    """A bounded, thread-safe list of what happened, oldest first."""

    def __init__(self, limit: int) -> None:
        self._seen: deque[T] = deque(maxlen=limit)
        self._changed = threading.Condition()

    def add(self, item: T) -> None:
        """Append `item` and wake whoever waits."""
        with self._changed:
            self._seen.append(item)
            self._changed.notify_all()

    def clear(self) -> None:
        """Forget everything."""
        with self._changed:
            self._seen.clear()

    def those(self, wanted: Callable[[T], bool]) -> tuple[T, ...]:
        """Return every recorded item that `wanted` accepts."""
        with self._changed:
            seen = tuple(self._seen)
        return tuple(item for item in seen if wanted(item))

    def wait(self, wanted: Callable[[T], bool], count: int, timeout: float) -> tuple[T, ...]:
        """Return the accepted items once there are `count` of them.

        Raises NotSeenError after `timeout` seconds.
        """
        found: list[T] = []

        def enough() -> bool:
            found[:] = [item for item in self._seen if wanted(item)]
            return len(found) >= count

        with self._changed:
            if not self._changed.wait_for(enough, timeout):
                raise NotSeenError(f"saw {len(found)} of {count} within {timeout:g} s")
        return tuple(found)
