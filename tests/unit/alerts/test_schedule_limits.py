"""What a right clock can have scheduled is never taken for what a wrong one wrote."""

from __future__ import annotations

from datetime import timedelta

from alerts.delivery.delivery_retry import SCHEDULE, SPREAD
from alerts.dispatch.schedule_limits import LIMITS
from core.retry_after import LONGEST_RETRY_AFTER

DAY = timedelta(days=1)


def test_the_longest_pause_of_a_delivery_is_within_the_limit() -> None:
    assert max(SCHEDULE) * (1 + SPREAD) < LIMITS.attempt < 2 * DAY
    assert LIMITS.attempt > LONGEST_RETRY_AFTER


def test_a_summary_is_held_for_the_longest_of_days_at_most() -> None:
    assert LIMITS.summary == DAY + timedelta(hours=1)


def test_clocks_of_machines_may_differ_a_little() -> None:
    assert LIMITS.clocks_differ == timedelta(minutes=5)
