"""Connections that do not hold on for ever: whoever asks, or reads, too slowly is let go.

uvicorn waits for the next request on a connection that it knows, and for nothing else: one that
sends a byte now and then, or reads one, would keep its place among those that are served.
"""

from __future__ import annotations

import asyncio
from typing import ClassVar

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle


class PatientProtocol(H11Protocol):
    """HTTP/1.1 with a time for the whole of a request, and for taking what was sent."""

    asked_within: ClassVar[float] = 20.0
    """Seconds from a request's first byte, or the connection, to its last."""
    taken_within: ClassVar[float] = 60.0
    """Seconds in which a reader makes room, when it has left us none."""

    _asking: asyncio.TimerHandle | None = None
    _taking: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._asking = self.loop.call_later(self.asked_within, self._let_go)

    def data_received(self, data: bytes) -> None:
        """Take a piece of a request; once it is whole nothing more is waited for."""
        super().data_received(data)
        cycle: RequestResponseCycle | None = self.cycle
        whole = cycle is not None and not cycle.response_complete and not cycle.more_body
        if whole and self._asking is not None:
            self._asking.cancel()
            self._asking = None
        elif not whole and self._asking is None:
            self._asking = self.loop.call_later(self.asked_within, self._let_go)

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
        super().connection_lost(exc)

    def _let_go(self) -> None:
        # What is left to send would be waited for, too.
        self.transport.abort()
