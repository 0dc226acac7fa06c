"""The verdicts on a source word for word, at the bounds from which on each is given."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.failures import FailureKind
from core.rhythm import Rhythm
from core.sources import Health, Outcomes, SourceState
from scheduler.health import (
    BLIND_AFTER,
    EMPTY_FOR,
    FAILURES,
    FEWEST_FOR_NETWORK,
    FEWEST_SETTLED,
    SHORTEST_BLIND_SPELL,
    HealthFacts,
    Verdict,
    expected_in_a_day,
    judge,
    network_is_down,
)

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = (
    timedelta(seconds=1),
    timedelta(minutes=1),
    timedelta(hours=1),
    timedelta(days=1),
)
TEN_A_DAY = Rhythm.empty(NOW)
"""What is usual for sources of which nothing is known."""
WELL = SourceState(name="kloop", next_poll_at=NOW, last_success_at=NOW, last_new_at=NOW, polls=1)
STORED = Outcomes(stored=48)


def judged(
    state: SourceState = WELL, recent: Outcomes = STORED, usual: Rhythm | None = TEN_A_DAY
) -> Verdict:
    return judge(HealthFacts(NOW, state, usual, recent))


def failing(times: int, last: timedelta | None = timedelta(0)) -> SourceState:
    return replace(
        WELL,
        consecutive_failures=times,
        last_error="timeout: slow",
        last_failure=FailureKind.TIMEOUT,
        last_success_at=None if last is None else NOW - last,
    )


def test_a_source_that_is_well_says_what_came_and_what_is_usual() -> None:
    usual = "48 articles in two days; about 10.0 articles a day are usual now"
    assert judged() == Verdict(Health.HEALTHY, usual)
    assert judged(usual=None) == Verdict(Health.HEALTHY, "48 articles in two days")


def test_what_is_to_be_expected_of_a_day_is_unknown_until_something_is_learnt() -> None:
    assert expected_in_a_day(HealthFacts(NOW, WELL, TEN_A_DAY, STORED)) == pytest.approx(10)
    assert expected_in_a_day(HealthFacts(NOW, WELL, None, STORED)) is None


# -- failed polls


@pytest.mark.parametrize("times", [FAILURES, FAILURES + 1])
def test_polls_that_fail_in_a_row_degrade_a_source(times: int) -> None:
    row = f"{times} polls in a row failed: timeout: slow"
    assert judged(failing(times)) == Verdict(Health.DEGRADED, row)


def test_fewer_failures_are_an_accident() -> None:
    assert judged(failing(FAILURES - 1)).health is Health.HEALTHY


ROW = "3 polls in a row failed: timeout: slow"


@pytest.mark.parametrize(
    ("last", "verdict"),
    [
        pytest.param(
            BLIND_AFTER - SECOND, Verdict(Health.DEGRADED, ROW), id="a-second-before-it-is-blind"
        ),
        pytest.param(
            BLIND_AFTER, Verdict(Health.BLIND, f"last read 6 h ago; {ROW}"), id="from-then-on"
        ),
        pytest.param(
            20 * DAY, Verdict(Health.BLIND, f"last read 20 days ago; {ROW}"), id="for-weeks"
        ),
        pytest.param(None, Verdict(Health.BLIND, f"never read; {ROW}"), id="from-the-beginning"),
    ],
)
def test_a_source_that_cannot_be_read_for_long_is_blind(
    last: timedelta | None, verdict: Verdict
) -> None:
    assert judged(failing(FAILURES, last)) == verdict


@pytest.mark.parametrize("status", [401, 403, 429, 451])
def test_a_source_that_refuses_us_says_how_often(status: int) -> None:
    refused = replace(
        failing(FAILURES, DAY), last_failure=FailureKind.HTTP, last_status_code=status
    )
    assert judged(refused) == Verdict(Health.BLOCKED, ROW)


# -- articles that do not arrive


@pytest.mark.parametrize(
    ("recent", "verdict"),
    [
        pytest.param(
            Outcomes(stored=1, refused=3, stubs=1),
            Verdict(Health.BLOCKED, "of 5 articles of two days 3 were refused and 1 were stubs"),
            id="four-of-five-refused",
        ),
        pytest.param(
            Outcomes(stored=21, refused=79),
            Verdict(Health.DEGRADED, "of 100 articles of two days 79 were refused"),
            id="a-little-less",
        ),
        pytest.param(
            Outcomes(refused=FEWEST_SETTLED - 1),
            Verdict(Health.HEALTHY, "0 articles in two days"),
            id="too-few-to-tell",
        ),
        pytest.param(
            Outcomes(stored=5, rejected=2, failed=3),
            Verdict(
                Health.DEGRADED,
                "of 10 articles of two days 2 were no articles, 3 could not be fetched",
            ),
            id="half-of-them-lost",
        ),
        pytest.param(
            Outcomes(stored=4, stubs=1, rejected=2, refused=3, failed=4),
            Verdict(
                Health.DEGRADED,
                "of 14 articles of two days 1 were stubs, 2 were no articles, 3 were refused,"
                " 4 could not be fetched",
            ),
            id="each-kind-is-counted",
        ),
        pytest.param(
            Outcomes(stored=51, failed=49),
            Verdict(Health.HEALTHY, "51 articles in two days"),
            id="just-less-than-half",
        ),
        pytest.param(
            Outcomes(stored=2, failed=3),
            Verdict(Health.DEGRADED, "of 5 articles of two days 3 could not be fetched"),
            id="the-fewest-that-tell",
        ),
        pytest.param(
            Outcomes(stored=1, failed=3),
            Verdict(Health.HEALTHY, "1 article in two days"),
            id="one-fewer-tells-nothing",
        ),
        pytest.param(
            Outcomes(stored=10, future_dates=5),
            Verdict(
                Health.DEGRADED,
                "5 of 10 articles are dated in the future: its clock or time zone is wrong",
            ),
            id="half-of-them-of-tomorrow",
        ),
        pytest.param(
            Outcomes(stored=5, future_dates=3),
            Verdict(
                Health.DEGRADED,
                "3 of 5 articles are dated in the future: its clock or time zone is wrong",
            ),
            id="of-tomorrow-and-the-fewest-that-tell",
        ),
        pytest.param(
            Outcomes(stored=4, future_dates=4),
            Verdict(Health.HEALTHY, "4 articles in two days"),
            id="too-few-of-tomorrow",
        ),
    ],
)
def test_shares_of_what_was_announced_decide(recent: Outcomes, verdict: Verdict) -> None:
    assert judged(recent=recent, usual=None) == verdict


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (30 * SECOND, "1 min"),
        (10 * MINUTE, "10 min"),
        (10 * MINUTE + SECOND, "11 min"),
        (HOUR - SECOND, "60 min"),
        (HOUR, "1 h"),
        (HOUR + 40 * MINUTE, "2 h"),
        (DAY - SECOND, "24 h"),
    ],
)
def test_a_gap_degrades_a_source_for_a_day(ago: timedelta, words: str) -> None:
    gap = replace(WELL, last_gap_at=NOW - ago, last_gap="none was known")
    assert judged(gap) == Verdict(Health.DEGRADED, f"a gap {words} ago: none was known")


def test_a_gap_is_forgotten_after_exactly_a_day() -> None:
    assert judged(replace(WELL, last_gap_at=NOW - DAY)).health is Health.HEALTHY


# -- silence


@pytest.mark.parametrize(
    ("silence", "verdict"),
    [
        pytest.param(7 * HOUR, None, id="fewer-than-three-expected"),
        pytest.param(
            7.5 * HOUR,
            Verdict(Health.QUIET, "nothing new for 8 h, when about 3 articles are usual"),
            id="three-expected",
        ),
        pytest.param(
            19 * HOUR,
            Verdict(Health.QUIET, "nothing new for 19 h, when about 8 articles are usual"),
            id="fewer-than-eight-expected",
        ),
        pytest.param(
            20 * HOUR,
            Verdict(
                Health.BLIND,
                "it answers, but nothing new came for 20 h, when about 8 articles were to be"
                " expected",
            ),
            id="eight-expected",
        ),
        pytest.param(
            47 * HOUR,
            Verdict(
                Health.BLIND,
                "it answers, but nothing new came for 47 h, when about 20 articles were to be"
                " expected",
            ),
            id="still-told-in-hours",
        ),
        pytest.param(
            48 * HOUR,
            Verdict(
                Health.BLIND,
                "it answers, but nothing new came for 2 days, when about 20 articles were to be"
                " expected",
            ),
            id="told-in-days",
        ),
    ],
)
def test_silence_is_doubted_by_what_was_to_be_expected(
    silence: timedelta, verdict: Verdict | None
) -> None:
    found = judged(replace(WELL, last_new_at=NOW - silence))
    if verdict is None:
        assert found.health is Health.HEALTHY
    else:
        assert found == verdict


@pytest.mark.parametrize(
    ("silence", "health"),
    [(SHORTEST_BLIND_SPELL - SECOND, Health.QUIET), (SHORTEST_BLIND_SPELL, Health.BLIND)],
)
def test_no_silence_within_a_night_counts_as_blind(silence: timedelta, health: Health) -> None:
    began = NOW - 28 * DAY
    hourly = [began + HOUR * number for number in range(28 * 24)]
    busy = Rhythm.empty(began).observed(hourly, began, NOW)
    assert judged(replace(WELL, last_new_at=NOW - silence), usual=busy).health is health


def test_a_source_that_never_brought_anything_is_not_silent() -> None:
    never = replace(WELL, last_new_at=None)
    assert judged(never).health is Health.HEALTHY
    assert judged(replace(WELL, last_new_at=NOW - 9 * DAY), usual=None).health is Health.HEALTHY


# -- which verdict comes first

BLOCKED, LOSING = Outcomes(refused=9), Outcomes(stored=1, failed=9)
SILENT = replace(WELL, last_new_at=NOW - 2 * DAY)


@pytest.mark.parametrize(
    ("state", "recent", "words"),
    [
        pytest.param(failing(FAILURES), BLOCKED, "polls in a row", id="failures-before-refusals"),
        pytest.param(SILENT, BLOCKED, "refused", id="refusals-before-silence"),
        pytest.param(SILENT, LOSING, "nothing new came", id="silence-before-losses"),
        pytest.param(
            replace(WELL, last_gap_at=NOW), LOSING, "could not be fetched", id="losses-before-a-gap"
        ),
        pytest.param(
            replace(WELL, last_gap_at=NOW),
            Outcomes(stored=9, future_dates=9),
            "a gap",
            id="a-gap-before-dates",
        ),
        pytest.param(
            replace(WELL, last_new_at=NOW - 8 * HOUR), LOSING, "fetched", id="losses-before-quiet"
        ),
        pytest.param(replace(SILENT, polls=0), LOSING, "not polled yet", id="before-any-poll"),
    ],
)
def test_the_worst_that_is_true_comes_first(
    state: SourceState, recent: Outcomes, words: str
) -> None:
    assert words in judged(state, recent).reason


# -- our own network

DOWN = replace(failing(1), last_error="connect: refused", last_failure=FailureKind.CONNECT)
GONE = replace(DOWN, active=False)
NEW = replace(DOWN, polls=0)


@pytest.mark.parametrize(
    ("states", "down"),
    [
        pytest.param([DOWN] * FEWEST_FOR_NETWORK, True, id="all-of-the-fewest"),
        pytest.param([DOWN] * (FEWEST_FOR_NETWORK - 1), False, id="one-fewer"),
        pytest.param([DOWN] * 6 + [WELL] * 4, True, id="six-of-ten"),
        pytest.param([DOWN] * 59 + [WELL] * 41, False, id="a-little-less"),
        pytest.param([DOWN] * 6 + [GONE] * 9, True, id="removed-sources-do-not-count"),
        pytest.param([DOWN] * 4 + [GONE] * 9, False, id="nor-do-their-failures"),
        pytest.param([DOWN] * 6 + [replace(WELL, polls=0)] * 9, True, id="nor-do-new-ones"),
        pytest.param([DOWN] * 4 + [NEW] * 9, False, id="nor-do-the-failures-of-new-ones"),
        pytest.param([replace(DOWN, consecutive_failures=0)] * 9, False, id="it-answers-again"),
        pytest.param([replace(WELL, consecutive_failures=1)] * 9, False, id="for-no-known-reason"),
    ],
)
def test_the_network_is_down_when_most_of_enough_sources_cannot_be_reached(
    states: list[SourceState], down: bool
) -> None:
    assert network_is_down(states) is down


def test_a_source_that_answers_for_days_and_never_had_an_entry_is_blind() -> None:
    empty = replace(WELL, last_new_at=None, empty_since=NOW - EMPTY_FOR)
    words = "it answers for 2 days, and never had one entry"
    assert judged(empty) == Verdict(Health.BLIND, words)
    assert judged(replace(empty, empty_since=NOW - EMPTY_FOR + SECOND)).health is Health.HEALTHY
    assert judged(replace(empty, empty_since=None)).health is Health.HEALTHY
    assert judged(replace(empty, last_new_at=NOW)).health is Health.HEALTHY, "it had some before"
