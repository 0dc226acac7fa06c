"""What is asked and answered about a message that was given up: what counted on it begins anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.alerting.alerts import AlertState
from core.alerting.deliveries import DeliveryStatus
from core.alerting.message_kinds import MessageKind
from core.deciding.escalation import EscalationState

# -- whether others hear of it


@dataclass(frozen=True, slots=True)
class LostMessage:
    """A message that was given up, by its kind and the rule of the alert that leads it."""

    kind: MessageKind
    rule: str


class LossReason(StrEnum):
    """Why others hear of a message that was given up, or do not."""

    NEWS = "its receiver misses news"
    NO_NEWS = "it only changed what was told before"
    ABOUT_RECEIVERS = "news of news that was lost would go round for ever"


@dataclass(frozen=True, slots=True)
class Loss:
    """Whether others hear of a message that was given up, and why."""

    alarm: bool
    reason: LossReason


# -- the conversation that it was in


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidInConversation:
    """A message of a conversation, as it stands now."""

    id: str
    sequence: int
    status: DeliveryStatus
    level: int
    """Rank of the highest level that it tells of."""
    made_at: datetime
    sums_up: bool = False
    """Whether it is a summary that told of the conversation: it has no place in it."""


class AfterLossReason(StrEnum):
    """What is left of a conversation without a message that was given up."""

    NOTHING_ARRIVED = "nothing of it arrived or still can"
    BEGINS_LATER = "what began it is lost, and a later message begins it"
    GOES_ON = "it goes on without that message"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationAfterLoss:
    """What a group has said, without what was given up, and why that is left."""

    reason: AfterLossReason
    sequence: int
    level: int
    thread: str
    """Id of the message that begins it; empty when the next one does."""
    dispatched_at: datetime | None
    moved: tuple[str, ...] = ()
    """Messages on their way that make up the conversation from now on, the first one first."""


# -- what another alert kept from the receiver, since it was to say all


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturningGroup:
    """A group to which a notification returns that was inhibited by what is lost."""

    key: str
    kind: MessageKind
    due_at: datetime | None
    """When the group was due before; None while nothing waited in it."""
    now: datetime


# -- escalations


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationAtLoss:
    """An escalation of an alert that a lost message was about, or kept from its receiver."""

    state: EscalationState
    alert: AlertState
    due_at: datetime
    lost_made_at: datetime | None
    """When the lost message was made, if it was an escalation that this one would repeat to the
    same receiver; None when the alert is on its way again."""


class EscalationAfterLoss(StrEnum):
    """What becomes of an escalation when a message was given up."""

    COUNT_ANEW = "the alert is on its way again, and so is its time"
    RESUME = "it waits for its own time again: another one said it, and was lost"
    LEAVE = "the loss does not concern it"
