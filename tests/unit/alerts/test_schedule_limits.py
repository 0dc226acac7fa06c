"""What a right clock can have scheduled is never taken for what a wrong one wrote."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alerts.delivery.delivery_retry import SCHEDULE, SPREAD
from alerts.dispatch.schedule_limits import LIMITS, limits_for
from core.config.watch import WatchConfig
from core.retry_after import LONGEST_RETRY_AFTER

HOUR = timedelta(hours=1)
DAY = 24 * HOUR


def test_the_longest_pause_of_a_delivery_is_within_the_limit() -> None:
    assert max(SCHEDULE) * (1 + SPREAD) < LIMITS.attempt < 2 * DAY
    assert LIMITS.attempt > LONGEST_RETRY_AFTER


def test_a_summary_is_held_for_the_longest_of_days_at_most() -> None:
    assert LIMITS.summary == DAY + timedelta(hours=1)


def test_clocks_of_machines_may_differ_a_little() -> None:
    assert LIMITS.clocks_differ == timedelta(minutes=5)


@pytest.mark.parametrize(
    ("quiet_hours", "longest"),
    [
        ([], DAY + HOUR),
        ([{"days": ["sat", "sun"]}], 2 * DAY + HOUR),
    ],
)
def test_quiet_days_hold_a_summary_for_as_long_as_they_last(
    quiet_hours: list[dict[str, object]], longest: timedelta
) -> None:
    receiver = {"name": "desk", "console": {}, "quiet_hours": quiet_hours}
    config = WatchConfig.model_validate({"receivers": [receiver] if quiet_hours else []})
    assert limits_for(config).summary == longest
