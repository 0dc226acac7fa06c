"""What further looks at a host's pages may cost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.failures import FailureKind
from core.looks import InVain, Looks
from core.sources import Entry, EntryCause, EntryStatus, TrackedEntry
from crawler.decide.look_budget import (
    MOST_IN_VAIN,
    REGAINED_BY_ONE,
    LookDecision,
    LookTurn,
    after_look,
    counts,
    decide_look,
    room,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SPENT = InVain(MOST_IN_VAIN, NOON)
WAITS = TrackedEntry(
    id=1,
    source="kloop",
    key="https://kloop.example/1",
    entry=Entry(url="https://kloop.example/1"),
    status=EntryStatus.PENDING,
    attempts=1,
    discovered_at=NOON - HOUR,
    next_attempt_at=NOON,
    cause=EntryCause.UNFETCHED,
    failure=FailureKind.HTTP,
    failure_status=404,
    looks=Looks(1, NOON - HOUR),
)


@pytest.mark.parametrize(
    ("entry", "counted"),
    [
        pytest.param(WAITS, True, id="absent"),
        pytest.param(replace(WAITS, failure_status=403), True, id="refused"),
        pytest.param(replace(WAITS, cause=EntryCause.NOT_HTML, failure=None), True, id="no-page"),
        pytest.param(replace(WAITS, failure_status=503), False, id="an-outage"),
        pytest.param(replace(WAITS, looks=None), False, id="a-first-look"),
        pytest.param(replace(WAITS, next_attempt_at=None), False, id="asked-for-by-a-person"),
        pytest.param(
            replace(WAITS, failure=FailureKind.ROBOTS, failure_status=None), False, id="robots"
        ),
    ],
)
def test_which_looks_are_held_to_a_budget(entry: TrackedEntry, counted: bool) -> None:
    assert counts(entry) is counted


def test_looks_in_vain_leave_less_room_and_time_gives_it_back() -> None:
    kept: InVain | None = None
    for _ in range(MOST_IN_VAIN):
        assert room(kept, NOON) > 0
        kept = after_look(kept, NOON, in_vain=True)
    assert room(kept, NOON) == 0
    assert room(kept, NOON + timedelta(hours=12)) == MOST_IN_VAIN // 2
    assert room(kept, NOON + timedelta(days=9)) == MOST_IN_VAIN
    assert room(kept, NOON - HOUR) == 0, "a clock that was set back gives nothing"


def test_a_look_that_brings_an_article_makes_room() -> None:
    assert room(after_look(SPENT, NOON, in_vain=False), NOON) == REGAINED_BY_ONE
    assert room(after_look(None, NOON, in_vain=False), NOON) == MOST_IN_VAIN


@pytest.mark.parametrize(
    ("waited", "left", "decision"),
    [
        (HOUR / 2, 1, LookDecision(LookTurn.NOW)),
        (HOUR / 2, 0, LookDecision(LookTurn.LATER, NOON + HOUR)),
        (5 * HOUR, 0, LookDecision(LookTurn.LATER, NOON + 5 * HOUR)),
        (40 * HOUR, 0, LookDecision(LookTurn.LATER, NOON + 24 * HOUR)),
        (48 * HOUR, 1, LookDecision(LookTurn.NOW)),
        (48 * HOUR, 0, LookDecision(LookTurn.SPOKEN_FOR)),
    ],
)
def test_what_its_host_has_no_room_for_waits_and_is_spoken_for_in_the_end(
    waited: timedelta, left: int, decision: LookDecision
) -> None:
    assert decide_look(replace(WAITS, looks=Looks(1, NOON - waited)), left, NOON) == decision
