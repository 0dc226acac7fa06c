from __future__ import annotations

import math
import timeit
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.failures import FailureKind, FetchFailure
from core.rhythm import CLUSTER_HALF_LIFE, Rhythm
from core.sources import NextPoll, PollOutcome
from scheduler.policy import (
    BURST_PAUSE,
    JITTER,
    LONGEST,
    LONGEST_HINT,
    SHORTEST,
    ScheduleFacts,
    plan_next_poll,
    wants_full_fetch,
)

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
"""A Wednesday at noon."""
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
QUARTER = 15 * MINUTE
OK, FAILED = PollOutcome.OK, PollOutcome.FAILED
UNKNOWN = Rhythm.empty(NOW)


def writing(daily: float, *, begins: int = 0, ends: int = 24, days: int = 42) -> Rhythm:
    """Return the rhythm of a source that wrote evenly between two hours of the day for weeks."""
    gap = timedelta(hours=(ends - begins) / daily)
    start = NOW - timedelta(days=days)
    entries, at = [], start
    while (at := at + gap) <= NOW:
        entries.append(at)
    if begins:
        entries = [
            start + timedelta(days=day, hours=begins - 12) + (number + 0.5) * gap
            for day in range(days)
            for number in range(int(daily))
        ]
    learnt = Rhythm.empty(start).observed([entry for entry in entries if entry < NOW], start, NOW)
    return replace(learnt, recent=0.0)  # no burst at this moment


STEADY, BUSY = writing(20), writing(100)
SLOW = writing(0.1)
DAYTIME = writing(20, begins=8, ends=20)


def plan(rhythm: Rhythm = STEADY, outcome: PollOutcome = OK, **facts: Any) -> NextPoll:
    return plan_next_poll(
        ScheduleFacts(**{"now": NOW, "rhythm": rhythm, "outcome": outcome, **facts})
    )


def pause(rhythm: Rhythm = STEADY, outcome: PollOutcome = OK, **facts: Any) -> timedelta:
    now: datetime = facts.get("now", NOW)
    return plan(rhythm, outcome, **facts).at - now


# -- by the rhythm


def test_twenty_articles_a_day_are_looked_for_every_quarter_of_an_hour_by_day() -> None:
    # An even stream keeps this many recent entries alive: rate x half-life / ln 2.
    usual = replace(DAYTIME, recent=DAYTIME.rate(NOW) * CLUSTER_HALF_LIFE / math.log(2))
    assert 11 * MINUTE < pause(usual) < 19 * MINUTE
    assert plan(usual).reason.startswith("publishes about 20 a day, bus")


def test_at_night_the_same_source_is_left_alone_until_its_morning_comes_near() -> None:
    night = NOW + 10 * HOUR
    assert pause(DAYTIME, now=night) > 3 * pause(DAYTIME)
    assert "quiet now" in plan(DAYTIME, now=night).reason


def test_busier_sources_are_polled_more_often_but_less_than_in_proportion() -> None:
    wire, outlet = pause(writing(200)), pause(writing(20))
    assert 3 < outlet / wire < 5


def test_a_source_of_a_few_a_month_is_polled_a_few_times_a_day() -> None:
    assert 2 * HOUR < pause(SLOW) < 8 * HOUR
    assert 2 * HOUR < pause(writing(1 / 14, days=84)) < 12 * HOUR
    assert "a month" in plan(SLOW).reason or "a week" in plan(SLOW).reason


def test_a_source_that_is_not_known_is_polled_as_is_usual() -> None:
    assert plan(UNKNOWN) == NextPoll(plan(UNKNOWN).at, "not observed yet; every 40m")


def test_fresh_entries_bring_the_next_poll_nearer() -> None:
    excited = DAYTIME.observed([NOW + MINUTE] * 4, NOW, NOW + MINUTE)
    assert pause(excited, now=NOW + MINUTE) < 0.75 * pause(DAYTIME)


def test_pace_stretches_what_follows_the_law() -> None:
    assert pause(pace=2) == pytest.approx(2 * pause(), rel=0.1)


def test_bounds_on_both_sides() -> None:
    assert pause(writing(3000)) == SHORTEST
    assert pause(SLOW, pace=1000) == LONGEST


def test_polls_are_spread_by_a_tenth_of_the_pause_at_most() -> None:
    assert pause(jitter=1) == pause() * (1 + JITTER)
    assert pause(jitter=-1) == pause() * (1 - JITTER)
    assert pause(writing(3000), jitter=-1) == SHORTEST


# -- feeds that overflow


def test_a_document_of_mostly_new_entries_halves_the_pause() -> None:
    calm = pause(entries=90, known=30)
    assert pause(entries=90, known=29) == calm / 2
    assert "most entries were new" in plan(entries=90, known=29).reason


def test_no_pause_is_longer_than_half_of_what_the_feed_holds() -> None:
    wire = writing(240)
    allowed = pause(wire, pace=20, entries=20, known=20)
    assert allowed == pytest.approx(HOUR, rel=0.1)
    assert pause(wire, pace=20, entries=40, known=40) == pytest.approx(2 * allowed, rel=0.01)
    assert "its list of 20 runs over" in plan(wire, pace=20, entries=20, known=20).reason


def test_hints_do_not_make_a_feed_overflow() -> None:
    assert pause(writing(240), entries=4, known=4, ttl=HOUR) < 15 * MINUTE


def test_an_empty_document_says_nothing_about_overflow() -> None:
    assert plan(entries=0, known=0) == plan()


# -- hints of publishers


@pytest.mark.parametrize("hint", ["ttl", "max_age"])
def test_hints_lengthen_a_pause_to_half_an_hour_at_most(hint: str) -> None:
    def hinted(length: timedelta, rhythm: Rhythm = BUSY) -> NextPoll:
        facts: dict[str, Any] = {hint: length}
        return plan(rhythm, **facts)

    assert hinted(5 * MINUTE) == plan(BUSY)
    assert hinted(25 * MINUTE).at - NOW == 25 * MINUTE
    assert hinted(timedelta(days=30)).at - NOW == LONGEST_HINT
    assert "publisher asks for patience; every 30m" in hinted(HOUR).reason
    assert hinted(HOUR, SLOW) == plan(SLOW)


@pytest.mark.parametrize("outcome", PollOutcome)
def test_retry_after_is_obeyed_whatever_the_outcome(outcome: PollOutcome) -> None:
    for jitter in (-1, 0, 1):
        asked = pause(outcome=outcome, retry_after=7200, jitter=jitter)
        assert 2 * HOUR <= asked <= 2.2 * HOUR


def test_retry_after_is_named() -> None:
    planned = plan(outcome=FAILED, failures=3, failure_weight=1.5, retry_after=7200)
    assert planned.reason == "asked for 2h by Retry-After after 3 failures"
    assert plan(outcome=FAILED, failures=1, retry_after=3600).reason.endswith("after 1 failure")
    assert plan(retry_after=3600).reason == "asked for 1h by Retry-After"


def test_a_server_that_asks_for_less_than_the_pause_changes_nothing() -> None:
    assert plan(retry_after=5) == plan()


def test_no_server_can_silence_a_source_for_more_than_a_day() -> None:
    assert pause(retry_after=10**9) == LONGEST


# -- bursts


def test_a_burst_shortens_until_its_end() -> None:
    assert pause(burst_until=NOW + HOUR, ttl=HOUR) == BURST_PAUSE
    assert plan(burst_until=NOW + HOUR).reason.endswith("in a burst; every 3m")
    assert plan(burst_until=NOW) == plan()


def test_a_burst_does_not_slow_a_wire() -> None:
    assert pause(writing(3000), burst_until=NOW + HOUR) == SHORTEST


# -- failures


@pytest.mark.parametrize(
    ("failures", "weight", "times"), [(1, 1, 2), (2, 0.5, 1.5), (8, 8, 9), (10_000, 10_000, 0)]
)
def test_the_pause_grows_with_the_weight_of_failures_and_ends_at_a_day(
    failures: int, weight: float, times: float
) -> None:
    longer = pause(outcome=FAILED, failures=failures, failure_weight=weight)
    assert longer == (pytest.approx(pause() * times, rel=1e-6) if times else LONGEST)


def test_the_reason_tells_of_failures() -> None:
    planned = plan(writing(3000), FAILED, failures=1, failure_weight=1)
    assert planned == NextPoll(NOW + 10 * MINUTE, "failed once; again in 10m")
    assert "failed 3 times in a row; again in" in plan(outcome=FAILED, failures=3).reason


def test_a_burst_does_not_hammer_a_server_that_fails() -> None:
    hot = pause(outcome=FAILED, failures=2, failure_weight=2, burst_until=NOW + HOUR)
    assert hot == 15 * MINUTE


@pytest.mark.parametrize(
    ("kind", "status", "weight"),
    [
        (FailureKind.DNS, None, 0.25),
        (FailureKind.HTTP, 404, 0.5),
        (FailureKind.HTTP, 429, 0.5),
        (FailureKind.HTTP, 503, 0.5),
        (FailureKind.HTTP, 403, 1),
        (FailureKind.TLS, None, 1),
        (FailureKind.TIMEOUT, None, 1),
    ],
)
def test_failures_weigh_by_their_class(
    kind: FailureKind, status: int | None, weight: float
) -> None:
    assert FetchFailure(kind, "", status).weight == weight


# -- the user's own interval


def test_a_fixed_interval_replaces_all_that_adapts() -> None:
    planned = plan(
        every=QUARTER, ttl=HOUR, max_age=HOUR, entries=9, known=0, burst_until=NOW + HOUR, pace=9
    )
    assert planned == NextPoll(NOW + QUARTER, "every 15m")
    assert pause(every=SECOND) == SECOND


def test_failures_and_retry_after_stretch_a_fixed_interval() -> None:
    failed = plan(outcome=FAILED, every=QUARTER, failures=2, failure_weight=2)
    assert failed == NextPoll(NOW + 45 * MINUTE, "failed 2 times in a row; again in 45m")
    assert pause(outcome=FAILED, every=QUARTER, failures=1, retry_after=7200) == 2 * HOUR
    assert pause(outcome=FAILED, every=QUARTER, failures=99, failure_weight=999) == LONGEST


@pytest.mark.parametrize("outcome", [OK, FAILED])
def test_an_interval_longer_than_a_day_is_kept(outcome: PollOutcome) -> None:
    week = timedelta(days=7)
    assert pause(outcome=outcome, every=week, failures=1, failure_weight=1) == week


@pytest.mark.parametrize(
    ("every", "words"),
    [
        (timedelta(days=2), "every 2d"),
        (timedelta(hours=1), "every 1h"),
        (timedelta(minutes=90), "every 90m"),
        (timedelta(seconds=1.5), "every 1.5s"),
    ],
)
def test_the_reason_writes_the_interval_as_the_configuration_does(
    every: timedelta, words: str
) -> None:
    assert plan(every=every).reason == words


@pytest.mark.parametrize(
    ("weight", "words"),
    [(0, "45s"), (1, "90s"), (3, "3m"), (79, "1h"), (119, "1.5h"), (1919, "24h")],
)
def test_pauses_are_told_with_the_digits_that_matter(weight: float, words: str) -> None:
    planned = plan(outcome=FAILED, every=45 * SECOND, failures=1, failure_weight=weight)
    assert planned.reason == f"failed once; again in {words}"


# -- whole documents


def test_a_source_is_read_in_full_once_a_day() -> None:
    assert wants_full_fetch(SLOW, None, NOW, 0) == "never read in full"
    assert wants_full_fetch(SLOW, NOW - 23 * HOUR, NOW, 0) is None
    assert wants_full_fetch(SLOW, NOW - 24 * HOUR, NOW, 0) == "not read in full for 24h"
    assert wants_full_fetch(SLOW, NOW - 24 * HOUR, NOW, 0.1) is None
    assert wants_full_fetch(SLOW, NOW - 22 * HOUR, NOW, -1)


def test_implausible_silence_is_doubted_sooner_but_not_every_hour() -> None:
    assert wants_full_fetch(STEADY, NOW - 4 * HOUR, NOW, 0) is None
    reason = wants_full_fetch(STEADY, NOW - 5 * HOUR, NOW, 0)
    assert reason == "about 4 entries were to be expected in 5h"
    assert wants_full_fetch(writing(300), NOW - 1.9 * HOUR, NOW, 0) is None
    assert wants_full_fetch(writing(300), NOW - 2 * HOUR, NOW, 0)


# -- whatever comes


RHYTHMS = [UNKNOWN, SLOW, STEADY, DAYTIME, writing(3000)]
SPANS = st.none() | st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=900))


@given(
    rhythm=st.sampled_from(RHYTHMS),
    outcome=st.sampled_from(PollOutcome),
    every=st.none() | st.timedeltas(min_value=SECOND, max_value=timedelta(days=30)),
    failures=st.integers(0, 10**6),
    failure_weight=st.floats(0, 10**6),
    retry_after=st.none() | st.floats(0, 10**9),
    ttl=SPANS,
    max_age=SPANS,
    entries=st.none() | st.integers(0, 10**5),
    known=st.none() | st.integers(0, 10**5),
    hot=st.booleans(),
    jitter=st.floats(-1, 1),
)
def test_the_next_poll_always_lies_ahead_and_never_out_of_sight(
    rhythm: Rhythm, outcome: PollOutcome, hot: bool, **facts: Any
) -> None:
    planned = plan(rhythm, outcome, burst_until=NOW + HOUR if hot else None, **facts)
    every = facts["every"]
    longest = LONGEST if every is None else max(LONGEST, every * (1 + JITTER))
    assert NOW < planned.at <= NOW + longest
    if every is None:
        assert planned.at >= NOW + SHORTEST
    assert planned.at >= NOW + min(timedelta(seconds=facts["retry_after"] or 0), LONGEST)
    assert planned.reason
    assert "\n" not in planned.reason


def test_a_decision_takes_no_time_that_counts() -> None:
    def decide() -> None:
        plan(SLOW, entries=30, known=30, now=NOW + 3 * HOUR)

    # Below 0.1 ms when measured; the bound leaves room for busy machines.
    assert min(timeit.repeat(decide, number=20, repeat=5)) / 20 < 1e-3
