"""Tells open pages what came, as server-sent events: one look at the database for all of them."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from core.alerting.alerts import AlertState
from core.errors import StorageError
from desk import overview
from desk.people import DeskSession
from web.frame import shown_count
from web.visit import Door

LOOK_EVERY = 2.0
"""Seconds between looks, while somebody looks on."""
BEAT_EVERY = 15.0
"""Seconds after which a proxy would take silence for an end."""
MOST_STREAMS = 200
MOST_OF_ONE = 20
"""Streams of one session: hidden tabs let go of theirs."""
T = TypeVar("T")
log = structlog.get_logger(__name__)
_HEADERS = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class _Look:
    """What a look found."""

    newest: str
    open: int
    blind: int


class Live:
    """Streams to open pages. Ends them all when told, so that the server can stop."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._changed = asyncio.Condition()
        self._latest: _Look | None = None
        self._streams: Counter[str] = Counter()
        self._looking: asyncio.Task[None] | None = None
        self._stopped = asyncio.Event()

    async def stream(self, request: Request) -> Response:
        """Answer a page that wants to hear."""
        session = await self._session(request)
        if session is None:
            return PlainTextResponse("Log in first.", 401)
        full = self._streams.total() >= MOST_STREAMS or self._streams[session.id] >= MOST_OF_ONE
        if full or self._stopped.is_set():
            return PlainTextResponse("Too many pages are open.", 503, {"Retry-After": "60"})
        return StreamingResponse(
            self._events(request, session.id), media_type="text/event-stream", headers=_HEADERS
        )

    async def count(self, request: Request) -> Response:
        """Answer how many stories came since a moment, for the pill above the list."""
        if await self._session(request) is None:
            return PlainTextResponse("Log in first.", 401)
        try:
            since = datetime.fromisoformat(request.query_params.get("after", ""))
            found = await self._in_thread(lambda: self._count(since))
        except (ValueError, StorageError):
            return PlainTextResponse("0")
        return PlainTextResponse(str(found))

    def stop(self) -> None:
        """End all streams."""
        self._stopped.set()

    async def _events(self, request: Request, session: str) -> AsyncIterator[str]:
        self._streams[session] += 1
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_on(), name="web-live")
        seen: _Look | None = None
        quiet = unchecked = 0.0
        try:
            yield "retry: 5000\n\n"
            while not self._stopped.is_set() and not await request.is_disconnected():
                if unchecked >= BEAT_EVERY:
                    unchecked = 0.0
                    if await self._session(request) is None:
                        return  # logged out meanwhile
                if self._latest is not None and self._latest != seen:
                    seen, quiet = self._latest, 0.0
                    said = {
                        "newest": seen.newest,
                        "open": shown_count(seen.open),
                        "blind": seen.blind,
                    }
                    yield f"event: look\ndata: {json.dumps(said)}\n\n"
                elif quiet >= BEAT_EVERY:
                    quiet = 0.0
                    yield "event: beat\ndata: {}\n\n"
                quiet += LOOK_EVERY
                unchecked += LOOK_EVERY
                async with self._changed:
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._changed.wait(), LOOK_EVERY)
        finally:
            self._streams[session] -= 1
            self._streams += Counter()  # forgets those that have none

    async def _look_on(self) -> None:
        while self._streams.total() and not self._stopped.is_set():
            try:
                self._latest = await self._in_thread(self._look)
            except Exception as error:
                # Pages hear nothing until it goes well, and say by themselves how old they are.
                log.warning("nothing_new_is_told", error=str(error))
            async with self._changed:
                self._changed.notify_all()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), LOOK_EVERY)

    def _look(self) -> _Look:
        desk = self._door.desk
        newest = desk.store.newest_alert_at()
        return _Look(
            newest=newest.isoformat() if newest else "",
            open=overview.open_count(desk),
            blind=len(overview.lost_sources(desk)),
        )

    def _count(self, since: datetime) -> int:
        return self._door.desk.store.case_count(list(AlertState), after=since)

    async def _session(self, request: Request) -> DeskSession | None:
        return await self._in_thread(lambda: self._door.session(request))

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await self._door.in_thread(work)
