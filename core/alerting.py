"""Who hears what: matches, alerts, deliveries and their attempts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.articles import Article, ArticleEvent


class Level(StrEnum):
    """How much a rule matters to the person who wrote it."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


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

    @property
    def event(self) -> ArticleEvent:
        """What happened to the article."""
        name = self.occasion.partition("-")[0]
        return ArticleEvent(name) if name else ArticleEvent.PUBLISHED


class DeliveryStatus(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"
    """Given up: refused for good, or out of attempts. Can be replayed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One alert on its way to one receiver. The id is the same for every attempt."""

    id: str
    alert_id: str
    receiver: str
    status: DeliveryStatus
    attempts: int
    created_at: datetime
    next_attempt_at: datetime | None
    last_detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedDelivery:
    """A delivery that this process alone may attempt until the lease runs out."""

    delivery: Delivery
    alert: Alert
    lease_token: str
    leased_until: datetime


class AttemptOutcome(StrEnum):
    """What one attempt came to."""

    DELIVERED = "delivered"
    TRANSIENT = "transient"
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


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedAttempt:
    """One attempt, with what it was about: a line of the delivery log."""

    attempt: DeliveryAttempt
    receiver: str
    status: DeliveryStatus
    """Of the delivery, as it stands now."""
    alert_id: str
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
