"""What is handed to storage and back when versions are judged; none of it is a row.

Planned alerts, counts of rules over time, places in stories, breakdowns, and the judgement that
holds them all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.alerting.alerts import Escalation
from core.alerting.matches import Match
from core.alerting.notifications import Recipient
from core.articles import Article, ArticleData, ArticleEvent, Untold


@dataclass(frozen=True, slots=True)
class PlannedAlert:
    """A match and who the routes say is to hear of it; may be nobody."""

    match: Match
    receivers: tuple[str, ...] = ()
    """Who is notified at once, by a message for this alert alone."""
    notified: bool = True
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
    """Who is notified in the company of other alerts."""
    escalations: tuple[Escalation, ...] = ()
    corrects: bool = False
    """Whether an alert that was raised by others' word of the article is this one from now."""


@dataclass(frozen=True, slots=True)
class RuleCount:
    """What a rule over time adds to its history with one version of an article."""

    rule_id: str
    keys: tuple[str, ...]
    """Keys under which the version's article is counted, once however often it is edited."""
    at: datetime
    """When the article was published, or first seen."""
    notified: tuple[tuple[str, datetime], ...] = ()
    """Keys under which moments are noted: since when the rule is watched."""
    forget_before: datetime | None = None
    """Older events are of no more use."""
    told: tuple[tuple[str, int], ...] = ()
    """Keys and articles of the events that the rule alerts about."""


@dataclass(frozen=True, slots=True)
class RuleHistory:
    """What is stored of a rule over time."""

    events: tuple[tuple[str, int, datetime, bool], ...]
    """Key, article id, time, and whether an alert was about it; oldest first."""
    notified: tuple[tuple[str, datetime], ...]


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
    untold: Untold | None = None
    """Why nobody is told of its matches; None: as the plans of its alerts say."""
    breakdown: Breakdown | None = None
    """Set when the rules gave no answer: the version is judged again."""


@dataclass(frozen=True, slots=True)
class HealthAlert:
    """An alert about a source, with what stands for its article, and who hears it."""

    data: ArticleData
    match: Match
    recipients: tuple[Recipient, ...] = ()
    receivers: tuple[str, ...] = ()
    """Who is notified at once, whatever the routes say."""
    said: str = ""
    """What it says as a reason, to be told in other languages."""


@dataclass(frozen=True, slots=True)
class JudgementCommitted:
    """What committing judgements added; all zero when everything had been judged before."""

    judged: int
    alerts: int
    deliveries: int
    """Alerts on their way, counted once for each receiver."""
