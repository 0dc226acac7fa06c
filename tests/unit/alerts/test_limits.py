"""What passes quiet hours and limits, what a flood guard holds, and when a route is mute."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from alerts.dispatch.backlog import fold
from alerts.dispatch.group_dispatch import OVERFLOW, QUIET, GroupDispatch
from alerts.dispatch.limits import holding
from alerts.dispatch.schedule_limits import LIMITS, limits_for
from core.alerting.matches import Level
from core.alerting.message_kinds import MessageKind
from core.alerting.notifications import NotificationState
from core.alerting.urgency import urgency
from core.calendar import DailyHours
from core.config.watch import WatchConfig
from core.deciding.backlog import Backlog, FloodGuard, FoldReason, PendingMessage
from core.deciding.dispatch import DispatchDecision
from tests.unit.alerts.due_groups import (
    ALERT,
    DIGEST,
    HIGH,
    LOW,
    MINUTE,
    NOON,
    NORMAL,
    SUMMARY,
    decided,
    group,
    outline,
    states,
    waiting,
    watch,
)

SLACK = {"name": "desk", "slack": {"url": "https://hooks.example/x"}}
HOOK = {"name": "desk", "webhook": {"url": "https://hooks.example/x"}}


def at(receiver: dict[str, Any]) -> WatchConfig:
    return WatchConfig.model_validate({"receivers": [receiver]})


def sent(*minutes_ago: float) -> tuple[datetime, ...]:
    return tuple(NOON - ago * MINUTE for ago in sorted(minutes_ago, reverse=True))


@pytest.mark.parametrize(
    ("break_through", "passing"),
    [(HIGH, (3,)), (NORMAL, (3, 2)), (LOW, (3, 2, 1)), (None, ())],
)
def test_what_matters_enough_passes_the_limit_of_its_route(
    break_through: Level | None, passing: tuple[int, ...]
) -> None:
    decision = decided(
        waiting(1, level=LOW), waiting(2), waiting(3, level=HIGH),
        max_per_hour=1, recent=sent(30), break_through=break_through,
    )  # fmt: skip
    assert decision.send == passing
    held = {each for hold in decision.held for each in hold.ids}
    assert held == {1, 2, 3} - set(passing)
    assert {(hold.key, hold.until) for hold in decision.held} <= {(OVERFLOW, NOON + 30 * MINUTE)}


@pytest.mark.parametrize(
    ("receiver", "recent", "room_in"),
    [
        pytest.param(SLACK, sent(*[5] * 29), None, id="one below the guard"),
        pytest.param(SLACK, sent(*[5] * 30), 5, id="as many as read"),
        pytest.param(SLACK, sent(9, *[5] * 29), 1, id="room when the oldest is old"),
        pytest.param(SLACK, sent(*[11] * 99), None, id="a flood that is over"),
        pytest.param(HOOK, sent(*[5] * 99), None, id="programs read everything"),
        pytest.param({**SLACK, "flood_guard": "off"}, sent(*[5] * 99), None, id="off"),
        pytest.param({**SLACK, "flood_guard": {"messages": 2}}, sent(5, 4), 5, id="own number"),
        pytest.param(
            {**HOOK, "flood_guard": {"messages": 2, "within": "1h"}}, sent(50, 4), 10,
            id="asked for, with a time of its own",
        ),
    ],
)  # fmt: skip
def test_a_flood_is_held_until_there_is_room_and_what_matters_is_not(
    receiver: dict[str, Any], recent: tuple[datetime, ...], room_in: int | None
) -> None:
    decision = decided(waiting(1), waiting(2, level=HIGH), config=at(receiver), recent=recent)
    if room_in is None:
        assert decision == DispatchDecision(send=(2, 1))
        return
    assert decision.send == (2,)
    assert [(held.ids, held.key, held.until) for held in decision.held] == [
        ((1,), OVERFLOW, NOON + room_in * MINUTE)
    ]


@pytest.mark.parametrize("kind", [DIGEST, SUMMARY])
def test_what_sums_up_is_no_flood(kind: MessageKind) -> None:
    decision = decided(config=at(SLACK), recent=sent(*[1] * 99), kind=kind, key=OVERFLOW)
    assert decision.send == (1,)


def test_of_two_limits_that_hold_the_longer_one_says_when() -> None:
    config = at({**SLACK, "flood_guard": {"messages": 1, "break_through": None}})
    both: dict[str, Any] = {"config": config, "recent": sent(4), "max_per_hour": 1}
    decision = decided(waiting(1), waiting(2, level=HIGH), **both)
    assert [(held.ids, held.until) for held in decision.held] == [
        ((1,), NOON + 56 * MINUTE), ((2,), NOON + 6 * MINUTE)
    ]  # fmt: skip
    assert holding((), NORMAL) is None


def test_what_a_flood_guard_holds_inhibits_nobody() -> None:
    config = watch({"when": {"rules": ["papers"]}, "suppress": {"rules": ["raids"]}})
    slack = at(SLACK).receivers
    full: dict[str, Any] = {
        "config": config.model_copy(update={"receivers": slack}), "recent": sent(*[1] * 30),
    }  # fmt: skip
    coming = outline(notified=False)
    assert states(decided(waiting(1, level=HIGH), inhibitors=(coming,), **full)) == {}
    loud = replace(coming, level=HIGH)
    assert states(decided(waiting(1, level=HIGH), inhibitors=(loud,), **full)) == {
        1: NotificationState.INHIBITED
    }


# -- a backlog


def pending(number: int, level: Level = NORMAL, **changes: Any) -> PendingMessage:
    made = PendingMessage(
        id=f"dlv_{number:02}", kind=ALERT, alert_id=f"alt_{number}", level=level,
        urgency=level.rank, raised_at=NOON - MINUTE, made_at=NOON - MINUTE,
    )  # fmt: skip
    return replace(made, **changes)


GUARD = FloodGuard(3, 10 * MINUTE, HIGH)
FOUR = tuple(pending(number) for number in range(4))


@pytest.mark.parametrize(
    ("messages", "guard", "folded"),
    [
        pytest.param(FOUR[:3], GUARD, 0, id="as many as read"),
        pytest.param(FOUR, GUARD, 4, id="more"),
        pytest.param(FOUR, None, 0, id="no guard"),
        pytest.param((*FOUR, pending(8, HIGH)), GUARD, 4, id="what matters stays"),
        pytest.param(
            (*FOUR, pending(8, HIGH)), replace(GUARD, break_through=None), 5, id="nothing passes"
        ),
        pytest.param((*FOUR[:3], pending(8, HIGH)), GUARD, 0, id="what matters does not count"),
        pytest.param(
            (*FOUR, pending(8, urgency=HIGH.rank)), GUARD, 4, id="what others wait for stays"
        ),
        pytest.param((*FOUR[:3], pending(8, kind=DIGEST)), GUARD, 0, id="a digest is no flood"),
        pytest.param((*FOUR[:3], pending(8, kind=SUMMARY)), GUARD, 4, id="an earlier summary"),
        pytest.param(
            (*FOUR, pending(8, kind=MessageKind.ESCALATION)), GUARD, 4, id="an escalation stays"
        ),
    ],
)
def test_what_waited_through_an_outage_is_no_flood_afterwards(
    messages: tuple[PendingMessage, ...], guard: FloodGuard | None, folded: int
) -> None:
    found = fold(Backlog(messages=messages, stale_before=NOON - 60 * MINUTE, guard=guard))
    assert len(found.ids) == folded
    assert found.reason is (FoldReason.FLOOD if folded else FoldReason.TOO_FEW)


def test_old_news_and_a_flood_are_one_summary() -> None:
    old = tuple(pending(n, HIGH, made_at=NOON - 90 * MINUTE) for n in (20, 21))
    found = fold(Backlog(messages=(*old, *FOUR), stale_before=NOON - 60 * MINUTE, guard=GUARD))
    assert (len(found.ids), found.lead, found.reason) == (6, "alt_20", FoldReason.OLD_NEWS)


@pytest.mark.parametrize(
    ("kind", "levels", "level"),
    [
        (ALERT, [LOW, HIGH, NORMAL], HIGH),
        (ALERT, [LOW], LOW),
        (MessageKind.UPDATE, [NORMAL], NORMAL),
        (MessageKind.ESCALATION, [LOW], HIGH),
        (MessageKind.REMINDER, [NORMAL], HIGH),
        (MessageKind.REVISION, [HIGH], LOW),
        (SUMMARY, [], LOW),
    ],
)
def test_a_message_is_claimed_by_the_highest_of_its_levels(
    kind: MessageKind, levels: list[Level], level: Level
) -> None:
    assert urgency(kind, levels) is level


# -- quiet hours of several parts

NIGHT_AND_MORNING = [
    {"from": "08:00", "to": "11:30", "break_through": None},
    {"from": "11:00", "to": "13:00"},
    {"from": "13:00", "to": "14:00", "break_through": "normal"},
]


@pytest.mark.parametrize(
    ("level", "minutes", "held_for"),
    [
        (HIGH, -45, 15),
        (NORMAL, -45, 105),
        (LOW, -45, 165),
        (HIGH, 0, None),
        (LOW, 60, 60),
        (NORMAL, 60, None),
        (LOW, 120, None),
    ],
)
def test_an_alert_waits_for_the_end_of_all_hours_that_hold_its_level(
    level: Level, minutes: int, held_for: int | None
) -> None:
    config = at({"name": "desk", "console": {}, "quiet_hours": NIGHT_AND_MORNING})
    now = NOON + minutes * MINUTE
    decision = GroupDispatch(config, now).decide(group(waiting(1, level=level)))
    assert [(held.key, held.until - now) for held in decision.held] == (
        [] if held_for is None else [(QUIET, held_for * MINUTE)]
    )


def test_what_waits_for_the_end_of_a_weekend_was_put_off_by_a_right_clock() -> None:
    hours = {"days": ["fri", "sat", "sun"], "timezone": "Asia/Bishkek"}
    config = at({"name": "desk", "console": {}, "quiet_hours": hours})
    assert limits_for(config).summary == timedelta(days=3, hours=1)
    assert limits_for(at(SLACK)) == LIMITS


def test_quiet_hours_without_a_zone_are_meant_in_the_receivers_or_the_files() -> None:
    hours = {"name": "desk", "console": {}, "quiet_hours": {"from": "17:30", "to": "18:30"}}
    noon_in_bishkek_is_six = [
        {"receivers": [{**hours, "timezone": "Asia/Bishkek"}]},
        {"receivers": [hours], "timezone": "Asia/Bishkek"},
        {"receivers": [{**hours, "timezone": "Asia/Bishkek"}], "timezone": "UTC"},
    ]
    for values in noon_in_bishkek_is_six:
        config = WatchConfig.model_validate(values)
        decision = GroupDispatch(config, NOON).decide(group(waiting(1)))
        assert [held.until - NOON for held in decision.held] == [30 * MINUTE]
    assert GroupDispatch(at(hours), NOON).decide(group(waiting(1))).held == ()


# -- mute routes

MUTED = (DailyHours(time(11), time(13), "UTC"),)


def test_in_the_hours_of_its_route_an_alert_is_muted_for_good() -> None:
    decision = decided(waiting(1, mute=MUTED), waiting(2), waiting(3, mute=MUTED, dismissed=True))
    assert decision.send == (2,)
    assert decision.held == ()
    assert states(decision) == {1: NotificationState.MUTED, 3: NotificationState.DISMISSED}
    later = GroupDispatch(watch(), NOON + 60 * MINUTE).decide(group(waiting(1, mute=MUTED)))
    assert later.send == (1,)


def test_what_is_muted_inhibits_nobody() -> None:
    config = watch({"when": {"rules": ["papers"]}, "suppress": {"rules": ["raids"]}})
    mute = waiting(2, rule="papers", mute=MUTED)
    assert states(decided(waiting(1), mute, config=config)) == {2: NotificationState.MUTED}
    coming = outline(notified=False, mute=MUTED)
    assert states(decided(waiting(1), config=config, inhibitors=(coming,))) == {}
