"""Deliveries: messages on their way to receivers, with every attempt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.alerting.accounts import Telling
from core.alerting.alerts import Alert
from core.alerting.matches import Level
from core.alerting.message_kinds import MessageKind
from core.alerting.notes import CaseNote
from core.deciding.digests import DigestPlan


class DeliveryStatus(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"
    """Given up: refused for good, or out of attempts. Can be replayed."""
    FOLDED = "folded"
    """It waited so long that it became part of a summary."""
    READDRESSED = "readdressed"
    """Its receiver is no longer configured, or somebody said so: others are sent what it tells."""


LOST = frozenset({DeliveryStatus.DEAD, DeliveryStatus.READDRESSED})
"""Where messages stand that their receiver never got, nor will."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message on its way to one receiver. The id is the same for every attempt."""

    id: str
    alert_id: str
    """The alert that leads the message."""
    receiver: str
    status: DeliveryStatus
    attempts: int
    created_at: datetime
    next_attempt_at: datetime | None
    last_detail: str = ""
    kind: MessageKind = MessageKind.ALERT
    size: int = 1
    """Alerts in the message."""
    thread: str = ""
    """Id of the delivery that began the conversation; its own id for the first."""
    sequence: int = 1
    """Place in the conversation."""
    minimal: bool = False
    """Sent in its plainest form, since the receiver could not read the full one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedDelivery:
    """A delivery that this process alone may attempt until the lease runs out."""

    delivery: Delivery
    alerts: tuple[Alert, ...]
    """The alerts of the message, the leading one first. Of a long one the first few hundred: the
    delivery's `size` counts them all."""
    lease_token: str
    leased_until: datetime
    thread_receipt: str = ""
    """What the receiver called the message that began the conversation."""
    earlier: tuple[Alert, ...] = ()
    """Of an update: the alerts of the messages before, the one that began it first."""
    tellings: Mapping[int, tuple[Telling, ...]] = field(default_factory=dict)
    """Of the stories that several articles tell, by story: who told them when it was made."""
    digest: DigestPlan | None = None
    """Of a digest or a summary: what of it is shown, and what is counted."""
    notes: tuple[CaseNote, ...] = ()
    """Of any other message: what was written about its cases since the receiver heard of them."""

    @property
    def alert(self) -> Alert:
        """The alert that leads the message."""
        return self.alerts[0]


class AttemptOutcome(StrEnum):
    """What one attempt came to."""

    DELIVERED = "delivered"
    TRANSIENT = "transient"
    UNREADABLE = "unreadable"
    """This message as it is was refused, or could not be put together; a plainer form may do."""
    PERMANENT = "permanent"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryAttempt:
    """One try at handing a delivery to its receiver."""

    delivery_id: str
    number: int
    """1 for the first attempt."""
    started_at: datetime
    finished_at: datetime
    outcome: AttemptOutcome
    status_code: int | None = None
    detail: str = ""
    """What the receiver answered, shortened and free of secrets."""
    retry_after: float | None = None
    """Seconds the receiver asked to be left alone for."""
    receipt: str = ""
    """What the receiver calls the message, if it says so: later ones can refer to it."""
    reached: bool = True
    """Whether the receiver was asked at all, so that the outcome says how it fares."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedAttempt:
    """One attempt, with what it was about: a line of the delivery log."""

    attempt: DeliveryAttempt
    receiver: str
    status: DeliveryStatus
    """Of the delivery, as it stands now."""
    kind: MessageKind
    alert_ids: tuple[str, ...]
    """Of all alerts in the message; what follows is about the first, which leads it."""
    rule_id: str
    level: Level
    source: str
    title: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedDelivery:
    """A delivery with what it tells of, and every attempt at it."""

    delivery: Delivery
    case: int
    """Of the alert that leads the message; the rest is about that alert, too."""
    rule_id: str
    rule_title: str
    level: Level
    source: str
    title: str
    url: str
    attempts: tuple[DeliveryAttempt, ...]
    """The first one first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LostDelivery:
    """A message that was given up, as others are to hear of it."""

    id: str
    receiver: str
    titles: tuple[str, ...]
    """Of the articles that it told of, the leading one first; of many the first few."""
    size: int
    """Alerts in the message."""
    level: Level
    """The highest of its alerts."""
    detail: str
    """What the receiver said last, or why it was not asked."""


@dataclass(frozen=True, slots=True)
class RetryDecision:
    """What happens to a delivery after an attempt, and why."""

    status: DeliveryStatus
    next_attempt_at: datetime | None
    reason: str
    minimal: bool = False
    """Whether the next attempt is to be made in the plainest form."""
