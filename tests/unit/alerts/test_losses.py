"""What becomes of what counted on a message that was given up: as tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alerts.dispatch.losses import after_loss, due_again, escalation_after_loss, loss_of
from alerts.dispatch.routing import next_digest
from core.alerting.alerts import AlertState
from core.alerting.deliveries import DeliveryStatus
from core.alerting.message_kinds import MessageKind
from core.deciding.escalation import EscalationState
from core.deciding.groups import DueReason
from core.deciding.losses import (
    AfterLossReason,
    EscalationAfterLoss,
    EscalationAtLoss,
    LossReason,
    LostMessage,
    ReturningGroup,
    SaidInConversation,
)

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DEAD, PENDING, DELIVERED, FOLDED, READDRESSED = (
    DeliveryStatus.DEAD,
    DeliveryStatus.PENDING,
    DeliveryStatus.DELIVERED,
    DeliveryStatus.FOLDED,
    DeliveryStatus.READDRESSED,
)


@pytest.mark.parametrize(
    ("kind", "rule", "reason"),
    [
        *((kind, "drafts", LossReason.NEWS) for kind in MessageKind if kind != "revision"),
        (MessageKind.ALERT, "source-health", LossReason.NEWS),
        (MessageKind.ALERT, "receiver-health", LossReason.ABOUT_RECEIVERS),
        (MessageKind.SUMMARY, "receiver-health", LossReason.ABOUT_RECEIVERS),
        (MessageKind.REVISION, "drafts", LossReason.NO_NEWS),
        (MessageKind.REVISION, "receiver-health", LossReason.NO_NEWS),
    ],
)
def test_others_hear_of_what_a_receiver_misses(
    kind: MessageKind, rule: str, reason: LossReason
) -> None:
    loss = loss_of(LostMessage(kind, rule))
    assert (loss.reason, loss.alarm) == (reason, reason is LossReason.NEWS)


def said(*statuses: DeliveryStatus, first: int = 1) -> list[SaidInConversation]:
    """Return messages 1, 2 … of a conversation; the second of them told of the highest level."""
    return [
        SaidInConversation(
            id=f"dlv_{sequence}",
            sequence=sequence,
            status=status,
            level=2 if sequence == 2 else 1,
            made_at=NOON + sequence * MINUTE,
        )
        for sequence, status in enumerate(statuses, start=first)
    ]


GOES_ON, BEGINS_LATER, NOTHING_ARRIVED = (
    AfterLossReason.GOES_ON,
    AfterLossReason.BEGINS_LATER,
    AfterLossReason.NOTHING_ARRIVED,
)


@pytest.mark.parametrize(
    ("statuses", "reason", "sequence", "level", "thread", "last"),
    [
        ((), NOTHING_ARRIVED, 0, 0, "", None),
        ((DEAD,), NOTHING_ARRIVED, 0, 0, "", None),
        ((READDRESSED, DEAD), NOTHING_ARRIVED, 0, 0, "", None),
        ((DELIVERED, DEAD), GOES_ON, 1, 1, "dlv_1", 1),
        ((PENDING, DEAD), GOES_ON, 1, 1, "dlv_1", 1),
        ((FOLDED, DEAD), GOES_ON, 1, 1, "dlv_1", 1),
        ((DELIVERED, DEAD, PENDING), GOES_ON, 3, 1, "dlv_1", 3),
        ((DELIVERED, DELIVERED, DEAD), GOES_ON, 2, 2, "dlv_1", 2),
        ((DEAD, PENDING), BEGINS_LATER, 1, 2, "dlv_2", 2),
        ((DEAD, DEAD, PENDING, PENDING), BEGINS_LATER, 2, 1, "dlv_3", 4),
        ((DEAD, PENDING, PENDING), BEGINS_LATER, 2, 2, "dlv_2", 3),
        ((DEAD, DELIVERED, DEAD), GOES_ON, 2, 2, "dlv_1", 2),
        ((DEAD, FOLDED), GOES_ON, 2, 2, "dlv_1", 2),
        ((DEAD, FOLDED, PENDING), BEGINS_LATER, 1, 2, "dlv_3", 3),
    ],
)
def test_a_conversation_is_what_is_left_of_it(
    statuses: tuple[DeliveryStatus, ...],
    reason: AfterLossReason,
    sequence: int,
    level: int,
    thread: str,
    last: int | None,
) -> None:
    left = after_loss("dlv_1", said(*statuses)[::-1])
    assert (left.reason, left.sequence, left.level, left.thread) == (
        reason, sequence, level, thread,
    )  # fmt: skip
    assert left.dispatched_at == (None if last is None else NOON + last * MINUTE)
    assert (left.moved[:1] == (thread,)) is (reason is BEGINS_LATER)
    assert len(left.moved) == (sequence if reason is BEGINS_LATER else 0)


def summary(status: DeliveryStatus, minute: int = 0) -> SaidInConversation:
    return SaidInConversation(
        id="dlv_summary", sequence=0, status=status, level=3, made_at=NOON + minute * MINUTE,
        sums_up=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("told", "reason", "sequence", "level", "thread", "last"),
    [
        pytest.param(
            (summary(DELIVERED), *said(DEAD, first=2)), GOES_ON, 1, 3, "", 0, id="it is left"
        ),
        pytest.param(
            (summary(PENDING), *said(DEAD, PENDING, first=2)), GOES_ON, 3, 3, "dlv_2", 3,
            id="it told of what was before",
        ),
        pytest.param(
            (summary(DEAD), *said(DEAD, first=2)), NOTHING_ARRIVED, 0, 0, "", None,
            id="it is lost, too",
        ),
        pytest.param(
            (summary(DEAD), *said(PENDING, first=2)), BEGINS_LATER, 1, 2, "dlv_2", 2,
            id="it is lost, and what follows begins",
        ),
        pytest.param(
            (summary(DEAD), *said(DELIVERED, first=2)), GOES_ON, 2, 2, "dlv_2", 2,
            id="it is lost, and what follows arrived",
        ),
        pytest.param(
            (*said(DEAD, PENDING), summary(DELIVERED, 3)), BEGINS_LATER, 1, 3, "dlv_2", 3,
            id="it came after what follows",
        ),
        pytest.param(
            (*said(DEAD, PENDING), summary(DELIVERED, 1)), GOES_ON, 2, 3, "dlv_1", 2,
            id="it came before what follows",
        ),
        pytest.param(
            (*said(DEAD, PENDING), summary(DELIVERED, 2)), BEGINS_LATER, 1, 3, "dlv_2", 2,
            id="it came with what follows",
        ),
    ],
)  # fmt: skip
def test_what_a_summary_told_counts_as_long_as_the_summary(
    told: tuple[SaidInConversation, ...],
    reason: AfterLossReason,
    sequence: int,
    level: int,
    thread: str,
    last: int | None,
) -> None:
    left = after_loss("dlv_2" if thread == "dlv_2" and reason is GOES_ON else "dlv_1", told)
    assert (left.reason, left.sequence, left.level, left.thread) == (
        reason, sequence, level, thread,
    )  # fmt: skip
    assert left.dispatched_at == (None if last is None else NOON + last * MINUTE)


DIGEST_KEY = "digest:0 8 * * * Asia/Bishkek"


@pytest.mark.parametrize(
    ("about", "minutes", "reason"),
    [
        ({}, 0, DueReason.RETURNED),
        ({"due_at": NOON + MINUTE}, 0, DueReason.RETURNED),
        ({"kind": MessageKind.SUMMARY, "key": "quiet"}, 0, DueReason.RETURNED),
        ({"kind": MessageKind.DIGEST, "key": DIGEST_KEY}, 14 * 60, DueReason.DIGEST),
        (
            {"kind": MessageKind.DIGEST, "key": DIGEST_KEY, "due_at": NOON + MINUTE},
            1,
            DueReason.OTHERS_WAIT,
        ),
    ],
)
def test_what_returns_is_due_at_once_or_with_its_digest(
    about: dict[str, Any], minutes: int, reason: DueReason
) -> None:
    facts: dict[str, Any] = {"key": "story:7", "kind": MessageKind.ALERT, "due_at": None, **about}
    due = due_again(ReturningGroup(now=NOON, **facts))
    assert (due.at, due.reason) == (NOON + minutes * MINUTE, reason)


def test_the_key_of_a_digest_says_when_it_is_due() -> None:
    assert next_digest("digest:30 9 * * 1-5 UTC", NOON) == datetime(2026, 3, 5, 9, 30, tzinfo=UTC)


WAITING, DONE, CANCELLED = (
    EscalationState.WAITING,
    EscalationState.DONE,
    EscalationState.CANCELLED,
)
OPEN, ESCALATED, ACKNOWLEDGED = AlertState.OPEN, AlertState.ESCALATED, AlertState.ACKNOWLEDGED
LEAVE, ANEW, RESUME = (
    EscalationAfterLoss.LEAVE,
    EscalationAfterLoss.COUNT_ANEW,
    EscalationAfterLoss.RESUME,
)


@pytest.mark.parametrize(
    ("state", "alert", "lost", "due", "becomes"),
    [
        pytest.param(CANCELLED, OPEN, None, 0, ANEW, id="called off, since nobody was told"),
        pytest.param(CANCELLED, ESCALATED, None, 0, ANEW, id="the same, a copy escalated"),
        pytest.param(CANCELLED, ACKNOWLEDGED, None, 0, LEAVE, id="called off by somebody"),
        pytest.param(WAITING, OPEN, None, 0, LEAVE, id="still counting"),
        pytest.param(DONE, OPEN, None, 0, LEAVE, id="it was said of a copy"),
        pytest.param(DONE, ESCALATED, 0, 1, RESUME, id="spoken for before its time"),
        pytest.param(DONE, OPEN, 0, 1, RESUME, id="the same, opened again"),
        pytest.param(DONE, ESCALATED, 0, 0, LEAVE, id="the one that the message was about"),
        pytest.param(DONE, ACKNOWLEDGED, 0, 1, LEAVE, id="somebody sees to it"),
        pytest.param(WAITING, ESCALATED, 0, 1, LEAVE, id="it waits anyway"),
        pytest.param(CANCELLED, ESCALATED, 0, 1, LEAVE, id="it was called off"),
    ],
)
def test_escalations_count_that_left_their_word_to_what_is_lost(
    state: EscalationState,
    alert: AlertState,
    lost: int | None,
    due: int,
    becomes: EscalationAfterLoss,
) -> None:
    asked = EscalationAtLoss(
        state=state,
        alert=alert,
        due_at=NOON + due * MINUTE,
        lost_made_at=None if lost is None else NOON + lost * MINUTE,
    )
    assert escalation_after_loss(asked) is becomes
