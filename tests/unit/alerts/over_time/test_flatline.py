"""When matches have stopped coming, and when nobody could know."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alerts.over_time import (
    EVERYTHING,
    LOOKED_AT,
    UNREAD_UNTIL,
    WATCHED_SINCE,
    Event,
    FlatlineDecision,
    FlatlineFate,
    History,
    Sight,
    decide_flatline,
    is_rare_look,
    sight_of,
)
from core.config.sections.over_time import FlatlineConfig
from core.sources import Health, SourceHealth, SourceState

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)
READ = Sight(read=("kloop",))
UNREAD = Sight(unread=("kloop", "osh"))
LONG = {WATCHED_SINCE: NOW - WEEK, LOOKED_AT: NOW - timedelta(seconds=30)}


def flat(
    *ago: timedelta,
    noted: dict[str, datetime] | None = None,
    sight: Sight = READ,
    at_least: int = 2,
) -> FlatlineDecision:
    """Decide now by matches so long ago."""
    history = History(notified=LONG if noted is None else noted)
    for number, length in enumerate(ago):
        history.add(Event(EVERYTHING, number, NOW - length))
    config = FlatlineConfig.model_validate({"within": "6h", "at_least": at_least})
    return decide_flatline(config, history, NOW, sight)


@pytest.mark.parametrize(
    ("since", "fate"),
    [
        (NOW, FlatlineFate.TOO_SOON),
        (NOW - 6 * HOUR + SECOND, FlatlineFate.TOO_SOON),
        (NOW - 6 * HOUR, FlatlineFate.ALERT),
    ],
)
def test_a_rule_that_never_matched_is_flat_when_it_was_watched_for_its_time(
    since: datetime, fate: FlatlineFate
) -> None:
    assert flat(noted={WATCHED_SINCE: since, LOOKED_AT: NOW}).fate is fate


def test_the_first_look_notes_since_when_a_rule_is_watched() -> None:
    words = "watched for less than 6h"
    noted = (WATCHED_SINCE, LOOKED_AT)
    assert flat(noted={}) == FlatlineDecision(FlatlineFate.TOO_SOON, words, noted)


@pytest.mark.parametrize(
    ("ago", "notified", "fate", "reason"),
    [
        pytest.param(
            [], None, FlatlineFate.ALERT, "0 matches within 6h, fewer than 2", id="none-came"
        ),
        pytest.param(
            [6 * HOUR, HOUR],
            None,
            FlatlineFate.ALERT,
            "1 match within 6h, fewer than 2",
            id="too-few-came",
        ),
        pytest.param(
            [HOUR, HOUR], None, FlatlineFate.ENOUGH, "2 matches within 6h", id="enough-came"
        ),
        pytest.param(
            [8 * HOUR, HOUR],
            NOW - 7 * HOUR,
            FlatlineFate.TOLD,
            "1 match within 6h, fewer than 2; told already",
            id="too-few-since-it-was-told",
        ),
        pytest.param(
            [7 * HOUR, HOUR],
            NOW - 8 * HOUR,
            FlatlineFate.ALERT,
            "1 match within 6h, fewer than 2",
            id="enough-since-it-was-told-and-too-few-again",
        ),
    ],
)
def test_flatline_is_judged_by_what_came_within_its_time(
    ago: list[timedelta], notified: datetime | None, fate: FlatlineFate, reason: str
) -> None:
    noted = LONG if notified is None else {**LONG, EVERYTHING: notified}
    assert flat(*ago, noted=noted) == FlatlineDecision(fate, reason)


@pytest.mark.parametrize(
    ("until", "fate"),
    [
        (NOW, FlatlineFate.TOO_SOON),
        (NOW - 6 * HOUR + SECOND, FlatlineFate.TOO_SOON),
        (NOW - 6 * HOUR, FlatlineFate.ALERT),
    ],
)
def test_time_counts_anew_when_sources_are_read_again(until: datetime, fate: FlatlineFate) -> None:
    assert flat(noted={**LONG, UNREAD_UNTIL: until}).fate is fate


def test_while_no_source_is_read_silence_means_nothing_and_that_is_noted() -> None:
    noted = (UNREAD_UNTIL, LOOKED_AT)
    expected = FlatlineDecision(FlatlineFate.UNREAD, "not read: kloop, osh", noted)
    assert flat(sight=UNREAD) == expected


def test_while_some_are_read_the_alert_says_how_many_are_not() -> None:
    decision = flat(sight=Sight(read=("kloop",), unread=("osh", "batken")))
    said = "0 matches within 6h, fewer than 2; 2 of its 3 sources not read"
    assert decision == FlatlineDecision(FlatlineFate.ALERT, said)
    assert flat(HOUR, HOUR, sight=Sight(("kloop",), ("osh",))).reason == "2 matches within 6h"


@pytest.mark.parametrize(
    ("missed", "sight", "fate", "notes"),
    [
        pytest.param(SECOND, READ, FlatlineFate.ALERT, (), id="just-looked"),
        pytest.param(MINUTE, READ, FlatlineFate.ALERT, (LOOKED_AT,), id="noted-once-a-minute"),
        pytest.param(
            5 * MINUTE,
            replace(READ, backlog=True),
            FlatlineFate.ALERT,
            (LOOKED_AT,),
            id="what-comes-all-the-time-is-no-backlog",
        ),
        pytest.param(
            6 * MINUTE, replace(READ, backlog=True), FlatlineFate.BACKLOG, (), id="a-backlog"
        ),
        pytest.param(6 * MINUTE, UNREAD, FlatlineFate.BACKLOG, (), id="not-polled-yet"),
        pytest.param(6 * MINUTE, READ, FlatlineFate.ALERT, (LOOKED_AT,), id="all-is-read"),
        pytest.param(90 * MINUTE, READ, FlatlineFate.ALERT, (LOOKED_AT,), id="a-quarter-of-it"),
        pytest.param(
            90 * MINUTE + SECOND,
            READ,
            FlatlineFate.UNREAD,
            (UNREAD_UNTIL, LOOKED_AT),
            id="more-than-a-quarter-of-it",
        ),
        pytest.param(
            90 * MINUTE + SECOND,
            Sight(),
            FlatlineFate.ALERT,
            (LOOKED_AT,),
            id="articles-come-from-no-source",
        ),
    ],
)
def test_after_a_time_without_looks_nothing_is_told_before_all_is_read(
    missed: timedelta, sight: Sight, fate: FlatlineFate, notes: tuple[str, ...]
) -> None:
    decision = flat(noted={WATCHED_SINCE: NOW - WEEK, LOOKED_AT: NOW - missed}, sight=sight)
    assert (decision.fate, decision.notes) == (fate, notes)


def test_a_long_time_without_looks_is_said() -> None:
    missed = {WATCHED_SINCE: NOW - WEEK, LOOKED_AT: NOW - 2 * HOUR - 5 * SECOND}
    assert flat(noted=missed).reason == "nobody looked for 2h"


def test_moments_of_a_clock_that_was_set_back_are_noted_anew() -> None:
    keys = (WATCHED_SINCE, UNREAD_UNTIL, LOOKED_AT, EVERYTHING)
    for key in keys:
        decision = flat(noted={**LONG, key: NOW + 400 * HOUR})
        assert (decision.fate, decision.notes) == (FlatlineFate.TOO_SOON, (key,))
    assert flat(noted={**LONG, **dict.fromkeys(keys, NOW + HOUR)}).notes == keys
    assert flat(noted={**LONG, LOOKED_AT: NOW + MINUTE}).fate is FlatlineFate.ALERT


def test_a_look_is_rare_after_five_minutes() -> None:
    assert not is_rare_look(History(), NOW)
    assert not is_rare_look(History(notified={LOOKED_AT: NOW - 5 * MINUTE}), NOW)
    assert is_rare_look(History(notified={LOOKED_AT: NOW - 5 * MINUTE - SECOND}), NOW)


WELL = SourceState(name="kloop", next_poll_at=NOW + MINUTE, last_success_at=NOW - MINUTE)


@pytest.mark.parametrize(
    ("state", "read"),
    [
        pytest.param(WELL, True, id="well"),
        pytest.param(replace(WELL, last_success_at=None), False, id="never-read"),
        pytest.param(replace(WELL, consecutive_failures=2), True, id="two-failures"),
        pytest.param(replace(WELL, consecutive_failures=3), False, id="three-failures"),
        pytest.param(replace(WELL, next_poll_at=NOW - 10 * MINUTE), True, id="ten-minutes-late"),
        pytest.param(replace(WELL, next_poll_at=NOW - 11 * MINUTE), False, id="not-polled"),
        *(
            pytest.param(
                replace(WELL, health=SourceHealth(health, "", NOW)),
                health not in (Health.BLIND, Health.BLOCKED),
                id=health.value,
            )
            for health in Health
        ),
    ],
)
def test_a_source_is_read_while_its_polls_come_when_they_are_due(
    state: SourceState, read: bool
) -> None:
    sight = sight_of([state], NOW, backlog=True)
    names = ("kloop",)
    assert sight == Sight(names if read else (), () if read else names, backlog=True)
    assert sight.sources == 1
