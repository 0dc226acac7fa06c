"""The forms of what the API is asked. What is not named here is refused, not passed over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from core.alerting.alerts import AlertState, DismissReason
from core.alerting.matches import Level
from desk.stories import Shelf

MOST = 200
_Limit = Annotated[int, Field(ge=1, le=MOST, description="items of a page")]
_Before = Annotated[
    str | None, Field(min_length=1, max_length=200, description="`next` of the page before")
]
_Text = Annotated[str, Field(max_length=500)]


class Question(BaseModel):
    """Base of all questions."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Nothing(Question):
    """No parameters."""


class StoriesAsked(Question):
    """Which stories."""

    shelf: Shelf = Shelf.OPEN
    level: Level | None = None
    rule: _Text | None = None
    source: _Text | None = None
    language: Annotated[str | None, Field(max_length=8)] = None
    since: AwareDatetime | None = None
    before: _Before = None
    limit: _Limit = 20


class AlertsAsked(Question):
    """Which alerts."""

    state: AlertState | None = None
    level: Level | None = None
    rule: _Text | None = None
    source: _Text | None = None
    since: AwareDatetime | None = None
    before: _Before = None
    limit: _Limit = 50


class ArticlesAsked(Question):
    """Which articles."""

    source: _Text | None = None
    since: AwareDatetime | None = None
    before: _Before = None
    limit: _Limit = 50


class VersionAsked(Question):
    """Which version of an article; the latest without."""

    version: Annotated[int | None, Field(ge=1, le=2**31)] = None


class DeliveriesAsked(Question):
    """Which messages."""

    receiver: _Text | None = None
    status: Literal["pending", "delivered", "dead", "folded", "readdressed"] | None = None
    before: _Before = None
    limit: _Limit = 50


class SearchAsked(Question):
    """What is looked for."""

    q: Annotated[str, Field(min_length=1, max_length=2000, description="in the rule language")]
    source: _Text | None = None
    language: Annotated[str | None, Field(max_length=8)] = None
    since: AwareDatetime | None = None
    versions: Annotated[bool, Field(description="every version by itself")] = False
    before: _Before = None
    limit: Annotated[int, Field(ge=1, le=50)] = 20


class Acknowledge(Question):
    """Take a story on."""

    note: Annotated[str, Field(max_length=500)] = ""


class Snooze(Question):
    """Put a story off."""

    minutes: Annotated[int, Field(ge=1, le=60 * 24 * 30)] = 240
    note: Annotated[str, Field(max_length=500)] = ""

    def until(self, now: datetime) -> datetime:
        """Return when it is due again."""
        return now + timedelta(minutes=self.minutes)


class Dismiss(Question):
    """Say that a story was not worth it."""

    reason: DismissReason = DismissReason.OTHER
    only_rule: Annotated[
        str | None, Field(description="an alert's id: its rule was wrong, the story goes on")
    ] = None


class Mute(Question):
    """Hear no more of a story."""

    days: Annotated[int, Field(ge=1, le=30)] = 7
    why: Annotated[str, Field(max_length=500)] = ""


class Reopen(Question):
    """Open a story again."""

    note: Annotated[str, Field(max_length=500)] = ""


class WriteNote(Question):
    """Write a note about a story."""

    text: Annotated[str, Field(min_length=1, max_length=2000)]
