"""What the daemon does again and again, as one table: each stage, how often, and what follows.

A stage looks at storage for what is due and commits what comes of it, so it may be run by itself,
at any time and twice. Stages wake each other; the periods are only the safety net.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from functools import partial

import structlog

from core.errors import StorageError
from scheduler.assembly import Assembly
from scheduler.stage_work import (
    Work,
    clean_up,
    dispatch_groups,
    do_due_work,
    feed_watchdog,
    follow_with_words,
    give_sign_of_life,
    look_at_the_clock,
    look_for_changed_files,
    look_for_flatlines,
    look_whether_all_goes_on,
    nothing_to_look_at,
    update_health,
)
from scheduler.ticks import Ticks

log = structlog.get_logger(__name__)


class Part(Enum):
    """What a stage may wake, apart from another stage."""

    CRAWL = "crawl"
    JUDGING = "judging"
    DELIVERY = "delivery"
    RELOAD = "reload"
    HEARTBEAT = "heartbeat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One line of the table."""

    name: str
    period: float
    """Seconds from one run to the next."""
    work: Work
    in_thread: bool = True
    """Whether `work` takes its time; the loop must not wait for storage."""
    fault: str | None = None
    """What is logged when storage fails; the next run tries again. None: storage is not asked."""
    wakes: Part | Stage | None = None
    """What has more to do when the work says so."""


DISPATCH = Stage(
    name="dispatch",
    period=1.0,
    work=dispatch_groups,
    fault="waiting alerts could not be dispatched",
    wakes=Part.DELIVERY,
)
SIGN_OF_LIFE = Stage(
    name="heartbeat", period=10.0, work=give_sign_of_life, fault="no sign of life could be stored"
)


def stage_table(*, watchdog: float | None = None, show: Work | None = None) -> tuple[Stage, ...]:
    """Return all stages in the order in which they start.

    `watchdog` is the seconds between signs of life that the service manager asks for, None when it
    asks for none. `show` shows where things stand to somebody who watches, None when nobody does.
    """
    stages = [
        Stage(
            name="crawl",
            period=1.0,
            work=nothing_to_look_at,
            in_thread=False,
            wakes=Part.CRAWL,
        ),
        Stage(
            name="clock",
            period=1.0,
            work=look_at_the_clock,
            fault="what a clock that ran ahead wrote could not be mended",
            wakes=Part.CRAWL,
        ),
        Stage(
            name="judge",
            period=5.0,
            work=nothing_to_look_at,
            in_thread=False,
            wakes=Part.JUDGING,
        ),
        Stage(
            name="deliver",
            period=5.0,
            work=nothing_to_look_at,
            in_thread=False,
            wakes=Part.DELIVERY,
        ),
        DISPATCH,
        Stage(
            name="work",
            period=5.0,
            work=do_due_work,
            fault="work on alerts could not be looked for",
            wakes=Part.DELIVERY,
        ),
        Stage(
            name="search",
            period=1.0,
            work=follow_with_words,
            fault="the index of words could not follow",
        ),
        Stage(name="configuration", period=2.0, work=look_for_changed_files, wakes=Part.RELOAD),
        SIGN_OF_LIFE,
    ]
    stages.append(
        Stage(
            name="outside",
            period=5.0,
            work=look_whether_all_goes_on,
            fault="whether all goes on is not known, so no heartbeat is sent",
            wakes=Part.HEARTBEAT,
        )
    )
    if watchdog is not None:
        stages.append(Stage(name="watchdog", period=watchdog, work=feed_watchdog, in_thread=False))
    stages += [
        Stage(
            name="flatlines",
            period=30.0,
            work=look_for_flatlines,
            fault="flatlines could not be looked for",
            wakes=DISPATCH,
        ),
        Stage(
            name="health",
            period=60.0,
            work=update_health,
            fault="sources could not be judged",
            wakes=DISPATCH,
        ),
        Stage(
            name="clean up",
            period=3600.0,
            work=clean_up,
            fault="old pages could not be cleaned up",
        ),
    ]
    if show is not None:
        stages.append(
            Stage(name="status", period=1.0, work=show, fault="where things stand is not known")
        )
    return tuple(stages)


class Stages:
    """Runs stages: each by itself when asked, all of them by the clock between start and stop."""

    def __init__(self, parts: Assembly, wake: Callable[[Part], Awaitable[None]]) -> None:
        """Prepare; `wake` wakes a part of the daemon."""
        self._parts = parts
        self._wake = wake
        self._ticks = Ticks()
        self.alerts = 0
        """Made by stages since the start."""

    def start(self, table: tuple[Stage, ...]) -> None:
        """Run every stage by its period, on the running loop."""
        for stage in table:
            self._ticks.every(stage.period, stage.name, partial(self.run, stage))
        self._ticks.start()

    def stop(self) -> None:
        """Start no stage any more."""
        self._ticks.stop()

    async def run(self, stage: Stage) -> None:
        """Run one stage once, and what it wakes. That storage failed is logged, not raised."""
        try:
            if stage.in_thread:
                found = await asyncio.to_thread(stage.work, self._parts)
            else:
                found = stage.work(self._parts)
        except StorageError as error:
            if stage.fault is None:
                raise
            log.error(stage.fault, error=str(error))
            return
        self.alerts += found.alerts
        if not found.more or stage.wakes is None:
            return
        if isinstance(stage.wakes, Stage):
            await self.run(stage.wakes)
        else:
            await self._wake(stage.wakes)
