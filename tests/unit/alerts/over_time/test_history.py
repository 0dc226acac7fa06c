"""What is remembered of a rule: its matches in order of time, and how far back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from alerts.over_time import EVERYTHING, WATCHED_SINCE, Event, History, horizon
from core.config.sections.over_time import OverTimeConfig

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SECOND, HOUR, WEEK = timedelta(seconds=1), timedelta(hours=1), timedelta(weeks=1)


def with_events(
    events: dict[str, list[datetime]], notified: dict[str, datetime] | None = None
) -> History:
    history = History(notified=notified or {})
    for key, moments in events.items():
        history.events[key] = []
        for number, at in enumerate(moments):
            history.add(Event(key, number, at))
    return history


def times(history: History, key: str) -> list[datetime]:
    return [event.at for event in history.events[key]]


def test_what_was_told_of_is_marked_and_nothing_else() -> None:
    history = with_events({"": [NOW, NOW, NOW + HOUR], "source:a": [NOW]})
    history.tell([history.events[""][1]])
    assert [event.told for event in history.events[""]] == [False, True, False]
    assert not history.events["source:a"][0].told


def test_events_stand_in_order_of_time_however_they_came() -> None:
    for order in permutations([NOW, NOW + HOUR, NOW + 2 * HOUR]):
        history = History()
        for at in order:
            history.add(Event("source:a", 1, at))
        assert list(history.events) == ["source:a"]
        assert times(history, "source:a") == [NOW, NOW + HOUR, NOW + 2 * HOUR]


@pytest.mark.parametrize(
    ("after", "until", "count"),
    [
        pytest.param(-SECOND, HOUR, 3, id="all"),
        pytest.param(timedelta(0), HOUR, 1, id="the-beginning-is-left-out"),
        pytest.param(-SECOND, HOUR - SECOND, 2, id="before-the-end"),
        pytest.param(-SECOND, timedelta(0), 2, id="the-end-counts"),
        pytest.param(HOUR, 2 * HOUR, 0, id="afterwards"),
        pytest.param(-HOUR, -SECOND, 0, id="before"),
    ],
)
def test_events_are_counted_after_a_time_and_until_another(
    after: timedelta, until: timedelta, count: int
) -> None:
    history = with_events({"source:a": [NOW, NOW, NOW + HOUR]})
    assert history.count("source:a", NOW + after, NOW + until) == count
    assert len(history.between("source:a", NOW + after, NOW + until)) == count
    assert history.count("source:b", NOW + after, NOW + until) == 0


@pytest.mark.parametrize(
    ("events", "notified", "first"),
    [
        pytest.param({}, {}, None, id="nothing-is-known"),
        pytest.param({"a": [NOW, NOW + HOUR]}, {}, NOW, id="its-first-match"),
        pytest.param({"a": [NOW], "b": [NOW - HOUR]}, {}, NOW - HOUR, id="under-any-key"),
        pytest.param({"a": []}, {}, None, id="what-was-forgotten-does-not-count"),
        pytest.param({}, {WATCHED_SINCE: NOW}, NOW, id="since-it-was-watched"),
        pytest.param({"a": [NOW]}, {WATCHED_SINCE: NOW - HOUR}, NOW - HOUR, id="watched-before"),
        pytest.param(
            {"a": [NOW]}, {WATCHED_SINCE: NOW + HOUR}, NOW + HOUR, id="published-before-it-was"
        ),
        pytest.param({"a": [NOW]}, {EVERYTHING: NOW - HOUR}, NOW, id="alerts-are-no-beginning"),
    ],
)
def test_a_history_begins_with_the_first_match_or_the_first_look(
    events: dict[str, list[datetime]], notified: dict[str, datetime], first: datetime | None
) -> None:
    assert with_events(events, notified).first() == first


@pytest.mark.parametrize(
    ("kind", "length"),
    [
        ({"frequency": {"count": 3, "within": "2h"}}, 2 * HOUR + WEEK),
        ({"spike": {"times": 3, "within": "1h", "weeks": 4}}, 5 * WEEK + HOUR),
        ({"flatline": {"within": "6h"}}, 12 * HOUR),
        ({"new_term": {"learn": "7d"}}, None),
    ],
)
def test_a_rule_looks_back_as_far_as_its_decision_needs(
    kind: dict[str, Any], length: timedelta | None
) -> None:
    assert horizon(OverTimeConfig.model_validate(kind)) == length
