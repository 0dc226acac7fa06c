"""Whether the database is still where it was: a deleted file takes what is written with it.

SQLite goes on writing to a file that has no name any more, and nothing fails. So the daemon looks
now and then, and ends when the file stays away: whoever starts it again says what is wrong.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from core.errors import StorageError

LOOK = 10.0
"""Seconds between two looks."""
LOOKS = 6
"""Looks in a row that must find it away: a backup that swaps files takes less than a minute."""


async def stays_in_place(
    in_place: Callable[[], bool], stop: asyncio.Event, where: str, *, look: float = LOOK
) -> None:
    """Return when told to stop; raises StorageError when the database of `where` stays away."""
    away = 0
    while not stop.is_set() and away < LOOKS:
        try:
            async with asyncio.timeout(look):
                await stop.wait()
        except TimeoutError:
            away = 0 if await asyncio.to_thread(in_place) else away + 1
    if not stop.is_set():
        raise StorageError(
            f"the file of {where} was deleted or replaced: what is written now would be lost"
        )
