"""What storage takes and gives beyond the domain types: pages of results, judgements, histories.

Kept apart from the queries so that a caller can read the whole vocabulary on one screen.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

from core.alerting import (
    Alert,
    AlertState,
    Delivery,
    DeliveryAttempt,
    Escalation,
    Level,
    Match,
    MessageKind,
    NotificationState,
    Purpose,
    Recipient,
)
from core.articles import Article, ArticleData, ArticleEvent, Evidence
from core.config.sections.routes import SilenceMatch
from core.deciding.groups import Home, ToldOfHome
from core.errors import StorageError
from core.sources import TrackedEntry

T = TypeVar("T")

_LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page of results ended; opaque to callers, who pass `str(cursor)` around.

    It names the last row that was seen (its time and its id) rather than a count of rows, so rows
    that arrive between two pages neither repeat nor hide anything.
    """

    at: datetime
    id: int | str

    def __str__(self) -> str:
        text = json.dumps([self.at.astimezone(UTC).isoformat(), self.id])
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Return the cursor that `str()` made; raise StorageError if it is not one."""
        try:
            padded = text.encode("ascii") + b"=" * (-len(text) % 4)
            at_text, row_id = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
            at = datetime.fromisoformat(at_text)
        except (ValueError, TypeError, binascii.Error, RecursionError):
            raise StorageError(f"not a cursor: {text[:80]!r}") from None
        known_id = isinstance(row_id, str) or (type(row_id) is int and 0 <= row_id <= _LARGEST_ID)
        if at.tzinfo is None or not known_id:
            raise StorageError(f"not a cursor: {text[:80]!r}")
        return cls(at, row_id)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A stretch of a longer list. `next` continues it and is None at the end."""

    items: tuple[T, ...]
    next: Cursor | None = None


@dataclass(frozen=True, slots=True)
class CheckRecorded:
    """What one poll added to the frontier."""

    new: tuple[TrackedEntry, ...]
    """Entries seen for the first time, in the order they were announced."""
    known: int
    """How many of the announced entries were there already, at this or another source."""
    retried: int = 0
    """How many of the known entries were put back to pending, when that was asked for."""


@dataclass(frozen=True, slots=True)
class PlannedAlert:
    """A match and who the routes say is to hear of it; may be nobody."""

    match: Match
    receivers: tuple[str, ...] = ()
    """Who is told at once, by a message for this alert alone."""
    told: bool = True
    """Whether anybody hears of it; a match that is only counted is kept all the same."""
    reason: str = ""
    """What the alert is about beyond the match: `12 matches within 1h`, or what was edited."""
    occasion: str = ""
    """`edited-2`, `removed-3`: a rule alerts once per article and occasion; empty for the first."""
    event: ArticleEvent = ArticleEvent.PUBLISHED
    """What happened to the article on that occasion."""
    of_version: int | None = None
    """Id of the earlier version that the match is of; None for the version that is judged."""
    recipients: tuple[Recipient, ...] = ()
    """Who is told in the company of other alerts."""
    escalations: tuple[Escalation, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleCount:
    """What a rule over time adds to its history with one version of an article."""

    rule_id: str
    keys: tuple[str, ...]
    """Keys under which the version's article is counted, once however often it is edited."""
    at: datetime
    told: tuple[str, ...] = ()
    """Keys that the rule alerts about."""
    forget_before: datetime | None = None
    """Older events are of no more use."""


@dataclass(frozen=True, slots=True)
class RuleHistory:
    """What is stored of a rule over time."""

    events: tuple[tuple[str, int, datetime], ...]
    """Key, article id and time, oldest first."""
    told: tuple[tuple[str, datetime], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryPlacement:
    """The story that an article was placed in."""

    story: int
    """Id of the story's first article."""
    relation: str
    """`new`, `copy` or `quotes`."""
    of: int | None
    """Id of the article it resembles most."""
    containment: float
    shared_words: int
    first_source: str
    first_at: datetime
    sketch: bytes = b""
    """What later articles are compared with."""


@dataclass(frozen=True, slots=True)
class PlacedArticle:
    """An article as the index of stories is filled with it after a start."""

    article_id: int
    source: str
    seen_at: datetime
    published_at: datetime | None
    story: int
    sketch: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryMember:
    """An article of a story."""

    article_id: int
    source: str
    title: str
    url: str
    seen_at: datetime
    relation: str
    of: int | None
    containment: float
    shared_words: int


@dataclass(frozen=True, slots=True)
class Story:
    """Articles that share their text."""

    id: int
    first_source: str
    first_at: datetime
    """When that source had it: as it says itself, or when it was seen there."""
    members: tuple[StoryMember, ...]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """How the rules broke down on a version."""

    error: str
    """Type of the error."""
    attempts: int
    """How often they did, this time included."""
    next_at: datetime | None
    """When the version is judged again; None: when the rules have changed."""


@dataclass(frozen=True, slots=True)
class BrokenVersion:
    """A version to be judged again, since rules broke down on it."""

    article: Article
    ruleset: str
    """Fingerprint of the rules that did."""
    attempts: int
    """How often they did."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules said about one version of an article; no alerts is a judgement too."""

    version_id: int
    ruleset: str
    """Fingerprint of the rules that judged."""
    alerts: tuple[PlannedAlert, ...] = ()
    counts: tuple[RuleCount, ...] = ()
    placement: StoryPlacement | None = None
    breakdown: Breakdown | None = None
    """Set when the rules gave no answer: the version is judged again."""


@dataclass(frozen=True, slots=True)
class HealthNotice:
    """An alert about a source, with what stands for its article, and who hears it."""

    data: ArticleData
    match: Match
    recipients: tuple[Recipient, ...] = ()
    receivers: tuple[str, ...] = ()
    """Who is told at once, whatever the routes say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSilence:
    """A silence that somebody wants."""

    match: SilenceMatch
    author: str
    reason: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A time in which some alerts are not told."""

    id: str
    match: SilenceMatch
    author: str
    reason: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingNotification:
    """An alert that waits to be told to a receiver."""

    id: int
    alert_id: str
    rule: str
    level: Level
    source: str
    language: str | None
    entities: frozenset[str]
    story: int | None
    created_at: datetime
    dismissed: bool = False
    """Somebody dismissed the rule's alert about the same story."""
    home: Home | None = None
    """The group that it was held back from, if it was."""


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
    told: bool = True
    """Whether the receiver in question was told; False: it is on its way there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueGroup:
    """Alerts that are due to be told to a receiver together, and what is to be known for it."""

    receiver: str
    key: str
    kind: MessageKind
    """`alert`, `digest` or `summary`."""
    waiting: tuple[WaitingNotification, ...]
    """In the order they came."""
    sequence: int
    """Messages that the group has sent in its last conversation, whether or not that goes on."""
    flushed_at: datetime | None
    lasting: bool
    max_per_hour: int | None
    recent: tuple[datetime, ...]
    """When the messages of the last hour to this receiver were made, the oldest first."""
    silences: tuple[Silence, ...]
    """Those in force."""
    spoken: tuple[AlertOutline, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Notifications that come to nothing, and why."""

    ids: tuple[int, ...]
    state: NotificationState
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Notifications that wait longer, in a group of their own that becomes one summary."""

    ids: tuple[int, ...]
    key: str
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlushDecision:
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
class FlushReport:
    """What a look at the waiting alerts came to."""

    groups: int = 0
    messages: int = 0
    held: int = 0
    settled: int = 0
    """Alerts that were not told: silenced, inhibited, or dismissed before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkDone:
    """What was due in the work on alerts."""

    escalated: int = 0
    reminded: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleOutcome:
    """An alert, and what people made of it."""

    alert_id: str
    rule: str
    level: Level
    state: AlertState
    reason: str
    """Why it was dismissed; empty when it was not."""
    labels: tuple[str, ...]
    """Terms, concepts and entities that were hit, as the rule calls them."""
    snippet: str
    highlights: tuple[tuple[int, int], ...]
    muted: bool = False
    """Whether somebody had enough of the story, which says nothing of the rule."""


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


@dataclass(frozen=True, slots=True)
class JudgementCommitted:
    """What committing judgements added; all zero when everything had been judged before."""

    judged: int
    alerts: int
    deliveries: int
    """Alerts on their way, counted once for each receiver."""


@dataclass(frozen=True, slots=True)
class VersionJudged:
    """When a version was judged, and by which rules."""

    version: int
    judged_at: datetime
    ruleset: str


@dataclass(frozen=True, slots=True)
class VersionBroken:
    """A version on which the rules broke down, and when it is judged again."""

    version: int
    error: str
    """Type of the error."""
    attempts: int
    failed_at: datetime
    next_at: datetime | None
    """None: when the rules have changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlHistory:
    """Everything storage knows about one canonical URL, stage by stage. Empty if it knows none."""

    key: str
    entry: TrackedEntry | None = None
    evidence: tuple[Evidence, ...] = ()
    """The pages that were fetched for it, without their bodies."""
    versions: tuple[Article, ...] = ()
    """Oldest first. A version that is missing from `judged` awaits its judgement."""
    judged: tuple[VersionJudged, ...] = ()
    broken: tuple[VersionBroken, ...] = ()
    """Those of the versions that are to be judged again."""
    next_visit_at: datetime | None = None
    """When the article is looked at again."""
    article_id: int | None = None
    matches: tuple[tuple[int, Match], ...] = ()
    """(version number, match) pairs."""
    alerts: tuple[Alert, ...] = ()
    deliveries: tuple[tuple[Delivery, tuple[DeliveryAttempt, ...]], ...] = ()
