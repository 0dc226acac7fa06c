"""The fixed ticks, on APScheduler: late ones still run, missed ones run once, none overlaps."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC

from apscheduler.schedulers.asyncio import AsyncIOScheduler

MISFIRE_GRACE = 3600
"""Seconds a tick may be late and still run. APScheduler's default of 1 s makes a process that was
suspended (a laptop's lid, a stopped container) skip its ticks."""


class Ticks:
    """A handful of jobs that only wake the stages; never one job per source."""

    def __init__(self) -> None:
        logging.getLogger("apscheduler").setLevel(logging.WARNING)
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={
                "coalesce": True,
                "misfire_grace_time": MISFIRE_GRACE,
                "max_instances": 1,
            },
        )

    def every(self, seconds: float, name: str, tick: Callable[[], Awaitable[None]]) -> None:
        """Run `tick` every `seconds` on the loop that `start` is called on."""

        async def run() -> None:
            # `stop` cancels a tick under way, which is no error to be reported.
            with contextlib.suppress(asyncio.CancelledError):
                await tick()

        self._scheduler.add_job(run, "interval", seconds=seconds, id=name, name=name)

    def start(self) -> None:
        """Begin ticking on the running loop."""
        self._scheduler.start()

    def stop(self) -> None:
        """Tick no more."""
        self._scheduler.shutdown(wait=False)
