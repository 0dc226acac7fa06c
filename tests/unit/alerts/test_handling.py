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
    Breadth,
    CaseAlert,
    ChangeScope,
    EscalationEffect,
    HandDown,
    HandDownReason,
    HandledAlert,
    NewAlert,
    Revision,
    ScopeReason,
    ToldIn,
)

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)

MINE = CaseAlert("b", "raids", AlertState.OPEN)
COPY = CaseAlert("c", "raids", AlertState.ACKNOWLEDGED)
OTHER = CaseAlert("a", "papers", AlertState.OPEN)
ASIDE = CaseAlert("d", "agenda", AlertState.DISMISSED, set_aside=True)
ALONE = ChangeScope(alert=MINE, case=())
CASE = ChangeScope(alert=MINE, case=(COPY, OTHER, MINE, ASIDE))
OF_RULE = replace(CASE, breadth=Breadth.RULE)


@pytest.mark.parametrize(
    ("scope", "ids", "reason"),
    [
        pytest.param(ALONE, "b", ScopeReason.WHOLE_CASE, id="alone"),
        pytest.param(
            replace(ALONE, breadth=Breadth.RULE), "b", ScopeReason.ONE_RULE, id="alone, of its rule"
        ),
        pytest.param(CASE, "abc", ScopeReason.WHOLE_CASE, id="the case, not what was set aside"),
        pytest.param(OF_RULE, "bc", ScopeReason.ONE_RULE, id="of the same rule"),
        pytest.param(
            replace(OF_RULE, case=(COPY, OTHER)), "bc", ScopeReason.ONE_RULE,
            id="itself, though it is not in the list",
        ),
        pytest.param(
            replace(CASE, case=(OTHER,)), "ab", ScopeReason.WHOLE_CASE, id="itself with the case"
        ),
        pytest.param(
            replace(CASE, alert=ASIDE), "abcd", ScopeReason.WHOLE_CASE,
            id="what was set aside, when it is asked itself",
        ),
        pytest.param(
            replace(OF_RULE, alert=ASIDE), "d", ScopeReason.ONE_RULE,
            id="what was set aside, by its rule",
        ),
        pytest.param(
            replace(CASE, keep=frozenset({AlertState.ACKNOWLEDGED})), "ab", ScopeReason.WHOLE_CASE,
            id="not what is to be kept",
        ),
        pytest.param(
            replace(CASE, keep=frozenset({AlertState.OPEN})), "c", ScopeReason.WHOLE_CASE,
            id="not even itself",
        ),
        pytest.param(
            replace(ALONE, keep=frozenset({AlertState.OPEN})), "", ScopeReason.WHOLE_CASE,
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


LOW, NORMAL, HIGH = Level.LOW, Level.NORMAL, Level.HIGH


def handled(
    name: str,
    at: datetime = NOW,
    state: AlertState = AlertState.ACKNOWLEDGED,
    level: Level = NORMAL,
    *,
    rule: str = "papers",
    set_aside: bool = False,
) -> HandledAlert:
    return HandledAlert(
        id=name, rule=rule, level=level, state=state, changed_at=at, set_aside=set_aside
    )


def dismissed(name: str, level: Level = NORMAL, at: datetime = NOW) -> HandledAlert:
    return handled(name, at, AlertState.DISMISSED, level)


def mistake(name: str, rule: str, at: datetime = NOW) -> HandledAlert:
    return handled(name, at, AlertState.DISMISSED, rule=rule, set_aside=True)


BEGINS_OPEN = HandDown(None, True, HandDownReason.NOTHING_DONE)
OPENS_AGAIN = HandDown(None, True, HandDownReason.MATTERS_MORE)


def taken_over(of: str) -> HandDown:
    return HandDown(of, False, HandDownReason.SAME_WORK)


@pytest.mark.parametrize(
    ("known", "level", "expected"),
    [
        pytest.param([], NORMAL, BEGINS_OPEN, id="of nothing done"),
        pytest.param([handled("a")], NORMAL, taken_over("a"), id="of another rule"),
        pytest.param([handled("a", rule="raids")], NORMAL, taken_over("a"), id="of its own rule"),
        pytest.param([handled("a")], HIGH, taken_over("a"), id="of lesser work that goes on"),
        pytest.param(
            [handled("a", NOW), handled("b", NOW - SECOND)], NORMAL, taken_over("a"),
            id="of the last change, which comes first",
        ),
        pytest.param(
            [handled("b", NOW - SECOND), handled("a", NOW)], NORMAL, taken_over("a"),
            id="of the last change, which comes last",
        ),
        pytest.param(
            [handled("b"), handled("a")], NORMAL, taken_over("b"), id="of the last id, at one time"
        ),
        pytest.param([dismissed("a")], NORMAL, taken_over("a"), id="of the dismissed, as high"),
        pytest.param([dismissed("a")], LOW, taken_over("a"), id="of the dismissed, lower"),
        pytest.param([dismissed("a")], HIGH, OPENS_AGAIN, id="of none, mattering more"),
        pytest.param(
            [dismissed("a", LOW), dismissed("b", HIGH)], HIGH, taken_over("b"),
            id="of the dismissed, as high as the highest",
        ),
        pytest.param(
            [dismissed("a"), handled("b", NOW + SECOND)], HIGH, taken_over("b"),
            id="of work that goes on after a dismissal",
        ),
        pytest.param(
            [mistake("a", "raids")], HIGH,
            HandDown("a", False, HandDownReason.RULE_WAS_WRONG), id="of its rule's mistake",
        ),
        pytest.param(
            [mistake("a", "raids"), mistake("b", "raids", NOW - SECOND), handled("c")], NORMAL,
            HandDown("a", False, HandDownReason.RULE_WAS_WRONG),
            id="of its rule's last mistake, whatever became of the case",
        ),
        pytest.param([mistake("a", "papers")], LOW, BEGINS_OPEN, id="not of another's mistake"),
        pytest.param(
            [mistake("a", "papers", NOW + SECOND), handled("b")], NORMAL, taken_over("b"),
            id="of the case beside another's mistake",
        ),
    ],
)  # fmt: skip
def test_a_new_alert_takes_over_the_state(
    known: list[HandledAlert], level: Level, expected: HandDown
) -> None:
    assert handed_down(NewAlert(rule="raids", level=level, handled=tuple(known))) == expected


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
