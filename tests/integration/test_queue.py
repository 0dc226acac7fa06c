"""The crawler's queue on a real SQLite store: what is handed out, when, and what is not."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from core.clock import FixedClock
from core.errors import StorageError
from core.failures import FailureKind, FetchFailure
from core.source_polls import SourcePoll
from core.sources import (
    Entry,
    NextPoll,
    PollOutcome,
    Source,
    SourceKind,
    TrackedEntry,
)
from crawler.queue import MAX_PER_SOURCE, REST, FetchEntry, PollSource, Work, WorkQueue
from storage import Store, open_store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
BUSY = FetchFailure(FailureKind.HTTP, "HTTP 503", 503)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def store(sqlite_url: str, clock: FixedClock) -> Iterator[Store]:
    with open_store(sqlite_url, clock=clock) as opened:
        yield opened


def watch(store: Store, *names: str) -> dict[str, Source]:
    sources = {
        name: Source(name=name, kind=SourceKind.FEED, url=f"https://{name}.example/feed")
        for name in names
    }
    store.sync_sources(list(sources.values()))
    return sources


def after_poll(store: Store, source: str, entries: int = 0, again: datetime = LATER) -> None:
    """Note a poll of `source` that found so many entries."""
    urls = [f"https://{source}.example/{number}" for number in range(entries)]
    store.record_poll(
        SourcePoll(
            source=source,
            outcome=PollOutcome.OK,
            polled_at=NOW,
            next_poll=NextPoll(again, "a test"),
            entries=tuple(Entry(url=url) for url in urls),
        ),
        urls,
    )


def queue_of(
    store: Store,
    sources: Mapping[str, Source],
    clock: FixedClock,
    *,
    once: list[str] | None = None,
    follow: bool = True,
) -> WorkQueue:
    return WorkQueue(store, lambda: sources, clock, once=once, follow=follow)


async def take(queue: WorkQueue, count: int) -> list[Work]:
    async with asyncio.timeout(10):
        return [await anext(queue) for _ in range(count)]


async def is_waiting(queue: WorkQueue) -> asyncio.Task[Work]:
    """Return the task of a reader that found nothing to do."""
    task = asyncio.ensure_future(anext(queue))
    done, _ = await asyncio.wait({task}, timeout=0.3)
    assert not done, task.result()
    return task


def settle(store: Store, queue: WorkQueue, work: Work) -> None:
    """Finish a piece the way a spider does: commit, then report."""
    if isinstance(work, FetchEntry):
        store.fail_entry(work.tracked.id, BUSY, "a test")
    else:
        after_poll(store, work.source.name)
    queue.settled(work)


def rename_table(sqlite_url: str, name: str, to: str) -> None:
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as connection:
        connection.execute(f"ALTER TABLE {name} RENAME TO {to}")


async def test_due_sources_and_pending_entries_are_handed_out(
    store: Store, clock: FixedClock
) -> None:
    sources = watch(store, "due", "done")
    after_poll(store, "done", entries=2)
    due = await take(queue_of(store, sources, clock), 3)
    assert [work.source.name for work in due] == ["due", "done", "done"]
    assert isinstance(due[0], PollSource)
    assert {work.tracked.entry.url for work in due if isinstance(work, FetchEntry)} == {
        "https://done.example/0",
        "https://done.example/1",
    }


async def test_nothing_is_handed_out_twice_while_in_flight(store: Store, clock: FixedClock) -> None:
    sources = watch(store, "one")
    queue = queue_of(store, sources, clock)
    await take(queue, 1)
    queue.wake()
    waiting = await is_waiting(queue)
    queue.close()
    with pytest.raises(StopAsyncIteration):
        await waiting


async def test_what_settles_while_storage_is_read_is_not_handed_out_again(
    store: Store, clock: FixedClock
) -> None:
    class SlowStore(Store):
        """Lets the piece in flight settle between the reading of rows and their use."""

        def pending_entries(
            self,
            now: datetime,
            limit: int,
            source: str | None = None,
            *,
            newest: bool = False,
        ) -> list[TrackedEntry]:
            found = super().pending_entries(now, limit, source, newest=newest)
            for work in in_flight:
                settle(store, queue, work)
            in_flight.clear()
            return found

    sources = watch(store, "one")
    after_poll(store, "one", entries=1)
    slow = SlowStore(store._engine, clock)
    queue = queue_of(slow, sources, clock, once=["one"])
    in_flight: list[Work] = []
    polled, fetched = await take(queue, 2)
    assert isinstance(fetched, FetchEntry)
    in_flight.append(fetched)
    settle(store, queue, polled)
    async with asyncio.timeout(10):
        assert [work async for work in queue] == []


async def test_a_long_feed_takes_only_its_share(store: Store, clock: FixedClock) -> None:
    sources = watch(store, "long", "short")
    after_poll(store, "long", entries=100)
    after_poll(store, "short", entries=3)
    queue = queue_of(store, sources, clock)
    taken = await take(queue, MAX_PER_SOURCE + 3)
    assert Counter(work.source.name for work in taken) == {"long": MAX_PER_SOURCE, "short": 3}
    (await is_waiting(queue)).cancel()


async def test_a_share_is_filled_up_as_articles_settle(store: Store, clock: FixedClock) -> None:
    sources = watch(store, "long")
    after_poll(store, "long", entries=100)
    queue = queue_of(store, sources, clock)
    seen: set[object] = set()
    flying = await take(queue, MAX_PER_SOURCE)
    while len(seen) < 60:
        for work in flying:
            assert work.key not in seen
            seen.add(work.key)
            settle(store, queue, work)
        flying = await take(queue, MAX_PER_SOURCE)
        assert queue.in_flight == MAX_PER_SOURCE


async def test_every_entry_of_a_once_run_is_handed_out_and_then_it_ends(
    store: Store, clock: FixedClock
) -> None:
    sources = watch(store, "one", "other")
    after_poll(store, "one", entries=20)
    after_poll(store, "other", entries=20)
    queue = queue_of(store, sources, clock, once=["one"])
    seen = []
    async with asyncio.timeout(20):
        async for work in queue:
            seen.append(work)
            settle(store, queue, work)
    assert {work.source.name for work in seen} == {"one"}  # the other was not asked for
    assert isinstance(seen[0], PollSource)  # polled although it is not due
    assert len(seen) == 21


async def test_a_once_run_waits_for_what_a_poll_brings(store: Store, clock: FixedClock) -> None:
    sources = watch(store, "one")
    queue = queue_of(store, sources, clock, once=["one"])
    (poll,) = await take(queue, 1)
    waiting = await is_waiting(queue)
    after_poll(store, "one", entries=1)
    queue.settled(poll)
    async with asyncio.timeout(10):
        fetch = await waiting
    assert isinstance(fetch, FetchEntry)
    settle(store, queue, fetch)
    async with asyncio.timeout(10):
        assert [work async for work in queue] == []


async def test_a_once_run_does_not_repeat_an_entry_that_is_to_be_retried_later(
    store: Store, clock: FixedClock
) -> None:
    sources = watch(store, "one")
    after_poll(store, "one", entries=1)
    queue = queue_of(store, sources, clock, once=["one"])
    for work in await take(queue, 2):
        if isinstance(work, FetchEntry):
            store.retry_entry(work.tracked.id, BUSY, "busy", LATER)
        queue.settled(work)
    async with asyncio.timeout(10):
        assert [work async for work in queue] == []


async def test_a_once_run_that_does_not_follow_only_polls(store: Store, clock: FixedClock) -> None:
    sources = watch(store, "one")
    after_poll(store, "one", entries=3)
    queue = queue_of(store, sources, clock, once=["one"], follow=False)
    seen = []
    async with asyncio.timeout(10):
        async for work in queue:
            seen.append(work)
            queue.settled(work)
    assert [type(work) for work in seen] == [PollSource]


async def test_pending_entries_are_taken_up_again_after_a_restart(
    sqlite_url: str, store: Store, clock: FixedClock
) -> None:
    sources = watch(store, "one")
    after_poll(store, "one", entries=3)
    lost = await take(queue_of(store, sources, clock), 3)  # handed out, and the process dies
    with open_store(sqlite_url, clock=clock) as reopened:
        again = await take(queue_of(reopened, sources, clock), 3)
    assert {work.key for work in again} == {work.key for work in lost}


async def test_a_source_is_polled_again_when_its_time_has_come(
    store: Store, clock: FixedClock
) -> None:
    sources = watch(store, "one")
    queue = queue_of(store, sources, clock)
    (poll,) = await take(queue, 1)
    settle(store, queue, poll)
    waiting = await is_waiting(queue)
    clock.advance(timedelta(hours=2))
    queue.wake()
    async with asyncio.timeout(10):
        assert (await waiting).key == poll.key


async def test_a_source_that_left_the_configuration_is_not_polled(
    store: Store, clock: FixedClock
) -> None:
    sources = watch(store, "kept", "removed")
    after_poll(store, "removed", entries=3)
    del sources["removed"]
    queue = queue_of(store, sources, clock)
    assert [work.source.name for work in await take(queue, 1)] == ["kept"]
    (await is_waiting(queue)).cancel()


async def test_what_could_not_be_committed_rests_before_it_is_asked_for_again(
    store: Store, clock: FixedClock
) -> None:
    sources = watch(store, "one")
    queue = queue_of(store, sources, clock)
    (poll,) = await take(queue, 1)
    queue.hand_back(poll)
    assert queue.in_flight == 0
    waiting = await is_waiting(queue)
    clock.advance(REST)
    queue.wake()
    async with asyncio.timeout(10):
        assert (await waiting).key == poll.key


async def test_a_once_run_ends_although_nothing_can_be_committed(
    store: Store, clock: FixedClock
) -> None:
    sources = watch(store, "one")
    after_poll(store, "one", entries=30)
    queue = queue_of(store, sources, clock, once=["one"])
    seen = []
    async with asyncio.timeout(20):
        async for work in queue:
            seen.append(work.key)
            queue.hand_back(work)
    assert len(seen) == len(set(seen)) == 31


async def test_closing_ends_the_queue_and_leaves_only_what_was_handed_out(
    store: Store, clock: FixedClock
) -> None:
    sources = watch(store, "one")
    after_poll(store, "one", entries=5)
    queue = queue_of(store, sources, clock)
    (handed_out,) = await take(queue, 1)
    assert queue.in_flight == 5
    queue.close()
    assert queue.in_flight == 1
    with pytest.raises(StopAsyncIteration):
        await anext(queue)
    drained = asyncio.ensure_future(queue.drained())
    await asyncio.sleep(0)  # lets it begin
    assert not drained.done()
    settle(store, queue, handed_out)
    async with asyncio.timeout(10):
        await drained


async def test_closing_ends_a_reader_that_waits(store: Store, clock: FixedClock) -> None:
    queue = queue_of(store, {}, clock)
    waiting = await is_waiting(queue)
    queue.close()
    async with asyncio.timeout(10):
        with pytest.raises(StopAsyncIteration):
            await waiting


async def test_closing_while_storage_is_read_drops_what_is_found(
    store: Store, clock: FixedClock
) -> None:
    sources = watch(store, "one")
    queue = queue_of(store, sources, clock)
    reading = asyncio.ensure_future(anext(queue))
    await asyncio.sleep(0)  # lets it begin to read
    queue.close()
    async with asyncio.timeout(10):
        with pytest.raises(StopAsyncIteration):
            await reading
        await queue.drained()


async def test_a_database_that_is_away_for_a_moment_does_not_end_the_queue(
    sqlite_url: str, store: Store, clock: FixedClock
) -> None:
    sources = watch(store, "one")
    queue = queue_of(store, sources, clock)
    rename_table(sqlite_url, "entry", "away")
    waiting = await is_waiting(queue)
    rename_table(sqlite_url, "away", "entry")
    queue.wake()
    async with asyncio.timeout(10):
        assert (await waiting).source.name == "one"


async def test_a_once_run_reports_a_database_that_is_away(
    sqlite_url: str, store: Store, clock: FixedClock
) -> None:
    sources = watch(store, "one")
    rename_table(sqlite_url, "entry", "away")
    with pytest.raises(StorageError):
        await anext(queue_of(store, sources, clock, once=["one"]))


async def test_what_never_settles_is_handed_out_again_after_an_hour(
    store: Store, clock: FixedClock
) -> None:
    passed = [0.0]
    sources = watch(store, "a")
    queue = WorkQueue(store, lambda: sources, clock, monotonic=lambda: passed[0])
    first = await anext(queue)
    queue.wake()
    passed[0] = 3599.0
    again = asyncio.ensure_future(anext(queue))
    await asyncio.wait([again], timeout=0.2)
    assert not again.done()
    passed[0] = 3601.0
    assert [work.key for work in queue.overdue] == [first.key]
    queue.wake()
    async with asyncio.timeout(5):
        assert (await again).key == first.key
    assert queue.in_flight == 1


async def test_the_newest_do_not_wait_for_a_backlog(store: Store, clock: FixedClock) -> None:
    sources = watch(store, "a")
    after_poll(store, "a", entries=300)
    queue = WorkQueue(store, lambda: sources, clock)
    held = [await anext(queue) for _ in range(MAX_PER_SOURCE)]
    store.record_poll(
        SourcePoll(
            source="a", outcome=PollOutcome.OK, polled_at=NOW + timedelta(minutes=1),
            next_poll=NextPoll(LATER, "a test"), entries=(Entry(url="https://a.example/new"),),
        ),
        ["https://a.example/new"],
    )  # fmt: skip
    queue.settled(PollSource(sources["a"], store.source_states()[0]))
    for work in held[: MAX_PER_SOURCE // 2]:
        queue.settled(work)
    urls = [await anext(queue) for _ in range(MAX_PER_SOURCE // 2)]
    fetched = [work.tracked.entry.url for work in urls if isinstance(work, FetchEntry)]
    assert fetched[0] == "https://a.example/new"
    waits_longest = held[0]
    assert isinstance(waits_longest, FetchEntry)
    assert len(fetched) == len(set(fetched)) == MAX_PER_SOURCE // 2


async def test_looks_that_are_due_again_hide_no_entry_that_was_never_looked_at(
    store: Store, clock: FixedClock
) -> None:
    sources = watch(store, "a")
    after_poll(store, "a", entries=200)
    entries = store.pending_entries(NOW, 200)
    dead, first_looks = entries[100:], entries[:100]
    for entry in dead:
        store.retry_entry(
            entry.id, FetchFailure(FailureKind.HTTP, "HTTP 404", status=404), "HTTP 404", NOW
        )
    queue = queue_of(store, sources, clock)
    async with asyncio.timeout(10):
        handed_out = [await anext(queue) for _ in range(MAX_PER_SOURCE)]
    ids = {work.tracked.id for work in handed_out if isinstance(work, FetchEntry)}
    assert ids & {entry.id for entry in first_looks}
