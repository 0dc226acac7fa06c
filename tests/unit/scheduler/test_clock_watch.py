"""When a clock counts as set, and how often the schedule is mended then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.clock import FixedClock
from scheduler.clock_watch import ClockWatch, Reading, step_between

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
BEFORE = Reading(NOON, 100.0)


@pytest.mark.parametrize(
    ("wall", "passed", "step"),
    [
        (1 * SECOND, 1.0, 0 * SECOND),
        (2.5 * SECOND, 1.0, 0 * SECOND),  # a busy machine between two readings
        (0 * SECOND, 1.9, 0 * SECOND),
        (0 * SECOND, 2.0, -2 * SECOND),
        (3 * SECOND, 1.0, 2 * SECOND),
        (-3599 * SECOND, 1.0, -3600 * SECOND),
        (86401 * SECOND, 1.0, 86400 * SECOND),  # set forward, or the machine slept
        (86400 * SECOND, 86400.0, 0 * SECOND),
    ],
)
def test_a_clock_is_set_when_it_parts_from_the_time_that_passed(
    wall: timedelta, passed: float, step: timedelta
) -> None:
    assert step_between(BEFORE, Reading(NOON + wall, 100.0 + passed)) == step


class Time:
    """Both clocks, which pass together until one of them is set."""

    def __init__(self) -> None:
        self.wall = FixedClock(NOON)
        self.passed = 0.0
        self.watch = ClockWatch(self.wall, lambda: self.passed)

    def pass_by(self, seconds: float) -> None:
        self.wall.advance(timedelta(seconds=seconds))
        self.passed += seconds


def test_a_clock_that_was_set_back_is_mended_until_that_succeeds_and_again_a_few_times() -> None:
    time = Time()
    assert time.watch.look() == timedelta(0)
    assert not time.watch.to_be_mended()
    time.wall.advance(timedelta(hours=-3))
    assert time.watch.look() == timedelta(hours=-3)
    assert time.watch.to_be_mended()
    time.pass_by(1)
    assert time.watch.look() == timedelta(0)
    assert time.watch.to_be_mended(), "the database may have been away"
    mended = 0
    for _ in range(300):
        time.watch.look()
        if time.watch.to_be_mended():
            time.watch.mended()
            mended += 1
        time.pass_by(1)
    assert mended == 4


def test_a_clock_that_was_set_forward_leaves_nothing_to_mend() -> None:
    time = Time()
    time.wall.advance(timedelta(days=1))
    assert time.watch.look() == timedelta(days=1)
    assert not time.watch.to_be_mended()
