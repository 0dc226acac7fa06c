"""When an article that the rules broke down on is tried again, and when only new rules will do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from alerts.judging.judging_again import PAUSES, lived_shortly, next_attempt

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("attempts", "pause"),
    [
        (1, timedelta(minutes=10)),
        (2, timedelta(hours=1)),
        (3, timedelta(hours=6)),
        (4, timedelta(days=1)),
        (10, timedelta(days=1)),
    ],
)
def test_pauses_grow_up_to_a_day(attempts: int, pause: timedelta) -> None:
    assert next_attempt(attempts, NOW) == NOW + pause


@pytest.mark.parametrize("attempts", [11, 12, 99])
def test_after_the_last_pause_only_new_rules_are_a_reason(attempts: int) -> None:
    assert len(PAUSES) == 10
    assert next_attempt(attempts, NOW) is None


@pytest.mark.parametrize(
    ("seconds", "shortly"), [(-1, False), (0, True), (59, True), (60, False), (86_400, False)]
)
def test_rules_that_judged_for_less_than_a_minute_lived_shortly(
    seconds: int, shortly: bool
) -> None:
    assert lived_shortly(NOW, NOW + timedelta(seconds=seconds)) is shortly
