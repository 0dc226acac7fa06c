"""The decision after an attempt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.delivery.retry import SCHEDULE, decide
from core.alerting import AttemptOutcome, DeliveryAttempt, DeliveryStatus

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


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


def test_a_receiver_cannot_ask_to_be_forgotten() -> None:
    at = decide(attempt(retry_after=1e12), jitter=0).next_attempt_at
    assert at == NOW + timedelta(hours=24)


def test_a_refusal_for_good_is_dead_at_once() -> None:
    decision = decide(attempt(outcome=AttemptOutcome.PERMANENT), jitter=0)
    assert (decision.status, decision.next_attempt_at) == (DeliveryStatus.DEAD, None)
    assert decision.reason == "refused for good: 503 unavailable"


@pytest.mark.parametrize("number", [12, 13, 100])
def test_after_the_last_attempt_comes_the_dead_letter(number: int) -> None:
    decision = decide(attempt(number), jitter=0)
    assert decision.status is DeliveryStatus.DEAD
    assert decision.reason == f"out of attempts after {number}: 503 unavailable"


def test_a_delivery_is_delivered_at_any_attempt() -> None:
    decision = decide(attempt(12, AttemptOutcome.DELIVERED), jitter=0)
    assert (decision.status, decision.next_attempt_at) == (DeliveryStatus.DELIVERED, None)
