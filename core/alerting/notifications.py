"""Notifications: an alert and one receiver that is to hear of it, in which company and what for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.alerting.deliveries import Delivery
from core.alerting.matches import Level
from core.alerting.message_kinds import MessageKind
from core.calendar import DailyHours


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """What became of an alert on its way to a receiver."""

    alert_id: str
    receiver: str
    purpose: Purpose
    state: NotificationState
    reason: str
    created_at: datetime
    due_at: datetime | None
    """When it is looked at, if it waits."""
    delivery_id: str | None
    delivery: Delivery | None = None
    """How that message fares."""


class GroupBy(StrEnum):
    """Which alerts share a message, and a conversation with those that follow."""

    STORY = "story"
    RULE = "rule"
    SOURCE = "source"
    NONE = "none"


class NotificationState(StrEnum):
    """What became of an alert on its way to a receiver."""

    WAITING = "waiting"
    SENT = "sent"
    """It is part of a message; the message's delivery says how that fares."""
    SILENCED = "silenced"
    INHIBITED = "inhibited"
    """Another alert says it already."""
    MUTED = "muted"
    """Its route notifies nobody at such hours."""
    DISMISSED = "dismissed"
    """Somebody dismissed the same rule's alert about the same story."""
    READDRESSED = "readdressed"
    """Its receiver is no longer configured, or somebody said so: others are notified instead."""


class NotificationPurpose(StrEnum):
    """What an alert is on its way to a receiver for."""

    ALERT = "alert"
    """Its routes lead there."""
    ESCALATION = "escalation"
    REMINDER = "reminder"
    REVISION = "revision"
    """A message about it is changed."""
    SUMMARY = "summary"
    """It leads what waited too long for the receiver."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """A purpose, told apart from the same one at other times.

    An alert is on its way to a receiver for one purpose only once.
    """

    kind: NotificationPurpose = NotificationPurpose.ALERT
    number: int = 0
    """Of a revision its place in the conversation; of an escalation or a reminder the second of
    its time, of a summary the microsecond, counted from 1970. 0 for the others."""
    about: str = ""
    """Id of the escalation, or of the conversation that is revised; empty for the others."""

    @property
    def key(self) -> str:
        """Return the purpose in one word: ids of deliveries are made of it, and exports show it."""
        match self.kind:
            case NotificationPurpose.ALERT:
                return ""
            case NotificationPurpose.ESCALATION | NotificationPurpose.REVISION:
                return f"{self.kind.value}-{self.about}-{self.number}"
            case NotificationPurpose.REMINDER:
                return f"{self.kind.value}-{self.number}"
            case NotificationPurpose.SUMMARY:
                seconds, microseconds = divmod(self.number, 1_000_000)
                return f"{self.kind.value}-{seconds}.{microseconds:06d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A receiver that is to hear of an alert, and in which company."""

    receiver: str
    group: str
    """Key of the group among those of the receiver: alerts of one group share messages. Empty for
    an alert that is told by itself."""
    kind: MessageKind = MessageKind.ALERT
    """`alert` or `digest`."""
    wait: timedelta = timedelta(0)
    """How long the first alert of a group waits for company."""
    interval: timedelta = timedelta(0)
    """Shortest time between two messages of a group."""
    dispatch_at: datetime | None = None
    """When a digest is due."""
    max_per_hour: int | None = None
    """Messages that the receiver is to get within an hour; the rest becomes a summary."""
    break_through: Level | None = Level.HIGH
    """Alerts of this level and above pass that limit; None: none does."""
    mute: tuple[DailyHours, ...] = ()
    """Hours in which its route notifies nobody."""
    lasting: bool = True
    """Whether the conversation goes on for ever, as one about a story does, or begins anew after
    a day."""
