from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.articles import Rejection, RejectReason, StubKind
from core.failures import FailureKind, FetchFailure
from core.looks import Looks
from core.sources import Entry, EntryCause, EntryStatus, TrackedEntry
from crawler.decide.entry_retry import (
    MOST_ATTEMPTS,
    decide_entry_retry,
    decide_rejection_retry,
    looks_with,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def http(status: int, retry_after: float | None = None) -> FetchFailure:
    return FetchFailure(FailureKind.HTTP, f"HTTP {status}", status, retry_after)


def pauses(failure: FetchFailure) -> list[timedelta]:
    """Return every pause of a failure that stays, looked at as soon as it may be."""
    at, found = NOW, list[timedelta]()
    for looks in range(1, 20):
        decision = decide_entry_retry(failure, looks, at, NOW)
        if decision.at is None:
            return found
        found.append(decision.at - at)
        at = decision.at
    raise AssertionError("it never ends")


MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ABSENT = [2 * MINUTE, 15 * MINUTE, 4 * HOUR, 24 * HOUR]


@pytest.mark.parametrize("status", [300, 400, 404, 405, 406, 410, 414])
def test_a_page_that_is_said_not_to_be_there_is_looked_at_for_a_day(status: int) -> None:
    assert pauses(http(status)) == ABSENT


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (FailureKind.GUARD, ABSENT),
        (FailureKind.REDIRECTS, ABSENT),
        (FailureKind.TOO_LARGE, [10 * MINUTE, 24 * HOUR]),
        (FailureKind.ROBOTS, [10 * MINUTE, 4 * HOUR, 24 * HOUR]),
    ],
)
def test_what_we_will_not_fetch_may_be_a_lie_of_the_moment(
    kind: FailureKind, expected: list[timedelta]
) -> None:
    assert pauses(FetchFailure(kind, "no")) == expected


@pytest.mark.parametrize("kind", FailureKind)
@pytest.mark.parametrize("status", [None, 300, 400, 401, 403, 404, 410, 429, 451, 503])
def test_nothing_is_final_in_less_than_a_day(kind: FailureKind, status: int | None) -> None:
    found = pauses(FetchFailure(kind, "no", status))
    assert sum(found, timedelta()) >= timedelta(days=1)
    assert found == sorted(found), "at growing distance"


@pytest.mark.parametrize("reason", RejectReason)
@pytest.mark.parametrize("stub", [None, *StubKind])
def test_no_page_is_rejected_for_good_in_less_than_a_day(
    reason: RejectReason, stub: StubKind | None
) -> None:
    rejection = Rejection(reason, "no", stub)
    at = NOW
    for looks in range(1, 20):
        decision = decide_rejection_retry(rejection, looks, at, NOW)
        if decision.at is None:
            break
        at = decision.at
    assert NOW + timedelta(days=1) <= at <= NOW + timedelta(days=3)


def test_looks_that_people_asked_for_end_nothing_sooner() -> None:
    soon = NOW + HOUR
    assert decide_entry_retry(http(404), 9, soon, NOW).at == soon + 24 * HOUR
    assert decide_entry_retry(http(404), 9, NOW + 30 * HOUR, NOW).at is None


@pytest.mark.parametrize(
    "kind",
    [
        FailureKind.DNS,
        FailureKind.CONNECT,
        FailureKind.TIMEOUT,
        FailureKind.TLS,
        FailureKind.BROKEN,
        FailureKind.INTERNAL,
    ],
)
def test_trouble_on_the_way_is_tried_again(kind: FailureKind) -> None:
    assert decide_entry_retry(FetchFailure(kind, "no"), 1, NOW).at == NOW + timedelta(minutes=1)


def test_an_outlet_that_is_down_for_half_a_day_loses_no_article() -> None:
    at = NOW
    attempts = 0
    while at < NOW + timedelta(hours=12):
        attempts += 1
        decision = decide_entry_retry(http(503), attempts, at)
        assert decision.at is not None
        assert decision.at > at
        at = decision.at
    assert attempts <= 6


def test_the_eighth_failure_is_the_last() -> None:
    assert decide_entry_retry(http(500), 7, NOW).at is not None
    last = decide_entry_retry(http(500), 8, NOW)
    assert last.at is None
    assert last.reason == "http: HTTP 500, given up after 8 attempts"


@pytest.mark.parametrize("status", [401, 403, 451])
def test_a_block_is_tested_three_times(status: int) -> None:
    assert pauses(http(status)) == [15 * MINUTE, 4 * HOUR, 24 * HOUR]


def test_the_servers_wish_lengthens_the_pause_and_never_shortens_it() -> None:
    assert decide_entry_retry(http(429, 3600), 1, NOW).at == NOW + timedelta(hours=1)
    assert decide_entry_retry(http(429, 1), 2, NOW).at == NOW + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("reason", "stub", "hours"),
    [
        (RejectReason.STUB, StubKind.ANTI_BOT, [0.25, 1, 4, 12, 24]),
        (RejectReason.STUB, StubKind.ACCESS_DENIED, [0.25, 1, 4, 12, 24]),
        (RejectReason.STUB, StubKind.SERVER_ERROR, [0.25, 1, 4, 12, 24]),
        (RejectReason.STUB, StubKind.CONSENT, [0.25, 1, 4, 12, 24]),
        (RejectReason.STUB, StubKind.JAVASCRIPT, [0.25, 1, 4, 12, 24]),
        (RejectReason.STUB, StubKind.NOT_FOUND, [1 / 30, 0.25, 4, 24]),
        (RejectReason.STUB, StubKind.FRONT_PAGE, [1 / 30, 0.25, 4, 24]),
        (RejectReason.EMPTY, None, [1 / 30, 0.25, 4, 24]),
        (RejectReason.NOT_HTML, None, [1 / 6, 24]),
        (RejectReason.SANDBOX, None, [1 / 6, 24]),
    ],
)
@pytest.mark.parametrize("detail", ["xyz", "not found: the page is titled '404'"])
def test_a_page_in_an_articles_place_is_looked_at_again_before_it_is_final(
    reason: RejectReason, stub: StubKind | None, detail: str, hours: list[float]
) -> None:
    found = []
    for attempts in range(1, 10):
        decision = decide_rejection_retry(Rejection(reason, detail, stub), attempts, NOW)
        if decision.at is None:
            assert decision.reason == reason.value
            break
        found.append((decision.at - NOW) / timedelta(hours=1))
    assert found == pytest.approx(hours)


def entry(because: FetchFailure | Rejection | None, looks: int, attempts: int) -> TrackedEntry:
    """Return an entry that waits after so many looks that found the same."""
    known = TrackedEntry(
        id=1,
        source="kloop",
        key="https://kloop.example/1",
        entry=Entry(url="https://kloop.example/1"),
        status=EntryStatus.PENDING,
        attempts=attempts,
        discovered_at=NOW - timedelta(days=2),
        looks=Looks(looks, NOW - HOUR) if looks else None,
    )
    if isinstance(because, Rejection):
        return replace(known, cause=EntryCause(because.reason.value), stub=because.stub)
    if because is None:
        return known
    return replace(
        known,
        cause=EntryCause.UNFETCHED,
        failure=because.kind,
        failure_status=because.status,
    )


STUB = Rejection(RejectReason.STUB, "a check", StubKind.ANTI_BOT)
PLACEHOLDER = Rejection(RejectReason.STUB, "says nothing of it", StubKind.PLACEHOLDER)
EMPTY = Rejection(RejectReason.EMPTY, "no text")


@pytest.mark.parametrize(
    ("before", "looks", "now", "expected"),
    [
        pytest.param(None, 0, http(404), Looks(1, NOW), id="the-first-look"),
        pytest.param(http(404), 2, http(410), Looks(3, NOW - HOUR), id="absent-again"),
        pytest.param(EMPTY, 2, http(404), Looks(3, NOW - HOUR), id="empty-and-absent"),
        pytest.param(http(503), 7, http(404), Looks(1, NOW), id="absent-after-an-outage"),
        pytest.param(http(503), 7, STUB, Looks(1, NOW), id="a-stub-after-an-outage"),
        pytest.param(STUB, 3, STUB, Looks(4, NOW - HOUR), id="a-stub-again"),
        pytest.param(STUB, 3, PLACEHOLDER, Looks(1, NOW), id="a-placeholder-after-a-check"),
    ],
)
def test_only_looks_that_found_the_same_count_together(
    before: FetchFailure | Rejection | None,
    looks: int,
    now: FetchFailure | Rejection,
    expected: Looks,
) -> None:
    assert looks_with(entry(before, looks, looks), now, NOW) == expected


def test_a_server_that_never_says_the_same_twice_is_given_up_in_the_end() -> None:
    waits = entry(http(503), 3, MOST_ATTEMPTS)
    assert looks_with(waits, http(404), NOW) == Looks(4, NOW - HOUR)
