"""What becomes of alerts that are due: tables over every question asked of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from alerts.dispatch.group_dispatch import OVERFLOW, QUIET, GroupDispatch, silence_covers
from alerts.dispatch.routing import AlertFacts
from core.alerting.matches import Level
from core.alerting.message_kinds import MessageKind
from core.alerting.silences import Silence
from core.config.sections.routes import SilenceMatch
from core.deciding.dispatch import DispatchDecision, Held, Settled, WaitingNotification
from tests.unit.alerts.due_groups import (
    ALERT,
    AROUND_NOON,
    DIGEST,
    DISMISSED,
    HIGH,
    HOUR,
    LOW,
    MINUTE,
    NOON,
    NORMAL,
    PAPERS_FIRST,
    SECOND,
    SILENCED,
    SUMMARY,
    UPDATE,
    decided,
    outline,
    silence,
    states,
    waiting,
    watch,
)

# -- what is told, and in which order


def test_an_alert_that_nothing_stands_against_is_told() -> None:
    assert decided() == DispatchDecision(send=(1,), kind=ALERT, settled=(), held=())


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
    assert not silence_covers(SilenceMatch(story=7), facts, "desk")
    assert silence_covers(SilenceMatch(sources=("kloop",)), facts, "desk")


@pytest.mark.parametrize(
    ("reason", "words"), [("", "1 of aida"), ("elections", "1 of aida: elections")]
)
def test_what_is_silenced_names_the_silence_and_its_reason(reason: str, words: str) -> None:
    decision = decided(silences=(silence(reason, rules=("raids",)),))
    settled = Settled(ids=(1,), state=SILENCED, reason=words, silence="sil_1")
    assert decision.settled == (settled,)


def test_the_first_silence_that_takes_an_alert_is_named() -> None:
    silences = (
        silence(number=1, story=8),
        silence(number=2, story=7),
        silence(number=3, story=7),
    )
    assert [settled.reason for settled in decided(silences=silences).settled] == ["2 of aida"]


def test_a_silence_is_asked_for_before_inhibition() -> None:
    decision = decided(
        config=watch(PAPERS_FIRST), silences=(silence(rules=("raids",)),), inhibitors=(outline(),)
    )
    assert states(decision) == {1: SILENCED}


@pytest.mark.parametrize(
    ("silences", "silenced"),
    [
        ((), False),
        ((silence(story=8),), False),
        ((silence(story=8), silence(story=7)), True),
        ((silence(receivers=("boss",)),), False),
        ((silence(receivers=("desk",)),), True),
        ((silence(tags=("kg",)),), True),
    ],
)
def test_an_alert_by_itself_is_silenced_by_any_silence(
    silences: Sequence[Silence], silenced: bool
) -> None:
    assert GroupDispatch(watch(), NOON).silenced(outline(), "desk", silences) is silenced


# -- quiet hours

UNTIL_ONE = NOON + HOUR
PIERCING = waiting(level=HIGH)


@pytest.mark.parametrize(
    ("level", "least", "notified"),
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
    level: Level, least: str | None, notified: bool
) -> None:
    config = watch(quiet={**AROUND_NOON, "break_through": least})
    decision = decided(waiting(level=level), config=config)
    held = (Held(ids=(1,), key=QUIET, until=UNTIL_ONE, reason="quiet hours"),)
    assert decision == (DispatchDecision(send=(1,)) if notified else DispatchDecision(held=held))


def test_in_quiet_hours_a_group_is_parted_by_what_can_wait() -> None:
    decision = decided(
        waiting(1), waiting(2, level=HIGH), waiting(3, level=LOW), config=watch(quiet=AROUND_NOON)
    )
    assert decision.send == (2,)
    assert decision.held == (Held(ids=(1, 3), key=QUIET, until=UNTIL_ONE, reason="quiet hours"),)


@pytest.mark.parametrize(
    ("hours", "notified"),
    [
        pytest.param({"from": "12:00", "to": "13:00"}, False, id="they-begin-at-this-moment"),
        pytest.param({"from": "11:00", "to": "12:00"}, True, id="they-end-at-this-moment"),
        pytest.param({"from": "13:00", "to": "12:30"}, False, id="they-began-yesterday"),
        pytest.param({"from": "11:00", "to": "13:00", "days": ["thu"]}, True, id="another-day"),
    ],
)
def test_quiet_hours_hold_from_their_first_moment_until_their_last(
    hours: dict[str, Any], notified: bool
) -> None:
    assert bool(decided(config=watch(quiet=hours)).send) is notified


def test_quiet_hours_are_those_of_the_receiver() -> None:
    config = watch(quiet=AROUND_NOON)
    assert decided(config=config, receiver="boss").send == (1,)
    assert decided(config=config, receiver="gone-from-the-configuration").send == (1,)


@pytest.mark.parametrize(
    ("kind", "key", "notified"),
    [
        pytest.param(ALERT, "story:7", (1,), id="an-alert-breaks-through"),
        pytest.param(DIGEST, "digest:0 8 * * * UTC", (), id="a-digest-can-wait"),
        pytest.param(SUMMARY, QUIET, (1,), id="what-waited-for-the-morning-breaks-through"),
        pytest.param(SUMMARY, OVERFLOW, (1,), id="what-waited-for-room-breaks-through"),
    ],
)
def test_what_can_wait_for_a_digest_can_wait_for_the_morning(
    kind: MessageKind, key: str, notified: tuple[int, ...]
) -> None:
    decision = decided(PIERCING, config=watch(quiet=AROUND_NOON), kind=kind, key=key)
    assert decision.send == notified
    assert [held.key for held in decision.held] == ([] if notified else [QUIET])


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
    decision = decided(
        waiting(1), waiting(2, level=HIGH), max_per_hour=most, recent=recent, break_through=None
    )
    if room_in is None:
        assert decision == DispatchDecision(send=(2, 1))
    else:
        reason = f"more than {most} an hour"
        until = NOON + room_in * MINUTE
        held = (Held(ids=(1, 2), key=OVERFLOW, until=until, reason=reason),)
        assert decision == DispatchDecision(held=held)


def test_where_nothing_is_left_to_tell_nothing_waits_for_room() -> None:
    full: dict[str, Any] = {"max_per_hour": 1, "recent": (NOON,)}
    assert decided(waiting(dismissed=True), **full).held == ()
    held = decided(waiting(1), config=watch(quiet=AROUND_NOON), **full).held
    assert [each.key for each in held] == [QUIET]


def test_what_breaks_through_quiet_hours_waits_for_room_if_nothing_passes_the_limit() -> None:
    decision = decided(
        waiting(1),
        waiting(2, level=HIGH),
        waiting(3, dismissed=True),
        config=watch(quiet=AROUND_NOON),
        max_per_hour=1,
        break_through=None,
        recent=(NOON - MINUTE,),
    )
    assert decision == DispatchDecision(
        settled=decision.settled,
        held=(
            Held(ids=(1,), key=QUIET, until=UNTIL_ONE, reason="quiet hours"),
            Held(ids=(2,), key=OVERFLOW, until=NOON + 59 * MINUTE, reason="more than 1 an hour"),
        ),
    )
    assert states(decision) == {3: DISMISSED}
