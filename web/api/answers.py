"""The forms of what the API answers: a contract, kept apart from how things are held inside."""

from __future__ import annotations

from datetime import datetime
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")


class Answer(BaseModel):
    """Base of all answers."""

    model_config = ConfigDict(frozen=True)


class Problem(Answer):
    """What went wrong (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""


class Page(Answer, Generic[T]):
    """A stretch of a longer list, the newest first."""

    items: tuple[T, ...]
    next: str | None = Field(None, description="`before` of the page that follows; null at the end")


class RuleOfStory(Answer):
    """A rule that fired."""

    id: str
    title: str
    level: str
    wrong: bool = Field(description="somebody said that it was wrong here, and the story goes on")


class OutletOfStory(Answer):
    """An outlet that has the story."""

    source: str
    name: str
    at: datetime
    copies: str | None = Field(description="whom it repeats; null for words of its own")
    article: int


class Story(Answer):
    """A story: alerts by all rules and with all outlets that have it."""

    id: int
    state: str
    level: str
    title: str
    url: str
    language: str | None
    snippet: str
    owner: str | None
    first_at: datetime
    last_at: datetime
    rules: tuple[RuleOfStory, ...]
    outlets: tuple[OutletOfStory, ...]
    alerts: tuple[str, ...] = Field(description="ids; an action on one holds for the story")


class AlertOfRule(Answer):
    """One match of one rule that somebody is to hear about."""

    id: str
    rule: str
    level: str
    state: str
    created_at: datetime
    reason: str
    story: int
    article: int
    version: int
    title: str
    url: str
    source: str
    language: str | None
    snippet: str


class ArticleLine(Answer):
    """An article without its text."""

    id: int
    version: int
    title: str
    url: str
    source: str
    language: str | None
    published_at: datetime | None
    first_seen_at: datetime


class ArticleText(ArticleLine):
    """An article in one version."""

    text: str
    authors: tuple[str, ...]
    event: str = Field(description="what happened to it at this version")


class Hit(ArticleLine):
    """A version that a search found."""

    snippet: str
    still_there: bool = Field(description="false where it was edited out since")


class Found(Page[Hit]):
    """What a search found."""

    understood: str
    count: str | None = Field(description="of all, on the first page; `1,000+` for more than that")
    looked_back_to: datetime | None
    complete: bool = Field(description="false where time ran out: `next` goes on")


class SourceLine(Answer):
    """A source and how it fares."""

    name: str
    title: str
    health: str
    reason: str
    since: datetime | None
    last_new_at: datetime | None
    last_success_at: datetime | None


class DeliveryLine(Answer):
    """A message on its way to a receiver."""

    id: str
    alert: str
    receiver: str
    status: str
    attempts: int
    created_at: datetime
    next_attempt_at: datetime | None
    last_detail: str


class SilenceLine(Answer):
    """Alerts that are not told for a time."""

    id: str
    match: dict[str, object]
    author: str
    reason: str
    starts_at: datetime
    ends_at: datetime


class Done(Answer):
    """What was done."""

    alerts: tuple[str, ...] = ()
    state: str = ""


class Muted(Done):
    """What was muted."""

    muted_until: datetime | None = Field(
        description="null: the article is part of no story, so it was only taken on"
    )


class NoteWritten(Answer):
    """A note about a story."""

    by: str
    at: datetime
    text: str
