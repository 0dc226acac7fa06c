"""Articles whose pages cannot be read: the feed speaks, people hear of it, and the page follows."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alerts.judging.story_grouping import Grouping
from alerts.judging.versions import judge_versions
from alerts.rules import RuleSet
from core.articles import Article, ArticleEvent, ArticleVisit, FetchedPage, WordsFrom
from core.clock import FixedClock
from core.config.watch import WatchConfig
from core.failures import FailureKind, FetchFailure
from core.source_polls import SourcePoll
from core.sources import (
    Entry,
    EntryStatus,
    NextPoll,
    PollOutcome,
    Source,
    SourceKind,
    TrackedEntry,
    Validators,
)
from core.urls import canonical_url
from crawler.context import keep_schedule
from crawler.counts import CrawlCounts
from crawler.discovery.feeds import parse_feed
from crawler.parse.article_reader import Reader
from crawler.parse.sandbox import Sandbox
from crawler.queue import FetchEntry, PollSource, VisitArticle
from crawler.record.article_recording import ArticleRecording
from crawler.record.poll_facts import PollFacts
from crawler.record.poll_recording import PollRecording
from crawler.record.revisiting import Visiting
from storage import Store, open_store
from tests.integration.storage.samples import NOON

URL = "https://kloop.example/1"
SOURCE = Source(name="kloop", kind=SourceKind.FEED, url="https://kloop.example/feed")
LEAD = "Police raided the central market on Tuesday and took twenty people to a station."
REST = (
    "Relatives waited outside until the morning, and nobody told them why.",
    "The prosecutor said later that all of them were migrants without papers.",
)
TITLE = "Raid on the market"
CHALLENGE = b"<html><head><title>Just a moment...</title></head><body>Checking</body></html>"
SCRIPT = b"<html><head><title>News</title></head><body><div id=app></div></body></html>"


def html(*sentences: str, title: str = TITLE) -> bytes:
    body = "".join(f"<p>{sentence}</p>" for sentence in sentences)
    return (
        f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{body}"
        "</article></body></html>"
    ).encode()


def feed(item: str) -> Entry:
    xml = f'<rss version="2.0"><channel><title>K</title><item>{item}</item></channel></rss>'
    (entry,) = parse_feed(xml.encode(), SOURCE.url).entries
    return entry


ANNOUNCED = feed(
    f"<title>{TITLE}</title><link>{URL}</link><description>{LEAD}</description>"
    "<pubDate>Sun, 01 Mar 2026 11:50:00 GMT</pubDate>"
)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with_room = Sandbox(1, 20.0, 768)
    yield with_room
    with_room.close()


class Monitor:
    """A monitor with one announced article, its rules, and a clock that is moved by hand."""

    def __init__(self, store: Store, sandbox: Sandbox, clock: FixedClock) -> None:
        self.store, self.clock = store, clock
        crawl = WatchConfig().crawl
        self.reader = Reader(sandbox, crawl)
        self.articles = ArticleRecording(
            store, self.reader, crawl, clock, CrawlCounts(), lambda: None
        )
        self.grouping = Grouping()
        self.visits = Visiting(store, self.reader, crawl, clock, CrawlCounts(), lambda: None)
        store.sync_sources([SOURCE])

    def announce(self, entry: Entry) -> None:
        poll = SourcePoll(
            source="kloop",
            outcome=PollOutcome.OK,
            polled_at=self.clock(),
            next_poll=NextPoll(self.clock() + timedelta(hours=1), "every hour"),
            entries=(entry,),
        )
        self.store.record_poll(poll, [canonical_url(entry.url)])

    def due(self) -> FetchEntry:
        """Wait until the entry is due, and return the work."""
        now = self.clock()
        due = self.store.next_entry_due_at() or now
        self.clock.advance(max(due - now, timedelta(0)))
        (entry,) = self.store.pending_entries(self.clock(), 10)
        return FetchEntry(SOURCE, entry)

    def answer(self, body: bytes, status: int = 200, final_url: str = URL) -> None:
        page = FetchedPage(
            url=URL,
            final_url=final_url,
            status=status,
            headers=(("content-type", "text/html; charset=utf-8"),),
            body=body,
            fetched_at=self.clock(),
        )
        asyncio.run(self.articles.article_answered(self.due(), page, Validators()))

    def poll(self, entry: Entry) -> None:
        """Read a feed of one entry, as the crawler does."""
        recording = PollRecording(
            self.store, self.clock, keep_schedule, CrawlCounts(), 100, self.articles.feed.said_anew
        )
        (state,) = self.store.source_states()
        facts = PollFacts(PollOutcome.OK)
        asyncio.run(recording.commit_poll(PollSource(SOURCE, state), facts, (entry,)))

    def visited(self, body: bytes, status: int = 200) -> None:
        """Wait until the page is to be visited, and let it answer."""
        due = self.store.next_visit_due_at()
        assert due is not None
        self.clock.advance(due - self.clock())
        page = FetchedPage(
            url=URL, final_url=URL, status=status, body=body, fetched_at=self.clock(),
            headers=(("content-type", "text/html; charset=utf-8"),),
        )  # fmt: skip
        asyncio.run(self.visits.answered(VisitArticle(SOURCE, visit(self)), page, Validators()))

    def fail(self, failure: FetchFailure) -> None:
        asyncio.run(self.articles.article_failed(self.due(), failure))

    def entry(self) -> TrackedEntry:
        (entry,) = self.store.entries().items
        return entry

    def versions(self) -> list[Article]:
        return self.store.versions(1)

    def alerts(self, *rules: dict[str, Any]) -> list[tuple[str, str, ArticleEvent]]:
        """Judge what is there; return all alerts: their rules, occasions and events."""
        config = WatchConfig.model_validate(
            {"rules": list(rules), "receivers": [{"name": "desk", "console": {}}]}
        )
        self.grouping.fill(self.store, self.clock())
        judge_versions(
            self.store, RuleSet.compile(config), config, now=self.clock(), grouping=self.grouping
        )
        return sorted(
            (alert.match.rule_id, alert.occasion, alert.event)
            for alert in self.store.alerts().items
        )


@pytest.fixture
def monitor(database_url: str, sandbox: Sandbox) -> Iterator[Monitor]:
    clock = FixedClock(NOON)
    with open_store(database_url, clock=clock) as store:
        opened = Monitor(store, sandbox, clock)
        opened.announce(ANNOUNCED)
        yield opened


RAIDS = {"id": "raids", "when": "raided", "on": ["published", "edited"]}
MIGRANTS = {"id": "migrants", "when": "migrants"}
PUBLISHED, EDITED = ArticleEvent.PUBLISHED, ArticleEvent.EDITED


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"no", 401), (b"no", 403), (b"no", 404), (b"no", 410), (b"no", 451), (CHALLENGE, 200),
        (SCRIPT, 200), (b"\x89PNG\r\n\x1a\n" + bytes(100), 200), (b"%PDF-1.4 broken", 200),
    ],
)  # fmt: skip
def test_an_article_is_made_of_the_feeds_words_and_told(
    monitor: Monitor, body: bytes, status: int
) -> None:
    monitor.answer(body, status)
    (article,) = monitor.versions()
    assert article.data.words_from is WordsFrom.FEED
    assert (article.data.title, article.data.text) == (TITLE, LEAD)
    assert article.data.published_at == NOON - timedelta(minutes=10)
    assert article.evidence_id is None, "a page that is no article proves nothing of it"
    assert monitor.alerts(RAIDS) == [("raids", "", PUBLISHED)]
    assert monitor.entry().article_id == article.id
    assert monitor.entry().status is not EntryStatus.STORED, "the page is still missing"


def test_what_is_no_page_at_all_is_told_as_well(monitor: Monitor) -> None:
    monitor.fail(FetchFailure(FailureKind.ROBOTS, "robots.txt forbids it"))
    assert monitor.entry().status is EntryStatus.PENDING, "robots.txt may forbid for a moment"
    assert monitor.alerts(RAIDS) == [("raids", "", PUBLISHED)]


def test_a_page_that_opens_is_the_next_version_and_tells_nobody_twice(monitor: Monitor) -> None:
    monitor.answer(b"no", 403)
    assert monitor.alerts(RAIDS) == [("raids", "", PUBLISHED)]
    monitor.answer(html(LEAD, *REST))
    before, after = monitor.versions()
    assert (before.data.words_from, after.data.words_from) == (WordsFrom.FEED, WordsFrom.PAGE)
    assert (after.id, after.version, after.event) == (before.id, 2, ArticleEvent.OPENED)
    assert after.evidence_id is not None
    assert monitor.entry().status is EntryStatus.STORED
    assert monitor.alerts(RAIDS) == [("raids", "", PUBLISHED)]
    assert monitor.store.next_visit_due_at() is not None, "from here on it is looked at for edits"


def test_what_the_page_says_beyond_the_feed_is_judged_anew(monitor: Monitor) -> None:
    monitor.answer(b"no", 403)
    assert monitor.alerts(RAIDS, MIGRANTS) == [("raids", "", PUBLISHED)]
    monitor.answer(html(LEAD, *REST))
    assert monitor.alerts(RAIDS, MIGRANTS) == [
        ("migrants", "", PUBLISHED),
        ("raids", "", PUBLISHED),
    ]


def test_a_page_with_another_headline_is_an_edit_for_those_who_asked(monitor: Monitor) -> None:
    monitor.answer(b"no", 403)
    monitor.alerts(RAIDS)
    monitor.answer(html(LEAD, *REST, title="Twenty people vanish from a station"))
    assert monitor.alerts(RAIDS) == [("raids", "", PUBLISHED), ("raids", "edited-2", EDITED)]


def test_a_page_of_the_very_words_of_the_feed_is_a_version_of_its_own(monitor: Monitor) -> None:
    monitor.answer(b"no", 403)
    monitor.answer(html(LEAD))
    assert [version.data.words_from for version in monitor.versions()] == [
        WordsFrom.FEED,
        WordsFrom.PAGE,
    ]
    assert monitor.alerts(RAIDS) == [("raids", "", PUBLISHED)]


def test_a_page_that_opens_elsewhere_is_the_same_article(monitor: Monitor) -> None:
    monitor.answer(b"no", 403)
    monitor.answer(html(LEAD, *REST), final_url="https://kloop.example/2026/03/raid")
    assert [version.event for version in monitor.versions()] == [PUBLISHED, ArticleEvent.OPENED]
    assert len(monitor.store.articles().items) == 1


def test_a_fault_that_passes_makes_one_version_of_the_page(monitor: Monitor) -> None:
    monitor.answer(b"busy", 503)
    monitor.fail(FetchFailure(FailureKind.TIMEOUT, "too slow"))
    assert monitor.versions() == []
    monitor.answer(html(LEAD, *REST))
    (article,) = monitor.versions()
    assert (article.data.words_from, article.event) == (WordsFrom.PAGE, PUBLISHED)


def test_an_alert_does_not_wait_for_hours(monitor: Monitor) -> None:
    while not monitor.versions():
        monitor.answer(b"busy", 503)
    assert monitor.clock() - NOON <= timedelta(minutes=20)
    assert monitor.alerts(RAIDS) == [("raids", "", PUBLISHED)]


def test_the_feed_speaks_once_and_the_tries_go_on(monitor: Monitor) -> None:
    while monitor.entry().status is EntryStatus.PENDING:
        monitor.answer(CHALLENGE)
    assert monitor.entry().attempts == 6
    assert len(monitor.versions()) == 1


def test_a_headline_alone_is_judged_by_its_title(database_url: str, sandbox: Sandbox) -> None:
    with open_store(database_url, clock=(clock := FixedClock(NOON))) as store:
        monitor = Monitor(store, sandbox, clock)
        monitor.announce(feed(f"<title>Market raided</title><link>{URL}</link>"))
        monitor.answer(b"no", 451)
        (article,) = monitor.versions()
        assert article.data.text == ""
        assert monitor.alerts(RAIDS) == [("raids", "", PUBLISHED)]


def test_the_text_of_a_link_is_no_headline(database_url: str, sandbox: Sandbox) -> None:
    with open_store(database_url, clock=(clock := FixedClock(NOON))) as store:
        monitor = Monitor(store, sandbox, clock)
        monitor.announce(Entry(url=URL, title="All raided markets"))
        monitor.answer(b"no", 403)
        assert monitor.versions() == []


def test_a_process_that_dies_before_the_failure_is_committed_makes_one_article(
    monitor: Monitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(monitor.store, "retry_entry", die)
        with pytest.raises(KeyboardInterrupt):
            monitor.answer(b"no", 403)
    monitor.answer(b"no", 403)
    assert len(monitor.versions()) == 1
    assert monitor.entry().attempts == 1


OTHER = feed(
    f"<title>Traders shut their stalls</title><link>{URL}</link><description>They refuse to pay "
    "the new fee.</description><guid isPermaLink='false'>2</guid>"
    "<pubDate>Fri, 01 May 2026 11:50:00 GMT</pubDate>"
)
TRADERS = "Traders at the central market refused to pay the new fee and shut their stalls."


def announced_anew(monitor: Monitor, entry: Entry = OTHER) -> None:
    monitor.store.announce_anew([(canonical_url(URL), entry)], monitor.clock())


def visit(monitor: Monitor) -> ArticleVisit:
    (due,) = monitor.store.due_visits(monitor.clock(), 10, "kloop")
    return due


def test_an_article_announced_anew_is_followed_from_then_though_its_page_lags(
    monitor: Monitor,
) -> None:
    monitor.answer(html(LEAD, *REST))
    monitor.clock.advance(timedelta(days=60))
    announced_anew(monitor)
    found = visit(monitor)
    assert (found.changed_at, found.visits) == (monitor.clock(), 0)
    page = FetchedPage(url=URL, final_url=URL, status=200, headers=(), body=html(LEAD, *REST),
                       fetched_at=monitor.clock())  # fmt: skip
    monitor.store.record_visit(
        found, found.data, page, lambda since: since + timedelta(minutes=30), Validators()
    )
    assert monitor.store.next_visit_due_at() == monitor.clock() + timedelta(minutes=30)


def test_what_is_announced_anew_while_it_waits_keeps_its_pause_and_gets_the_new_words(
    monitor: Monitor,
) -> None:
    monitor.fail(FetchFailure(FailureKind.HTTP, "HTTP 429", 429, 7200.0))
    due = monitor.store.next_entry_due_at()
    announced_anew(monitor, replace(OTHER, markup=f"<p>{TRADERS}</p>"))
    assert monitor.store.next_entry_due_at() == due
    assert monitor.entry().entry.title == "Traders shut their stalls"
    assert monitor.store.announced_words(monitor.entry().id) == f"<p>{TRADERS}</p>"
    announced_anew(monitor)
    assert not monitor.store.announced_words(monitor.entry().id)


def test_rules_take_another_article_at_an_address_for_another(monitor: Monitor) -> None:
    lost = {"id": "migrants", "any": ["migrants"], "on": ["published", "edited"]}
    monitor.answer(html(LEAD, *REST))
    monitor.alerts(RAIDS, lost)
    monitor.clock.advance(timedelta(days=60))
    announced_anew(monitor)
    for text, anew in ((TRADERS, True), (f"{TRADERS} {LEAD}", False)):
        found = visit(monitor)
        data = replace(found.data, title="Traders shut their stalls", text=text)
        page = FetchedPage(url=URL, final_url=URL, status=200, headers=(), body=text.encode(),
                           fetched_at=monitor.clock())  # fmt: skip
        monitor.store.record_visit(found, data, page, lambda since: since, Validators(), anew=anew)
    assert monitor.alerts(RAIDS, lost) == [
        ("migrants", "", ArticleEvent.PUBLISHED),
        ("raids", "", ArticleEvent.PUBLISHED),
        ("raids", "published-2", ArticleEvent.PUBLISHED),
    ]
    first, another, edited = monitor.versions()
    assert first.seen_at == NOON
    assert another.seen_at == edited.seen_at == NOON + timedelta(days=60), "what stood there is not"
    assert edited.first_seen_at == NOON
    (placed,) = monitor.store.placed_articles(NOON - timedelta(days=1), 10)
    assert placed.seen_at == another.seen_at


def given_up(monitor: Monitor) -> None:
    """Let the outlet refuse the page until it is asked for no more as an entry."""
    while monitor.entry().status is EntryStatus.PENDING:
        monitor.answer(b"no", 403)


CHANGED = replace(ANNOUNCED, summary=f"{LEAD} All of them are migrants, the prosecutor said.")
RENAMED = replace(ANNOUNCED, title="Twenty traders vanish from a station")


@pytest.mark.parametrize("waits", [True, False])
@pytest.mark.parametrize(
    "entry", [CHANGED, RENAMED, replace(ANNOUNCED, markup=f"<p>{LEAD}</p><p>{REST[0]}</p>")]
)
def test_other_words_of_a_feed_are_the_next_version_of_a_closed_page(
    monitor: Monitor, entry: Entry, waits: bool
) -> None:
    monitor.answer(b"no", 403)
    if not waits:
        given_up(monitor)
    monitor.alerts(RAIDS)
    monitor.poll(ANNOUNCED)
    assert len(monitor.versions()) == 1, "the same words are no news"
    for _ in range(2):
        monitor.poll(entry)
    before, after = monitor.versions()
    assert (after.event, after.data.words_from) == (EDITED, WordsFrom.FEED)
    assert after.id == before.id
    if entry is not RENAMED:
        assert monitor.alerts(RAIDS) == [("raids", "", PUBLISHED), ("raids", "edited-2", EDITED)]


def test_a_page_that_opens_after_other_words_of_its_feed_takes_their_place(
    monitor: Monitor,
) -> None:
    monitor.answer(b"no", 403)
    monitor.poll(CHANGED)
    monitor.answer(html(LEAD, *REST))
    assert [version.data.words_from for version in monitor.versions()] == [
        WordsFrom.FEED, WordsFrom.FEED, WordsFrom.PAGE,
    ]  # fmt: skip
    monitor.poll(RENAMED)
    assert len(monitor.versions()) == 3, "from here on the page speaks"


@pytest.mark.parametrize(("body", "status"), [(b"no", 404), (CHALLENGE, 200), (SCRIPT, 200)])
def test_a_page_that_was_given_up_is_visited_until_it_opens(
    monitor: Monitor, body: bytes, status: int
) -> None:
    given_up(monitor)
    monitor.alerts(RAIDS, MIGRANTS)
    monitor.visited(body, status)
    assert len(monitor.versions()) == 1, "what was closed all the time is not removed"
    monitor.visited(html(LEAD, *REST))
    assert [version.event for version in monitor.versions()] == [PUBLISHED, ArticleEvent.OPENED]
    assert monitor.entry().status is EntryStatus.STORED
    assert monitor.alerts(RAIDS, MIGRANTS) == [
        ("migrants", "", PUBLISHED),
        ("raids", "", PUBLISHED),
    ]
    assert monitor.clock() - NOON < timedelta(days=8)


def test_a_page_that_is_asked_for_as_an_entry_again_is_not_visited_beside_that(
    monitor: Monitor,
) -> None:
    given_up(monitor)
    assert monitor.store.next_visit_due_at() is not None
    monitor.poll(RENAMED)
    assert monitor.store.next_visit_due_at() is None
    assert monitor.entry().status is EntryStatus.PENDING


@pytest.mark.parametrize(("later", "articles"), [(0, 1), (5, 2)])
def test_a_second_address_of_an_article_does_not_tell_it_again(
    monitor: Monitor, later: int, articles: int
) -> None:
    monitor.answer(html(LEAD, *REST))
    published = (ANNOUNCED.published_at or NOON) + timedelta(minutes=later)
    monitor.announce(replace(ANNOUNCED, url=f"{URL}-amp", published_at=published))
    monitor.answer(CHALLENGE)
    assert len(monitor.store.articles().items) == articles
