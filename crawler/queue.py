"""What the crawler is asked to do next, taken from storage as capacity allows.

Storage is the queue: whatever is due there and not in flight here is work. So nothing is lost
when the process dies, new entries and retries need no second path, and memory stays bounded.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from core.articles import ArticleVisit
from core.clock import Clock
from core.errors import StorageError
from core.sources import Source, SourceKind, SourceState, TrackedEntry
from crawler.decide.look_budget import counts
from crawler.decide.revisits import next_visit
from crawler.further_looks import due_entries
from storage import Store

log = structlog.get_logger(__name__)

MAX_IN_FLIGHT = 2000
"""Most requests handed to Scrapy at once; each costs about 10 kB."""
MAX_PER_SOURCE = 16
"""Most articles of one source in flight, so that one long feed cannot fill the window."""
BACKLOG = 64
"""Most pending entries of one source read at a time; asking for each window costs as much again
as storing its articles."""
NEWEST_BEFORE_OLD = 3
"""Of more than a backlog, how many of the newest are fetched for one of those that wait longest."""
REST = timedelta(minutes=1)
"""How long a piece is left alone when its outcome could not be committed: it is still due in
storage, and would be asked of the outlet again and again while, say, the disk is full."""

LONGEST_IN_FLIGHT = 3600.0
"""Seconds after which a piece that never settled is handed out anew. A source's articles wait for
each other in a host's slot, a minute each if its robots.txt asks for that, and are 16 at most."""

Key = tuple[str, object]


@dataclass(frozen=True, slots=True)
class PollSource:
    """Look at a source for new entries."""

    source: Source
    state: SourceState

    @property
    def key(self) -> Key:
        """Identity while in flight."""
        return ("source", self.source.name)


@dataclass(frozen=True, slots=True)
class FetchEntry:
    """Fetch the article behind an entry."""

    source: Source
    tracked: TrackedEntry

    @property
    def key(self) -> Key:
        """Identity while in flight."""
        return ("entry", self.tracked.id)


@dataclass(frozen=True, slots=True)
class VisitArticle:
    """Look at a stored article again."""

    source: Source
    visit: ArticleVisit

    @property
    def key(self) -> Key:
        """Identity while in flight."""
        return ("visit", self.visit.article_id)


PageWork = FetchEntry | VisitArticle
Work = PollSource | PageWork


class WorkQueue:
    """Hands out due work, one piece at a time; every piece must be reported as `settled`.

    With `once`, the named sources are polled whether due or not, and the queue ends when they
    and the entries that are due have settled. Otherwise it ends when `close` is called.

    It lives on the event loop and needs no lock: one spider iterates over it, and between two
    awaits nothing else runs. Only `_due` runs in a thread, on what it is handed.
    """

    def __init__(
        self,
        store: Store,
        sources: Callable[[], Mapping[str, Source]],
        clock: Clock,
        *,
        once: Sequence[str] | None = None,
        follow: bool = True,
        ages: Sequence[timedelta] = (),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._ages = ages
        self._monotonic = monotonic
        self._sources = sources
        self._clock = clock
        self._once = None if once is None else set(once)
        self._only = None if once is None else frozenset(once)
        self._follow = follow
        self._ready: deque[Work] = deque()
        self._backlog: dict[str, deque[PageWork]] = {}
        self._look = True  # whether storage may hold work that was not there at the last look
        self._polled: set[str] = set()  # sources whose polls settled: they may have entries now
        self._more_polls = False  # whether the last look left due sources behind
        self._cut_short: set[str] = set()  # sources whose last look left entries behind
        self._in_flight: dict[Key, tuple[Work, float]] = {}
        self._resting: dict[Key, datetime] = {}
        self._entries_of: Counter[str] = Counter()
        self._wake = asyncio.Event()
        self._drained = asyncio.Event()
        self._idle = asyncio.Event()
        self._closed = False

    @property
    def in_flight(self) -> int:
        """How many pieces are handed out and not settled."""
        return len(self._in_flight)

    @property
    def overdue(self) -> tuple[Work, ...]:
        """The pieces that were handed out so long ago that nobody can be at work on them."""
        latest = self._monotonic() - LONGEST_IN_FLIGHT
        return tuple(work for work, since in self._in_flight.values() if since < latest)

    def wake(self) -> None:
        """Look at storage again: something may be due."""
        self._look = True
        self._idle.clear()
        self._wake.set()

    def close(self) -> None:
        """Hand out nothing more; what was loaded and not handed out stays due in storage."""
        self._closed = True
        self._drop_ready()
        self._wake.set()

    async def idle(self) -> None:
        """Wait until storage holds nothing due and nothing is in flight."""
        await self._idle.wait()

    async def drained(self) -> None:
        """Wait until nothing is in flight."""
        while self._in_flight:  # in a loop: more may have been handed out before we run again
            self._drained.clear()
            await self._drained.wait()

    def settled(self, work: Work) -> None:
        """Take note that a piece is done and what came of it is committed."""
        self._forget(work)
        if isinstance(work, PollSource):
            # Not a look at everything: with 2,000 sources due, that would cost 20 ms a poll.
            self._polled.add(work.source.name)
            # What was read before the poll is due still; what the poll brought may be newer.
            self._backlog.pop(work.source.name, None)
            if self._more_polls and len(self._in_flight) <= MAX_IN_FLIGHT // 2:
                self._look = True
            self._idle.clear()
            self._wake.set()
        # Refill when half of a source's window is free, not at every article.
        elif self._entries_of[work.source.name] <= MAX_PER_SOURCE // 2:
            self._wake.set()

    def hand_back(self, work: Work) -> None:
        """Take note that what came of a piece could not be committed; it rests for a while."""
        # Before it settles: that may wake a look at storage, where it is still due.
        self._resting[work.key] = self._clock() + REST
        self.settled(work)

    def _drop_ready(self) -> None:
        self._backlog.clear()
        while self._ready:
            self._forget(self._ready.pop())

    def _forget(self, work: Work) -> None:
        if work.key not in self._in_flight:
            return
        del self._in_flight[work.key]
        if isinstance(work, PageWork):
            self._entries_of[work.source.name] -= 1
        if not self._in_flight:
            self._drained.set()
            self._wake.set()  # so that it is noticed when there is nothing more to do

    def __aiter__(self) -> WorkQueue:
        return self

    async def __anext__(self) -> Work:
        while True:
            if self._closed:
                self._drop_ready()  # a load may have been under way when we were closed
                raise StopAsyncIteration
            self._refill()
            named = self._polled | (self._cut_short - self._backlog.keys())
            if (self._look or named) and len(self._in_flight) < MAX_IN_FLIGHT:
                # Before the look, not after: who calls `wake` during it asks for another.
                everything, self._look = self._look, False
                self._polled.clear()
                await self._load(None if everything else named)
                continue
            if self._ready:
                return self._ready.popleft()
            if self._once is not None and not self._in_flight:
                raise StopAsyncIteration
            if not self._in_flight:
                self._idle.set()
            # Nothing ran since the state was looked at above, so no call to wake us is lost.
            self._wake.clear()
            await self._wake.wait()

    def _refill(self) -> None:
        """Make work of what was read, as far as each source's share reaches."""
        sources = self._sources()
        for name in list(self._backlog):
            waiting = self._backlog[name]
            if name not in sources:  # it left the configuration
                waiting.clear()
            while waiting and self._has_room(name):
                self._take(waiting.popleft())
            if not waiting:
                del self._backlog[name]

    def _has_room(self, name: str) -> bool:
        return len(self._in_flight) < MAX_IN_FLIGHT and self._entries_of[name] < MAX_PER_SOURCE

    def _take(self, work: Work) -> None:
        self._in_flight[work.key] = work, self._monotonic()
        if isinstance(work, PageWork):
            self._entries_of[work.source.name] += 1
        self._ready.append(work)

    async def _load(self, named: set[str] | None) -> None:
        """Read what is due and not in flight: sources to poll, and pages for the backlog.

        With `named`, only the pages of these sources.
        """
        for work in self.overdue:  # it is due in storage still, and handed out again
            log.error("work never came to an end", source=work.source.name, kind=work.key[0])
            self._forget(work)
        now = self._clock()
        self._resting = {
            # One that ends later was set by a clock that has been set back since.
            key: until
            for key, until in self._resting.items()
            if now < until <= now + REST
        }
        # Copies: what settles while storage is read was due at that time, and would come twice.
        taken = frozenset(self._in_flight.keys() | self._resting.keys())
        supplied = frozenset(self._backlog)
        sources = self._sources()
        try:
            polls, pages = await asyncio.to_thread(self._due, sources, now, taken, supplied, named)
        except StorageError as error:
            if self._once is not None:
                raise
            log.error("due work cannot be read; trying again soon", error=str(error))
            self._cut_short.clear()  # the next tick looks everywhere
            return
        if named is None:
            self._more_polls = len(polls) + len(taken) >= MAX_IN_FLIGHT
        for poll in polls[: MAX_IN_FLIGHT - len(self._in_flight)]:
            self._take(poll)
            if self._once is not None:
                self._once.discard(poll.source.name)
        if named is None:
            self._cut_short &= supplied
        else:  # of those with a backlog, the rest is read when that is used up
            self._cut_short -= named - supplied
            self._cut_short |= named & supplied
        for name, found in pages.items():
            self._backlog[name] = deque(found)
            if len(found) >= BACKLOG:
                self._cut_short.add(name)

    def _due(
        self,
        sources: Mapping[str, Source],
        now: datetime,
        taken: frozenset[Key],
        supplied: frozenset[str],
        named: set[str] | None,
    ) -> tuple[list[PollSource], dict[str, list[PageWork]]]:
        """Read storage. Runs in a thread, so it changes nothing here.

        `_once`, which it reads, is changed by `_load` alone, which waits for it.
        """
        polls = [
            PollSource(sources[state.name], state)
            for state in (self._due_states(now) if named is None else ())
            if state.name in sources
        ]
        if not self._follow:
            return [poll for poll in polls if poll.key not in taken], {}
        waiting = named or [
            *self._store.sources_with_pending(now),
            *self._store.sources_with_visits(now),
        ]
        pages: dict[str, list[PageWork]] = {}
        for name in dict.fromkeys(waiting):
            known = name in sources and (self._only is None or name in self._only)
            if known and name not in supplied:
                pages[name] = self._due_pages(sources[name], now, taken)
        return (
            [poll for poll in polls if poll.key not in taken],
            {name: found for name, found in pages.items() if found},
        )

    def _due_pages(self, source: Source, now: datetime, taken: frozenset[Key]) -> list[PageWork]:
        """Return new articles of a source to fetch, and, where these leave room, old ones.

        None of a channel: its posts are read where they are found, at its next poll.
        """
        if source.kind is SourceKind.TELEGRAM:
            return []
        # Those in flight or at rest are still pending in storage, so ask for as many more.
        limit = BACKLOG + len(taken)
        held = {number for kind, number in taken if kind == "entry" and isinstance(number, int)}
        pending = due_entries(self._store, source.name, now, limit, held, self._page_visit)
        if len(pending) >= limit:  # there are more: the newest go first, and the oldest in turn
            newest = self._store.pending_entries(now, limit, source=source.name, newest=True)
            first_looks = [tracked for tracked in newest if not counts(tracked)]
            pending = in_turn(first_looks, pending)[:limit]
        found: list[PageWork] = [FetchEntry(source, tracked) for tracked in pending]
        if len(found) < limit:
            visits = self._store.due_visits(now, limit - len(found), source.name)
            found += [VisitArticle(source, visit) for visit in visits]
        return [work for work in found if work.key not in taken]

    def _page_visit(self, changed_at: datetime) -> datetime | None:
        """Say when the page of an article made of its feed's words is looked at, now given up."""
        return next_visit(self._ages, changed_at, self._clock(), 0)

    def _due_states(self, now: datetime) -> list[SourceState]:
        if self._once is None:
            return self._store.due_sources(now, MAX_IN_FLIGHT)
        if not self._once:
            return []
        return [state for state in self._store.source_states() if state.name in self._once]


def in_turn(newest: Sequence[TrackedEntry], oldest: Sequence[TrackedEntry]) -> list[TrackedEntry]:
    """Return three of the newest, one of the oldest, and so on, each once.

    What was just published is not to wait for a backlog, and a backlog must come to its end.
    """
    order: dict[int, TrackedEntry] = {}
    old = iter(oldest)
    for number, entry in enumerate(newest, 1):
        order.setdefault(entry.id, entry)
        if number % NEWEST_BEFORE_OLD == 0 and (left := next(old, None)) is not None:
            order.setdefault(left.id, left)
    for left in old:  # of the newest there can be fewer: looks in turn are not among them
        order.setdefault(left.id, left)
    return list(order.values())
