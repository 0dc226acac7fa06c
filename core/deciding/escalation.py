"""What is asked and answered about the work on alerts: what a change touches, who hears when.

Storage gathers these facts inside a transaction, asks, and commits what it was answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.alerting.alerts import AlertChange, AlertState
from core.alerting.deliveries import DeliveryStatus
from core.alerting.message_kinds import MessageKind
from core.alerting.silences import Silence
from core.deciding.dispatch import AlertOutline


class EscalationState(StrEnum):
    """Where an escalation stands."""

    WAITING = "waiting"
    DONE = "done"
    CANCELLED = "cancelled"
    """Somebody took the alert on. It waits again if the alert is opened again."""


# -- what a change touches


@dataclass(frozen=True, slots=True)
class StoryAlert:
    """An alert, as far as it is asked whether a change touches it."""

    id: str
    rule: str
    state: AlertState


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeScope:
    """A change of an alert, and the other alerts about its story."""

    alert: StoryAlert
    story: tuple[StoryAlert, ...]
    """All alerts about the story, of any rule; empty when the article is in no story."""
    any_rule: bool = False
    """Whether the change is about the whole story rather than one rule's view of it."""
    keep: frozenset[AlertState] = frozenset()
    """Alerts in these states are to be left alone."""


class ScopeReason(StrEnum):
    """Why a change touches what it touches."""

    NO_STORY = "the article is in no story"
    SAME_RULE = "one story is one piece of work for each rule"
    WHOLE_STORY = "it is about the whole story"


@dataclass(frozen=True, slots=True)
class Touched:
    """The alerts that a change touches, in order of their ids, and why these."""

    ids: tuple[str, ...]
    reason: ScopeReason


class EscalationEffect(StrEnum):
    """What a new state of an alert does to its escalations."""

    CANCEL = "cancel"
    """Those that wait are called off: somebody took the alert on."""
    COUNT_ANEW = "count anew"
    """The time that the alert may stay open begins again, for all of them."""
    LEAVE = "leave"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandledAlert:
    """An alert that somebody worked on, or that escalated."""

    id: str
    created_at: datetime


class HandDownReason(StrEnum):
    """Why a new alert begins its life in the state it does."""

    NOTHING_DONE = "nothing was done about the rule's alerts about the story"
    SAME_WORK = "what was done about the story holds for copies, too"


@dataclass(frozen=True, slots=True)
class HandDown:
    """Whose state a new alert takes over, and whether it escalates by itself."""

    of: str | None
    """Id of the alert whose last change holds for the new one; None: it begins open."""
    escalates: bool
    reason: HandDownReason


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldIn:
    """A message in which a receiver was notified of an alert that changes."""

    receiver: str
    thread: str
    kind: MessageKind
    status: DeliveryStatus
    alert_id: str


@dataclass(frozen=True, slots=True, order=True)
class Revision:
    """A conversation whose first message is to show what was done."""

    receiver: str
    thread: str
    alert_id: str
    """The alert that the revision is kept under."""


# -- what is due


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherEscalation:
    """Another escalation of the same rule's alerts about the same story."""

    id: int
    state: EscalationState
    receivers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DueEscalation:
    """An escalation whose time has come, and what is to be known for deciding about it."""

    alert_id: str
    receivers: tuple[str, ...]
    """Who is to hear that nobody took the alert on."""
    now: datetime
    states: Mapping[str, AlertState]
    """Of the rule's alerts about the story, with this one."""
    changes: Mapping[str, AlertChange]
    """What was done last about each of them."""
    notified: Mapping[str, AlertOutline]
    """Those of them that anybody was notified of, or soon is."""
    heard: tuple[tuple[str, datetime], ...] = ()
    """Who heard before that the story escalated, and when."""
    opened_at: datetime | None = None
    """When somebody last opened the story again."""
    others: tuple[OtherEscalation, ...] = ()
    silences: tuple[Silence, ...] = ()
    """Those in force."""


class EscalationFate(StrEnum):
    """What becomes of an escalation that is due."""

    ESCALATE = "escalate"
    DONE = "done"
    """There is nobody left to notify."""
    POSTPONE = "postpone"
    CANCEL = "cancel"


class EscalationReason(StrEnum):
    """Why that becomes of it."""

    ACKNOWLEDGED_BEFORE = "somebody took the story on"
    NOBODY_NOTIFIED = "nobody is late with what nobody was told"
    SILENCED = "silences keep it from all who are to hear"
    ALL_NOTIFIED = "all who are to hear were told by another alert about the story"
    IN_TIME = "nobody took it on in time"


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationDecision:
    """What becomes of an escalation that is due, and why."""

    fate: EscalationFate
    reason: EscalationReason
    hears: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By receiver, the alerts that it is notified of, the leading one first."""
    also_done: tuple[int, ...] = ()
    """Ids of other escalations of the story that this one makes needless."""
    again_at: datetime | None = None
    """When it is asked again, if it is postponed."""
    followed: AlertChange | None = None
    """The change that holds for `followers`, too."""
    followers: tuple[str, ...] = ()
    """Copies that were made at the moment when the story was acknowledged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedSnooze:
    """An alert that was snoozed until now, and what is to be known for deciding about it."""

    alert_id: str
    now: datetime
    notified: Mapping[str, frozenset[str]]
    """By alert of the rule about the story, the receivers that were notified of it."""
    outlines: Mapping[str, AlertOutline]
    """Of the alerts in `notified`."""
    silences: tuple[Silence, ...] = ()


class SnoozeFate(StrEnum):
    """What becomes of an alert whose snooze has ended."""

    REMIND = "remind"
    OPEN = "open"
    """It is open again, and there is nobody to remind."""
    POSTPONE = "postpone"


class SnoozeReason(StrEnum):
    """Why that becomes of it."""

    DUE_AGAIN = "due again"
    NOBODY_NOTIFIED = "nobody was told of it before"
    SILENCED = "silences keep it from all who were told"


@dataclass(frozen=True, slots=True, kw_only=True)
class SnoozeDecision:
    """What becomes of an alert whose snooze has ended, and why."""

    fate: SnoozeFate
    reason: SnoozeReason
    hears: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By receiver, the alerts that it is reminded of, the leading one first."""
    again_at: datetime | None = None
    """When it is asked again, if it is postponed."""
