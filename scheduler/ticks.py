"""The fixed ticks: late ones still run, missed ones run once, none overlaps.

They go by the clock that nobody can set. By the time of day, a clock that ran ahead and was set
right would let nothing happen until it is as late again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger(__name__)

Tick = Callable[[], Awaitable[None]]


class Ticks:
    """A handful of jobs that only wake the stages; never one job per source."""

    def __init__(self) -> None:
        self._jobs: list[tuple[float, str, Tick]] = []
        self._tasks: list[asyncio.Task[None]] = []

    def every(self, seconds: float, name: str, tick: Tick) -> None:
        """Run `tick` every `seconds`, first after as many, once `start` is called."""
        self._jobs.append((seconds, name, tick))

    def start(self) -> None:
        """Begin ticking on the running loop."""
        self._tasks = [
            asyncio.create_task(_repeated(*job), name=f"tick {job[1]}") for job in self._jobs
        ]

    def stop(self) -> None:
        """Tick no more; a tick under way is cut off."""
        for task in self._tasks:
            task.cancel()


async def _repeated(seconds: float, name: str, tick: Tick) -> None:
    time = asyncio.get_running_loop().time
    due = time() + seconds
    while True:
        await asyncio.sleep(max(0.0, due - time()))
        try:
            await tick()
        except (Exception, SystemExit):  # without its ticks everything would stand still
            log.exception("a tick failed unexpectedly; the next one tries again", tick=name)
        due = max(due + seconds, time())
