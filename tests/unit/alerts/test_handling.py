"""What something done about an alert means for others: a table of cases for each question."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alerts.dispatch.backlog import fold
from alerts.dispatch.handling import effect_on_escalations, handed_down, revisions, touched
from core.alerting.alerts import AlertState
from core.alerting.deliveries import DeliveryStatus
from core.alerting.matches import Level
from core.alerting.message_kinds import MessageKind
from core.deciding.backlog import Backlog, FoldReason, PendingMessage
from core.deciding.escalation import (
    ChangeScope,
    EscalationEffect,
    HandDown,
    HandDownReason,
    HandledAlert,
    Revision,
    ScopeReason,
    StoryAlert,
    ToldIn,
)

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)

MINE = StoryAlert("b", "raids", AlertState.OPEN)
COPY = StoryAlert("c", "raids", AlertState.DISMISSED)
OTHER = StoryAlert("a", "papers", AlertState.OPEN)
ALONE = ChangeScope(alert=MINE, story=())
STORY = ChangeScope(alert=MINE, story=(COPY, OTHER, MINE))


@pytest.mark.parametrize(
    ("scope", "ids", "reason"),
    [
        pytest.param(ALONE, "b", ScopeReason.NO_STORY, id="alone"),
        pytest.param(replace(ALONE, any_rule=True), "b", ScopeReason.NO_STORY, id="alone, any"),
        pytest.param(STORY, "bc", ScopeReason.SAME_RULE, id="of the same rule"),
        pytest.param(
            replace(STORY, any_rule=True), "abc", ScopeReason.WHOLE_STORY, id="of the whole story"
        ),
        pytest.param(
            replace(STORY, story=(COPY, OTHER)), "bc", ScopeReason.SAME_RULE,
            id="itself, though it is not in the list",
        ),
        pytest.param(
            replace(STORY, any_rule=True, story=(OTHER,)), "ab", ScopeReason.WHOLE_STORY,
            id="itself with the whole story",
        ),
        pytest.param(
            replace(STORY, keep=frozenset({AlertState.DISMISSED})), "b", ScopeReason.SAME_RULE,
            id="not what is to be kept",
        ),
        pytest.param(
            replace(STORY, keep=frozenset({AlertState.OPEN}), any_rule=True), "c",
            ScopeReason.WHOLE_STORY, id="not even itself",
        ),
        pytest.param(
            replace(ALONE, keep=frozenset({AlertState.OPEN})), "", ScopeReason.NO_STORY,
            id="nothing at all",
        ),
    ],
)  # fmt: skip
def test_a_change_touches(scope: ChangeScope, ids: str, reason: ScopeReason) -> None:
    found = touched(scope)
    assert (found.ids, found.reason) == (tuple(ids), reason)


@pytest.mark.parametrize(
    ("state", "effect"),
    [
        (AlertState.OPEN, EscalationEffect.COUNT_ANEW),
        (AlertState.ACKNOWLEDGED, EscalationEffect.CANCEL),
        (AlertState.SNOOZED, EscalationEffect.CANCEL),
        (AlertState.DISMISSED, EscalationEffect.CANCEL),
        (AlertState.ESCALATED, EscalationEffect.LEAVE),
    ],
)
def test_a_state_affects_escalations(state: AlertState, effect: EscalationEffect) -> None:
    assert effect_on_escalations(state) is effect


def handled(name: str, at: datetime) -> HandledAlert:
    return HandledAlert(id=name, created_at=at)


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        pytest.param([], HandDown(None, True, HandDownReason.NOTHING_DONE), id="of nothing done"),
        pytest.param(
            [handled("a", NOW)], HandDown("a", False, HandDownReason.SAME_WORK), id="of the one"
        ),
        pytest.param(
            [handled("a", NOW), handled("b", NOW - SECOND)],
            HandDown("a", False, HandDownReason.SAME_WORK), id="of the newest, which comes first",
        ),
        pytest.param(
            [handled("b", NOW - SECOND), handled("a", NOW)],
            HandDown("a", False, HandDownReason.SAME_WORK), id="of the newest, which comes last",
        ),
        pytest.param(
            [handled("b", NOW), handled("a", NOW)],
            HandDown("b", False, HandDownReason.SAME_WORK), id="of the last id, at one time",
        ),
    ],
)  # fmt: skip
def test_a_new_alert_takes_over_the_state(known: list[HandledAlert], expected: HandDown) -> None:
    assert handed_down(known) == expected


TOLD = ToldIn(
    receiver="bot",
    thread="t",
    kind=MessageKind.ALERT,
    status=DeliveryStatus.DELIVERED,
    alert_id="b",
)


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        (MessageKind.ALERT, True),
        (MessageKind.UPDATE, True),
        (MessageKind.ESCALATION, True),
        (MessageKind.REMINDER, True),
        (MessageKind.DIGEST, False),
        (MessageKind.SUMMARY, False),
        (MessageKind.REVISION, False),
    ],
)
def test_messages_about_one_matter_show_a_change(kind: MessageKind, shown: bool) -> None:
    found = revisions([replace(TOLD, kind=kind)])
    assert found == ((Revision("bot", "t", "b"),) if shown else ())


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        (DeliveryStatus.PENDING, True),
        (DeliveryStatus.DELIVERED, True),
        (DeliveryStatus.DEAD, False),
        (DeliveryStatus.FOLDED, False),
    ],
)
def test_messages_that_somebody_reads_show_a_change(status: DeliveryStatus, shown: bool) -> None:
    found = revisions([replace(TOLD, status=status)])
    assert found == ((Revision("bot", "t", "b"),) if shown else ())


def test_each_conversation_shows_a_change_once() -> None:
    notified = [
        replace(TOLD, thread="u"),
        replace(TOLD, alert_id="c"),
        TOLD,
        replace(TOLD, alert_id="a", kind=MessageKind.UPDATE),
        replace(TOLD, alert_id="d"),
        replace(TOLD, receiver="apt"),
    ]
    expected = (Revision("apt", "t", "b"), Revision("bot", "t", "a"), Revision("bot", "u", "b"))
    assert revisions(notified) == expected


def test_nobody_shows_what_nobody_was_told() -> None:
    assert revisions([]) == ()


def stale(name: str, level: Level = Level.NORMAL, at: datetime = NOW) -> PendingMessage:
    return PendingMessage(
        id="", kind=MessageKind.ALERT, alert_id=name, level=level, urgency=level.rank, raised_at=at,
        made_at=NOW - SECOND,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("messages", "lead"),
    [
        pytest.param([], None, id="nothing"),
        pytest.param([stale("a")], None, id="one is no backlog"),
        pytest.param([stale("a"), stale("a")], "a", id="two about one alert are"),
        pytest.param(
            [stale("a"), stale("b", Level.HIGH, NOW + SECOND), stale("c", Level.LOW)], "b",
            id="what matters most leads",
        ),
        pytest.param(
            [stale("a", at=NOW + SECOND), stale("b"), stale("c", at=NOW + SECOND)], "b",
            id="of several the oldest",
        ),
        pytest.param([stale("b"), stale("a")], "a", id="at one time the first id"),
    ],
)  # fmt: skip
def test_old_news_becomes_one_summary(messages: list[PendingMessage], lead: str | None) -> None:
    named = tuple(replace(message, id=f"dlv_{n}") for n, message in enumerate(messages))
    found = fold(Backlog(messages=named, stale_before=NOW))
    assert found.lead == lead
    assert found.reason is (FoldReason.TOO_FEW if lead is None else FoldReason.OLD_NEWS)
