"""When matches alert by their number: frequency, spike, first time, silence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alerts.over_time import (
    EVERYTHING,
    WATCHED_SINCE,
    Decision,
    Event,
    History,
    decide,
    decide_flatline,
    keys_of,
)
from core.alerting import Field, Level, Match, Snippet, Span, SpanKind
from core.config.models import OverTimeConfig

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)


def config(**kind: dict[str, Any]) -> OverTimeConfig:
    return OverTimeConfig.model_validate(kind)


class Rule:
    """A rule over time that is fed matches one by one."""

    def __init__(self, over_time: OverTimeConfig) -> None:
        self.over_time, self.history, self.articles = over_time, History(), 0

    def match(self, at: datetime, *keys: str) -> Decision:
        self.articles += 1
        new = tuple(Event(key, self.articles, at) for key in (EVERYTHING, *keys))
        for event in new:
            self.history.add(event)
        decision = decide(self.over_time, self.history, new)
        if decision.alerts:
            self.history.told.update(dict.fromkeys(decision.keys, at))
        return decision


def test_frequency_alerts_at_the_nth_match_and_counts_afresh() -> None:
    rule = Rule(config(frequency={"count": 3, "within": "1h"}))
    verdicts = [rule.match(NOW + minutes * timedelta(minutes=1)).alerts for minutes in range(7)]
    assert verdicts == [False, False, True, False, False, True, False]


def test_frequency_forgets_what_is_older_than_its_window() -> None:
    rule = Rule(config(frequency={"count": 2, "within": "1h"}))
    assert not rule.match(NOW).alerts
    assert not rule.match(NOW + HOUR).alerts, "exactly an hour ago is no longer within the hour"
    decision = rule.match(NOW + HOUR + timedelta(minutes=59))
    assert decision.alerts
    assert decision.reason == "2 matches within 1h"


@pytest.mark.parametrize("kind", ["source", "entity"])
def test_frequency_counts_sources_and_entities_apart(kind: str) -> None:
    rule = Rule(config(frequency={"count": 2, "within": "1h", "by": kind}))
    assert not rule.match(NOW, f"{kind}:a").alerts
    assert not rule.match(NOW, f"{kind}:b").alerts
    decision = rule.match(NOW, f"{kind}:a")
    assert decision.alerts
    assert decision.keys == (f"{kind}:a",)
    assert {"source": "in a", "entity": "with a"}[kind] in decision.reason


def test_frequency_by_entity_ignores_matches_without_any() -> None:
    rule = Rule(config(frequency={"count": 1, "within": "1h", "by": "entity"}))
    assert not rule.match(NOW).alerts


def spike_rule(usual: int, weeks: int) -> Rule:
    rule = Rule(config(spike={"times": 3, "within": "1h", "weeks": 4, "at_least": 5}))
    rule.history.told[WATCHED_SINCE] = NOW - weeks * WEEK - HOUR
    for week in range(1, weeks + 1):
        for _ in range(usual):
            rule.history.add(Event(EVERYTHING, 0, NOW - week * WEEK - timedelta(minutes=5)))
    return rule


def test_spike_compares_with_the_same_hour_of_past_weeks() -> None:
    rule = spike_rule(usual=2, weeks=4)
    rule.history.add(Event(EVERYTHING, 0, NOW - DAY))  # another hour of another day
    verdicts = [rule.match(NOW).alerts for _ in range(8)]
    assert verdicts == [False, False, False, False, False, True, False, False]
    assert "usually 2.0 at this hour of the week" in rule.match(NOW).reason


def test_spike_needs_its_least_number_even_where_nothing_is_usual() -> None:
    rule = spike_rule(usual=0, weeks=4)
    assert [rule.match(NOW).alerts for _ in range(5)] == [False] * 4 + [True]


@pytest.mark.parametrize(("weeks", "alerts"), [(1, False), (2, True)])
def test_spike_keeps_silent_without_two_weeks_of_history(weeks: int, alerts: bool) -> None:
    rule = spike_rule(usual=1, weeks=weeks)
    decision = [rule.match(NOW) for _ in range(5)][-1]
    assert decision.alerts is alerts
    assert ("too little history" in decision.reason) is not alerts


def test_new_term_learns_first_and_then_tells_each_entity_once() -> None:
    rule = Rule(config(new_term={"learn": "7d"}))
    assert not rule.match(NOW, "entity:a").alerts
    assert not rule.match(NOW + 6 * DAY, "entity:b").alerts
    assert not rule.match(NOW + 8 * DAY, "entity:a").alerts
    decision = rule.match(NOW + 8 * DAY, "entity:a", "entity:c", "entity:d")
    assert decision.alerts
    assert decision.reason == "first time with c, d"
    assert not rule.match(NOW + 9 * DAY, "entity:c").alerts


def test_an_edit_that_brings_nothing_new_to_count_alerts_nobody() -> None:
    rule = config(frequency={"count": 1, "within": "1h"})
    assert not decide(rule, History(), ()).alerts


def flat(history: History, now: datetime, at_least: int = 1) -> Decision:
    over_time = config(flatline={"within": "6h", "at_least": at_least})
    assert over_time.flatline is not None
    return decide_flatline(over_time.flatline, history, now)


def test_flatline_waits_until_the_rule_was_watched_long_enough() -> None:
    history = History(told={WATCHED_SINCE: NOW})
    assert not flat(history, NOW + 5 * HOUR).alerts
    decision = flat(history, NOW + 6 * HOUR)
    assert decision.alerts
    assert decision.reason == "0 matches within 6h, fewer than 1"


def test_flatline_alerts_once_until_enough_matches_come_again() -> None:
    history = History(told={WATCHED_SINCE: NOW - WEEK, EVERYTHING: NOW})
    assert not flat(history, NOW + HOUR, at_least=2).alerts
    history.add(Event(EVERYTHING, 1, NOW + HOUR))
    assert not flat(history, NOW + 2 * HOUR, at_least=2).alerts, "one of two is not enough again"
    history.add(Event(EVERYTHING, 2, NOW + 3 * HOUR))
    assert not flat(history, NOW + 6 * HOUR, at_least=2).alerts
    assert flat(history, NOW + 8 * HOUR, at_least=2).alerts


def test_keys_are_those_that_the_rule_counts_by() -> None:
    match = Match(
        rule_id="r",
        rule_title="r",
        level=Level.NORMAL,
        spans=(
            Span(Field.TEXT, 0, 1, "putin", SpanKind.ENTITY),
            Span(Field.TEXT, 2, 3, "putin", SpanKind.ENTITY),
            Span(Field.TEXT, 4, 5, "слово"),
        ),
        snippet=Snippet(""),
    )
    by = {"count": 1, "within": "1h"}
    assert keys_of(config(frequency=by), match, "kloop") == ()
    assert keys_of(config(frequency={**by, "by": "source"}), match, "kloop") == ("source:kloop",)
    assert keys_of(config(frequency={**by, "by": "entity"}), match, "kloop") == ("entity:putin",)
    assert keys_of(config(new_term={}), match, "kloop") == ("entity:putin",)


@pytest.mark.parametrize(
    "kinds", [{}, {"new_term": {}, "flatline": {"within": "1h"}}, {"frequency": {"count": 0}}]
)
def test_exactly_one_sound_kind_is_asked_for(kinds: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"over_time|frequency"):
        OverTimeConfig.model_validate(kinds)
