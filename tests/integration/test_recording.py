"""What is committed of an answer when something of it is not taken, or was not read."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from core.articles import FetchedPage
from core.clock import FixedClock
from core.config.watch import WatchConfig
from core.sources import (
    Entry,
    EntryStatus,
    PollOutcome,
    SkipKind,
    SkipReason,
    Source,
    SourceKind,
    Validators,
)
from crawler.context import keep_schedule
from crawler.counts import CrawlCounts
from crawler.discovery import SkippedEntry
from crawler.parse.article_reader import Reader
from crawler.parse.sandbox import Sandbox
from crawler.queue import FetchEntry, PollSource
from crawler.record.article_recording import ArticleRecording
from crawler.record.poll_facts import PollFacts
from crawler.record.poll_recording import PollRecording
from storage import Store, open_store
from tests.integration.empty_database import empty_database
from tests.integration.storage.samples import NOON

SOURCE = Source(name="kloop", kind=SourceKind.FEED, url="https://kloop.example/feed")
MOST = 20


class Desk:
    """A monitor of one source."""

    def __init__(self, store: Store, sandbox: Sandbox) -> None:
        self.store = store
        clock, crawl, counts = FixedClock(NOON), WatchConfig().crawl, CrawlCounts()
        self.polls = PollRecording(store, clock, keep_schedule, counts, MOST)
        self.articles = ArticleRecording(
            store, Reader(sandbox, crawl), crawl, clock, counts, lambda: None
        )
        store.sync_sources([SOURCE])

    def poll(self, count: int, *skipped: SkippedEntry) -> None:
        """Commit a poll whose document lists so many entries, the last the newest."""
        (state,) = self.store.source_states()
        entries = tuple(
            Entry(
                url=f"https://kloop.example/news/{n}-report.html",
                published_at=NOON - timedelta(minutes=count - n),
            )
            for n in range(count)
        )
        answer = self.polls.commit_poll(
            PollSource(SOURCE, state),
            PollFacts(PollOutcome.OK, full=True),
            entries,
            skipped=skipped,
            validators=Validators(etag='"1"', body_sha256="ab"),
        )
        asyncio.run(answer)

    @property
    def validators(self) -> Validators:
        (state,) = self.store.source_states()
        return state.validators


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with (
        Sandbox(1, 20.0, 768) as sandbox,
        open_store(empty_database(tmp_path / "archive.db"), clock=FixedClock(NOON)) as store,
    ):
        yield Desk(store, sandbox)


def test_the_rest_of_a_document_is_read_at_the_next_poll_though_it_stays_the_same(
    desk: Desk,
) -> None:
    desk.poll(2 * MOST + 5)
    assert desk.validators == Validators(), "with them, the next answer would be 'not modified'"
    desk.poll(2 * MOST + 5)
    assert desk.validators == Validators()
    desk.poll(2 * MOST + 5)
    assert desk.validators == Validators(etag='"1"', body_sha256="ab")
    assert len(desk.store.pending_entries(NOON, 100)) == 2 * MOST + 5


def reworded(kind: SkipKind, _words: str) -> SkipReason:
    return SkipReason(kind, "xyz")


def test_the_rest_of_a_document_is_read_whatever_its_leaving_out_is_called(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.decide.selection.SkipReason", reworded)
    desk.poll(MOST + 5)
    assert desk.validators == Validators()
    (skipped,) = desk.store.skipped_entries("kloop")["kloop"]
    assert (skipped.kind, skipped.reason, skipped.count) == (SkipKind.BEYOND_NEWEST, "xyz", 5)


def test_what_is_left_out_for_good_does_not_make_a_document_be_read_again(desk: Desk) -> None:
    deep = SkippedEntry(SkipReason(SkipKind.TOO_DEEP, "beyond the newest 20 of one poll"), "x")
    desk.poll(1, deep, deep)
    assert desk.validators == Validators(etag='"1"', body_sha256="ab")
    (skipped,) = desk.store.skipped_entries("kloop")["kloop"]
    assert (skipped.kind, skipped.count) == (SkipKind.TOO_DEEP, 2)


def dies(*_: object, **__: object) -> None:
    os._exit(9)


def test_a_page_whose_reader_was_killed_is_fetched_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.poll(1)
    monkeypatch.setattr("crawler.parse.article_reader.extract_article", dies)
    (entry,) = desk.store.pending_entries(NOON, 10)
    page = FetchedPage(
        url=entry.entry.url,
        final_url=entry.entry.url,
        status=200,
        headers=(("content-type", "text/html"),),
        body=b"<p>The council met on Tuesday.</p>",
        fetched_at=NOON,
    )
    asyncio.run(desk.articles.article_answered(FetchEntry(SOURCE, entry), page, Validators()))
    (waiting,) = desk.store.entries(status=EntryStatus.PENDING).items
    assert waiting.reason.startswith("internal: The process that parsed it died")
    assert waiting.next_attempt_at is not None
