"""Whose page is made next: few at once, those of one client one after the other, in turns.

Making a page takes the processor that the daemon delivers with. A client that asks for hundreds at
once waits for its own pages, and nobody else for them.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import Enum

AT_ONCE = 3
"""Pages that are made at the same time: there is one interpreter for them and the daemon."""
OF_ONE = 2
"""Of those, pages of one client: beside one that takes seconds another tab goes on."""
WAITING_OF_ONE = 40
"""Requests of one client that wait: what a few tabs ask for when they are opened together."""
WAITING = 200
RETRY_AFTER = 5
"""Seconds after which who was refused may come again."""


class Refusal(Enum):
    """Why a request gets no turn: the status that it is answered with."""

    TOO_MANY_OF_ONE = 429
    TOO_MANY = 503


class NoTurnError(Exception):
    """So many wait that another one would wait too long."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.name)
        self.refusal = refusal


class Turns:
    """Lets clients take turns; lives in one loop."""

    def __init__(
        self,
        *,
        at_once: int = AT_ONCE,
        of_one: int = OF_ONE,
        waiting_of_one: int = WAITING_OF_ONE,
        waiting: int = WAITING,
    ) -> None:
        self._at_once = at_once
        self._of_one = of_one
        self._most_of_one = waiting_of_one
        self._most = waiting
        self._running: dict[str, int] = {}
        self._queues: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        """Who waits, by client; the client whose turn comes next stands first."""

    @asynccontextmanager
    async def turn(self, client: str) -> AsyncIterator[None]:
        """Wait for a turn, and hold it. Raises NoTurnError."""
        await self._begin(client)
        try:
            yield
        finally:
            self._end(client)

    async def _begin(self, client: str) -> None:
        if client not in self._queues and self._has_room(client):
            self._take(client)
            return
        if len(self._queues.get(client, ())) >= self._most_of_one:
            raise NoTurnError(Refusal.TOO_MANY_OF_ONE)
        if sum(map(len, self._queues.values())) >= self._most:
            raise NoTurnError(Refusal.TOO_MANY)
        called: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queues.setdefault(client, deque()).append(called)
        try:
            await called
        except asyncio.CancelledError:
            if called.done() and not called.cancelled():
                self._end(client)  # called at the very moment that it left
            else:
                self._leave(client, called)
            raise

    def _has_room(self, client: str) -> bool:
        return (
            sum(self._running.values()) < self._at_once
            and self._running.get(client, 0) < self._of_one
        )

    def _take(self, client: str) -> None:
        self._running[client] = self._running.get(client, 0) + 1

    def _end(self, client: str) -> None:
        self._running[client] -= 1
        if not self._running[client]:
            del self._running[client]
        self._call()

    def _call(self) -> None:
        """Call whoever has room now, the clients in turns."""
        for client in list(self._queues):
            if not self._has_room(client):
                continue
            queue = self._queues[client]
            while queue and queue[0].done():  # it left, and has not come to say so
                queue.popleft()
            called = queue.popleft() if queue else None
            if queue:
                self._queues.move_to_end(client)
            else:
                del self._queues[client]
            if called is not None:
                self._take(client)
                called.set_result(None)

    def _leave(self, client: str, called: asyncio.Future[None]) -> None:
        queue = self._queues.get(client)
        if queue is not None and called in queue:
            queue.remove(called)
            if not queue:
                del self._queues[client]
