"""Parts that are kept going."""

from __future__ import annotations

import asyncio

import pytest

from core.restarts import kept_going


class Part:
    """A part that ends in one way after the other, and then works until it is stopped."""

    def __init__(self, stop: asyncio.Event, *ends: BaseException | None) -> None:
        self.stop, self.ends = stop, list(ends)
        self.said: list[tuple[str, float]] = []
        self.works = asyncio.Event()

    async def run(self) -> None:
        if self.ends:
            end = self.ends.pop(0)
            if end is not None:
                raise end
            return
        self.works.set()
        await self.stop.wait()

    def say(self, how: str, pause: float) -> None:
        self.said.append((how, pause))

    def kept(self, *pauses: float) -> asyncio.Task[None]:
        return asyncio.create_task(kept_going(self.run, self.stop, self.say, pauses=pauses))


async def test_a_part_begins_again_however_it_ends_and_says_so() -> None:
    stop = asyncio.Event()
    ends = (OSError("no"), SystemExit(1), asyncio.CancelledError(), None)
    part = Part(stop, *ends)
    kept = part.kept(0.0, 0.001)
    async with asyncio.timeout(10):
        await part.works.wait()
        stop.set()
        await kept
    assert part.said == [
        ("OSError", 0.0),
        ("SystemExit", 0.001),
        ("it was cancelled", 0.001),
        ("it came to an end by itself", 0.001),
    ]


async def test_a_stop_does_not_wait_for_a_pause_to_end() -> None:
    stop = asyncio.Event()
    part = Part(stop, ValueError())
    kept = part.kept(3600.0)
    async with asyncio.timeout(10):
        while not part.said:  # noqa: ASYNC110  (it says so on this loop)
            await asyncio.sleep(0)
        stop.set()
        await kept
    assert not part.works.is_set()


async def test_a_part_whose_keeper_is_cancelled_does_not_begin_again() -> None:
    part = Part(asyncio.Event())
    kept = part.kept(0.0)
    await part.works.wait()
    kept.cancel()
    with pytest.raises(asyncio.CancelledError):
        await kept
    assert part.said == []
