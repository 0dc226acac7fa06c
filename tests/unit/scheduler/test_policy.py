from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sources import CheckOutcome, NextCheck
from scheduler.policy import JITTER, LONGEST, plan_next_check

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


def plan(
    outcome: CheckOutcome = CheckOutcome.OK,
    *,
    every: timedelta = QUARTER,
    failures: int = 1,
    jitter: float = 0.0,
    retry_after: float | None = None,
) -> NextCheck:
    return plan_next_check(
        every=every,
        outcome=outcome,
        failures=failures,
        now=NOW,
        jitter=jitter,
        retry_after=retry_after,
    )


@pytest.mark.parametrize("outcome", [CheckOutcome.OK, CheckOutcome.NOT_MODIFIED])
def test_a_source_that_answers_is_polled_after_its_interval(outcome: CheckOutcome) -> None:
    assert plan(outcome) == NextCheck(NOW + QUARTER, "every 15m")


def test_polls_are_spread_by_a_tenth_of_the_interval_at_most() -> None:
    assert plan(jitter=1).at - NOW == QUARTER * (1 + JITTER)
    assert plan(jitter=-1).at - NOW == QUARTER * (1 - JITTER)


@pytest.mark.parametrize(
    ("failures", "pause", "reason"),
    [
        (1, QUARTER, "failed once"),
        (2, 2 * QUARTER, "failed 2 times in a row"),
        (8, 8 * QUARTER, "failed 8 times in a row"),
        (10_000, LONGEST, "failed 10000 times in a row"),
    ],
)
def test_the_pause_grows_with_failures_and_ends_at_a_day(
    failures: int, pause: timedelta, reason: str
) -> None:
    assert plan(CheckOutcome.FAILED, failures=failures) == NextCheck(NOW + pause, reason)


def test_a_server_that_asks_for_a_longer_pause_gets_it() -> None:
    planned = plan(CheckOutcome.FAILED, retry_after=7200)
    assert planned == NextCheck(NOW + timedelta(hours=2), "failed once; the server asked for 2h")


def test_a_server_that_asks_for_less_than_the_interval_changes_nothing() -> None:
    assert plan(CheckOutcome.FAILED, retry_after=5) == NextCheck(NOW + QUARTER, "failed once")


def test_no_server_can_silence_a_source_for_more_than_a_day() -> None:
    assert plan(CheckOutcome.FAILED, retry_after=10**9).at == NOW + LONGEST


@pytest.mark.parametrize("outcome", [CheckOutcome.OK, CheckOutcome.FAILED])
def test_an_interval_longer_than_a_day_is_kept(outcome: CheckOutcome) -> None:
    assert plan(outcome, every=timedelta(days=7)).at == NOW + timedelta(days=7)


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


@given(
    every=st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=30)),
    failures=st.integers(0, 10**6),
    jitter=st.floats(-1, 1),
    retry_after=st.none() | st.floats(0, 10**9),
    outcome=st.sampled_from(CheckOutcome),
)
def test_the_next_poll_always_lies_ahead_and_never_out_of_sight(
    every: timedelta,
    failures: int,
    jitter: float,
    retry_after: float | None,
    outcome: CheckOutcome,
) -> None:
    planned = plan(outcome, every=every, failures=failures, jitter=jitter, retry_after=retry_after)
    assert NOW < planned.at <= NOW + max(LONGEST, every * (1 + JITTER))
    assert planned.reason
