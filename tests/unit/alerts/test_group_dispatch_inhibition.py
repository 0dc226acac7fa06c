"""Which alerts need not be told since another says it, and which must: it may never come."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from alerts.dispatch.group_dispatch import OVERFLOW
from core.alerting.silences import Silence
from core.deciding.dispatch import AlertOutline, DispatchDecision, Settled, WaitingNotification
from tests.unit.alerts.due_groups import (
    AROUND_NOON,
    AT_NIGHT,
    DIGEST,
    HIGH,
    HOUR,
    INHIBITED,
    LOW,
    MINUTE,
    NOON,
    PAPERS_FIRST,
    SECOND,
    SINCE,
    SUMMARY,
    decided,
    outline,
    silence,
    states,
    waiting,
    watch,
)

# -- alerts that say all


@pytest.mark.parametrize(
    "inhibitor",
    [
        pytest.param(outline(), id="told-an-hour-ago"),
        pytest.param(outline(created_at=SINCE), id="told-exactly-so-long-ago"),
        pytest.param(outline(created_at=NOON), id="told-just-now"),
        pytest.param(outline(source="akipress"), id="from-another-source"),
        pytest.param(outline(level=LOW), id="of-less-weight"),
        pytest.param(outline(notified=False), id="on-its-way"),
    ],
)
def test_an_alert_is_not_told_when_another_said_it(inhibitor: AlertOutline) -> None:
    decision = decided(config=watch(PAPERS_FIRST), inhibitors=(inhibitor,))
    reason = "the alert alt_100 of papers says it already"
    assert decision == DispatchDecision(
        settled=(Settled(ids=(1,), state=INHIBITED, reason=reason, inhibitor="alt_100"),),
    )


@pytest.mark.parametrize(
    "inhibitor",
    [
        pytest.param(outline(created_at=SINCE - SECOND), id="a-second-too-long-ago"),
        pytest.param(outline(created_at=NOON - 24 * HOUR), id="of-yesterday"),
        pytest.param(outline(story=8), id="about-another-story"),
        pytest.param(outline(story=None), id="about-no-story"),
        pytest.param(outline(rule="weather"), id="that-is-not-one-of-those-that-say-all"),
        pytest.param(outline(1), id="that-is-the-same-alert"),
    ],
)
def test_an_alert_is_told_beside_one(inhibitor: AlertOutline) -> None:
    decision = decided(config=watch(PAPERS_FIRST), inhibitors=(inhibitor,))
    assert decision == DispatchDecision(send=(1,))


def test_an_alert_says_nothing_again_of_itself() -> None:
    everything = {"when": {"rules": ["*"], "level": "high"}, "suppress": {"level": "normal"}}
    raised = outline(1, rule="raids", level=HIGH)
    assert decided(config=watch(everything), inhibitors=(raised,)).send == (1,)


def test_alerts_in_no_story_say_nothing_for_each_other() -> None:
    decision = decided(
        waiting(story=None), config=watch(PAPERS_FIRST), inhibitors=(outline(story=None),)
    )
    assert decision.send == (1,)


@pytest.mark.parametrize(
    ("source", "story", "notified"),
    [
        pytest.param("kloop", 8, False, id="its-own-source-whatever-the-story"),
        pytest.param("kloop", None, False, id="its-own-source-in-no-story"),
        pytest.param("akipress", 7, True, id="another-source-in-the-same-story"),
    ],
)
def test_an_alert_may_inhibit_its_source(source: str, story: int | None, notified: bool) -> None:
    config = watch({**PAPERS_FIRST, "same": "source"})
    decision = decided(config=config, inhibitors=(outline(source=source, story=story),))
    assert bool(decision.send) is notified


@pytest.mark.parametrize(
    ("age", "notified"), [(2 * HOUR, False), (2 * HOUR + SECOND, True), (5 * HOUR, True)]
)
def test_an_alert_inhibits_others_as_long_as_is_said(age: timedelta, notified: bool) -> None:
    config = watch({**PAPERS_FIRST, "within": "2h"})
    decision = decided(config=config, inhibitors=(outline(created_at=NOON - age),))
    assert bool(decision.send) is notified


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
def test_who_inhibits_whom_is_known_by_any_fact(
    when: dict[str, Any], suppress: dict[str, Any]
) -> None:
    config = watch({"when": when, "suppress": suppress})
    leading = outline(language="ky", entities=frozenset({"bank"}), level=HIGH)
    decision = decided(waiting(source="akipress"), config=config, inhibitors=(leading,))
    assert states(decision) == {1: INHIBITED}


def test_an_alert_that_says_all_is_not_kept_back_by_its_like() -> None:
    either = {"when": {"rules": ["papers"]}, "suppress": {"rules": ["*"]}}
    decision = decided(waiting(rule="papers"), config=watch(either), inhibitors=(outline(),))
    assert decision.send == (1,)


def test_every_inhibition_is_asked() -> None:
    config = watch(
        {"when": {"rules": ["papers"]}, "suppress": {"rules": ["weather"]}},
        {"when": {"rules": ["raids"]}, "suppress": {"rules": ["papers"]}},
        {"when": {"rules": ["fires"]}, "suppress": {"rules": ["raids"]}},
        PAPERS_FIRST,
    )
    inhibitors = (outline(101, story=8), outline(102), outline(103))
    decision = decided(config=config, inhibitors=inhibitors)
    assert [settled.reason for settled in decision.settled] == [
        "the alert alt_102 of papers says it already"
    ]


@pytest.mark.parametrize(
    ("match", "notified"),
    [
        pytest.param({"rules": ("papers",)}, True, id="silenced"),
        pytest.param({"rules": ("papers",), "receivers": ("desk",)}, True, id="silenced-here"),
        pytest.param(
            {"rules": ("papers",), "receivers": ("boss",)}, False, id="silenced-elsewhere"
        ),
    ],
)
def test_an_alert_that_is_silenced_for_a_receiver_inhibits_nobody_there(
    match: dict[str, Any], notified: bool
) -> None:
    decision = decided(
        config=watch(PAPERS_FIRST), inhibitors=(outline(),), silences=(silence(**match),)
    )
    assert bool(decision.send) is notified


# -- alerts of one group that inhibit each other

PAPERS = waiting(2, rule="papers")


@pytest.mark.parametrize(
    "alerts",
    [
        pytest.param((waiting(1), PAPERS), id="the-inhibitor-last"),
        pytest.param((PAPERS, waiting(1)), id="the-inhibitor-first"),
    ],
)
def test_of_one_group_the_alert_that_says_all_is_told(
    alerts: tuple[WaitingNotification, ...],
) -> None:
    decision = decided(*alerts, config=watch(PAPERS_FIRST))
    assert decision.send == (2,)
    reason = "the alert alt_2 of papers says it already"
    assert decision.settled == (
        Settled(ids=(1,), state=INHIBITED, reason=reason, inhibitor="alt_2"),
    )


@pytest.mark.parametrize(
    "inhibit",
    [
        pytest.param({**PAPERS_FIRST, "same": "source"}, id="for-its-source"),
        pytest.param({**PAPERS_FIRST, "when": {"languages": ["ky"]}}, id="by-its-language"),
        pytest.param({**PAPERS_FIRST, "when": {"entities": ["bank"]}}, id="by-its-entities"),
        pytest.param({**PAPERS_FIRST, "when": {"level": "high"}}, id="by-its-level"),
    ],
)
def test_an_alert_of_the_group_inhibits_by_any_of_its_facts(inhibit: dict[str, Any]) -> None:
    bank = replace(PAPERS, language="ky", entities=frozenset({"bank"}), level=HIGH)
    assert states(decided(waiting(1), bank, config=watch(inhibit))) == {1: INHIBITED}


@pytest.mark.parametrize(
    ("inhibitor", "silences"),
    [
        pytest.param(replace(PAPERS, dismissed=True), (), id="dismissed"),
        pytest.param(PAPERS, (silence(rules=("papers",)),), id="silenced"),
    ],
)
@pytest.mark.parametrize("first", [True, False], ids=["before", "after"])
def test_what_is_not_told_itself_inhibits_nobody(
    inhibitor: WaitingNotification, silences: tuple[Silence, ...], first: bool
) -> None:
    alerts = (inhibitor, waiting(1)) if first else (waiting(1), inhibitor)
    decision = decided(*alerts, config=watch(PAPERS_FIRST), silences=silences)
    assert decision.send == (1,)


def test_what_another_said_already_inhibits_nobody() -> None:
    config = watch(PAPERS_FIRST, {"when": {"rules": ["fires"]}, "suppress": {"rules": ["papers"]}})
    decision = decided(PAPERS, waiting(1), config=config, inhibitors=(outline(rule="fires"),))
    assert decision.send == (1,)
    assert states(decision) == {2: INHIBITED}


def test_of_alerts_that_inhibit_each_other_one_is_told() -> None:
    raids_first = {"when": {"rules": ["raids"]}, "suppress": {"rules": ["papers"]}}
    both_ways = watch(PAPERS_FIRST, raids_first)
    for alerts in ((waiting(1), PAPERS), (PAPERS, waiting(1))):
        decision = decided(*alerts, config=both_ways)
        assert len(decision.send) == len(decision.settled) == 1


def test_what_waits_to_be_told_with_others_inhibits_as_long_as_if_it_was_told() -> None:
    for age, notified in ((6 * HOUR, False), (6 * HOUR + SECOND, True)):
        old = replace(PAPERS, created_at=NOON - age)
        decision = decided(waiting(1), old, config=watch(PAPERS_FIRST))
        assert (1 in decision.send) is notified


# -- inhibitors that are on their way, and may never come

PIERCING = waiting(level=HIGH)


@pytest.mark.parametrize(
    ("hours", "inhibitor", "notified"),
    [
        pytest.param(AROUND_NOON, outline(notified=False), True, id="held-until-the-morning"),
        pytest.param(AROUND_NOON, outline(notified=False, level=HIGH), False, id="breaks-through"),
        pytest.param(AROUND_NOON, outline(), False, id="was-told-before"),
        pytest.param(AT_NIGHT, outline(notified=False), False, id="the-hours-are-over"),
        pytest.param(None, outline(notified=False), False, id="no-such-hours"),
    ],
)
def test_what_quiet_hours_hold_back_inhibits_nobody(
    hours: dict[str, Any] | None, inhibitor: AlertOutline, notified: bool
) -> None:
    decision = decided(PIERCING, config=watch(PAPERS_FIRST, quiet=hours), inhibitors=(inhibitor,))
    assert bool(decision.send) is notified


def test_what_quiet_hours_hold_back_of_the_same_group_inhibits_nobody() -> None:
    decision = decided(PIERCING, PAPERS, config=watch(PAPERS_FIRST, quiet=AROUND_NOON))
    assert decision.send == (1,)
    assert [held.ids for held in decision.held] == [(2,)]


@pytest.mark.parametrize(
    ("most", "recent", "inhibitors", "inhibited"),
    [
        pytest.param(2, 2, outline(notified=False), False, id="the-limit-is-reached"),
        pytest.param(2, 3, outline(notified=False), False, id="the-limit-is-passed"),
        pytest.param(2, 1, outline(notified=False), True, id="there-is-room"),
        pytest.param(None, 3, outline(notified=False), True, id="no-limit"),
        pytest.param(2, 2, outline(), True, id="was-told-before"),
    ],
)
def test_what_a_limit_holds_back_inhibits_nobody(
    most: int | None, recent: int, inhibitors: AlertOutline, inhibited: bool
) -> None:
    decision = decided(
        config=watch(PAPERS_FIRST),
        inhibitors=(inhibitors,),
        max_per_hour=most,
        recent=(NOON - MINUTE,) * recent,
    )
    assert states(decision) == ({1: INHIBITED} if inhibited else {})


@pytest.mark.parametrize(
    ("most", "inhibited"),
    [
        pytest.param(2, False, id="the-limit-is-reached"),
        pytest.param(3, True, id="there-is-room"),
    ],
)
def test_what_breaks_through_quiet_hours_is_held_by_a_limit_that_nothing_passes(
    most: int, inhibited: bool
) -> None:
    decision = decided(
        PIERCING,
        config=watch(PAPERS_FIRST, quiet=AROUND_NOON),
        inhibitors=(outline(notified=False, level=HIGH),),
        max_per_hour=most,
        break_through=None,
        recent=(NOON - MINUTE,) * 2,
    )
    assert states(decision) == ({1: INHIBITED} if inhibited else {})


def test_what_waits_for_the_morning_with_its_digest_inhibits_nobody() -> None:
    config = watch(PAPERS_FIRST, quiet=AROUND_NOON)
    both = (PIERCING, replace(PAPERS, level=HIGH))
    digest = decided(*both, config=config, kind=DIGEST, key="digest:0 8 * * * UTC")
    assert (digest.send, [held.ids for held in digest.held]) == ((), [(1, 2)])
    assert decided(*both, config=config, kind=SUMMARY, key=OVERFLOW).send == (2,)


# -- what is inhibited inhibits nobody

RAIDS = waiting(1)
FIRES = waiting(3, rule="fires")
FLOODS = waiting(4, rule="floods")


def says(rule: str, *others: str) -> dict[str, Any]:
    """Return an inhibition: alerts of one rule say what those of others would."""
    return {"when": {"rules": [rule]}, "suppress": {"rules": list(others)}}


@pytest.mark.parametrize("alerts", list(permutations((RAIDS, PAPERS, FIRES))))
def test_what_only_an_inhibited_alert_says_is_notified_in_whichever_order(
    alerts: tuple[WaitingNotification, ...],
) -> None:
    config = watch(says("fires", "papers"), says("papers", "raids"))
    decision = decided(*alerts, config=config)
    assert sorted(decision.send) == [1, 3]
    assert states(decision) == {2: INHIBITED}


@pytest.mark.parametrize("alerts", list(permutations((RAIDS, PAPERS, FIRES, FLOODS))))
def test_a_chain_of_inhibitions_is_settled_from_its_beginning(
    alerts: tuple[WaitingNotification, ...],
) -> None:
    config = watch(says("floods", "fires"), says("fires", "papers"), says("papers", "raids"))
    decision = decided(*alerts, config=config)
    reasons = {settled.ids[0]: settled.reason for settled in decision.settled}
    assert reasons == {
        3: "the alert alt_4 of floods says it already",
        1: "the alert alt_2 of papers says it already",
    }


def test_what_will_be_inhibited_in_a_group_of_its_own_inhibits_nobody() -> None:
    config = watch(says("fires", "papers"), says("papers", "raids"))
    coming = outline(101, rule="papers", notified=False)
    fires = outline(102, rule="fires", notified=False)
    assert states(decided(config=config, inhibitors=(coming,))) == {1: INHIBITED}
    assert decided(config=config, inhibitors=(coming, fires)).send == (1,)
    old = replace(fires, created_at=SINCE - SECOND)
    assert states(decided(config=config, inhibitors=(coming, old))) == {1: INHIBITED}


def test_what_was_notified_inhibits_though_others_would_inhibit_it() -> None:
    config = watch(says("fires", "papers"), says("papers", "raids"))
    inhibitors = (outline(101, rule="fires"), outline(102, rule="papers"))
    assert states(decided(config=config, inhibitors=inhibitors)) == {1: INHIBITED}


@pytest.mark.parametrize("alerts", list(permutations((RAIDS, PAPERS, FIRES))))
def test_in_a_circle_what_the_leading_alert_does_not_say_is_notified(
    alerts: tuple[WaitingNotification, ...],
) -> None:
    circle = watch(says("raids", "papers"), says("papers", "fires"), says("fires", "raids"))
    decision = decided(*alerts, config=circle)
    assert sorted(decision.send) == [1, 3]
    assert states(decision) == {2: INHIBITED}


@pytest.mark.parametrize(
    ("raids", "papers", "leads"),
    [
        pytest.param({}, {}, 1, id="the-first-id"),
        pytest.param({}, {"created_at": NOON - HOUR}, 2, id="the-oldest"),
        pytest.param({"level": HIGH}, {"created_at": NOON - HOUR}, 1, id="what-matters-most"),
        pytest.param({"level": LOW}, {}, 2, id="what-matters-more"),
    ],
)
def test_of_two_that_inhibit_each_other_the_leading_one_is_notified(
    raids: dict[str, Any], papers: dict[str, Any], leads: int
) -> None:
    both_ways = watch(says("raids", "papers"), says("papers", "raids"))
    two = (replace(RAIDS, **raids), replace(PAPERS, **papers))
    for alerts in (two, two[::-1]):
        assert decided(*alerts, config=both_ways).send == (leads,)


def test_a_circle_is_broken_within_and_not_by_what_hangs_on_it() -> None:
    config = watch(says("raids", "papers"), says("papers", "raids"), says("raids", "fires"))
    leading = replace(FIRES, level=HIGH)
    decision = decided(RAIDS, PAPERS, leading, config=config)
    assert decision.send == (1,)


def test_what_is_dismissed_inhibits_nobody_though_it_is_known_to_come() -> None:
    coming = outline(2, notified=False)
    dismissed = replace(PAPERS, dismissed=True)
    for alerts in ((RAIDS, dismissed), (dismissed, RAIDS)):
        decision = decided(*alerts, config=watch(PAPERS_FIRST), inhibitors=(coming,))
        assert decision.send == (1,)
