from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.delivery.pace import (
    OPENS_AFTER,
    OVERDUE_TURN,
    PROBES,
    WAITED_LONG,
    Breaker,
    TokenBucket,
    Turns,
)
from alerts.receivers.protocol import Rate
from core.alerting.deliveries import AttemptOutcome
from core.retry_after import LONGEST_RETRY_AFTER

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TRANSIENT, DELIVERED, PERMANENT = (
    AttemptOutcome.TRANSIENT,
    AttemptOutcome.DELIVERED,
    AttemptOutcome.PERMANENT,
)


def sent_times(rate: Rate, wanted: list[float]) -> list[float]:
    """Send as soon as the bucket allows, each message at its wanted time or later."""
    bucket, now, times = TokenBucket(rate), 0.0, []
    for at in sorted(wanted):
        now = bucket.free_at(max(now, at))
        bucket.take(now)
        times.append(now)
    return times


@given(
    st.lists(st.floats(0, 60), min_size=2, max_size=40),
    st.sampled_from([0.1, 1.0, 2.5]),
    st.integers(1, 5),
)
def test_any_messages_beyond_the_burst_take_their_time(
    wanted: list[float], seconds: float, burst: int
) -> None:
    times = sent_times(Rate(seconds, burst), wanted)
    for first in range(len(times)):
        for last in range(first, len(times)):
            beyond = last - first + 1 - burst
            assert times[last] - times[first] >= beyond * seconds - 1e-6


def test_after_a_rest_the_burst_goes_out_at_once() -> None:
    assert sent_times(Rate(1.0, 3), [0.0] * 5 + [60.0] * 4) == [0, 0, 0, 1, 2, 60, 60, 60, 61]


def test_without_a_rate_nothing_waits() -> None:
    assert sent_times(Rate(0.0), [5.0] * 3) == [5.0] * 3


def test_one_failure_of_a_receiver_holds_up_nothing_else() -> None:
    breaker = Breaker()
    for _ in range(OPENS_AFTER - 1):
        breaker.note(TRANSIENT, NOON)
    assert breaker.free_at(NOON) == NOON
    assert breaker.since == NOON


def test_a_receiver_that_keeps_failing_is_probed_ever_less_often() -> None:
    breaker, now, pauses = Breaker(), NOON, []
    for _ in range(OPENS_AFTER - 1):
        breaker.note(TRANSIENT, now)
    for _ in range(len(PROBES) + 2):
        breaker.note(TRANSIENT, now)
        pauses.append(breaker.free_at(now) - now)
        now = breaker.free_at(now)
    assert pauses == [*PROBES, PROBES[-1], PROBES[-1]]
    assert breaker.since == NOON


@pytest.mark.parametrize("answer", [DELIVERED, PERMANENT])
def test_any_answer_of_its_own_opens_the_way_again(answer: AttemptOutcome) -> None:
    breaker = Breaker()
    for _ in range(OPENS_AFTER):
        breaker.note(TRANSIENT, NOON)
    later = breaker.free_at(NOON)
    breaker.note(answer, later)
    assert breaker.free_at(later) == later
    assert breaker.since is None
    breaker.note(TRANSIENT, later)
    assert breaker.free_at(later) == later, "it counts from the beginning"


def test_after_a_recovery_a_receiver_is_left_alone_no_sooner_and_no_longer_than_at_first() -> None:
    breaker = Breaker()
    for _ in range(OPENS_AFTER + 2):
        breaker.note(TRANSIENT, NOON)
    breaker.note(DELIVERED, NOON)
    frees = []
    for _ in range(OPENS_AFTER):
        breaker.note(TRANSIENT, NOON)
        frees.append(breaker.free_at(NOON))
    assert frees == [NOON] * (OPENS_AFTER - 1) + [NOON + PROBES[0]]


def test_a_receiver_fails_since_its_first_failure_of_the_row() -> None:
    breaker = Breaker()
    for minutes in range(3):
        breaker.note(TRANSIENT, NOON + timedelta(minutes=minutes))
    assert breaker.since == NOON


def test_a_pause_that_was_asked_for_is_not_shortened_by_a_later_answer() -> None:
    breaker = Breaker()
    breaker.note(TRANSIENT, NOON, 90.0)
    breaker.note(TRANSIENT, NOON + timedelta(seconds=1), 5.0)
    assert breaker.free_at(NOON) == NOON + timedelta(seconds=90)


@pytest.mark.parametrize(
    ("asked", "pause"), [(90.0, 90.0), (1e9, LONGEST_RETRY_AFTER.total_seconds()), (0.0, 0.0)]
)
def test_a_pause_that_is_asked_for_holds_for_everything(asked: float, pause: float) -> None:
    breaker = Breaker()
    breaker.note(TRANSIENT, NOON, asked)
    assert breaker.free_at(NOON) == NOON + timedelta(seconds=pause)


def test_a_short_pause_does_not_shorten_that_before_a_probe() -> None:
    breaker = Breaker()
    for _ in range(OPENS_AFTER):
        breaker.note(TRANSIENT, NOON, 1.0)
    assert breaker.free_at(NOON) == NOON + PROBES[0]


def test_a_pause_that_began_in_the_future_lasts_as_long_once_the_clock_is_set_right() -> None:
    breaker, ahead = Breaker(), NOON + timedelta(days=2)
    for _ in range(OPENS_AFTER):
        breaker.note(TRANSIENT, ahead)
    breaker.keep_up(NOON)
    assert breaker.free_at(NOON) == NOON + PROBES[0]
    assert breaker.since == NOON
    breaker.keep_up(NOON + PROBES[0])
    assert breaker.free_at(NOON + PROBES[0]) == NOON + PROBES[0]


def test_a_pause_is_as_long_as_it_was_while_the_clock_goes_on() -> None:
    breaker = Breaker()
    breaker.keep_up(NOON)
    for _ in range(OPENS_AFTER):
        breaker.note(TRANSIENT, NOON)
    breaker.keep_up(NOON + timedelta(seconds=1))
    assert breaker.free_at(NOON) == NOON + PROBES[0]
    breaker.note(DELIVERED, NOON + timedelta(seconds=2))
    breaker.keep_up(NOON)
    assert breaker.free_at(NOON) == NOON
    assert breaker.since is None


def test_every_fifth_message_is_what_is_overdue_whatever_its_level() -> None:
    turns, now = Turns(), datetime(2026, 3, 4, 12, tzinfo=UTC)
    asked = []
    for _ in range(2 * OVERDUE_TURN):
        asked.append(turns.overdue_since(now))
        turns.take()
    assert asked == ([None] * 4 + [now - WAITED_LONG]) * 2
    assert turns.overdue_since(now) is turns.overdue_since(now), "asking takes no turn"
