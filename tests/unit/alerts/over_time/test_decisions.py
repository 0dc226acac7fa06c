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
    keys_of,
)
from core.alerting.matches import Field, Level, Match, Snippet, Span, SpanKind
from core.config.sections.over_time import OverTimeConfig

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
        decision = decide(self.over_time, self.history, new, at)
        self.history.tell(decision.told)
        return decision


def said_of(decision: Decision) -> tuple[bool, str]:
    """Return a decision without the matches that it is about."""
    return decision.alerts, decision.reason


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
    assert {event.key for event in decision.told} == {f"{kind}:a"}
    assert {"source": "in a", "entity": "with a"}[kind] in decision.reason


def test_frequency_by_entity_ignores_matches_without_any() -> None:
    rule = Rule(config(frequency={"count": 1, "within": "1h", "by": "entity"}))
    assert not rule.match(NOW).alerts


@pytest.mark.parametrize(
    ("matches", "decision"),
    [
        (1, Decision(False, "1 match within 1h, of 3")),
        (2, Decision(False, "2 matches within 1h, of 3")),
        (3, Decision(True, "3 matches within 1h")),
        (4, Decision(False, "1 match within 1h, of 3")),
    ],
)
def test_frequency_says_how_many_matches_there_are(matches: int, decision: Decision) -> None:
    rule = Rule(config(frequency={"count": 3, "within": "1h"}))
    made = [rule.match(NOW + number * timedelta(minutes=1)) for number in range(matches)]
    assert said_of(made[-1]) == said_of(decision)


def test_frequency_names_every_key_that_is_reached() -> None:
    rule = Rule(config(frequency={"count": 2, "within": "1h", "by": "entity"}))
    rule.match(NOW, "entity:a", "entity:b:c", "entity:d")
    decision = rule.match(NOW, "entity:b:c", "entity:a", "entity:e")
    assert said_of(decision) == (True, "2 matches with b:c, 2 matches with a within 1h")
    told = [(event.key, event.article_id) for event in decision.told]
    assert told == [("entity:b:c", 1), ("entity:b:c", 2), ("entity:a", 1), ("entity:a", 2)]


def test_frequency_counts_the_most_of_what_was_not_reached() -> None:
    rule = Rule(config(frequency={"count": 3, "within": "1h", "by": "entity"}))
    rule.match(NOW, "entity:a")
    assert rule.match(NOW, "entity:a", "entity:b").reason == "2 matches within 1h, of 3"
    assert Rule(rule.over_time).match(NOW).reason == "0 matches within 1h, of 3"


def test_frequency_by_source_says_where() -> None:
    rule = Rule(config(frequency={"count": 1, "within": "1h", "by": "source"}))
    decision = rule.match(NOW, "source:kloop")
    told = (Event("source:kloop", 1, NOW),)
    assert decision == Decision(True, "1 match in kloop within 1h", told)


def spike_rule(usual: int, weeks: int) -> Rule:
    rule = Rule(config(spike={"times": 3, "within": "1h", "weeks": 4, "at_least": 5}))
    rule.history.notified[WATCHED_SINCE] = NOW - weeks * WEEK - HOUR
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


def spike_history(*ago: timedelta, since: timedelta = 9 * WEEK) -> History:
    """Return a history of matches so long before `NOW`, watched for nine weeks."""
    history = History(notified={WATCHED_SINCE: NOW - since})
    for number, length in enumerate(ago, 2):
        history.add(Event(EVERYTHING, number, NOW - length))
    return history


def spiked(history: History, **changes: Any) -> Decision:
    spike = {"times": 3, "within": "1h", "weeks": 4, "at_least": 2, **changes}
    history.add(Event(EVERYTHING, 1, NOW))
    return decide(config(spike=spike), history, (Event(EVERYTHING, 1, NOW),), NOW)


@pytest.mark.parametrize(
    ("ago", "usual"),
    [
        pytest.param([], "0.0", id="nothing"),
        pytest.param([WEEK], "0.2", id="one-week-of-four"),
        pytest.param([WEEK, 2 * WEEK, 3 * WEEK, 4 * WEEK], "1.0", id="each-of-four-weeks"),
        pytest.param([4 * WEEK + HOUR - timedelta(seconds=1)], "0.2", id="within-the-first-week"),
        pytest.param([4 * WEEK + HOUR], "0.0", id="an-hour-before-is-not-within"),
        pytest.param([5 * WEEK], "0.0", id="weeks-beyond-are-not-asked"),
        pytest.param([WEEK - timedelta(seconds=1)], "0.0", id="a-later-hour"),
        pytest.param([DAY], "0.0", id="another-day"),
    ],
)
def test_spike_knows_what_is_usual_from_the_weeks_it_compares_with(
    ago: list[timedelta], usual: str
) -> None:
    said = f"1 match within 1h, usually {usual} at this hour of the week"
    assert spiked(spike_history(*ago)) == Decision(False, said)


@pytest.mark.parametrize(
    ("since", "compared"),
    [
        pytest.param(2 * WEEK + HOUR, True, id="two-whole-weeks-and-the-hour"),
        pytest.param(2 * WEEK + HOUR - timedelta(seconds=1), False, id="a-second-less"),
        pytest.param(2 * WEEK, False, id="not-the-hour-before-it"),
        pytest.param(timedelta(0), False, id="watched-since-now"),
    ],
)
def test_spike_compares_with_weeks_that_were_watched_as_a_whole(
    since: timedelta, compared: bool
) -> None:
    decision = spiked(spike_history(since=since))
    little = Decision(False, "1 match within 1h; too little history to compare")
    assert (decision != little) is compared


@pytest.mark.parametrize(
    ("past", "now", "alerts"),
    [
        pytest.param(2, 5, False, id="one-below-three-times"),
        pytest.param(2, 6, True, id="three-times"),
        pytest.param(0, 1, False, id="fewer-than-the-least"),
        pytest.param(0, 2, True, id="the-least"),
    ],
)
def test_spike_alerts_from_its_multiple_and_its_least_on(past: int, now: int, alerts: bool) -> None:
    usual = [week * WEEK for week in range(1, 5)] * past
    decision = spiked(spike_history(*usual, *[timedelta(minutes=1)] * (now - 1)))
    said = "1 match" if now == 1 else f"{now} matches"
    reason = f"{said} within 1h, usually {past:.1f} at this hour of the week"
    assert said_of(decision) == (alerts, reason)
    assert len(decision.told) == (now if alerts else 0)


@pytest.mark.parametrize(
    ("told", "alerts"),
    [(timedelta(0), False), (HOUR - timedelta(seconds=1), False), (HOUR, True), (DAY, True)],
)
def test_spike_is_told_once_within_its_time(told: timedelta, alerts: bool) -> None:
    history = spike_history(timedelta(minutes=1))
    history.add(Event(EVERYTHING, 9, NOW - told, told=True))
    count = 2 if alerts else 3
    said = f"{count} matches within 1h, usually 0.0 at this hour of the week"
    assert said_of(spiked(history)) == (alerts, said if alerts else f"{said}; told already")


def test_new_term_learns_first_and_then_tells_each_entity_once() -> None:
    rule = Rule(config(new_term={"learn": "7d"}))
    assert not rule.match(NOW, "entity:a").alerts
    assert not rule.match(NOW + 6 * DAY, "entity:b").alerts
    assert not rule.match(NOW + 8 * DAY, "entity:a").alerts
    decision = rule.match(NOW + 8 * DAY, "entity:a", "entity:c", "entity:d")
    assert decision.alerts
    assert decision.reason == "first time with c, d"
    assert not rule.match(NOW + 9 * DAY, "entity:c").alerts


@pytest.mark.parametrize(
    ("age", "alerts"), [(7 * DAY - timedelta(seconds=1), False), (7 * DAY, True)]
)
def test_new_term_learns_for_exactly_its_time(age: timedelta, alerts: bool) -> None:
    rule = Rule(config(new_term={"learn": "7d"}))
    rule.match(NOW)
    decision = rule.match(NOW + age, "entity:a:b")
    learning = Decision(False, "still learning: a:b")
    assert decision == (Decision(True, "first time with a:b") if alerts else learning)


def test_new_term_finds_nothing_in_what_it_knows() -> None:
    rule = Rule(config(new_term={"learn": "7d"}))
    nothing = Decision(False, "nothing that was not seen before")
    assert rule.match(NOW) == nothing
    rule.match(NOW, "entity:a")
    assert rule.match(NOW + 8 * DAY, "entity:a") == nothing


def test_matches_of_a_rule_that_waits_for_silence_alert_nobody() -> None:
    decision = Rule(config(flatline={"within": "6h"})).match(NOW)
    assert decision == Decision(False, "matches of this rule alert only when they stop coming")


def test_an_edit_that_brings_nothing_new_to_count_alerts_nobody() -> None:
    rule = config(frequency={"count": 1, "within": "1h"})
    assert decide(rule, History(), (), NOW) == Decision(
        False, "an edit of an article that was counted before"
    )


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
