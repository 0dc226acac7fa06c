"""The heartbeat to a watchman outside, who speaks up when it stays away: we died, hang or stall.

It goes out only while due polls, judgements and deliveries are done: what is silent about a fault
would be worse than none. The first goes out one pause after the start, so that a daemon that falls
over and over is not heard either.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from alerts.receivers.transport.ping import ping
from core.clock import Clock
from core.errors import StorageError
from core.network import NetworkPolicy
from scheduler.left_undone import left_undone
from scheduler.meters import HeartbeatOutcome, Meters

if TYPE_CHECKING:
    from core.config import WatchConfig
    from core.config.sections.heartbeat import HeartbeatSection
    from storage import Store

log = structlog.get_logger(__name__)


class OutsideWatch:
    """Knows when the next heartbeat is due, and sends it."""

    def __init__(self, clock: Clock, meters: Meters) -> None:
        self._clock = clock
        self._meters = meters
        self._last: datetime | None = None
        self._every: timedelta | None = None

    def may_send(self, store: Store, config: WatchConfig) -> bool:
        """Tell whether a heartbeat is due and deserved.

        Raises StorageError when nobody knows: then it is asked again, and what stays unsent for so
        long that the next one is due counts as withheld.
        """
        asked = config.heartbeat
        if asked is None or not self._is_due(asked):
            return False
        try:
            left = left_undone(store, config, self._clock())
        except StorageError:
            self._pass_over(asked)
            raise
        if not left:
            return True
        self._begin_anew(asked)
        self._meters.heartbeat(HeartbeatOutcome.WITHHELD)
        log.warning(
            "heartbeat withheld",
            undone=sorted({undone.work.kind.value for undone in left}),
        )
        return False

    async def send(self, config: WatchConfig) -> None:
        """Send a heartbeat. That nobody hears it is logged and counted, not raised."""
        asked = config.heartbeat
        if asked is None:  # it was taken out a moment ago
            return
        self._begin_anew(asked)
        policy = NetworkPolicy.from_texts(config.network.allow)
        fault = await ping(asked.url, policy, self._clock())
        outcome = HeartbeatOutcome.SENT if fault is None else HeartbeatOutcome.FAILED
        self._meters.heartbeat(outcome)
        if fault is not None:
            log.warning("heartbeat not heard", error=fault)

    def _is_due(self, asked: HeartbeatSection) -> bool:
        now = self._clock()
        if self._last is None:
            self._begin_anew(asked)  # a start proves nothing
            return False
        if self._every != asked.every or self._last > now:
            return True  # with another pause, or after a clock that was set back
        return now - self._last >= asked.every

    def _pass_over(self, asked: HeartbeatSection) -> None:
        """Count the heartbeat that is due as withheld, once the one after it is due, too."""
        if self._last is not None and self._clock() - self._last >= 2 * asked.every:
            self._last += asked.every
            self._meters.heartbeat(HeartbeatOutcome.WITHHELD)

    def _begin_anew(self, asked: HeartbeatSection) -> None:
        self._last, self._every = self._clock(), asked.every
