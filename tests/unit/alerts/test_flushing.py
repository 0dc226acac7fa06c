"""What becomes of alerts that are due to be told: tables over every question asked of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alerts.delivery.flushing import OVERFLOW, QUIET, Flushing, silenced
from alerts.routing import AlertFacts
from core.alerting import Level, MessageKind, NotificationState
from core.config.models import WatchConfig
from core.config.routing import SilenceMatch
from storage.records import (
    AlertOutline,
    DueGroup,
    FlushDecision,
    Held,
    Settled,
    Silence,
    WaitingNotification,
)

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
LOW, NORMAL, HIGH = Level.LOW, Level.NORMAL, Level.HIGH
ALERT, UPDATE, DIGEST, SUMMARY = (
    MessageKind.ALERT,
    MessageKind.UPDATE,
    MessageKind.DIGEST,
    MessageKind.SUMMARY,
)
DISMISSED, SILENCED, INHIBITED = (
    NotificationState.DISMISSED,
    NotificationState.SILENCED,
    NotificationState.INHIBITED,
)

PAPERS_FIRST = {"when": {"rules": ["papers"]}, "suppress": {"rules": ["raids"]}}
"""What the rule `papers` says, `raids` need not say again of the same story within six hours."""
AROUND_NOON = {"from": "11:00", "to": "13:00", "break_through": "high"}
AT_NIGHT = {**AROUND_NOON, "from": "22:00", "to": "06:00"}
SINCE = NOON - 6 * HOUR
"""The earliest time at which an alert still speaks for others."""


def watch(
    *inhibit: dict[str, Any], quiet: dict[str, Any] | None = None, **more: Any
) -> WatchConfig:
    return WatchConfig.model_validate(
        {
            "sources": [{"name": "kloop", "feed": "https://kloop.example/rss", "tags": ["kg"]}],
            "rules": [{"id": "raids", "when": "raid", "topics": ["police"]}],
            "receivers": [
                {"name": "boss", "console": {}},
                {"name": "desk", "console": {}, "quiet_hours": quiet},
            ],
            "inhibit": inhibit,
            **more,
        }
    )


def waiting(number: int = 1, **changes: Any) -> WaitingNotification:
    made = WaitingNotification(
        id=number,
        alert_id=f"alt_{number}",
        rule="raids",
        level=NORMAL,
        source="kloop",
        language="ru",
        entities=frozenset({"osmonov"}),
        story=7,
        created_at=NOON - MINUTE,
    )
    return replace(made, **changes)


def outline(number: int = 100, **changes: Any) -> AlertOutline:
    made = AlertOutline(
        alert_id=f"alt_{number}",
        rule="papers",
        level=NORMAL,
        source="kloop",
        language="ru",
        entities=frozenset(),
        story=7,
        created_at=NOON - HOUR,
    )
    return replace(made, **changes)


def silence(reason: str = "", number: int = 1, **match: Any) -> Silence:
    return Silence(
        id=f"sil_{number}",
        match=SilenceMatch(**match),
        author="aida",
        reason=reason,
        starts_at=NOON - HOUR,
        ends_at=NOON + HOUR,
    )


def group(*alerts: WaitingNotification, **changes: Any) -> DueGroup:
    made = DueGroup(
        receiver="desk",
        key="story:7",
        kind=ALERT,
        waiting=alerts or (waiting(),),
        sequence=0,
        flushed_at=None,
        lasting=True,
        max_per_hour=None,
        recent=(),
        silences=(),
    )
    return replace(made, **changes)


def decided(
    *alerts: WaitingNotification, config: WatchConfig | None = None, **about: Any
) -> FlushDecision:
    return Flushing(config or watch(), NOON).decide(group(*alerts, **about))


def states(decision: FlushDecision) -> dict[int, NotificationState]:
    """Return the state of every notification that came to nothing, by its id."""
    return {each: settled.state for settled in decision.settled for each in settled.ids}


# -- what is told, and in which order


def test_an_alert_that_nothing_stands_against_is_told() -> None:
    assert decided() == FlushDecision(send=(1,), kind=ALERT, settled=(), held=())


@pytest.mark.parametrize(
    ("alerts", "order"),
    [
        pytest.param(
            (waiting(1, level=LOW), waiting(2, level=HIGH), waiting(3, level=NORMAL)),
            (2, 3, 1),
            id="what-matters-most-leads",
        ),
        pytest.param(
            (waiting(1, created_at=NOON), waiting(2, created_at=NOON - SECOND)),
            (2, 1),
            id="of-one-level-the-oldest-leads",
        ),
        pytest.param((waiting(5), waiting(4)), (4, 5), id="of-one-moment-the-first-noted-leads"),
        pytest.param(
            (waiting(1, created_at=NOON - HOUR), waiting(2, level=HIGH, created_at=NOON)),
            (2, 1),
            id="level-counts-before-age",
        ),
    ],
)
def test_the_leading_alert_comes_first(
    alerts: tuple[WaitingNotification, ...], order: tuple[int, ...]
) -> None:
    assert decided(*alerts).send == order


@pytest.mark.parametrize(
    ("kind", "sequence", "alerts", "said"),
    [
        pytest.param(ALERT, 0, 1, ALERT, id="a-conversation-begins-with-an-alert"),
        pytest.param(ALERT, 0, 2, ALERT, id="a-conversation-may-begin-with-several"),
        pytest.param(ALERT, 1, 1, UPDATE, id="a-conversation-goes-on-with-an-update"),
        pytest.param(ALERT, 5, 2, UPDATE, id="an-update-may-hold-several"),
        pytest.param(SUMMARY, 0, 2, SUMMARY, id="several-that-were-held-are-a-summary"),
        pytest.param(SUMMARY, 3, 2, SUMMARY, id="a-summary-is-no-update"),
        pytest.param(SUMMARY, 0, 1, ALERT, id="one-that-was-held-is-told-as-what-it-is"),
        pytest.param(DIGEST, 0, 1, DIGEST, id="a-digest-of-one-is-a-digest"),
        pytest.param(DIGEST, 3, 2, DIGEST, id="a-digest-is-no-update"),
    ],
)
def test_the_kind_of_a_message_comes_from_its_group_and_number(
    kind: MessageKind, sequence: int, alerts: int, said: MessageKind
) -> None:
    due = [waiting(number) for number in range(alerts)]
    assert decided(*due, kind=kind, sequence=sequence).kind is said


def test_a_summary_is_counted_after_what_is_not_told_has_left() -> None:
    decision = decided(waiting(1), waiting(2, dismissed=True), kind=SUMMARY)
    assert (decision.send, decision.kind) == ((1,), ALERT)


# -- dismissals


def test_what_was_dismissed_is_not_told_and_the_rest_is() -> None:
    decision = decided(waiting(1), waiting(2, dismissed=True), waiting(3))
    assert decision.send == (1, 3)
    reason = "the rule's alert about this story was dismissed"
    assert decision.settled == (Settled(ids=(2,), state=DISMISSED, reason=reason),)


def test_a_dismissal_is_asked_for_before_a_silence() -> None:
    quiet = (silence(rules=("raids",)),)
    assert states(decided(waiting(1, dismissed=True), silences=quiet)) == {1: DISMISSED}


# -- silences


@pytest.mark.parametrize(
    ("match", "hit"),
    [
        ({"level": ("normal",)}, True),
        ({"level": ("high", "low")}, False),
        ({"rules": ("ra*",)}, True),
        ({"rules": ("papers",)}, False),
        ({"topics": ("police",)}, True),
        ({"topics": ("draft",)}, False),
        ({"entities": ("osmonov", "other")}, True),
        ({"entities": ("other",)}, False),
        ({"sources": ("kloop",)}, True),
        ({"sources": ("akipress",)}, False),
        ({"tags": ("kg",)}, True),
        ({"tags": ("uz",)}, False),
        ({"languages": ("ru",)}, True),
        ({"languages": ("ky",)}, False),
        ({"story": 7}, True),
        ({"story": 8}, False),
        ({"receivers": ("boss", "desk")}, True),
        ({"receivers": ("boss",)}, False),
        ({"story": 7, "receivers": ("desk",), "level": ("normal",)}, True),
        ({"story": 7, "receivers": ("desk",), "level": ("high",)}, False),
        ({"story": 7, "receivers": ("boss",)}, False),
        ({"story": 8, "receivers": ("desk",)}, False),
    ],
)
def test_a_silence_takes_what_meets_all_of_its_conditions(match: dict[str, Any], hit: bool) -> None:
    decision = decided(silences=(silence(**match),))
    assert states(decision) == ({1: SILENCED} if hit else {})
    assert decision.send == (() if hit else (1,))


def test_a_silence_of_a_story_leaves_alone_what_is_in_none() -> None:
    facts = AlertFacts(rule="raids", level=NORMAL, source="kloop", story=None)
    assert not silenced(SilenceMatch(story=7), facts, "desk")
    assert silenced(SilenceMatch(sources=("kloop",)), facts, "desk")


@pytest.mark.parametrize(
    ("reason", "words"), [("", "sil_1 of aida"), ("elections", "sil_1 of aida: elections")]
)
def test_what_is_silenced_names_the_silence_and_its_reason(reason: str, words: str) -> None:
    decision = decided(silences=(silence(reason, rules=("raids",)),))
    assert decision.settled == (Settled(ids=(1,), state=SILENCED, reason=words),)


def test_the_first_silence_that_takes_an_alert_is_named() -> None:
    silences = (
        silence(number=1, story=8),
        silence(number=2, story=7),
        silence(number=3, story=7),
    )
    assert [settled.reason for settled in decided(silences=silences).settled] == ["sil_2 of aida"]


def test_a_silence_is_asked_for_before_inhibition() -> None:
    decision = decided(
        config=watch(PAPERS_FIRST), silences=(silence(rules=("raids",)),), spoken=(outline(),)
    )
    assert states(decision) == {1: SILENCED}


@pytest.mark.parametrize(
    ("silences", "hushed"),
    [
        ((), False),
        ((silence(story=8),), False),
        ((silence(story=8), silence(story=7)), True),
        ((silence(receivers=("boss",)),), False),
        ((silence(receivers=("desk",)),), True),
        ((silence(tags=("kg",)),), True),
    ],
)
def test_an_alert_by_itself_is_hushed_by_any_silence(
    silences: Sequence[Silence], hushed: bool
) -> None:
    assert Flushing(watch(), NOON).hushed(outline(), "desk", silences) is hushed


# -- alerts that say all


@pytest.mark.parametrize(
    "speaker",
    [
        pytest.param(outline(), id="told-an-hour-ago"),
        pytest.param(outline(created_at=SINCE), id="told-exactly-so-long-ago"),
        pytest.param(outline(created_at=NOON), id="told-just-now"),
        pytest.param(outline(source="akipress"), id="from-another-source"),
        pytest.param(outline(level=LOW), id="of-less-weight"),
        pytest.param(outline(told=False), id="on-its-way"),
    ],
)
def test_an_alert_is_not_told_when_another_said_it(speaker: AlertOutline) -> None:
    decision = decided(config=watch(PAPERS_FIRST), spoken=(speaker,))
    reason = "the alert alt_100 of papers says it already"
    assert decision == FlushDecision(
        settled=(Settled(ids=(1,), state=INHIBITED, reason=reason),),
    )


@pytest.mark.parametrize(
    "speaker",
    [
        pytest.param(outline(created_at=SINCE - SECOND), id="a-second-too-long-ago"),
        pytest.param(outline(created_at=NOON - 24 * HOUR), id="of-yesterday"),
        pytest.param(outline(story=8), id="about-another-story"),
        pytest.param(outline(story=None), id="about-no-story"),
        pytest.param(outline(rule="weather"), id="that-is-not-one-of-those-that-say-all"),
        pytest.param(outline(1), id="that-is-the-same-alert"),
    ],
)
def test_an_alert_is_told_beside_one(speaker: AlertOutline) -> None:
    decision = decided(config=watch(PAPERS_FIRST), spoken=(speaker,))
    assert decision == FlushDecision(send=(1,))


def test_an_alert_says_nothing_again_of_itself() -> None:
    everything = {"when": {"rules": ["*"], "level": "high"}, "suppress": {"level": "normal"}}
    raised = outline(1, rule="raids", level=HIGH)
    assert decided(config=watch(everything), spoken=(raised,)).send == (1,)


def test_alerts_in_no_story_say_nothing_for_each_other() -> None:
    decision = decided(
        waiting(story=None), config=watch(PAPERS_FIRST), spoken=(outline(story=None),)
    )
    assert decision.send == (1,)


@pytest.mark.parametrize(
    ("source", "story", "told"),
    [
        pytest.param("kloop", 8, False, id="its-own-source-whatever-the-story"),
        pytest.param("kloop", None, False, id="its-own-source-in-no-story"),
        pytest.param("akipress", 7, True, id="another-source-in-the-same-story"),
    ],
)
def test_an_alert_may_speak_for_its_source(source: str, story: int | None, told: bool) -> None:
    config = watch({**PAPERS_FIRST, "same": "source"})
    decision = decided(config=config, spoken=(outline(source=source, story=story),))
    assert bool(decision.send) is told


@pytest.mark.parametrize(
    ("age", "told"), [(2 * HOUR, False), (2 * HOUR + SECOND, True), (5 * HOUR, True)]
)
def test_an_alert_speaks_for_others_as_long_as_is_said(age: timedelta, told: bool) -> None:
    config = watch({**PAPERS_FIRST, "within": "2h"})
    decision = decided(config=config, spoken=(outline(created_at=NOON - age),))
    assert bool(decision.send) is told


@pytest.mark.parametrize(
    ("when", "suppress"),
    [
        pytest.param({"tags": ["kg"]}, {"topics": ["police"]}, id="by-tags-and-topics"),
        pytest.param({"languages": ["ky"]}, {"languages": ["ru"]}, id="by-language"),
        pytest.param({"entities": ["bank"]}, {"entities": ["osmonov"]}, id="by-entities"),
        pytest.param({"level": "high"}, {"level": "normal"}, id="by-level"),
        pytest.param({"sources": ["kloop"]}, {"sources": ["akipress"]}, id="by-source"),
    ],
)
def test_who_speaks_for_whom_is_told_by_any_fact(
    when: dict[str, Any], suppress: dict[str, Any]
) -> None:
    config = watch({"when": when, "suppress": suppress})
    leading = outline(language="ky", entities=frozenset({"bank"}), level=HIGH)
    decision = decided(waiting(source="akipress"), config=config, spoken=(leading,))
    assert states(decision) == {1: INHIBITED}


def test_an_alert_that_says_all_is_not_kept_back_by_its_like() -> None:
    either = {"when": {"rules": ["papers"]}, "suppress": {"rules": ["*"]}}
    decision = decided(waiting(rule="papers"), config=watch(either), spoken=(outline(),))
    assert decision.send == (1,)


def test_every_inhibition_is_asked() -> None:
    config = watch(
        {"when": {"rules": ["papers"]}, "suppress": {"rules": ["weather"]}},
        {"when": {"rules": ["raids"]}, "suppress": {"rules": ["papers"]}},
        {"when": {"rules": ["fires"]}, "suppress": {"rules": ["raids"]}},
        PAPERS_FIRST,
    )
    speakers = (outline(101, story=8), outline(102), outline(103))
    decision = decided(config=config, spoken=speakers)
    assert [settled.reason for settled in decision.settled] == [
        "the alert alt_102 of papers says it already"
    ]


@pytest.mark.parametrize(
    ("match", "told"),
    [
        pytest.param({"rules": ("papers",)}, True, id="silenced"),
        pytest.param({"rules": ("papers",), "receivers": ("desk",)}, True, id="silenced-here"),
        pytest.param(
            {"rules": ("papers",), "receivers": ("boss",)}, False, id="silenced-elsewhere"
        ),
    ],
)
def test_an_alert_that_is_silenced_for_a_receiver_speaks_for_nobody_there(
    match: dict[str, Any], told: bool
) -> None:
    decision = decided(
        config=watch(PAPERS_FIRST), spoken=(outline(),), silences=(silence(**match),)
    )
    assert bool(decision.send) is told


# -- alerts of one group that speak for each other

PAPERS = waiting(2, rule="papers")


@pytest.mark.parametrize(
    "alerts",
    [
        pytest.param((waiting(1), PAPERS), id="the-speaker-last"),
        pytest.param((PAPERS, waiting(1)), id="the-speaker-first"),
    ],
)
def test_of_one_group_the_alert_that_says_all_is_told(
    alerts: tuple[WaitingNotification, ...],
) -> None:
    decision = decided(*alerts, config=watch(PAPERS_FIRST))
    assert decision.send == (2,)
    reason = "the alert alt_2 of papers says it already"
    assert decision.settled == (Settled(ids=(1,), state=INHIBITED, reason=reason),)


@pytest.mark.parametrize(
    "inhibit",
    [
        pytest.param({**PAPERS_FIRST, "same": "source"}, id="for-its-source"),
        pytest.param({**PAPERS_FIRST, "when": {"languages": ["ky"]}}, id="by-its-language"),
        pytest.param({**PAPERS_FIRST, "when": {"entities": ["bank"]}}, id="by-its-entities"),
        pytest.param({**PAPERS_FIRST, "when": {"level": "high"}}, id="by-its-level"),
    ],
)
def test_an_alert_of_the_group_speaks_by_any_of_its_facts(inhibit: dict[str, Any]) -> None:
    bank = replace(PAPERS, language="ky", entities=frozenset({"bank"}), level=HIGH)
    assert states(decided(waiting(1), bank, config=watch(inhibit))) == {1: INHIBITED}


@pytest.mark.parametrize(
    ("speaker", "silences"),
    [
        pytest.param(replace(PAPERS, dismissed=True), (), id="dismissed"),
        pytest.param(PAPERS, (silence(rules=("papers",)),), id="silenced"),
    ],
)
@pytest.mark.parametrize("first", [True, False], ids=["before", "after"])
def test_what_is_not_told_itself_speaks_for_nobody(
    speaker: WaitingNotification, silences: tuple[Silence, ...], first: bool
) -> None:
    alerts = (speaker, waiting(1)) if first else (waiting(1), speaker)
    decision = decided(*alerts, config=watch(PAPERS_FIRST), silences=silences)
    assert decision.send == (1,)


def test_what_another_said_already_speaks_for_nobody() -> None:
    config = watch(PAPERS_FIRST, {"when": {"rules": ["fires"]}, "suppress": {"rules": ["papers"]}})
    decision = decided(PAPERS, waiting(1), config=config, spoken=(outline(rule="fires"),))
    assert decision.send == (1,)
    assert states(decision) == {2: INHIBITED}


def test_of_alerts_that_speak_for_each_other_one_is_told() -> None:
    raids_first = {"when": {"rules": ["raids"]}, "suppress": {"rules": ["papers"]}}
    both_ways = watch(PAPERS_FIRST, raids_first)
    for alerts in ((waiting(1), PAPERS), (PAPERS, waiting(1))):
        decision = decided(*alerts, config=both_ways)
        assert len(decision.send) == len(decision.settled) == 1


def test_what_waits_to_be_told_with_others_speaks_for_as_long_as_if_it_was_told() -> None:
    for age, told in ((6 * HOUR, False), (6 * HOUR + SECOND, True)):
        old = replace(PAPERS, created_at=NOON - age)
        decision = decided(waiting(1), old, config=watch(PAPERS_FIRST))
        assert (1 in decision.send) is told


# -- speakers that are on their way, and may never come

PIERCING = waiting(level=HIGH)


@pytest.mark.parametrize(
    ("hours", "speaker", "told"),
    [
        pytest.param(AROUND_NOON, outline(told=False), True, id="held-until-the-morning"),
        pytest.param(AROUND_NOON, outline(told=False, level=HIGH), False, id="breaks-through"),
        pytest.param(AROUND_NOON, outline(), False, id="was-told-before"),
        pytest.param(AT_NIGHT, outline(told=False), False, id="the-hours-are-over"),
        pytest.param(None, outline(told=False), False, id="no-such-hours"),
    ],
)
def test_what_quiet_hours_hold_back_speaks_for_nobody(
    hours: dict[str, Any] | None, speaker: AlertOutline, told: bool
) -> None:
    decision = decided(PIERCING, config=watch(PAPERS_FIRST, quiet=hours), spoken=(speaker,))
    assert bool(decision.send) is told


def test_what_quiet_hours_hold_back_of_the_same_group_speaks_for_nobody() -> None:
    decision = decided(PIERCING, PAPERS, config=watch(PAPERS_FIRST, quiet=AROUND_NOON))
    assert decision.send == (1,)
    assert [held.ids for held in decision.held] == [(2,)]


@pytest.mark.parametrize(
    ("most", "recent", "spoken", "inhibited"),
    [
        pytest.param(2, 2, outline(told=False), False, id="the-limit-is-reached"),
        pytest.param(2, 3, outline(told=False), False, id="the-limit-is-passed"),
        pytest.param(2, 1, outline(told=False), True, id="there-is-room"),
        pytest.param(None, 3, outline(told=False), True, id="no-limit"),
        pytest.param(2, 2, outline(), True, id="was-told-before"),
    ],
)
def test_what_a_limit_holds_back_speaks_for_nobody(
    most: int | None, recent: int, spoken: AlertOutline, inhibited: bool
) -> None:
    decision = decided(
        config=watch(PAPERS_FIRST),
        spoken=(spoken,),
        max_per_hour=most,
        recent=(NOON - MINUTE,) * recent,
    )
    assert states(decision) == ({1: INHIBITED} if inhibited else {})


# -- quiet hours

UNTIL_ONE = NOON + HOUR


@pytest.mark.parametrize(
    ("level", "least", "told"),
    [
        (LOW, "high", False),
        (NORMAL, "high", False),
        (HIGH, "high", True),
        (LOW, "normal", False),
        (NORMAL, "normal", True),
        (HIGH, "normal", True),
        (LOW, "low", True),
        (HIGH, None, False),
    ],
)
def test_in_quiet_hours_only_what_matters_enough_is_told(
    level: Level, least: str | None, told: bool
) -> None:
    config = watch(quiet={**AROUND_NOON, "break_through": least})
    decision = decided(waiting(level=level), config=config)
    held = (Held(ids=(1,), key=QUIET, until=UNTIL_ONE, reason="quiet hours"),)
    assert decision == (FlushDecision(send=(1,)) if told else FlushDecision(held=held))


def test_in_quiet_hours_a_group_is_parted_by_what_can_wait() -> None:
    decision = decided(
        waiting(1), waiting(2, level=HIGH), waiting(3, level=LOW), config=watch(quiet=AROUND_NOON)
    )
    assert decision.send == (2,)
    assert decision.held == (Held(ids=(1, 3), key=QUIET, until=UNTIL_ONE, reason="quiet hours"),)


@pytest.mark.parametrize(
    ("hours", "told"),
    [
        pytest.param({"from": "12:00", "to": "13:00"}, False, id="they-begin-at-this-moment"),
        pytest.param({"from": "11:00", "to": "12:00"}, True, id="they-end-at-this-moment"),
        pytest.param({"from": "13:00", "to": "12:30"}, False, id="they-began-yesterday"),
        pytest.param({"from": "11:00", "to": "13:00", "days": ["thu"]}, True, id="another-day"),
    ],
)
def test_quiet_hours_hold_from_their_first_moment_until_their_last(
    hours: dict[str, Any], told: bool
) -> None:
    assert bool(decided(config=watch(quiet=hours)).send) is told


def test_quiet_hours_are_those_of_the_receiver() -> None:
    config = watch(quiet=AROUND_NOON)
    assert decided(config=config, receiver="boss").send == (1,)
    assert decided(config=config, receiver="gone-from-the-configuration").send == (1,)


@pytest.mark.parametrize(
    ("kind", "key", "told"),
    [
        pytest.param(ALERT, "story:7", (1,), id="an-alert-breaks-through"),
        pytest.param(DIGEST, "digest:0 8 * * * UTC", (), id="a-digest-can-wait"),
        pytest.param(SUMMARY, QUIET, (), id="what-waited-for-the-morning-can-wait-again"),
        pytest.param(SUMMARY, OVERFLOW, (1,), id="what-waited-for-room-breaks-through"),
    ],
)
def test_what_can_wait_for_a_digest_can_wait_for_the_morning(
    kind: MessageKind, key: str, told: tuple[int, ...]
) -> None:
    decision = decided(PIERCING, config=watch(quiet=AROUND_NOON), kind=kind, key=key)
    assert decision.send == told
    assert [held.key for held in decision.held] == ([] if told else [QUIET])


def test_what_waits_for_its_time_has_groups_of_its_own() -> None:
    assert (QUIET, OVERFLOW) == ("quiet", "overflow"), "the names are kept in databases"


# -- the limit


@pytest.mark.parametrize(
    ("most", "minutes_ago", "room_in"),
    [
        pytest.param(3, [50, 20], None, id="one-below-the-limit"),
        pytest.param(3, [50, 20, 5], 10, id="exactly-the-limit"),
        pytest.param(3, [55, 50, 20, 5], 10, id="beyond-the-limit"),
        pytest.param(1, [], None, id="none-of-one"),
        pytest.param(1, [5], 55, id="one-of-one"),
        pytest.param(1, [30, 5], 55, id="two-of-one"),
        pytest.param(None, [5] * 99, None, id="without-a-limit"),
    ],
)
def test_beyond_the_limit_alerts_wait_until_there_is_room(
    most: int | None, minutes_ago: list[int], room_in: int | None
) -> None:
    recent = tuple(NOON - minutes * MINUTE for minutes in minutes_ago)
    decision = decided(waiting(1), waiting(2, level=HIGH), max_per_hour=most, recent=recent)
    if room_in is None:
        assert decision == FlushDecision(send=(2, 1))
    else:
        reason = f"more than {most} an hour"
        until = NOON + room_in * MINUTE
        held = (Held(ids=(1, 2), key=OVERFLOW, until=until, reason=reason),)
        assert decision == FlushDecision(held=held)


def test_where_nothing_is_left_to_tell_nothing_waits_for_room() -> None:
    full = {"max_per_hour": 1, "recent": (NOON,)}
    assert decided(waiting(dismissed=True), **full).held == ()
    held = decided(waiting(1), config=watch(quiet=AROUND_NOON), **full).held
    assert [each.key for each in held] == [QUIET]


def test_what_breaks_through_quiet_hours_waits_for_room_all_the_same() -> None:
    decision = decided(
        waiting(1),
        waiting(2, level=HIGH),
        waiting(3, dismissed=True),
        config=watch(quiet=AROUND_NOON),
        max_per_hour=1,
        recent=(NOON - MINUTE,),
    )
    assert decision == FlushDecision(
        settled=decision.settled,
        held=(
            Held(ids=(1,), key=QUIET, until=UNTIL_ONE, reason="quiet hours"),
            Held(ids=(2,), key=OVERFLOW, until=NOON + 59 * MINUTE, reason="more than 1 an hour"),
        ),
    )
    assert states(decision) == {3: DISMISSED}
