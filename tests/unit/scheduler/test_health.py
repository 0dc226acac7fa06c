from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.failures import FailureKind
from core.rhythm import Rhythm
from core.sources import Health, Outcomes, SourceState
from core.vantages import TurnedAway, VantageAnswer, VantagesDiffer
from scheduler.health import BLIND_AFTER, HealthFacts, Verdict, judge, network_is_down

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
WELL = SourceState(
    name="kloop",
    next_poll_at=NOW + HOUR,
    last_success_at=NOW - HOUR / 4,
    last_new_at=NOW - HOUR,
    polls=500,
)


def rhythm(a_day: int, days: int = 28) -> Rhythm:
    """Return the rhythm of a source that published evenly until now."""
    began = NOW - timedelta(days=days)
    published = [began + timedelta(days=1) / a_day * n for n in range(a_day * days)]
    return Rhythm.empty(began).observed(published, began, NOW)


BUSY, RARE = rhythm(24), rhythm(1)


def judged(
    state: SourceState = WELL, recent: Outcomes | None = None, usual: Rhythm | None = BUSY
) -> Verdict:
    return judge(HealthFacts(NOW, state, usual, recent or Outcomes(stored=48)))


def failing(
    kind: FailureKind, status: int | None = None, last: timedelta | None = HOUR
) -> SourceState:
    return replace(
        WELL,
        consecutive_failures=5,
        last_error="xyz",
        last_failure=kind,
        last_status_code=status,
        last_success_at=None if last is None else NOW - last,
    )


def test_a_source_that_brings_what_is_usual_is_healthy() -> None:
    verdict = judged()
    assert verdict.health is Health.HEALTHY
    assert verdict.reason.startswith("48 articles in two days; about 2")


def test_a_new_source_is_not_ill() -> None:
    assert judged(SourceState(name="new", next_poll_at=NOW), Outcomes(), None) == Verdict(
        Health.HEALTHY, "not polled yet"
    )


@pytest.mark.parametrize(
    ("hours", "usual", "health"),
    [
        (1, BUSY, Health.HEALTHY),
        (5, BUSY, Health.QUIET),
        (11, BUSY, Health.QUIET),
        (13, BUSY, Health.BLIND),
        (48, RARE, Health.HEALTHY),
        (24 * 5, RARE, Health.QUIET),
        (24 * 12, RARE, Health.BLIND),
    ],
)
def test_silence_is_judged_by_what_was_to_be_expected(
    hours: int, usual: Rhythm, health: Health
) -> None:
    silent = replace(WELL, last_new_at=NOW - hours * HOUR)
    assert judged(silent, Outcomes(), usual).health is health


def test_the_reason_of_silence_says_what_is_missing() -> None:
    silent = replace(WELL, last_new_at=NOW - 24 * HOUR)
    reason = judged(silent, Outcomes()).reason
    assert reason.startswith("it answers, but nothing new came for 24 h, when about 2")


@pytest.mark.parametrize(
    ("state", "health"),
    [
        (replace(WELL, consecutive_failures=2, last_error="timeout: slow"), Health.HEALTHY),
        (failing(FailureKind.TIMEOUT), Health.DEGRADED),
        (failing(FailureKind.TIMEOUT, last=BLIND_AFTER), Health.BLIND),
        (failing(FailureKind.HTTP, 500, last=None), Health.BLIND),
        (failing(FailureKind.HTTP, 403), Health.BLOCKED),
        (failing(FailureKind.HTTP, 401), Health.BLOCKED),
        (failing(FailureKind.HTTP, 429), Health.BLOCKED),
        (failing(FailureKind.HTTP, 451), Health.BLOCKED),
        (failing(FailureKind.HTTP, 404), Health.DEGRADED),
        (failing(FailureKind.GUARD), Health.DEGRADED),
        (failing(FailureKind.DOCUMENT), Health.DEGRADED),
        (failing(FailureKind.ROBOTS), Health.BLOCKED),
    ],
)
def test_failed_polls_are_judged_by_their_kind_and_length(
    state: SourceState, health: Health
) -> None:
    assert judged(state).health is health


@pytest.mark.parametrize(
    ("recent", "health"),
    [
        (Outcomes(stored=1, refused=9), Health.BLOCKED),
        (Outcomes(stubs=5), Health.BLOCKED),
        (Outcomes(refused=4), Health.HEALTHY),
        (Outcomes(stored=5, rejected=5), Health.DEGRADED),
        (Outcomes(stored=5, failed=4), Health.HEALTHY),
        (Outcomes(stored=10, future_dates=6), Health.DEGRADED),
        (Outcomes(stored=10, future_dates=4), Health.HEALTHY),
    ],
)
def test_articles_that_do_not_arrive_are_judged_by_their_share(
    recent: Outcomes, health: Health
) -> None:
    assert judged(recent=recent).health is health


def from_some_places(
    answer: VantageAnswer, status: int | None = None, *, times: int = 1, ago: timedelta = HOUR
) -> SourceState:
    closed = TurnedAway(1, answer, status)
    seen = VantagesDiffer(url="u", closed=closed, opened=2, at=NOW - ago, times=times)
    return replace(WELL, vantages=seen)


BEGINNING = "it can be read from some places only: number 2 of its `proxy` reads it, number 1"
END = "; put number 2 first, or leave number 1 out"


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (from_some_places(VantageAnswer.REFUSED, 451), "is refused (HTTP 451)"),
        (from_some_places(VantageAnswer.BLOCK_PAGE), "is sent a page that turns it away"),
        (from_some_places(VantageAnswer.SILENT, times=3), "had no answer 3 times"),
    ],
)
def test_a_source_that_is_read_from_some_places_only_is_neither_down_nor_blocked(
    state: SourceState, said: str
) -> None:
    assert judged(state) == Verdict(Health.GEO, f"{BEGINNING} {said}{END}")


@pytest.mark.parametrize(
    ("state", "health"),
    [
        (from_some_places(VantageAnswer.SILENT, times=2), Health.HEALTHY),
        (from_some_places(VantageAnswer.REFUSED, 403, ago=49 * HOUR), Health.HEALTHY),
        (
            replace(
                failing(FailureKind.HTTP, 403),
                vantages=from_some_places(VantageAnswer.REFUSED, 403).vantages,
            ),
            Health.BLOCKED,
        ),
    ],
)
def test_accidents_and_what_is_worse_are_no_matter_of_places(
    state: SourceState, health: Health
) -> None:
    assert judged(state).health is health


def test_a_gap_degrades_for_a_day() -> None:
    gap = replace(WELL, last_gap_at=NOW - 2 * HOUR, last_gap="none of 5 entries was known")
    assert judged(gap) == Verdict(Health.DEGRADED, "a gap 2 h ago: none of 5 entries was known")
    assert judged(replace(gap, last_gap_at=NOW - 25 * HOUR)).health is Health.HEALTHY


def test_when_most_sources_cannot_be_reached_the_fault_is_on_our_side() -> None:
    down = [failing(FailureKind.DNS)] * 6
    assert network_is_down([*down, WELL])
    assert not network_is_down([*down[:4], WELL]), "too few to tell"
    assert not network_is_down([*down, *[WELL] * 6]), "half of them answer"
    assert not network_is_down([failing(FailureKind.HTTP, 503)] * 9), "they answer"


@pytest.mark.parametrize(
    ("ahead", "health"),
    [
        (timedelta(0), Health.HEALTHY),
        (timedelta(minutes=5), Health.HEALTHY),  # another machine's clock
        (timedelta(minutes=6), Health.DEGRADED),
        (timedelta(days=400), Health.DEGRADED),
    ],
)
def test_a_source_that_was_last_polled_in_the_future_is_not_healthy(
    ahead: timedelta, health: Health
) -> None:
    verdict = judged(replace(WELL, last_polled_at=NOW + ahead, last_success_at=NOW + ahead))
    assert verdict.health is health
    assert ("clock was set back" in verdict.reason) is (health is Health.DEGRADED)
