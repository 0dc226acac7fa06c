"""Visits of stored articles: real pages through the real parser, into a real archive."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.articles import ArticleEvent, FetchedPage, RecordOutcome, StubKind
from core.clock import FixedClock
from core.config.sections.crawl import REVISIT
from core.config.watch import WatchConfig
from core.failures import FailureKind, FetchFailure
from core.looks import Looks
from core.sources import EntryCause, EntryStatus, Source, SourceKind, Validators
from crawler.counts import CrawlCounts
from crawler.decide.placeholders import FIRST_LOOKS, FIRST_LOOKS_WITHIN, LOOKS_AGAIN, LOOKS_AT_LONG
from crawler.decide.revisits import AFTER_FAILURE, SECOND_LOOK
from crawler.parse.article_reader import Reader
from crawler.parse.sandbox import Sandbox
from crawler.queue import FetchEntry, VisitArticle
from crawler.record.article_recording import ArticleRecording
from crawler.record.revisiting import Visiting
from storage import Store, open_store
from tests.integration.empty_database import empty_database
from tests.integration.storage.samples import NOON, tracked

URL = "https://kloop.example/1"
SOURCE = Source(name="kloop", kind=SourceKind.FEED, url="https://kloop.example/feed")
SENTENCES = (
    "Police raided the central market on Tuesday and took twenty people to a station.",
    "Relatives waited outside until the morning, and nobody told them why.",
    "The prosecutor said later that all of them had been released without charges.",
)
CHALLENGE = b"<html><head><title>Just a moment...</title></head><body>Checking</body></html>"
NOT_FOUND = b"<html><head><title>Page not found</title></head><body>Sorry.</body></html>"


def html(*sentences: str, title: str = "Raid on the market") -> bytes:
    body = "".join(f"<p>{sentence}</p>" for sentence in sentences)
    return (
        f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{body}"
        "</article></body></html>"
    ).encode()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with_room = Sandbox(1, 20.0, 768)
    yield with_room
    with_room.close()


class Desk:
    """A monitor with one article, looked at by hand."""

    def __init__(self, store: Store, sandbox: Sandbox, clock: FixedClock) -> None:
        self.store = store
        self.clock = clock
        self.counts = CrawlCounts()
        crawl = WatchConfig().crawl
        common = (store, Reader(sandbox, crawl), crawl, clock, self.counts, lambda: None)
        self.articles = ArticleRecording(*common)
        self.visits = Visiting(*common)

    def page(self, body: bytes, status: int = 200, final_url: str = URL) -> FetchedPage:
        return FetchedPage(
            url=URL,
            final_url=final_url,
            status=status,
            headers=(("content-type", "text/html; charset=utf-8"),),
            body=body,
            fetched_at=self.clock(),
        )

    def publish(self, *sentences: str) -> None:
        (entry,) = tracked(self.store, URL)
        work = FetchEntry(SOURCE, entry)
        answer = self.articles.article_answered(
            work, self.page(html(*sentences)), Validators(etag='"1"')
        )
        asyncio.run(answer)

    def next_visit(self) -> VisitArticle:
        """Wait until the article is due and return the work."""
        due = self.store.next_visit_due_at()
        assert due is not None
        self.clock.advance(due - self.clock())
        (visit,) = self.store.due_visits(due, 10, "kloop")
        return VisitArticle(SOURCE, visit)

    def look(self, body: bytes, status: int = 200, final_url: str = URL) -> None:
        work = self.next_visit()
        page = self.page(body, status, final_url)
        asyncio.run(self.visits.answered(work, page, Validators(etag='"2"')))

    @property
    def events(self) -> list[tuple[ArticleEvent, str]]:
        return [(version.event, version.note) for version in self.store.versions(1)]


@pytest.fixture
def desk(tmp_path: Path, sandbox: Sandbox) -> Iterator[Desk]:
    clock = FixedClock(NOON)
    with open_store(empty_database(tmp_path / "archive.db"), clock=clock) as store:
        opened = Desk(store, sandbox, clock)
        opened.publish(*SENTENCES)
        yield opened


def test_an_edited_article_becomes_a_version_with_proof(desk: Desk) -> None:
    edited = html(*SENTENCES[:2])
    desk.look(edited)
    ((event, note),) = desk.events[1:]
    assert event is ArticleEvent.EDITED
    assert note.startswith("1 passage removed: [-")
    latest = desk.store.article(1)
    assert latest is not None
    proof = desk.store.evidence(latest.evidence_id or 0)
    assert proof is not None
    assert proof.sha256 == hashlib.sha256(edited).hexdigest()
    assert desk.counts.articles[RecordOutcome.UPDATED] == 1


def test_a_server_that_says_not_modified_is_believed(desk: Desk) -> None:
    before = desk.store.next_visit_due_at()
    desk.look(b"", 304)
    after = desk.store.next_visit_due_at()
    assert before is not None
    assert after is not None
    assert after > before
    assert len(desk.events) == 1


def test_a_page_that_is_gone_on_purpose_is_believed_at_once(desk: Desk) -> None:
    desk.look(b"gone", 410)
    assert desk.events[1:] == [(ArticleEvent.REMOVED, "HTTP 410")]


@pytest.mark.parametrize(
    ("body", "status", "final_url", "note"),
    [
        (b"nothing", 404, URL, "HTTP 404"),
        (NOT_FOUND, 200, URL, "not found: the page is titled 'Page not found'"),
        (html("Home"), 200, "https://kloop.example/", "the article's address leads to the front"),
        (
            html(*(f"Tomorrow number {n} will be sunny in the valleys." for n in range(9))),
            200,
            "https://kloop.example/weather",
            "its address now leads to https://kloop.example/weather",
        ),
    ],
)
def test_a_page_that_may_be_gone_is_looked_at_twice(
    desk: Desk, body: bytes, status: int, final_url: str, note: str
) -> None:
    desk.look(body, status, final_url)
    assert len(desk.events) == 1
    assert desk.store.next_visit_due_at() == desk.clock() + SECOND_LOOK
    desk.look(body, status, final_url)
    assert desk.events[1][0] is ArticleEvent.REMOVED
    assert desk.events[1][1].startswith(note)


def test_a_page_that_was_away_for_minutes_was_not_removed(desk: Desk) -> None:
    desk.look(b"nothing", 404)
    desk.look(html(*SENTENCES))
    desk.look(b"nothing", 404)
    assert len(desk.events) == 1, "doubts of different days do not add up"


def test_a_page_that_comes_back_is_restored(desk: Desk) -> None:
    desk.look(b"gone", 410)
    desk.look(html(*SENTENCES))
    assert [event for event, _ in desk.events][1:] == [ArticleEvent.REMOVED, ArticleEvent.RESTORED]


def test_a_check_for_robots_says_nothing_about_the_article(desk: Desk) -> None:
    desk.look(CHALLENGE)
    desk.look(CHALLENGE)
    assert len(desk.events) == 1
    assert desk.store.next_visit_due_at() == desk.clock() + AFTER_FAILURE
    assert desk.counts.failed_visits == 2


def test_a_server_that_is_down_keeps_the_doubt_open(desk: Desk) -> None:
    desk.look(b"nothing", 404)
    work = desk.next_visit()
    asyncio.run(desk.visits.failed(work, FetchFailure(FailureKind.CONNECT, "refused")))
    desk.look(b"nothing", 404)
    assert desk.events[1:] == [(ArticleEvent.REMOVED, "HTTP 404")]


def test_an_article_that_moved_is_followed_and_known_at_its_new_address(desk: Desk) -> None:
    moved = "https://kloop.example/2026/raid"
    desk.look(html(*SENTENCES), 200, moved)
    assert len(desk.events) == 1
    (entry,) = tracked(desk.store, moved)
    page = desk.page(html(*SENTENCES, "Two of them were fined."), 200, moved)
    asyncio.run(desk.articles.article_answered(FetchEntry(SOURCE, entry), page, Validators()))
    assert desk.counts.articles[RecordOutcome.DUPLICATE] == 1


def test_headlines_that_take_turns_are_on_record_and_make_the_article_no_younger(
    desk: Desk,
) -> None:
    other = html(*SENTENCES, title="Traders were taken away")
    desk.look(other)
    edited_at = desk.clock()
    for body in (html(*SENTENCES), other, html(*SENTENCES), other):
        desk.look(body)
    assert [event for event, _ in desk.events] == [
        ArticleEvent.PUBLISHED,
        ArticleEvent.EDITED,
        *[ArticleEvent.REVERTED] * 4,
    ]
    while desk.store.next_visit_due_at() is not None:
        desk.look(other)
    assert desk.clock() - edited_at == max(REVISIT), "the pauses ran out as if nothing had come"


TEA = html("Have a cup of tea while the editors pack their boxes, see you soon.", title="Courier")


def test_a_page_that_says_something_else_for_an_hour_was_not_edited(desk: Desk) -> None:
    for _ in range(3):
        desk.look(TEA)
    desk.look(html(*SENTENCES))
    assert len(desk.events) == 1
    desk.look(TEA)
    assert desk.store.next_visit_due_at() == desk.clock() + LOOKS_AGAIN[0], "a doubt of its own"


def test_a_page_that_says_something_else_for_a_day_says_it(desk: Desk) -> None:
    began = desk.clock()
    for _ in range(len(LOOKS_AGAIN) + 1):
        desk.look(TEA)
    assert [event for event, _ in desk.events] == [ArticleEvent.PUBLISHED, ArticleEvent.EDITED]
    assert desk.clock() - began < timedelta(days=1)
    desk.look(html(*SENTENCES))
    assert desk.events[-1][0] is ArticleEvent.REVERTED


def test_an_answer_that_broke_off_is_no_edit(desk: Desk) -> None:
    whole = html(*SENTENCES)
    desk.look(whole[: whole.index(SENTENCES[1][20:].encode())])
    desk.look(html(SENTENCES[0], "Subscribe to read on."))
    desk.look(whole)
    assert len(desk.events) == 1


def test_most_of_a_text_that_stays_away_was_taken_out_of_it(desk: Desk) -> None:
    began = desk.clock()
    for _ in range(LOOKS_AT_LONG + 1):
        desk.look(html(SENTENCES[0]))
    assert [event for event, _ in desk.events] == [ArticleEvent.PUBLISHED, ArticleEvent.EDITED]
    first_look = timedelta(hours=1)
    assert desk.clock() - began <= first_look + sum(LOOKS_AGAIN[:LOOKS_AT_LONG], timedelta())


def test_a_notice_that_comes_between_is_no_second_look_at_a_removal(desk: Desk) -> None:
    desk.look(TEA)
    desk.look(b"nothing", 404)
    assert len(desk.events) == 1
    desk.look(b"nothing", 404)
    assert desk.events[1:] == [(ArticleEvent.REMOVED, "HTTP 404")]


def test_one_page_for_all_addresses_is_an_edit_of_none(desk: Desk) -> None:
    other = "https://kloop.example/2"
    words = [f"Rivers rose by {number} metres in the valleys of the south." for number in range(5)]
    terms = html(*(f"Term {n} of use of this courier says so." for n in range(60)), title="Terms")
    (entry,) = tracked(desk.store, other)
    page = replace(desk.page(html(*words, title="Rivers")), url=other, final_url=other)
    asyncio.run(desk.articles.article_answered(FetchEntry(SOURCE, entry), page, Validators()))
    desk.clock.advance(timedelta(hours=1))
    for _ in range(LOOKS_AT_LONG + 1):
        for visit in desk.store.due_visits(desk.clock(), 10, "kloop"):
            answer = replace(desk.page(terms), url=visit.data.url, final_url=visit.data.url)
            asyncio.run(desk.visits.answered(VisitArticle(SOURCE, visit), answer, Validators()))
        desk.clock.advance((desk.store.next_visit_due_at() or desk.clock()) - desk.clock())
    assert [len(desk.store.versions(number)) for number in (1, 2)] == [1, 1]


def test_a_page_with_nothing_of_what_was_announced_is_looked_at_again(desk: Desk) -> None:
    url = "https://kloop.example/3"
    (entry,) = tracked(desk.store, url)
    entry = replace(entry, entry=replace(entry.entry, title="Flood in the southern valleys"))

    first = desk.clock()

    def fetch(body: bytes, looks: int) -> None:
        page = replace(desk.page(body), url=url, final_url=url)
        seen = Looks(looks, first) if looks else None
        stub = StubKind.PLACEHOLDER if looks else None
        work = FetchEntry(SOURCE, replace(entry, attempts=looks, looks=seen, stub=stub))
        asyncio.run(desk.articles.article_answered(work, page, Validators()))

    tea = TEA.replace(b"article>", b"div>")
    fetch(tea, 0)
    (pending,) = desk.store.entries(status=EntryStatus.PENDING).items
    assert (pending.cause, pending.stub) == (EntryCause.STUB, StubKind.PLACEHOLDER)
    assert pending.next_attempt_at is not None
    desk.clock.advance(FIRST_LOOKS_WITHIN - timedelta(minutes=1))
    fetch(tea, FIRST_LOOKS)
    assert desk.store.article_by_url(url) is None, "attempts that failed otherwise are no looks"
    desk.clock.advance(timedelta(minutes=1))
    fetch(tea, FIRST_LOOKS)
    assert desk.store.article_by_url(url) is not None, "what stays is what the page says"
