"""Ticks that come again, whatever one of them did."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from scheduler.ticks import Ticks


@pytest.mark.parametrize("fault", [OSError("the disk is full"), SystemExit(1)])
async def test_a_tick_that_fails_is_followed_by_the_next(fault: BaseException) -> None:
    came, enough = [0], asyncio.Event()

    async def tick() -> None:
        came[0] += 1
        if came[0] == 3:
            enough.set()
        raise fault

    ticks = Ticks()
    ticks.every(0.001, "work", tick)
    with capture_logs() as logs:
        ticks.start()
        async with asyncio.timeout(10):
            await enough.wait()
        ticks.stop()
    assert {(line["log_level"], line["tick"]) for line in logs} == {("error", "work")}


async def test_ticks_that_were_missed_come_once_and_none_overlaps() -> None:
    loop = asyncio.get_running_loop()
    began: list[float] = []
    late, enough = asyncio.Event(), asyncio.Event()

    async def tick() -> None:
        began.append(loop.time())
        if len(began) == 1:
            await late.wait()
        elif len(began) == 3:
            enough.set()

    ticks = Ticks()
    ticks.every(0.02, "work", tick)
    ticks.start()
    async with asyncio.timeout(10):
        while not began:  # noqa: ASYNC110  (the tick has no event to wait for)
            await asyncio.sleep(0)
        ready = loop.time() + 0.2
        while loop.time() < ready:  # noqa: ASYNC110  (ten ticks are missed meanwhile)
            await asyncio.sleep(0)
        assert len(began) == 1
        late.set()
        await enough.wait()
    ticks.stop()
    assert began[2] - began[1] >= 0.01


async def test_a_clock_that_was_set_back_does_not_stop_the_ticks() -> None:
    ahead = timedelta(days=1)
    ticked = asyncio.Event()

    async def tick() -> None:
        ticked.set()

    ticks = Ticks(lambda: time.time() + ahead.total_seconds())
    ticks.every(0.05, "work", tick)
    ticks.start()
    try:
        # What the clock had put there before it was set right.
        ticks._scheduler.modify_job("work", next_run_time=datetime.now(UTC) + ahead)
        ahead = timedelta(0)
        await asyncio.wait_for(ticked.wait(), 30)
    finally:
        ticks.stop()


async def test_a_clock_that_jumps_a_year_ahead_is_not_walked_second_by_second() -> None:
    async def tick() -> None: ...

    ticks = Ticks()
    ticks.every(1, "work", tick)
    ticks.start()
    (job,) = ticks._scheduler.get_jobs()
    times = job._get_run_times(datetime.now(UTC) + timedelta(days=365))
    ticks.stop()
    assert len(times) == 1
