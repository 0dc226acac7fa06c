"""What the crawler is asked to do next, taken from storage as capacity allows.

Storage is the queue: whatever is due there and not in flight here is work. So nothing is lost
when the process dies, new entries and retries need no second path, and memory stays bounded.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from core.clock import Clock
from core.sources import Source, SourceState, TrackedEntry
from storage import Store

MAX_IN_FLIGHT = 2000
"""Most requests handed to Scrapy at once; each costs about 10 kB."""
MAX_PER_SOURCE = 8
"""Most articles of one source in flight, so that one long feed cannot fill the window."""


@dataclass(frozen=True, slots=True)
class PollSource:
    """Look at a source for new entries."""

    source: Source
    state: SourceState

    @property
    def key(self) -> tuple[str, object]:
        """Identity while in flight."""
        return ("source", self.source.name)


@dataclass(frozen=True, slots=True)
class FetchEntry:
    """Fetch the article behind an entry."""

    source: Source
    tracked: TrackedEntry

    @property
    def key(self) -> tuple[str, object]:
        """Identity while in flight."""
        return ("entry", self.tracked.id)


Work = PollSource | FetchEntry


class WorkQueue:
    """Hands out due work, one piece at a time; every piece must be reported as `settled`.

    With `once`, the named sources are polled whether due or not, and the queue ends when they
    and the entries that are due have settled. Otherwise it ends when `close` is called.
    """

    def __init__(
        self,
        store: Store,
        sources: Callable[[], Mapping[str, Source]],
        clock: Clock,
        *,
        once: Sequence[str] | None = None,
        follow: bool = True,
    ) -> None:
        self._store = store
        self._sources = sources
        self._clock = clock
        self._once = None if once is None else set(once)
        self._only = None if once is None else frozenset(once)
        self._follow = follow
        self._ready: deque[Work] = deque()
        self._in_flight: set[tuple[str, object]] = set()
        self._entries_of: Counter[str] = Counter()
        self._wake = asyncio.Event()
        self._drained = asyncio.Event()
        self._closed = False

    @property
    def in_flight(self) -> int:
        """How many pieces are handed out and not settled."""
        return len(self._in_flight)

    def wake(self) -> None:
        """Look at storage again: something may be due."""
        self._wake.set()

    def close(self) -> None:
        """Hand out nothing more."""
        self._closed = True
        self._wake.set()

    async def drained(self) -> None:
        """Wait until nothing is in flight."""
        while self._in_flight:
            self._drained.clear()
            await self._drained.wait()

    def settled(self, work: Work) -> None:
        """Take note that a piece is done, whatever came of it."""
        self._in_flight.discard(work.key)
        if not self._in_flight:
            self._drained.set()
        if isinstance(work, FetchEntry):
            self._entries_of[work.source.name] -= 1
        # Refill when half of a source's window is free, not at every article.
        if not self._ready and (
            isinstance(work, PollSource)
            or self._entries_of[work.source.name] <= MAX_PER_SOURCE // 2
        ):
            self._wake.set()

    def __aiter__(self) -> WorkQueue:
        return self

    async def __anext__(self) -> Work:
        while True:
            if self._closed:
                raise StopAsyncIteration
            if self._ready:
                return self._ready.popleft()
            self._wake.clear()
            for work in await asyncio.to_thread(self._load):
                self._in_flight.add(work.key)
                if isinstance(work, FetchEntry):
                    self._entries_of[work.source.name] += 1
                self._ready.append(work)
            if self._ready:
                continue
            if self._once is not None and not self._in_flight:
                raise StopAsyncIteration
            await self._wake.wait()

    def _load(self) -> list[Work]:
        """Read what is due and not in flight. Runs in a thread; changes nothing here."""
        now = self._clock()
        room = MAX_IN_FLIGHT - len(self._in_flight)
        if room <= 0:
            return []
        sources = self._sources()
        found: list[Work] = []
        for state in self._due_states(sources):
            poll = PollSource(sources[state.name], state)
            if poll.key not in self._in_flight:
                found.append(poll)
        if not self._follow:
            return found[:room]
        for name in self._store.sources_with_pending(now):
            if name not in sources or (self._only is not None and name not in self._only):
                continue
            free = MAX_PER_SOURCE - self._entries_of[name]
            if free <= 0:
                continue
            # Those in flight are still pending in storage, so ask for as many more.
            pending = self._store.pending_entries(now, MAX_PER_SOURCE, source=name)
            fetches = [FetchEntry(sources[name], tracked) for tracked in pending]
            found += [one for one in fetches if one.key not in self._in_flight][:free]
        return found[:room]

    def _due_states(self, sources: Mapping[str, Source]) -> list[SourceState]:
        if self._once is None:
            due = self._store.due_sources(self._clock(), MAX_IN_FLIGHT)
            return [state for state in due if state.name in sources]
        wanted, self._once = self._once, set()
        if not wanted:
            return []
        states = self._store.source_states()
        return [state for state in states if state.name in wanted and state.name in sources]
