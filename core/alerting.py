"""Who hears what: matches, alerts, deliveries and their attempts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from core.articles import Article, ArticleEvent


class Level(StrEnum):
    """How much a rule matters to the person who wrote it."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """Return 0, 1 or 2: a higher one matters more."""
        return _RANKS[self]


_RANKS = {level: rank for rank, level in enumerate(Level)}


class Field(StrEnum):
    """The part of an article a span points into."""

    TITLE = "title"
    TEXT = "text"


class SpanKind(StrEnum):
    """What a span marks."""

    TERM = "term"
    ENTITY = "entity"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of the original text that a rule or an entity hit.

    `start` and `end` count characters (Python string indexes) of the field as stored.
    """

    field: Field
    start: int
    end: int
    label: str
    """The term as the rule wrote it, or the entity's id."""
    kind: SpanKind = SpanKind.TERM


@dataclass(frozen=True, slots=True)
class Snippet:
    """The passage that shows why a rule matched, with the hits inside it."""

    text: str
    highlights: tuple[tuple[int, int], ...] = ()
    """Non-overlapping (start, end) pairs in ascending order, indexes into `text`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One rule that fired on one article."""

    rule_id: str
    rule_title: str
    level: Level
    spans: tuple[Span, ...]
    snippet: Snippet


class AlertState(StrEnum):
    """What people did about an alert."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    """Put off until a time, when it is told again."""
    DISMISSED = "dismissed"
    """Not worth anybody's time; the reason teaches the rules."""
    ESCALATED = "escalated"
    """Nobody took it on in time, and others were told."""


class DismissReason(StrEnum):
    """Why an alert was not worth anybody's time."""

    WRONG_SENSE = "wrong-sense"
    """The words were found in another meaning."""
    OLD_NEWS = "old-news"
    DUPLICATE = "duplicate"
    OFF_TOPIC = "off-topic"
    """The words mean what the rule says, and the article is about something else."""
    OTHER = "other"


MUTED = "story muted"
"""What people read as the reason of an acknowledgement that mutes a story; `AlertChange.muted` is
what counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A match that somebody is to hear about."""

    id: str
    match: Match
    article: Article
    created_at: datetime
    reason: str = ""
    """What the alert is about, if not the match itself: `12 matches within 1h`, or an edit."""
    occasion: str = ""
    """Empty for the first match of the rule; `edited-2` and `removed-3` for what happened to the
    article later, at that version."""
    state: AlertState = AlertState.OPEN
    """What people did about it."""
    story: int | None = None
    """Id of the story that the article is part of, where it was asked for."""
    handled: AlertChange | None = None
    """What was done last, where it was asked for; None while nothing was."""
    event: ArticleEvent = field(default=ArticleEvent.PUBLISHED, repr=False)
    """What happened to the article on that occasion. Kept out of repr, and so of exports, whose
    form is promised."""


class GroupBy(StrEnum):
    """Which alerts share a message, and a conversation with those that follow."""

    STORY = "story"
    RULE = "rule"
    SOURCE = "source"
    NONE = "none"


class MessageKind(StrEnum):
    """What a message is to its reader."""

    ALERT = "alert"
    UPDATE = "update"
    """More on what an earlier message of the same conversation was about."""
    DIGEST = "digest"
    """Everything since the last one, at a time that the route names."""
    SUMMARY = "summary"
    """What was held back: by quiet hours, by a limit, or while the receiver was down."""
    ESCALATION = "escalation"
    """Nobody took on an alert in time."""
    REMINDER = "reminder"
    """An alert that was put off is due again."""
    REVISION = "revision"
    """The message that began a conversation, changed in its place to say what was done about it;
    for receivers that can do that."""


class NotificationState(StrEnum):
    """What became of an alert on its way to a receiver."""

    WAITING = "waiting"
    SENT = "sent"
    """It is part of a message; the message's delivery says how that fares."""
    SILENCED = "silenced"
    INHIBITED = "inhibited"
    """Another alert says it already."""
    DISMISSED = "dismissed"
    """Somebody dismissed the same rule's alert about the same story."""


class NotificationPurpose(StrEnum):
    """What an alert is on its way to a receiver for."""

    ALERT = "alert"
    """Its routes lead there."""
    ESCALATION = "escalation"
    REMINDER = "reminder"
    REVISION = "revision"
    """A message that told of it is changed."""
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
    flush_at: datetime | None = None
    """When a digest is due."""
    max_per_hour: int | None = None
    """Messages that the receiver is to get within an hour; the rest becomes a summary."""
    lasting: bool = True
    """Whether the conversation goes on for ever, as one about a story does, or begins anew after
    a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """Who hears when nobody takes on an alert in time."""

    after: timedelta
    receivers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertChange:
    """One change in the life of an alert."""

    alert_id: str
    at: datetime
    by: str
    """A person, as the way in knows them, or `wirewatch`."""
    state: AlertState
    reason: str = ""
    until: datetime | None = None
    """When a snoozed alert is due again."""
    muted: bool = field(default=False, repr=False)
    """Whether somebody wants to hear no more of the story, by any rule. Kept out of repr, and so
    of exports, whose form is promised."""


class DeliveryStatus(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"
    """Given up: refused for good, or out of attempts. Can be replayed."""
    FOLDED = "folded"
    """It waited so long that it became part of a summary."""


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

    @property
    def alert(self) -> Alert:
        """The alert that leads the message."""
        return self.alerts[0]


class AttemptOutcome(StrEnum):
    """What one attempt came to."""

    DELIVERED = "delivered"
    TRANSIENT = "transient"
    UNREADABLE = "unreadable"
    """The receiver works and refuses this message as it is; a plainer form may do."""
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


@dataclass(frozen=True, slots=True)
class RetryDecision:
    """What happens to a delivery after an attempt, and why."""

    status: DeliveryStatus
    next_attempt_at: datetime | None
    reason: str
    minimal: bool = False
    """Whether the next attempt is to be made in the plainest form."""
