"""Connections that do not hold on for ever: whoever asks, or reads, too slowly is let go.

uvicorn waits for the next request on a connection that it knows, and for nothing else: one that
sends a byte now and then, or reads one, would keep its place among those that are served.
"""

from __future__ import annotations

import asyncio
from typing import ClassVar
from weakref import WeakKeyDictionary

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle
from uvicorn.server import ServerState

MOST_WAITING = 64
"""Connections without a whole request that are kept. One more, and the one that has said nothing
for the longest is let go: who opens many and asks nothing shuts nobody else out."""


class PatientProtocol(H11Protocol):
    """HTTP/1.1 with a time for the whole of a request, and for taking what was sent."""

    _of_servers: ClassVar[WeakKeyDictionary[ServerState, dict[PatientProtocol, None]]] = (
        WeakKeyDictionary()
    )
    """Connections of each server that wait for a request, in the order in which they began to."""

    asked_within: ClassVar[float] = 20.0
    """Seconds from a request's first byte, or the connection, to its last."""
    taken_within: ClassVar[float] = 60.0
    """Seconds in which a reader makes room, when it has left us none."""

    _asking: asyncio.TimerHandle | None = None
    _taking: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._wait()
        self._asking = self.loop.call_later(self.asked_within, self._let_go)

    def data_received(self, data: bytes) -> None:
        """Take a piece of a request; once it is whole nothing more is waited for."""
        super().data_received(data)
        cycle: RequestResponseCycle | None = self.cycle
        whole = cycle is not None and not cycle.response_complete and not cycle.more_body
        if whole:
            self._waiting.pop(self, None)
        if whole and self._asking is not None:
            self._asking.cancel()
            self._asking = None
        elif not whole and self._asking is None:
            self._asking = self.loop.call_later(self.asked_within, self._let_go)

    def on_response_complete(self) -> None:
        """Begin to wait for the next request."""
        super().on_response_complete()
        if not self.transport.is_closing():
            self._wait()

    def pause_writing(self) -> None:
        """Wait for a reader that is behind, for a while."""
        super().pause_writing()
        self._taking = self.loop.call_later(self.taken_within, self._let_go)

    def resume_writing(self) -> None:
        """Go on writing to a reader that has made room."""
        if self._taking is not None:
            self._taking.cancel()
            self._taking = None
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        for timer in (self._asking, self._taking):
            if timer is not None:
                timer.cancel()
        self._waiting.pop(self, None)
        super().connection_lost(exc)

    @property
    def _waiting(self) -> dict[PatientProtocol, None]:
        return self._of_servers.setdefault(self.server_state, {})

    def _wait(self) -> None:
        waiting = self._waiting
        waiting[self] = None
        if len(waiting) > MOST_WAITING:
            longest = next(iter(waiting))
            del waiting[longest]
            longest._let_go()  # noqa: SLF001 - one of ours

    def _let_go(self) -> None:
        # What is left to send would be waited for, too.
        self.transport.abort()
