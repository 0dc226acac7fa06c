"""Keeps a part of a process going: one that ends unasked begins again after a pause."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

PAUSES = (1.0, 5.0, 15.0, 60.0)
"""Seconds before a part begins again, the last repeated: what broke it may pass, and must not keep
a processor busy meanwhile."""
SOUND_AFTER = 300.0
"""Seconds after which a part that ends counts as ended for the first time."""

Ended = Callable[[str, float], None]
"""Hears how a part ended, without what may be secret in it, and in how many seconds it begins
again."""


async def kept_going(
    run: Callable[[], Awaitable[None]],
    stop: asyncio.Event,
    on_end: Ended,
    *,
    pauses: tuple[float, ...] = PAUSES,
) -> None:
    """Run `run` until `stop` is set, again whenever it ends before. A cancellation ends this."""
    ends = 0
    while not stop.is_set():
        began = time.monotonic()
        how = await _end_of(run)
        if stop.is_set():
            return
        ends = 1 if time.monotonic() - began >= SOUND_AFTER else ends + 1
        pause = pauses[min(ends, len(pauses)) - 1]
        on_end(how, pause)
        try:
            async with asyncio.timeout(pause):
                await stop.wait()
        except TimeoutError:
            pass  # the pause is over


async def _end_of(run: Callable[[], Awaitable[None]]) -> str:
    """Run to the end, whatever it is, and return it in a word."""
    try:
        await run()
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        return "it was cancelled"
    except (Exception, SystemExit) as error:  # of a library that would end the whole process
        return type(error).__name__
    return "it came to an end by itself"
