"""What is asked and answered about groups of alerts: conversations, and when a group is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.alerting.matches import Level
from core.alerting.message_kinds import MessageKind
from core.alerting.notifications import Recipient


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """What a group of alerts has said to its receiver so far."""

    sequence: int
    """Messages that were sent in it."""
    dispatched_at: datetime | None
    """When the last of them was made."""
    lasting: bool
    """Whether it goes on for ever, as one about a story does."""
    level: int = 0
    """Rank of the highest level that it told of."""


class ContinuationReason(StrEnum):
    """Why a conversation goes on or begins anew."""

    NOTHING_SAID = "nothing was said in it"
    LASTING = "it goes on for ever"
    OF_LATE = "something was said in it of late"
    RESTED = "it rested for so long that it begins anew"


@dataclass(frozen=True, slots=True)
class Continuation:
    """Whether the next message of a group continues a conversation, and why."""

    goes_on: bool
    reason: ContinuationReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """An alert that joins a group, and what is to be known to say when the group is due."""

    recipient: Recipient
    level: Level
    conversation: Conversation
    due_at: datetime | None
    """When the group was due before; None while nothing waited in it."""
    now: datetime


class DueReason(StrEnum):
    """Why a group is due when it is."""

    DIGEST = "the route names the time"
    COMPANY = "it waits for company"
    CLOCK_AHEAD = "a clock ran ahead when the last message was made: it waits for company only"
    INTERVAL = "messages of a group keep their distance"
    MATTERS_MORE = "it matters more than all that was told, and keeps no distance"
    OTHERS_WAIT = "others that wait in the group are due sooner"
    RETURNED = "what was to say it was lost, and it has waited long enough"


@dataclass(frozen=True, slots=True)
class DueTime:
    """When a group is due, and why then."""

    at: datetime
    reason: DueReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The group that a notification was held back from."""

    id: int
    kind: MessageKind
    """`alert`, where the notification has a conversation, or `digest`."""
    conversation: Conversation


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldOfHome:
    """A group whose alerts a summary told of: what comes later is more on it."""

    id: int
    goes_on: bool
    """Whether that continues the conversation which was there before."""
    level: int
    """Rank of the highest level that the conversation told of, from now on."""
