"""When one receiver may be sent something. Pure: times in, times out.

Two things hold a delivery worker back. A token bucket keeps to what the receiver takes in a second,
so that a backlog never meets a 429. A circuit breaker leaves a receiver alone that fails again and
again: what waits for it spends no attempts meanwhile, and one delivery at a time finds out whether
it is back. The pattern is Nygard's ("Release It!", 2007), with half-open probes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from alerts.receivers.protocol import Rate
from core.alerting.deliveries import AttemptOutcome
from core.retry_after import LONGEST_RETRY_AFTER

OPENS_AFTER = 3
"""Failures in a row, of whatever deliveries, after which the receiver and not one alert is at
fault."""
PROBES = (
    timedelta(seconds=5),
    timedelta(seconds=15),
    timedelta(minutes=1),
    timedelta(minutes=2),
    timedelta(minutes=5),
)
"""Pauses before the first probe and the following ones; the last is repeated."""


WAITED_LONG = timedelta(minutes=10)
"""What is due for so long is overdue: nobody would call it held back by a busy minute."""
OVERDUE_TURN = 5
"""Every fifth message is what is overdue for longest, whatever its level. Were all that is overdue
sent first, a backlog would hold back what matters, as if there were no levels; were it never, a day
of high alerts would hold back a low one for as long. So either costs the other little: what is high
waits for one message more, and what is low gets a fifth of what the receiver takes."""


@dataclass(slots=True)
class Turns:
    """Shares a receiver's messages out: by level, but no level waits for ever."""

    _taken: int = 0

    def overdue_since(self, now: datetime) -> datetime | None:
        """Return by when what is due goes first, whatever its level; None: levels decide."""
        last = self._taken % OVERDUE_TURN == OVERDUE_TURN - 1
        return now - WAITED_LONG if last else None

    def take(self) -> None:
        """Take note that a message was claimed."""
        self._taken += 1


@dataclass(slots=True)
class TokenBucket:
    """Spreads messages so that any `burst` + n of them take at least n times the pause."""

    rate: Rate
    _full_at: float = field(default=float("-inf"))

    def free_at(self, now: float) -> float:
        """Return the time, in seconds of the same clock as `now`, of the next message."""
        return max(now, self._full_at - (self.rate.burst - 1) * self.rate.seconds)

    def take(self, now: float) -> None:
        """Take note that a message was sent."""
        self._full_at = max(self._full_at, now) + self.rate.seconds


@dataclass(slots=True)
class Breaker:
    """Knows whether a receiver is to be left alone."""

    _failures: int = 0
    _probes: int = 0
    _closed_until: datetime | None = None
    _noted_at: datetime | None = None
    since: datetime | None = None
    """Since when it failed without a break; None while it works."""

    def free_at(self, now: datetime) -> datetime:
        """Return when something may be sent."""
        return max(now, self._closed_until) if self._closed_until else now

    def keep_up(self, now: datetime) -> None:
        """Count a pause from `now` if it began later: the clock was set back meanwhile."""
        if self._noted_at is None or now >= self._noted_at:
            return
        back = self._noted_at - now
        self._noted_at = now
        self.since = min(self.since, now) if self.since else None
        self._closed_until = self._closed_until - back if self._closed_until else None

    def note(
        self, outcome: AttemptOutcome, now: datetime, retry_after: float | None = None
    ) -> None:
        """Take note of an attempt that ended at `now`.

        A refusal for good is about one message, or needs a person; either way the receiver answers.
        A pause that the receiver asked for holds for everything that waits for it.
        """
        self._noted_at = now
        if outcome is not AttemptOutcome.TRANSIENT:
            self._failures = self._probes = 0
            self._closed_until = self.since = None
            return
        self._failures += 1
        self.since = self.since or now
        if self._failures >= OPENS_AFTER:
            pause = PROBES[min(self._probes, len(PROBES) - 1)]
            self._probes += 1
            self._closed_until = now + pause
        if retry_after is not None:
            asked = now + min(timedelta(seconds=retry_after), LONGEST_RETRY_AFTER)
            self._closed_until = max(self._closed_until or asked, asked)
