"""Notices that somebody set the clock: the time of day and the time that passed part company."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.clock import Clock

NOTABLE = timedelta(seconds=2)
"""From here on a step between two looks is somebody's doing; drift and a busy machine make less."""
AGAIN_AFTER = (5.0, 30.0, 120.0)
"""Seconds after which the schedule is mended again: what was under way when the clock was set
commits the times of before."""

Monotonic = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Reading:
    """Both clocks at one moment."""

    wall: datetime
    monotonic: float


def step_between(before: Reading, after: Reading) -> timedelta:
    """Return by how much the clock was set between two readings; negative when it was set back."""
    passed = timedelta(seconds=after.monotonic - before.monotonic)
    step = after.wall - before.wall - passed
    return step if abs(step) >= NOTABLE else timedelta(0)


class ClockWatch:
    """Compares the two clocks from look to look. Not for several threads at once."""

    def __init__(self, clock: Clock, monotonic: Monotonic = time.monotonic) -> None:
        self._clock = clock
        self._monotonic = monotonic
        self._last = self._read()
        self._due: list[float] = []

    def look(self) -> timedelta:
        """Return by how much the clock was set since the last look."""
        reading = self._read()
        step = step_between(self._last, reading)
        self._last = reading
        if step < timedelta(0):
            self._due = [reading.monotonic + pause for pause in (0.0, *AGAIN_AFTER)]
        return step

    def to_be_mended(self) -> bool:
        """Tell whether what a clock that ran ahead wrote is to be mended now."""
        return bool(self._due) and self._due[0] <= self._monotonic()

    def mended(self) -> None:
        """Take note that it was. Until then it is to be: the database may have been away."""
        now = self._monotonic()
        self._due = [moment for moment in self._due if moment > now]

    def _read(self) -> Reading:
        return Reading(self._clock(), self._monotonic())
