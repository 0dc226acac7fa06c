"""The fixed ticks, on APScheduler: late ones still run, missed ones run once, none overlaps.

APScheduler goes by the time of day. When a clock that ran ahead is set right, its next ticks lie
where they were put, and nothing would happen until it is as late again; so somebody who goes by the
clock that nobody can set looks on, and has them planned anew.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

log = structlog.get_logger(__name__)

MISFIRE_GRACE = 3600
"""Seconds a tick may be late and still run. APScheduler's default of 1 s makes a process that was
suspended (a laptop's lid, a stopped container) skip its ticks."""
_LOOK = 1.0
"""Seconds between two looks at whether the clocks have parted."""
_PARTED = 2.0
"""Seconds by which they must have: what a time server corrects is far less."""

Tick = Callable[[], Awaitable[None]]


class Every(BaseTrigger):  # type: ignore[misc]  # it has no types
    """Fires again and again, and not at all for the time that was missed.

    APScheduler's own interval names every moment that was missed, one by one: a clock that is set
    ten days ahead stops the loop for half a minute while the seconds of those days are walked.
    """

    def __init__(self, seconds: float) -> None:
        self._pause = timedelta(seconds=seconds)

    def __str__(self) -> str:
        return f"every {self._pause.total_seconds():g} s"

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        """Return the moment after `previous`, one that lies ahead."""
        following = (previous or now) + self._pause
        return following if following > now else now + self._pause


class Ticks:
    """A handful of jobs that only wake the stages; never one job per source."""

    def __init__(self, time_of_day: Callable[[], float] = time.time) -> None:
        """Prepare; `time_of_day` gives seconds on the clock that APScheduler goes by."""
        logging.getLogger("apscheduler").setLevel(logging.WARNING)
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={
                "coalesce": True,
                "misfire_grace_time": MISFIRE_GRACE,
                "max_instances": 1,
            },
        )
        self._time_of_day = time_of_day
        self._jobs: dict[str, float] = {}
        self._looking: asyncio.Task[None] | None = None

    def every(self, seconds: float, name: str, tick: Tick) -> None:
        """Run `tick` every `seconds`, first after as many, once `start` is called."""

        async def run() -> None:
            # `stop` cancels a tick under way, which is no error to be reported.
            with contextlib.suppress(asyncio.CancelledError):
                try:
                    await tick()
                except (Exception, SystemExit):  # without its ticks everything would stand still
                    log.exception("a tick failed unexpectedly; the next one tries again", tick=name)

        self._jobs[name] = seconds
        self._scheduler.add_job(run, Every(seconds), id=name, name=name)

    def start(self) -> None:
        """Begin ticking on the running loop."""
        self._scheduler.start()
        self._looking = asyncio.create_task(self._follow_the_clock(self._apart()), name="ticks")

    def stop(self) -> None:
        """Tick no more; a tick under way is cut off."""
        if self._looking is not None:
            self._looking.cancel()
        self._scheduler.shutdown(wait=False)

    async def _follow_the_clock(self, apart: float) -> None:
        """Plan all ticks anew whenever the time of day was set."""
        while True:
            await asyncio.sleep(_LOOK)
            before, apart = apart, self._apart()
            if abs(apart - before) > _PARTED:
                for name, seconds in self._jobs.items():
                    self._scheduler.reschedule_job(name, trigger=Every(seconds))

    def _apart(self) -> float:
        """Return how far the time of day is from the clock that nobody can set."""
        return self._time_of_day() - time.monotonic()
