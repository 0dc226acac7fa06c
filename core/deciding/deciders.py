"""What storage asks while it commits: the rules of alerting, handed in by whoever calls it.

Storage gathers facts, asks, and writes the answer in the same transaction. It knows none of the
rules; alerting does (`alerts.dispatch`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.alerting.alerts import AlertState
from core.alerting.deliveries import DeliveryAttempt
from core.deciding.backlog import Backlog, Fold
from core.deciding.digests import DigestFacts, DigestPlan
from core.deciding.escalation import (
    ChangeScope,
    EscalationEffect,
    HandDown,
    NewAlert,
    Revision,
    ToldIn,
    Touched,
)
from core.deciding.groups import DueTime, Joining
from core.deciding.losses import (
    ConversationAfterLoss,
    EscalationAfterLoss,
    EscalationAtLoss,
    Loss,
    LostMessage,
    ReturningGroup,
    SaidInConversation,
)
from core.deciding.outages import (
    FirstSuccess,
    ReceiverReport,
    ReceiverSign,
    ReceiverState,
    Recovery,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deciders:
    """The decisions that hang on no configuration. Each function is pure."""

    when_due: Callable[[Joining], DueTime]
    """When a group is due that an alert joins."""
    touched: Callable[[ChangeScope], Touched]
    """Which alerts a change holds for."""
    effect_on_escalations: Callable[[AlertState], EscalationEffect]
    """What a new state of an alert does to its escalations."""
    handed_down: Callable[[NewAlert], HandDown]
    """How a new alert begins, by what was done about its case."""
    revisions: Callable[[Sequence[ToldIn]], Sequence[Revision]]
    """Which conversations are to show a change."""
    sign_of: Callable[[DeliveryAttempt], ReceiverSign]
    """What an attempt says about its receiver."""
    recovery: Callable[[FirstSuccess], Recovery]
    """Whether a receiver that takes messages again was down."""
    news_of: Callable[[ReceiverState, datetime], ReceiverReport]
    """What others are to hear about a receiver."""
    fold: Callable[[Backlog], Fold]
    """What of a backlog becomes one summary."""
    loss_of: Callable[[LostMessage], Loss]
    """Whether others hear that a message was given up."""
    after_loss: Callable[[str, Sequence[SaidInConversation]], ConversationAfterLoss]
    """What is left of a conversation without what was given up."""
    due_again: Callable[[ReturningGroup], DueTime]
    """When a group is due to which a notification returns."""
    escalation_after_loss: Callable[[EscalationAtLoss], EscalationAfterLoss]
    """What becomes of an escalation when a message was given up."""
    plan_digest: Callable[[DigestFacts], DigestPlan]
    """What of a digest is shown, and what is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleLimits:
    """How far ahead a right clock can have put things; what is farther off is mended."""

    clocks_differ: timedelta
    """Between machines that share a database."""
    attempt: timedelta
    """Until the next attempt of a delivery, or the end of a lease."""
    summary: timedelta
    """Until a summary of what was held back is due."""
    attempt_pauses: tuple[timedelta, ...]
    """Until the next attempt by the attempts already made, from 0 on, if the receiver asked for no
    more: all that is granted when the clock is known to have run ahead."""
    lease: timedelta
    """Until the end of a lease. As above."""
