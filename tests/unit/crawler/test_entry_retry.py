from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.articles import Rejection, RejectReason, StubKind
from core.failures import FailureKind, FetchFailure
from crawler.decide.entry_retry import decide_entry_retry, decide_rejection_retry

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def http(status: int, retry_after: float | None = None) -> FetchFailure:
    return FetchFailure(FailureKind.HTTP, f"HTTP {status}", status, retry_after)


@pytest.mark.parametrize("status", [400, 405, 406, 410, 414])
def test_an_answer_that_will_not_change_is_final(status: int) -> None:
    decision = decide_entry_retry(http(status), 1, NOW)
    assert decision.at is None
    assert decision.reason == f"http: HTTP {status}"


@pytest.mark.parametrize(
    "kind", [FailureKind.ROBOTS, FailureKind.GUARD, FailureKind.TOO_LARGE, FailureKind.REDIRECTS]
)
def test_what_we_will_not_fetch_is_final(kind: FailureKind) -> None:
    assert decide_entry_retry(FetchFailure(kind, "no"), 1, NOW).at is None


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


def test_the_seventh_failure_is_the_last() -> None:
    assert decide_entry_retry(http(500), 6, NOW).at is not None
    last = decide_entry_retry(http(500), 7, NOW)
    assert last.at is None
    assert last.reason == "http: HTTP 500, given up after 7 attempts"


@pytest.mark.parametrize("status", [401, 403, 404, 451])
def test_a_block_and_a_page_that_is_not_there_yet_are_tested_only_twice(status: int) -> None:
    pauses = [decide_entry_retry(http(status), attempt, NOW).at for attempt in (1, 2, 3)]
    assert pauses == [NOW + timedelta(minutes=15), NOW + timedelta(hours=4), None]


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
        (RejectReason.STUB, StubKind.NOT_FOUND, [0.25, 4]),
        (RejectReason.STUB, StubKind.FRONT_PAGE, [0.25, 4]),
        (RejectReason.EMPTY, None, [0.25, 4]),
        (RejectReason.NOT_HTML, None, []),
        (RejectReason.SANDBOX, None, []),
    ],
)
@pytest.mark.parametrize("detail", ["xyz", "not found: the page is titled '404'"])
def test_a_page_in_an_articles_place_is_looked_at_again_before_it_is_final(
    reason: RejectReason, stub: StubKind | None, detail: str, hours: list[float]
) -> None:
    pauses = []
    for attempts in range(1, 10):
        decision = decide_rejection_retry(Rejection(reason, detail, stub), attempts, NOW)
        if decision.at is None:
            assert decision.reason == reason.value
            break
        pauses.append((decision.at - NOW) / timedelta(hours=1))
    assert pauses == hours
