"""When a source is polled next: by its rhythm, its answers, and never never."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rhythm import Rhythm
from core.sources import CheckOutcome, NextCheck
from scheduler.policy import (
    HOT_PAUSE,
    JITTER,
    LONGEST,
    LONGEST_HINT,
    SHORTEST,
    ScheduleFacts,
    plan_next_check,
    wants_full_fetch,
)

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)


def steady(per_day: float, *, days: int = 28) -> Rhythm:
    """Return the rhythm of a source that publishes evenly; nothing came in the last hours."""
    count = int(per_day * days)
    start = NOW - timedelta(days=days)
    # By the golden ratio: evenly, and at no hour of the day more than at another.
    moments = [start + timedelta(days=days) * (n * 0.6180339887 % 1) for n in range(count)]
    return replace(Rhythm.empty(start).observed(moments, start, NOW), recent=0.0)


def plan(rhythm: Rhythm | None = None, **facts: Any) -> NextCheck:
    facts.setdefault("outcome", CheckOutcome.OK)
    return plan_next_check(ScheduleFacts(now=NOW, rhythm=rhythm or steady(12), **facts))


def pause(rhythm: Rhythm | None = None, **facts: Any) -> timedelta:
    return plan(rhythm, **facts).at - NOW


@pytest.mark.parametrize("outcome", [CheckOutcome.OK, CheckOutcome.NOT_MODIFIED])
def test_a_fixed_interval_overrides_the_rhythm(outcome: CheckOutcome) -> None:
    assert plan(every=QUARTER, outcome=outcome) == NextCheck(NOW + QUARTER, "every 15m")


def test_four_times_the_articles_halve_the_pause() -> None:
    ratio = pause(steady(4)) / pause(steady(16))
    assert ratio == pytest.approx(2, rel=0.15)


def test_a_usual_outlet_is_polled_a_few_times_an_hour_and_a_rare_one_a_few_times_a_day() -> None:
    assert timedelta(minutes=10) <= pause(steady(20)) <= timedelta(minutes=30)
    assert timedelta(hours=2) <= pause(steady(1 / 14, days=84)) <= timedelta(hours=12)


def test_an_outlet_that_sleeps_is_polled_more_rarely_by_night() -> None:
    start = NOW - timedelta(days=56)
    days = [start.replace(hour=0) + timedelta(days=n) for n in range(56)]
    moments = [day + timedelta(hours=hour) for day in days for hour in range(8, 18)]
    rhythm = Rhythm.empty(start).observed(moments, start, NOW)
    by_day = pause(rhythm)
    night = NOW.replace(hour=21)
    quiet = rhythm.observed([], NOW, night)
    planned = plan_next_check(ScheduleFacts(now=night, rhythm=quiet, outcome=CheckOutcome.OK))
    assert planned.at - night > 1.5 * by_day
    assert "quiet now" in planned.reason


def test_a_list_of_which_most_was_new_is_asked_again_sooner() -> None:
    calm = pause(entries=30, known=28)
    assert pause(entries=30, known=2) == calm / 2


def test_a_list_that_runs_over_is_asked_before_it_does() -> None:
    planned = plan(steady(200), entries=2, known=1, ttl=timedelta(hours=1))
    assert planned.at - NOW < timedelta(minutes=10)
    assert "runs over" in planned.reason


@pytest.mark.parametrize("hint", ["ttl", "max_age"])
def test_hints_of_the_publisher_lengthen_the_pause_up_to_a_bound(hint: str) -> None:
    assert pause(steady(100), **{hint: timedelta(minutes=20)}) == timedelta(minutes=20)
    assert pause(steady(100), **{hint: timedelta(days=1)}) == LONGEST_HINT


def test_a_burst_shortens_the_pause_while_it_lasts() -> None:
    assert pause(steady(3), hot_until=NOW + HOUR) == HOT_PAUSE
    assert pause(steady(3), hot_until=NOW - HOUR) > HOT_PAUSE


def test_polls_are_spread_by_a_tenth_of_the_interval_at_most() -> None:
    assert pause(every=QUARTER, jitter=1) == QUARTER * (1 + JITTER)
    assert pause(every=QUARTER, jitter=-1) == QUARTER * (1 - JITTER)


@pytest.mark.parametrize(
    ("failures", "weight", "expected", "reason"),
    [
        (1, 1.0, 2 * QUARTER, "failed once; again in 30m"),
        (2, 1.0, 2 * QUARTER, "failed 2 times in a row; again in 30m"),
        (8, 7.0, 8 * QUARTER, "failed 8 times in a row; again in 2h"),
        (10_000, 1e4, LONGEST, "failed 10000 times in a row; again in 24h"),
    ],
)
def test_the_pause_grows_by_the_weight_of_failures_and_ends_at_a_day(
    failures: int, weight: float, expected: timedelta, reason: str
) -> None:
    failed: dict[str, Any] = {
        "outcome": CheckOutcome.FAILED,
        "failures": failures,
        "failure_weight": weight,
    }
    assert plan(every=QUARTER, **failed) == NextCheck(NOW + expected, reason)


def test_a_server_that_asks_for_a_longer_pause_gets_it() -> None:
    failed: dict[str, Any] = {"outcome": CheckOutcome.FAILED, "failures": 3, "failure_weight": 1.5}
    planned = plan(retry_after=3 * 3600.0, **failed)
    assert planned.at - NOW == 3 * HOUR
    assert planned.reason == "asked for 3h by Retry-After after 3 failures"
    assert pause(retry_after=3 * 3600.0, jitter=-1, **failed) >= 3 * HOUR
    assert pause(retry_after=1e12, **failed) == LONGEST


@given(
    per_day=st.floats(0.1, 2000),
    outcome=st.sampled_from(CheckOutcome),
    failures=st.integers(0, 1000),
    weight=st.floats(0, 1e6),
    retry_after=st.none() | st.floats(0, 1e12),
    jitter=st.floats(-1, 1),
    entries=st.none() | st.integers(0, 500),
)
def test_no_source_is_hammered_or_given_up(
    per_day: float,
    outcome: CheckOutcome,
    failures: int,
    weight: float,
    retry_after: float | None,
    jitter: float,
    entries: int | None,
) -> None:
    planned = plan(
        steady(per_day, days=10),
        outcome=outcome,
        failures=failures,
        failure_weight=weight,
        retry_after=retry_after,
        jitter=jitter,
        entries=entries,
        known=0,
    )
    assert SHORTEST <= planned.at - NOW <= LONGEST
    assert planned.reason


def test_silence_against_expectation_is_checked_with_a_full_fetch() -> None:
    busy, calm = steady(48), steady(1)
    assert wants_full_fetch(busy, None, NOW, 0) == "never read in full"
    assert wants_full_fetch(busy, NOW - HOUR, NOW, 0) is None
    doubt = wants_full_fetch(busy, NOW - 4 * HOUR, NOW, 0)
    assert doubt is not None
    assert "were to be expected" in doubt
    assert wants_full_fetch(calm, NOW - 20 * HOUR, NOW, 0) is None
    assert wants_full_fetch(calm, NOW - 27 * HOUR, NOW, 0) == "not read in full for 27h"
