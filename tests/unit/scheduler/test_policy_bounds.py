"""The schedule at its bounds, for sources whose rates are known exactly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.rhythm import CLUSTERED, HALF_LIFE, WEEK, Rhythm
from core.sources import NextPoll, PollOutcome
from scheduler.policy import (
    BURST_PAUSE,
    COST,
    IMPLAUSIBLE_SILENCE,
    LONGEST,
    LONGEST_HINT,
    POWER,
    SHORTEST,
    ScheduleFacts,
    plan_next_poll,
    wants_full_fetch,
)

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
"""A Wednesday: the hour of the week that begins is number 60."""
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
EVER = 1e18
"""Hours of observation after which no prior counts, so that rates are what they are set to."""


def rhythm(usual: float, **peaks: float) -> Rhythm:
    """Return a rhythm of `usual` entries an hour, but for hours such as `at_14` of that day."""
    rates = [usual] * WEEK
    for hour, rate in peaks.items():
        rates[2 * 24 + int(hour.removeprefix("at_"))] = rate
    return Rhythm(HALF_LIFE * 700.0, tuple(rate * EVER for rate in rates), (EVER,) * WEEK)


def plan(learnt: Rhythm, now: datetime = NOON, **facts: Any) -> NextPoll:
    return plan_next_poll(
        ScheduleFacts(**{"now": now, "rhythm": learnt, "outcome": PollOutcome.OK, **facts})
    )


def by_the_law(rate: float, pace: float = 1.0) -> timedelta:
    """Return the pause at a rate that stays the same; half of it is background."""
    return timedelta(hours=COST * pace / ((1 - CLUSTERED) * rate) ** POWER)


# -- the law


@pytest.mark.parametrize("now", [NOON, NOON + 15 * MINUTE, NOON + 59 * MINUTE])
@pytest.mark.parametrize(
    ("rate", "pace"),
    [
        pytest.param(2.0, 1.0, id="within-the-hour"),
        pytest.param(0.05, 1.0, id="over-hours"),
        pytest.param(0.05, 7.5, id="over-half-a-day"),
        pytest.param(0.05, 10.0, id="over-most-of-a-day"),
    ],
)
def test_a_pause_follows_the_law_wherever_in_the_hour_it_begins(
    rate: float, pace: float, now: datetime
) -> None:
    expected = by_the_law(rate, pace)
    assert SHORTEST < expected < LONGEST
    found = plan(rhythm(rate), now, pace=pace).at - now
    assert found.total_seconds() == pytest.approx(expected.total_seconds(), rel=1e-6)


def test_hours_weigh_by_their_own_rates() -> None:
    # Ten minutes of a calm hour, then the rest of the cost at a rate four times as high.
    now = NOON + 50 * MINUTE
    calm, busy = (((1 - CLUSTERED) * rate) ** POWER for rate in (1.0, 4.0))
    rest = timedelta(hours=(COST - calm / 6) / busy)
    found = plan(rhythm(1.0, at_13=4.0), now).at - now
    assert found.total_seconds() == pytest.approx((10 * MINUTE + rest).total_seconds(), rel=1e-6)


# -- feeds that overflow


def overflow(learnt: Rhythm, now: datetime = NOON, **facts: Any) -> bool:
    return "runs over" in plan(learnt, now, **facts).reason


def test_a_peak_within_the_pause_counts_for_what_a_list_holds() -> None:
    quiet_until_two = rhythm(0.001, at_14=40.0)
    pause = plan(quiet_until_two).at - NOON
    assert 2 * HOUR < pause < 2.5 * HOUR
    limited = plan(quiet_until_two, entries=40, known=40)
    assert "its list of 40 runs over" in limited.reason
    assert limited.at - NOON <= HOUR


def test_a_peak_that_begins_when_the_pause_ends_does_not_count() -> None:
    half_past = NOON + 30 * MINUTE
    assert not overflow(rhythm(10.0, at_13=100.0), half_past, ttl=HOUR, entries=20, known=20)
    assert overflow(rhythm(10.0, at_13=100.0), half_past + MINUTE, ttl=HOUR, entries=20, known=20)


@pytest.mark.parametrize(("entries", "over"), [(9, True), (10, False), (11, False)])
def test_a_list_that_holds_twice_what_comes_in_a_pause_does_not_run_over(
    entries: int, over: bool
) -> None:
    # Ten an hour, and half an hour by the publisher's wish.
    assert overflow(rhythm(10.0), ttl=HOUR, entries=entries, known=entries) is over


def test_a_short_list_of_a_rare_source_is_read_more_than_once_a_day() -> None:
    rare = rhythm(1 / 36)
    assert plan(rare, pace=1000).at - NOON == LONGEST
    found = plan(rare, pace=1000, entries=1, known=1).at - NOON
    assert found.total_seconds() == pytest.approx((18 * HOUR).total_seconds())


# -- hints and bursts


def test_a_publisher_who_asks_for_what_is_planned_changes_nothing() -> None:
    planned = plan(rhythm(10.0))
    assert plan(rhythm(10.0), ttl=planned.at - NOON) == planned


def test_a_burst_changes_nothing_for_a_source_that_is_polled_as_often() -> None:
    wire = rhythm(1000.0)
    asked = plan(wire, ttl=BURST_PAUSE)
    assert asked.at - NOON == BURST_PAUSE
    assert plan(wire, ttl=BURST_PAUSE, burst_until=NOON + HOUR) == asked


# -- words


def test_everything_that_moved_a_pause_is_named_in_its_order() -> None:
    planned = plan(rhythm(10.0), entries=9, known=2, ttl=HOUR, burst_until=NOON + HOUR)
    assert planned.reason == (
        "publishes about 240 a day, most entries were new, its publisher asks for patience, "
        "its list of 9 runs over, in a burst; every 3m"
    )


@pytest.mark.parametrize(
    ("daily", "words"),
    [
        (100.4, "100 a day"),
        (1.5, "2 a day"),
        (1.01, "1 a day"),
        (0.99, "7 a week"),
        (0.35, "2 a week"),
        (0.15, "1 a week"),
        (0.13, "4 a month"),
        (0.1164, "3 a month"),
        (0.01, "1 a month"),
    ],
)
def test_how_often_a_source_publishes_is_told_by_day_week_or_month(
    daily: float, words: str
) -> None:
    reason = plan(rhythm(daily / 24)).reason
    assert reason.startswith(f"publishes about {words}; every ")


@pytest.mark.parametrize(
    ("peaks", "words"),
    [
        pytest.param({}, "", id="as-usual"),
        pytest.param({"at_12": 1.3}, ", busiest now", id="the-highest-of-the-week"),
        pytest.param({"at_12": 1.3, "at_20": 1.55}, ", busiest now", id="near-the-highest"),
        pytest.param({"at_12": 1.3, "at_20": 2.0}, ", busy now", id="far-from-the-highest"),
        pytest.param({"at_12": 1.2}, "", id="a-little-more"),
        pytest.param({"at_12": 0.45}, ", quiet now", id="less-than-half"),
        pytest.param({"at_12": 0.55}, "", id="more-than-half"),
    ],
)
def test_a_special_hour_of_the_week_is_named(peaks: dict[str, float], words: str) -> None:
    reason = plan(rhythm(1.0, **peaks)).reason
    assert reason.startswith(f"publishes about 24 a day{words}; every ")


def test_retry_after_names_the_failures_before_it() -> None:
    planned = plan(rhythm(1.0), outcome=PollOutcome.FAILED, failures=2, retry_after=86_400)
    assert planned.reason == "asked for 24h by Retry-After after 2 failures"


def test_the_longest_hint_is_told_like_any_other() -> None:
    planned = plan(rhythm(10.0), ttl=LONGEST_HINT)
    assert planned.reason.endswith("its publisher asks for patience; every 30m")


# -- whole documents


@pytest.mark.parametrize(
    ("rate", "doubted"), [(IMPLAUSIBLE_SILENCE / 4, True), (IMPLAUSIBLE_SILENCE / 4.001, False)]
)
def test_silence_is_doubted_from_exactly_so_many_entries_on(rate: float, doubted: bool) -> None:
    reason = wants_full_fetch(rhythm(rate), NOON - 4 * HOUR, NOON, 0)
    assert reason == ("about 4 entries were to be expected in 4h" if doubted else None)
