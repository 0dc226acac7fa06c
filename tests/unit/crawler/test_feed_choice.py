"""What a feed is to its outlet, by what it has of what the homepage shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.passed_over import FeedFit
from core.sources import Entry, SkipKind, SkipReason
from crawler.decide.feed_choice import (
    GOOD,
    LAST_RESORT,
    SILENT_AFTER,
    STALE_AFTER,
    STOPPED_AFTER,
    UNCOMPARED_STALE_AFTER,
    FeedFacts,
    compare,
    judge_feed,
)
from crawler.discovery import FeedDocument, HomePage, SkippedEntry, twin_mark

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
WHOLE = FeedFacts(
    entries=20, newest=NOW - HOUR, compared=20, covered=16, head_covered=4, shared=18,
    is_one_section=False, places=0, repeated=0, recordings=0,
)  # fmt: skip
NONE = replace(WHOLE, covered=0, head_covered=0, shared=0)
ALONE = replace(NONE, compared=0)


@pytest.mark.parametrize(
    ("facts", "fit"),
    [
        (WHOLE, FeedFit.OUTLET),
        (replace(WHOLE, covered=8), FeedFit.OUTLET),
        (replace(WHOLE, covered=7), FeedFit.SECTION),
        (replace(WHOLE, covered=0), FeedFit.SECTION),
        (replace(WHOLE, covered=1, shared=0), FeedFit.SECTION),
        (NONE, FeedFit.OTHER),
        (replace(WHOLE, newest=None), FeedFit.OUTLET),
        (replace(NONE, newest=None), FeedFit.OTHER),
        (replace(WHOLE, newest=NOW - 900 * DAY), FeedFit.OUTLET),
        (replace(WHOLE, head_covered=0), FeedFit.OUTLET),
        (replace(WHOLE, head_covered=0, newest=NOW - STOPPED_AFTER), FeedFit.OUTLET),
        (replace(WHOLE, head_covered=0, newest=NOW - STOPPED_AFTER - SECOND), FeedFit.STALE),
        (replace(NONE, newest=NOW - SILENT_AFTER), FeedFit.OTHER),
        (replace(NONE, newest=NOW - SILENT_AFTER - SECOND), FeedFit.STALE),
        (replace(WHOLE, covered=7, newest=NOW - STALE_AFTER), FeedFit.SECTION),
        (replace(WHOLE, covered=7, newest=NOW - STALE_AFTER - SECOND), FeedFit.STALE),
        (replace(WHOLE, is_one_section=True), FeedFit.OUTLET),
        (replace(WHOLE, is_one_section=True, covered=15), FeedFit.SECTION),
        (replace(WHOLE, entries=0), FeedFit.EMPTY),
        (replace(ALONE, entries=0), FeedFit.EMPTY),
        (replace(WHOLE, places=10), FeedFit.COMMENTS),
        (replace(WHOLE, places=9), FeedFit.OUTLET),
        (replace(WHOLE, entries=1, places=1), FeedFit.OUTLET),
        (replace(WHOLE, repeated=20), FeedFit.OUTLET),
        (replace(WHOLE, repeated=20, covered=15), FeedFit.COMMENTS),
        (replace(WHOLE, repeated=19, covered=15), FeedFit.OUTLET),
        (replace(ALONE, entries=1, repeated=1), FeedFit.UNCOMPARED),
        (replace(WHOLE, recordings=20), FeedFit.OUTLET),
        (replace(NONE, recordings=10), FeedFit.PODCAST),
        (replace(NONE, recordings=9), FeedFit.OTHER),
        (replace(ALONE, recordings=10), FeedFit.PODCAST),
        (replace(ALONE, recordings=9), FeedFit.UNCOMPARED),
        (ALONE, FeedFit.UNCOMPARED),
        (replace(ALONE, newest=None), FeedFit.UNCOMPARED),
        (replace(ALONE, newest=NOW - UNCOMPARED_STALE_AFTER), FeedFit.UNCOMPARED),
        (replace(ALONE, newest=NOW - UNCOMPARED_STALE_AFTER - SECOND), FeedFit.STALE),
    ],
)
def test_a_feed_is_judged_by_what_it_has(facts: FeedFacts, fit: FeedFit) -> None:
    assert judge_feed(facts, NOW) is fit


def test_an_address_that_was_guessed_must_show_that_it_is_alive() -> None:
    undated = replace(ALONE, newest=None)
    assert judge_feed(undated, NOW, guessed=True) is FeedFit.OTHER
    assert judge_feed(ALONE, NOW, guessed=True) is FeedFit.UNCOMPARED


@pytest.mark.parametrize(("covered", "fit"), [(5, FeedFit.OUTLET), (4, FeedFit.SECTION)])
def test_a_feed_that_is_polled_already_needs_less(covered: int, fit: FeedFit) -> None:
    assert judge_feed(replace(WHOLE, covered=covered), NOW, kept=True) is fit


def test_comments_are_never_taken_and_all_else_has_a_place() -> None:
    unjudged = {FeedFit.UNREAD, FeedFit.UNSURE, FeedFit.UNASKED, FeedFit.NOTED}
    assert set(FeedFit) - unjudged - GOOD - set(LAST_RESORT) == {FeedFit.COMMENTS}


def url(number: int, folder: str = "news") -> str:
    return f"https://kloop.example/{folder}/report-{number}"


def feed(*urls: str, **more: object) -> FeedDocument:
    entries = tuple(Entry(url=one) for one in urls)
    empty = FeedDocument(entries=entries, title="", language=None, ttl=None, parser="json")
    return replace(empty, **more)  # type: ignore[arg-type]


def home(*urls: str, is_list: bool = True) -> HomePage:
    marks = frozenset(mark for one in urls if (mark := twin_mark(one)))
    entries = tuple(Entry(url=one, title=f"The council met on day {one[-4:]}") for one in urls)
    return HomePage(feeds=(), entries=entries, links=marks, how="", is_list=is_list)


HOME = home(*(url(n) for n in range(20, 0, -1)))


def test_a_feed_is_compared_with_as_much_of_the_homepage_as_it_holds() -> None:
    facts = compare(feed(*(url(n) for n in range(20, 12, -1))), HOME, NOW)
    assert (facts.compared, facts.covered, facts.head_covered, facts.shared) == (8, 8, 5, 8)
    assert compare(feed(url(20)), HOME, NOW).compared == 5
    assert compare(feed(*(url(n) for n in range(90))), HOME, NOW).compared == 20
    assert compare(feed(url(20)), home(url(20), is_list=False), NOW).compared == 0


def test_twins_of_an_address_and_equal_headlines_are_one_article() -> None:
    twins = ("http://www.kloop.example/news/report-20/", "https://m.kloop.example/news/report-19")
    assert compare(feed(*twins), HOME, NOW).covered == 2
    elsewhere = Entry(url="https://click.example/1", title="THE COUNCIL met, on day t-18!")
    assert compare(feed(entries=(elsewhere,)), HOME, NOW).covered == 1
    short = Entry(url="https://click.example/1", title="Breaking")
    assert compare(feed(entries=(short,)), HOME, NOW).covered == 0


def test_the_newest_date_is_the_latest_that_is_not_ahead_of_us() -> None:
    dated = [
        Entry(url=url(n), published_at=at)
        for n, at in enumerate((NOW - DAY, NOW + DAY, NOW + 2 * DAY, None))
    ]
    assert compare(feed(entries=tuple(dated)), HOME, NOW).newest == NOW + DAY
    assert compare(feed(), HOME, NOW).newest is None


@pytest.mark.parametrize(
    ("folders", "shown", "is_one"),
    [
        (["sport"], ["sport", "news", "news"], True),
        (["sport"], ["sport", "sport", "news"], False),
        (["news"], ["news"], False),
        (["sport", "news"], ["news", "sport"], False),
        (["ru/sport"], ["ru/news", "ru/sport", "ru/city"], True),
        (["2026/02/28"], ["2026/02/27", "2026/02/26"], False),
        (["sport/2026/03"], ["news/2026/03"], True),
    ],
)
def test_a_section_is_a_folder_in_which_little_of_the_homepage_stands(
    folders: list[str], shown: list[str], is_one: bool
) -> None:
    entries = [url(n, folders[n % len(folders)]) for n in range(6)]
    listed = [url(n, shown[n % len(shown)]) for n in range(6)]
    assert compare(feed(*entries), home(*listed), NOW).is_one_section is is_one


def test_places_on_pages_are_told_from_a_mark_that_all_links_bear() -> None:
    assert compare(feed(*(f"{url(1)}#c{n}" for n in range(4))), HOME, NOW).places == 4
    assert compare(feed(*(f"{url(n)}#rss" for n in range(4))), HOME, NOW).places == 0
    assert compare(feed(*(f"{url(0)}#!/{n}" for n in range(4))), HOME, NOW).places == 0


def test_repeated_links_and_recordings_are_counted() -> None:
    repeated = SkippedEntry(SkipReason(SkipKind.REPEATED, ""), "", 3)
    other = SkippedEntry(SkipReason(SkipKind.NO_LINK, ""), "", 5)
    facts = compare(feed(url(1), skipped=(repeated, other), recordings=4), HOME, NOW)
    assert (facts.repeated, facts.recordings) == (3, 4)
