"""Alerts: matches that somebody is to hear about, and what people make of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from core.alerting.matches import Match
from core.articles import Article, ArticleEvent


class AlertState(StrEnum):
    """What people did about an alert."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    """Snoozed until a time, when its receivers are notified again."""
    DISMISSED = "dismissed"
    """Not worth anybody's time; the reason teaches the rules."""
    ESCALATED = "escalated"
    """Nobody acknowledged it in time, and others were notified."""


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
    """Id of the story that the article is part of; None for an article that is in none."""
    handled: AlertChange | None = None
    """What was done last, where it was asked for; None while nothing was."""
    event: ArticleEvent = field(default=ArticleEvent.PUBLISHED, repr=False)
    """What happened to the article on that occasion. Kept out of repr, and so of exports, whose
    form is promised."""
    own: str = field(default="", repr=False)
    """Of news of ourselves, what it says as a reason, to be told in other languages; empty else.
    Kept out of repr, too."""

    @property
    def case_id(self) -> int:
        """The case that it belongs to: its story, or the article that is in none.

        A story is called by its first article, so an article that gets company keeps its case.
        """
        return self.article.id if self.story is None else self.story


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
    only_rule: bool = False
    """Whether it is about what the alert's rule says alone, and the case goes on without it."""
