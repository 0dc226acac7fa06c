"""When a failed fetch or a stored article is looked at again: every pause, and every bound."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.articles import Absence, ArticleData, Rejection, RejectReason, StubKind
from core.failures import FailureKind, FetchFailure
from crawler.decide.entry_retry import EntryRetry, decide_entry_retry, decide_rejection_retry
from crawler.decide.revisits import (
    AFTER_FAILURE,
    MOST_VISITS,
    Gone,
    after_failure,
    gone_by_page,
    gone_by_status,
    gone_elsewhere,
    next_visit,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = (
    timedelta(seconds=1),
    timedelta(minutes=1),
    timedelta(hours=1),
    timedelta(days=1),
)
AGES = (6 * HOUR, HOUR, DAY)
"""Not in order: nothing says that they must be."""


def http(status: int, retry_after: float | None = None) -> FetchFailure:
    return FetchFailure(FailureKind.HTTP, f"HTTP {status}", status, retry_after)


# -- failed fetches


@pytest.mark.parametrize(
    ("attempts", "minutes"), [(1, 1), (2, 5), (3, 15), (4, 60), (5, 240), (6, 720), (7, 1440)]
)
def test_each_pause_after_trouble_is_longer_and_says_which_it_is(
    attempts: int, minutes: int
) -> None:
    decision = decide_entry_retry(http(503), attempts, NOON)
    assert decision == EntryRetry(NOON + minutes * MINUTE, f"http: HTTP 503, attempt {attempts}")


def test_a_block_is_given_up_with_its_reason() -> None:
    assert decide_entry_retry(http(403), 2, NOON) == EntryRetry(
        NOON + 4 * HOUR, "http: HTTP 403, attempt 2"
    )
    assert decide_entry_retry(http(403), 4, NOON) == EntryRetry(
        None, "http: HTTP 403, given up after 4 attempts"
    )


@pytest.mark.parametrize(
    ("asked", "pause"), [(None, 60), (0.0, 60), (59.0, 60), (61.0, 61), (86_400.0, 86_400)]
)
def test_a_server_may_ask_for_a_longer_pause(asked: float | None, pause: int) -> None:
    assert decide_entry_retry(http(429, asked), 1, NOON).at == NOON + pause * SECOND


@pytest.mark.parametrize("status", [402, 408, 409, 418, 425, 429, 500, 502, 503])
def test_other_answers_may_change(status: int) -> None:
    assert decide_entry_retry(http(status), 1, NOON).at == NOON + MINUTE


# -- pages that are no articles


def test_a_page_in_an_articles_place_says_which_look_it_was() -> None:
    empty = Rejection(RejectReason.EMPTY, "no article text")
    assert decide_rejection_retry(empty, 3, NOON) == EntryRetry(NOON + 4 * HOUR, "empty, attempt 3")
    assert decide_rejection_retry(empty, 5, NOON) == EntryRetry(None, "empty")


# -- visits of stored articles


@pytest.mark.parametrize(
    ("age", "following"),
    [
        pytest.param(timedelta(0), HOUR, id="just-stored"),
        pytest.param(HOUR - SECOND, HOUR, id="before-the-first-age"),
        pytest.param(HOUR, 6 * HOUR, id="at-the-first-age"),
        pytest.param(7 * HOUR, DAY, id="after-the-second"),
        pytest.param(DAY - SECOND, DAY, id="before-the-last"),
        pytest.param(DAY, None, id="at-the-last"),
    ],
)
def test_the_next_visit_is_at_the_next_age(age: timedelta, following: timedelta | None) -> None:
    expected = None if following is None else NOON + following
    assert next_visit(AGES, NOON, NOON + age, 0) == expected


@pytest.mark.parametrize(
    ("visits", "goes_on"), [(MOST_VISITS - 1, True), (MOST_VISITS, False), (MOST_VISITS + 1, False)]
)
def test_an_article_is_visited_so_many_times(visits: int, goes_on: bool) -> None:
    assert (next_visit(AGES, NOON, NOON, visits) is not None) is goes_on


@pytest.mark.parametrize(
    ("age", "goes_on"), [(2 * DAY - SECOND, True), (2 * DAY, True), (2 * DAY + SECOND, False)]
)
def test_an_outlet_that_is_down_is_given_up_a_day_after_the_last_age(
    age: timedelta, goes_on: bool
) -> None:
    found = after_failure(AGES, NOON, NOON + age, http(503))
    assert found == (NOON + age + AFTER_FAILURE if goes_on else None)


@pytest.mark.parametrize(
    ("asked", "pause"), [(None, 1800), (0.0, 1800), (1799.0, 1800), (1801.0, 1801)]
)
def test_a_server_may_ask_that_a_visit_comes_later(asked: float | None, pause: int) -> None:
    assert after_failure(AGES, NOON, NOON, http(503, asked)) == NOON + pause * SECOND


# -- articles that are gone


@pytest.mark.parametrize(
    ("status", "gone"),
    [
        (404, Gone(Absence.STATUS, "HTTP 404", certain=False)),
        (410, Gone(Absence.STATUS, "HTTP 410", certain=True)),
        (451, Gone(Absence.STATUS, "HTTP 451", certain=True)),
        (405, None),
        (403, None),
    ],
)
def test_a_status_tells_whether_one_look_is_proof(status: int, gone: Gone | None) -> None:
    assert gone_by_status(status) == gone


@pytest.mark.parametrize(
    ("reason", "kind", "detail", "note"),
    [
        (RejectReason.EMPTY, Absence.EMPTY, "no article text", "its text is gone: no article text"),
        (RejectReason.NOT_HTML, Absence.NOT_HTML, "a picture", "its text is gone: a picture"),
    ],
)
def test_a_page_without_its_text_is_no_proof_yet(
    reason: RejectReason, kind: Absence, detail: str, note: str
) -> None:
    assert gone_by_page(Rejection(reason, detail)) == Gone(kind, note, certain=False)


WORDS = [f"word{number}" for number in range(100)]
ARTICLE = ArticleData(
    url="https://outlet.example/a", title="Title", text=" ".join(WORDS[:43]), source="outlet"
)
"""Forty runs of four words."""


def leads_to(url: str, text: str) -> Gone | None:
    return gone_elsewhere(ARTICLE, replace(ARTICLE, url=url, text=text))


@pytest.mark.parametrize(
    ("kept", "gone"),
    [
        pytest.param(0, True, id="another-text"),
        pytest.param(12, True, id="nine-of-forty-runs"),
        pytest.param(13, False, id="a-quarter-of-it"),
        pytest.param(43, False, id="all-of-it"),
    ],
)
def test_an_address_that_leads_to_another_text_is_told_by_how_much_stayed(
    kept: int, gone: bool
) -> None:
    other = [f"other{number}" for number in range(43 - kept)]
    found = leads_to("https://outlet.example/b", " ".join(WORDS[:kept] + other))
    note = "its address now leads to https://outlet.example/b"
    assert found == (Gone(Absence.ELSEWHERE, note, certain=False) if gone else None)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("https://outlet.example/a", id="the-same"),
        pytest.param("https://outlet.example/a?utm_source=rss", id="the-same-with-tracking"),
        pytest.param("http://www.outlet.example/a/", id="its-twin"),
        pytest.param("not an address", id="no-address-at-all"),
    ],
)
def test_another_text_at_the_articles_own_address_is_an_edit(url: str) -> None:
    assert leads_to(url, "Another text altogether, about the weather.") is None


def test_looks_that_came_too_soon_reject_no_page_sooner() -> None:
    stub = Rejection(RejectReason.STUB, "a check for robots", StubKind.ANTI_BOT)
    again = decide_rejection_retry(stub, 9, NOON, NOON - HOUR)
    assert again == EntryRetry(NOON + 24 * HOUR, "stub, attempt 9")
    assert decide_rejection_retry(stub, 9, NOON, NOON - 42 * HOUR).at is None
