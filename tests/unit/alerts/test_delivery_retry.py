"""The decision after an attempt."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.delivery.delivery_retry import SCHEDULE, decide
from core.alerting.deliveries import AttemptOutcome, DeliveryAttempt, DeliveryStatus, RetryDecision

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
PENDING, DEAD = DeliveryStatus.PENDING, DeliveryStatus.DEAD


def attempt(
    number: int = 1,
    outcome: AttemptOutcome = AttemptOutcome.TRANSIENT,
    retry_after: float | None = None,
) -> DeliveryAttempt:
    return DeliveryAttempt(
        delivery_id="dlv_1",
        number=number,
        started_at=NOW - timedelta(seconds=3),
        finished_at=NOW,
        outcome=outcome,
        detail="503 unavailable",
        retry_after=retry_after,
    )


def test_the_schedule_is_followed() -> None:
    pauses = []
    for number in range(1, 12):
        at = decide(attempt(number), jitter=0).next_attempt_at
        assert at is not None
        pauses.append((at - NOW).total_seconds())
    minute, hour = 60, 3600
    assert pauses == [
        5,
        30,
        2 * minute,
        10 * minute,
        30 * minute,
        hour,
        2 * hour,
        4 * hour,
        8 * hour,
        12 * hour,
        24 * hour,
    ]


@given(
    st.integers(1, len(SCHEDULE) - 1),
    st.floats(-1, 1),
    st.none() | st.floats(0, 86_400),
)
def test_a_pause_is_near_its_plan_and_never_shorter_than_asked(
    number: int, jitter: float, retry_after: float | None
) -> None:
    at = decide(attempt(number, retry_after=retry_after), jitter=jitter).next_attempt_at
    assert at is not None
    pause = (at - NOW).total_seconds()
    planned = SCHEDULE[number].total_seconds()
    assert pause >= 0.8 * planned - 0.001
    assert pause <= max(1.2 * planned, retry_after or 0) + 0.001
    assert pause >= (retry_after or 0) - 0.001


@pytest.mark.parametrize(
    ("jitter", "seconds"),
    [(0.0, 30.0), (1.0, 36.0), (0.5, 33.0), (-1.0, 24.0), (7.0, 36.0), (-7.0, 24.0)],
)
def test_jitter_moves_a_pause_by_a_fifth_at_most(jitter: float, seconds: float) -> None:
    at = decide(attempt(2), jitter=jitter).next_attempt_at
    assert at is not None
    assert (at - NOW).total_seconds() == pytest.approx(seconds)


FAILED = "attempt 3 of 12 failed: 503 unavailable"
ASKED = f"{FAILED}; the receiver asked for a longer pause"


@pytest.mark.parametrize(
    ("retry_after", "seconds", "reason"),
    [
        pytest.param(None, 120, FAILED, id="nothing-asked"),
        pytest.param(0.0, 120, FAILED, id="no-pause-asked"),
        pytest.param(119.0, 120, FAILED, id="less-than-planned"),
        pytest.param(120.0, 120, FAILED, id="what-is-planned"),
        pytest.param(121.0, 121, ASKED, id="a-second-more"),
        pytest.param(86_400.0, 86_400, ASKED, id="a-day"),
        pytest.param(86_401.0, 86_400, ASKED, id="a-receiver-cannot-ask-to-be-forgotten"),
        pytest.param(1e12, 86_400, ASKED, id="absurd"),
    ],
)
def test_a_receiver_may_ask_for_a_longer_pause(
    retry_after: float | None, seconds: float, reason: str
) -> None:
    expected = RetryDecision(PENDING, NOW + timedelta(seconds=seconds), reason)
    assert decide(attempt(3, retry_after=retry_after), jitter=0) == expected


def test_a_request_that_is_shorter_than_the_planned_pause_of_a_day_changes_nothing() -> None:
    decision = decide(attempt(11, retry_after=1e12), jitter=1)
    assert decision.next_attempt_at == NOW + timedelta(hours=28.8)
    assert decision.reason == "attempt 11 of 12 failed: 503 unavailable"


def test_a_refusal_for_good_is_dead_at_once() -> None:
    decision = decide(attempt(outcome=AttemptOutcome.PERMANENT), jitter=0)
    assert decision == RetryDecision(DEAD, None, "refused for good: 503 unavailable")


@pytest.mark.parametrize("number", [1, 12, 13])
def test_what_cannot_be_read_is_sent_at_once_in_its_plainest_form(number: int) -> None:
    decision = decide(attempt(number, AttemptOutcome.UNREADABLE), jitter=1)
    reason = "refused as it is, to be sent in its plainest form: 503 unavailable"
    assert decision == RetryDecision(PENDING, NOW, reason, minimal=True)


def test_what_cannot_be_read_in_its_plainest_form_is_dead() -> None:
    decision = decide(attempt(outcome=AttemptOutcome.UNREADABLE), jitter=0, minimal=True)
    reason = "refused even in its plainest form: 503 unavailable"
    assert decision == RetryDecision(DEAD, None, reason)


def test_what_cannot_be_put_together_is_tried_in_its_plainest_form_and_then_dead() -> None:
    unsent = replace(attempt(outcome=AttemptOutcome.UNREADABLE), reached=False, detail="TypeError")
    reason = "not sent as it is, to be sent in its plainest form: TypeError"
    assert decide(unsent, jitter=1) == RetryDecision(PENDING, NOW, reason, minimal=True)
    reason = "not sent even in its plainest form: TypeError"
    assert decide(unsent, jitter=1, minimal=True) == RetryDecision(DEAD, None, reason)


@pytest.mark.parametrize("number", [12, 13, 100])
def test_after_the_last_attempt_comes_the_dead_letter(number: int) -> None:
    decision = decide(attempt(number), jitter=0)
    assert decision == RetryDecision(DEAD, None, f"out of attempts after {number}: 503 unavailable")


def test_a_delivery_is_delivered_at_any_attempt() -> None:
    decision = decide(attempt(12, AttemptOutcome.DELIVERED), jitter=0)
    assert decision == RetryDecision(DeliveryStatus.DELIVERED, None, "delivered")
