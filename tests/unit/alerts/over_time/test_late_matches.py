"""Matches are judged in any order and as late as may be: no full window stays untold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.over_time import EVERYTHING, WATCHED_SINCE, Decision, Event, History, decide
from core.config.sections.over_time import OverTimeConfig

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
MINUTE, HOUR, WEEK = timedelta(minutes=1), timedelta(hours=1), timedelta(weeks=1)


def config(**kind: dict[str, Any]) -> OverTimeConfig:
    return OverTimeConfig.model_validate(kind)


def frequency(count: int) -> OverTimeConfig:
    return config(frequency={"count": count, "within": "1h"})


def judged(
    over_time: OverTimeConfig, minutes: list[int], history: History | None = None
) -> tuple[History, list[Decision]]:
    """Judge matches of such minutes in this order; return what is remembered and the alerts."""
    history = history or History()
    alerts = []
    for number, minute in enumerate(minutes):
        event = Event(EVERYTHING, number, NOW + minute * MINUTE)
        history.add(event)
        decision = decide(over_time, history, (event,), max(NOW, event.at))
        history.tell(decision.told)
        if decision.alerts:
            alerts.append(decision)
    return history, alerts


@pytest.mark.parametrize(
    ("count", "minutes", "alerts"),
    [
        pytest.param(10, list(range(10)), 1, id="in-order"),
        pytest.param(10, list(range(9, -1, -1)), 1, id="the-newest-first"),
        pytest.param(10, [0, 9, 1, 8, 2, 7, 3, 6, 4, 5], 1, id="from-both-ends"),
        pytest.param(3, [300, 0, 1, 2], 1, id="a-burst-of-hours-ago"),
        pytest.param(3, [0, 1, 300, 2], 1, id="one-of-it-late"),
        pytest.param(3, [300, 301, 302, 0, 1, 2], 2, id="two-bursts-the-later-one-first"),
        pytest.param(3, [0, 30, 59], 1, id="just-within"),
        pytest.param(3, [60, 30, 0], 0, id="the-beginning-is-an-hour-ago"),
        pytest.param(3, [0, 1, 2, 3, 4], 1, id="counting-starts-afresh"),
        pytest.param(3, [4, 3, 2, 1, 0], 1, id="counting-starts-afresh-in-any-order"),
        pytest.param(3, [0, 1, 2, 3, 4, 5], 2, id="twice-as-many"),
        pytest.param(10, list(range(0, 600, 36)), 0, id="a-backlog-of-the-usual"),
        pytest.param(10, [*range(0, 600, 36), *range(200, 209)], 1, id="a-burst-in-a-backlog"),
    ],
)
def test_matches_count_with_what_lay_around_them(
    count: int, minutes: list[int], alerts: int
) -> None:
    assert len(judged(frequency(count), minutes)[1]) == alerts


def test_every_order_of_a_burst_tells_of_it_once() -> None:
    for order in permutations([0, 10, 20, 30, 59]):
        assert len(judged(frequency(5), list(order))[1]) == 1


def test_a_late_alert_is_about_the_matches_of_its_window() -> None:
    _, (alert,) = judged(frequency(3), [300, 2, 1, 500, 0])
    assert [event.article_id for event in alert.told] == [4, 2, 1]


@pytest.mark.parametrize(
    ("seen_after", "reason"),
    [
        (30 * MINUTE, "3 matches within 1h"),
        (61 * MINUTE, "3 matches within 1h"),
        (62 * MINUTE, "3 matches within 1h, until 20 Nov 09:02 UTC"),
        (20 * HOUR, "3 matches within 1h, until 20 Nov 09:02 UTC"),
    ],
)
def test_of_what_was_over_long_before_it_is_said_when(seen_after: timedelta, reason: str) -> None:
    history = History()
    events = [Event(EVERYTHING, minute, NOW + minute * MINUTE) for minute in (0, 2, 1)]
    for event in events:
        history.add(event)
    assert decide(frequency(3), history, (events[-1],), NOW + seen_after).reason == reason


windows = st.tuples(
    st.integers(1, 6), st.lists(st.integers(0, 400), min_size=1, max_size=60), st.randoms()
)


def full_windows(history: History, count: int) -> list[datetime]:
    """Return where windows end that hold enough matches of which nobody was told."""
    untold = [event.at for event in history.events[EVERYTHING] if not event.told]
    return [end for end in untold if sum(end - HOUR < at <= end for at in untold) >= count]


@given(windows)
def test_no_full_window_stays_untold_and_no_other_is_told(
    drawn: tuple[int, list[int], Any],
) -> None:
    count, minutes, random = drawn
    minutes = sorted(minutes)
    order = random.sample(minutes, len(minutes))
    _, prompt = judged(frequency(count), minutes)
    history, late = judged(frequency(count), order)
    assert full_windows(history, count) == []
    told = [event.article_id for alert in late for event in alert.told]
    assert len(told) == len(set(told)), "a match counts for one alert"
    for alert in late:
        times = [event.at for event in alert.told]
        assert len(times) >= count
        assert max(times) - min(times) < HOUR
    # Each late alert shares a match with at most two prompt ones and the reverse, or a full window
    # would be left: the order decides where windows are cut, not whether somebody hears.
    assert bool(late) == bool(prompt)
    assert len(late) <= 2 * len(prompt)
    assert len(prompt) <= 2 * len(late)


@given(windows)
def test_wherever_somebody_would_have_heard_in_time_somebody_hears_late(
    drawn: tuple[int, list[int], Any],
) -> None:
    count, minutes, random = drawn
    minutes = sorted(minutes)
    _, prompt = judged(frequency(count), minutes)
    _, late = judged(frequency(count), random.sample(minutes, len(minutes)))
    for alert in prompt:
        begins, ends = alert.told[0].at, alert.told[-1].at
        assert any(other.told[0].at <= ends and begins <= other.told[-1].at for other in late), (
            "no late alert is about that time"
        )


def spiking(minutes: list[int]) -> int:
    history = History(notified={WATCHED_SINCE: NOW - 5 * WEEK})
    spike = {"times": 3, "within": "1h", "weeks": 4, "at_least": 4}
    return len(judged(config(spike=spike), minutes, history)[1])


@pytest.mark.parametrize(
    ("minutes", "alerts"),
    [
        pytest.param([3, 2, 1, 0], 1, id="the-newest-first"),
        pytest.param([0, 1, 300, 2, 3], 1, id="one-of-it-late"),
        pytest.param([0, 1, 2, 3, 5, 4, 6], 1, id="once-within-its-time"),
        pytest.param([300, 301, 302, 303, 0, 1, 2, 3], 2, id="an-earlier-one-late"),
    ],
)
def test_spikes_are_found_late(minutes: list[int], alerts: int) -> None:
    assert spiking(minutes) == alerts
