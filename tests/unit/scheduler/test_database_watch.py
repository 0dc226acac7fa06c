"""A database that is deleted under a daemon ends it; one that comes back does not."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from core.errors import StorageError
from scheduler.database_watch import LOOKS, stays_in_place


async def watched(looks: Iterator[bool], stop: asyncio.Event) -> None:
    async with asyncio.timeout(20):
        await stays_in_place(lambda: next(looks), stop, "sqlite:///w.db", look=0.001)


async def test_a_file_that_stays_away_is_an_error_that_names_it() -> None:
    looks = iter([True, *[False] * LOOKS])
    with pytest.raises(StorageError, match=r"sqlite:///w\.db was deleted or replaced"):
        await watched(looks, asyncio.Event())
    assert list(looks) == []


async def test_a_file_that_comes_back_in_time_is_none() -> None:
    stop = asyncio.Event()

    def seen() -> Iterator[bool]:
        for _ in range(2):
            yield from [False] * (LOOKS - 1)
            yield True
        stop.set()
        yield True

    await watched(seen(), stop)


async def test_a_daemon_that_is_told_to_stop_waits_for_no_look() -> None:
    stop = asyncio.Event()
    stop.set()
    await watched(iter([]), stop)
