"""Look-ups of names, in threads that no other work needs.

The system's resolver waits for half a minute for a name server that says nothing, and cannot be
stopped. In a pool that all share, as asyncio and Twisted have it, a few such names are enough, and
nobody else finds a thread. Here each look-up has a thread for itself, within bounds, and who has
answered before never waits for those who do not.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

MOST = {"answering": 16, "unknown": 512, "silent": 128}
"""Threads for look-ups, by what is known of the name."""
SILENT_AFTER = 2.0
"""Seconds a look-up takes at least of a name that counts as silent."""
_REMEMBERED = 10_000
_STACK = 1 << 20
"""Bytes of a thread's stack; the usual 8 MiB, 600 times, are more than some may take."""


class Lane(StrEnum):
    """What the last look-up of a name tells of the next."""

    ANSWERING = "answering"
    UNKNOWN = "unknown"
    SILENT = "silent"


Done = Callable[[bool, Any], object]
"""Hears, in some thread, whether a look-up worked, and its result or its error."""
Call = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class _LookUp:
    host: str
    call: Call
    done: Done


class NameLookups:
    """Runs look-ups, as many at once as the standing of their names allows."""

    def __init__(self, most: dict[str, int] | None = None) -> None:
        self._most = MOST if most is None else most
        self._lock = threading.Lock()
        self._standing: OrderedDict[str, Lane] = OrderedDict()
        self._running = dict.fromkeys(Lane, 0)
        self._waiting: dict[Lane, deque[_LookUp]] = {kind: deque() for kind in Lane}

    def start(self, host: str, call: Call, done: Done) -> None:
        """Have `call` look a name up, now or when there is a thread for it."""
        with self._lock:
            lane = self._standing.get(host, Lane.UNKNOWN)
            self._waiting[lane].append(_LookUp(host, call, done))
        self._next(lane)

    def _next(self, lane: Lane) -> None:
        """Begin what waits in a lane, as far as there are threads."""
        while True:
            with self._lock:
                if not self._waiting[lane] or self._running[lane] >= self._most[lane]:
                    return
                waiting = self._waiting[lane].popleft()
                self._running[lane] += 1
            try:
                _thread(partial(self._run, lane, waiting))
            except RuntimeError:  # no memory for a thread
                with self._lock:
                    self._running[lane] -= 1
                waiting.done(False, socket.gaierror(socket.EAI_MEMORY, "no thread for a look-up"))

    def _run(self, lane: Lane, looked_up: _LookUp) -> None:
        began, worked = time.monotonic(), True
        try:
            result = looked_up.call()
        except Exception as error:  # whoever asked hears of it
            worked, result = False, error
        quick = time.monotonic() - began < SILENT_AFTER
        with self._lock:
            self._running[lane] -= 1
            self._note(looked_up.host, _standing_after(worked, quick))
        with contextlib.suppress(RuntimeError):  # the loop that asked is gone
            looked_up.done(worked, result)
        self._next(lane)

    def _note(self, host: str, standing: Lane) -> None:
        self._standing.pop(host, None)
        self._standing[host] = standing
        if len(self._standing) > _REMEMBERED:
            self._standing.popitem(last=False)


def _standing_after(worked: bool, quick: bool) -> Lane:
    if not quick:
        return Lane.SILENT
    return Lane.ANSWERING if worked else Lane.UNKNOWN


def _thread(run: Callable[[], None]) -> None:
    """Start a thread that nobody waits for at the end."""
    before = threading.stack_size(_STACK)
    try:
        threading.Thread(target=run, name="look-up", daemon=True).start()
    finally:
        threading.stack_size(before)


LOOKUPS = NameLookups()
"""Those of this process: the bounds hold for all who ask."""


async def look_up(host: str, port: int) -> list[Any]:
    """Return what `socket.getaddrinfo` says of a host and a port. Raises what it raises."""
    loop = asyncio.get_running_loop()
    found: asyncio.Future[list[Any]] = loop.create_future()

    def settle(worked: bool, result: Any) -> None:
        if found.done():  # who asked went away
            return
        if worked:
            found.set_result(result)
        else:
            found.set_exception(result)

    LOOKUPS.start(
        host,
        lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM),
        lambda worked, result: loop.call_soon_threadsafe(settle, worked, result),
    )
    return await found


class LookupThreads:
    """The same for Twisted's resolver, which wants a pool of threads."""

    def callInThreadWithCallback(  # noqa: N802 - Twisted's interface
        self, done: Done, function: Callable[..., Any], host: str, *args: Any, **kwargs: Any
    ) -> None:
        """Call `function`, which looks `host` up, and tell `done` what came of it."""
        LOOKUPS.start(host, lambda: function(host, *args, **kwargs), done)
