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
from core.alerting.matches import Level
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


class Breadth(StrEnum):
    """How much of a case a change is about."""

    CASE = "case"
    """The whole of it: every rule, every copy."""
    RULE = "rule"
    """What one rule says of it: that the rule was wrong says nothing of the others."""


@dataclass(frozen=True, slots=True)
class CaseAlert:
    """An alert, as far as it is asked whether a change touches it."""

    id: str
    rule: str
    state: AlertState
    set_aside: bool = False
    """Dismissed by itself, as a mistake of its rule; the case went on without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeScope:
    """A change of an alert, and the other alerts of its case."""

    alert: CaseAlert
    case: tuple[CaseAlert, ...]
    """All alerts of the case, of any rule; whether with this one does not matter."""
    breadth: Breadth = Breadth.CASE
    keep: frozenset[AlertState] = frozenset()
    """Alerts in these states are to be left alone."""


class ScopeReason(StrEnum):
    """Why a change touches what it touches."""

    WHOLE_CASE = "a case is one piece of work"
    ONE_RULE = "it is about what one rule says"


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
    rule: str
    level: Level
    state: AlertState
    changed_at: datetime
    """When it came into that state."""
    set_aside: bool = False
    """Dismissed by itself, as a mistake of its rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAlert:
    """An alert that is raised, and what was done about its case before."""

    rule: str
    level: Level
    handled: tuple[HandledAlert, ...] = ()


class HandDownReason(StrEnum):
    """Why a new alert begins its life in the state it does."""

    NOTHING_DONE = "nothing was done about the case"
    SAME_WORK = "what was done about the case holds for all that comes to it"
    RULE_WAS_WRONG = "the rule was said to be wrong about the case"
    MATTERS_MORE = "it matters more than all that was dismissed"


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
    """Another escalation of the same case."""

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
    """Of the alerts of the case, with this one; without those set aside."""
    changes: Mapping[str, AlertChange]
    """What was done last about each of them."""
    notified: Mapping[str, AlertOutline]
    """Those of them that anybody was notified of, or soon is."""
    same_rule: frozenset[str] = frozenset()
    """Those of them that are of its rule, itself among them."""
    heard: tuple[tuple[str, datetime], ...] = ()
    """Who heard before that the case escalated, and when."""
    opened_at: datetime | None = None
    """When somebody last opened the case again."""
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

    ACKNOWLEDGED_BEFORE = "somebody took the case on"
    NOBODY_NOTIFIED = "nobody is late with what nobody was told"
    SILENCED = "silences keep it from all who are to hear"
    ALL_NOTIFIED = "all who are to hear were told by another alert of the case"
    IN_TIME = "nobody took it on in time"


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationDecision:
    """What becomes of an escalation that is due, and why."""

    fate: EscalationFate
    reason: EscalationReason
    hears: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By receiver, the alerts that it is notified of, the leading one first."""
    also_done: tuple[int, ...] = ()
    """Ids of other escalations of the case that this one makes needless."""
    escalated: tuple[str, ...] = ()
    """The alerts that are escalated with it: all of the case but what was dismissed."""
    again_at: datetime | None = None
    """When it is asked again, if it is postponed."""
    followed: AlertChange | None = None
    """The change that holds for `followers`, too."""
    followers: tuple[str, ...] = ()
    """Alerts that were raised at the moment when the case was acknowledged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedSnooze:
    """An alert that was snoozed until now, and what is to be known for deciding about it."""

    alert_id: str
    now: datetime
    notified: Mapping[str, frozenset[str]]
    """By alert of the case, the receivers that were notified of it."""
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
