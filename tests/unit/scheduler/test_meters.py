from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.alerting.deliveries import (
    AttemptOutcome,
    Delivery,
    DeliveryAttempt,
    DeliveryStatus,
    RetryDecision,
)
from core.alerting.matches import Level
from scheduler.meters import (
    ATTEMPT_BOUNDS,
    DeliveryOutcome,
    HeartbeatOutcome,
    Histogram,
    Meters,
    ReloadOutcome,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DELIVERY = Delivery(
    id="dlv_1",
    alert_id="alt_1",
    receiver="desk",
    status=DeliveryStatus.PENDING,
    attempts=0,
    created_at=NOON,
    next_attempt_at=NOON,
    last_detail="",
)


def attempted(meters: Meters, status: DeliveryStatus, *, again: bool = False) -> None:
    """Count an attempt of two seconds that began a second after its message was made."""
    attempt = DeliveryAttempt(
        delivery_id="dlv_1",
        number=1,
        started_at=NOON + SECOND,
        finished_at=NOON + 3 * SECOND,
        outcome=AttemptOutcome.DELIVERED,
        status_code=200,
        detail="",
        retry_after=None,
    )
    decision = RetryDecision(status, NOON + timedelta(hours=1) if again else None, "")
    meters.attempted(DELIVERY, attempt, decision)


@pytest.mark.parametrize(
    ("seconds", "counts"),
    [
        (0.0, (1, 0, 0)),
        (1.0, (1, 0, 0)),  # a bound is part of its bucket, as Prometheus has it
        (1.1, (0, 1, 0)),
        (2.0, (0, 1, 0)),
        (2.1, (0, 0, 1)),
        (-5.0, (1, 0, 0)),  # by a clock that was set back
    ],
)
def test_a_duration_is_counted_under_the_first_bound_that_it_does_not_pass(
    seconds: float, counts: tuple[int, ...]
) -> None:
    times = Histogram((1.0, 2.0))
    times.add(seconds)
    assert times.read().counts == counts
    assert times.read().seconds == max(seconds, 0.0)


@pytest.mark.parametrize(
    ("status", "again", "outcome"),
    [
        (DeliveryStatus.DELIVERED, False, DeliveryOutcome.DELIVERED),
        (DeliveryStatus.PENDING, True, DeliveryOutcome.RETRIED),
        (DeliveryStatus.DEAD, False, DeliveryOutcome.GIVEN_UP),
    ],
)
def test_an_attempt_is_counted_by_what_was_decided_and_by_how_long_it_took(
    status: DeliveryStatus, again: bool, outcome: DeliveryOutcome
) -> None:
    meters = Meters()
    attempted(meters, status, again=again)
    found = meters.read()
    assert found.attempts == {("desk", outcome): 1}
    assert found.attempt_timing("desk").seconds == 2.0
    arrived = outcome is DeliveryOutcome.DELIVERED
    assert found.delay("desk").seconds == (3.0 if arrived else 0.0)
    assert found.delivered_at == (NOON + 3 * SECOND if arrived else None)


def test_a_batch_is_counted_by_its_versions_each_at_its_share() -> None:
    meters = Meters()
    meters.judged(4, 0.08, NOON, matches={Level.HIGH: 2}, alerts=1, broken=1)
    meters.judged(0, 9.0, NOON + SECOND, matches={}, alerts=0, broken=0)  # nothing was due
    found = meters.read()
    assert (found.judged, found.broken, found.alerts, found.matches) == (4, 1, 1, {Level.HIGH: 2})
    assert sum(found.judging.counts) == 4
    assert found.judging.seconds == pytest.approx(0.08)
    assert found.judged_at == NOON


def test_what_was_read_does_not_change_afterwards() -> None:
    meters = Meters()
    before = meters.read()
    attempted(meters, DeliveryStatus.DELIVERED)
    meters.reloaded(ReloadOutcome.TAKEN)
    meters.heartbeat(HeartbeatOutcome.SENT)
    assert (before.attempts, before.reloads, before.heartbeats) == ({}, {}, {})
    assert before.attempt_timing("desk").bounds == ATTEMPT_BOUNDS
    after = meters.read()
    assert (after.reloads, after.heartbeats) == (
        {ReloadOutcome.TAKEN: 1}, {HeartbeatOutcome.SENT: 1}
    )  # fmt: skip
