"""What is asked about alerts whose receivers are due to be notified, and what is answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.alerting.matches import Level
from core.alerting.message_kinds import MessageKind
from core.alerting.notifications import NotificationState
from core.alerting.silences import Silence
from core.calendar import DailyHours
from core.deciding.groups import Home, ToldOfHome


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertOutline:
    """What silences and inhibition may ask of an alert."""

    alert_id: str
    rule: str
    level: Level
    source: str
    language: str | None
    entities: frozenset[str]
    story: int | None
    created_at: datetime
    notified: bool = True
    """Whether the receiver in question was notified; False: it is on its way there."""
    mute: tuple[DailyHours, ...] = ()
    """Hours in which the route that it is on its way by notifies nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingNotification(AlertOutline):
    """An alert that waits for a receiver."""

    id: int
    notified: bool = False
    dismissed: bool = False
    """Somebody dismissed the rule's alert about the same story."""
    home: Home | None = None
    """The group that it was held back from, if it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueGroup:
    """Alerts that a receiver is due to be notified of together, and what is to be known for it."""

    receiver: str
    key: str
    kind: MessageKind
    """`alert`, `digest` or `summary`."""
    waiting: tuple[WaitingNotification, ...]
    """In the order they came."""
    sequence: int
    """Messages that the group has sent in its last conversation, whether or not that goes on."""
    dispatched_at: datetime | None
    lasting: bool
    max_per_hour: int | None
    break_through: Level | None = Level.HIGH
    """Alerts of this level and above pass `max_per_hour`; None: none does."""
    recent: tuple[datetime, ...]
    """When the messages of the last hour to this receiver were made, the oldest first."""
    silences: tuple[Silence, ...]
    """Those in force."""
    inhibitors: tuple[AlertOutline, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Notifications that come to nothing, and why."""

    ids: tuple[int, ...]
    state: NotificationState
    reason: str
    silence: str | None = None
    """Id of the silence that keeps them."""
    inhibitor: str | None = None
    """Id of the alert that says what they would, if they are inhibited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Notifications that wait longer, in a group of their own that becomes one summary."""

    ids: tuple[int, ...]
    key: str
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchDecision:
    """What becomes of the alerts of a due group."""

    send: tuple[int, ...] = ()
    """Ids of the notifications that make a message, the leading one first."""
    kind: MessageKind = MessageKind.ALERT
    settled: tuple[Settled, ...] = ()
    held: tuple[Held, ...] = ()
    home: int | None = None
    """Id of another group in whose conversation the message is: it was held back from there."""
    told_of: tuple[ToldOfHome, ...] = ()
    """Groups that hear of their alerts by this message, in the order of their ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchReport:
    """What a look at the waiting alerts came to."""

    groups: int = 0
    messages: int = 0
    held: int = 0
    settled: int = 0
    """Alerts that notified nobody: silenced, inhibited, or dismissed before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkDone:
    """What was due in the work on alerts."""

    escalated: int = 0
    reminded: int = 0
