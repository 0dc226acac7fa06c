"""What goes into the index of stories and what comes out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from alerts.stories.sketch import Sketch


class Relation(StrEnum):
    """What an article is to those seen before."""

    NEW = "new"
    """It shares no long stretch with any."""
    COPY = "copy"
    """At least half of the shorter text stands in the longer."""
    QUOTES = "quotes"
    """A quarter to a half does: a long quotation, or the same report rewritten."""


@dataclass(frozen=True, slots=True)
class Document:
    """An article as the index takes it. Times are aware."""

    id: int
    source: str
    seen_at: datetime
    sketch: Sketch
    published_at: datetime | None = None
    story: int | None = None
    """The story it was placed in before; None: it is to be placed."""


@dataclass(frozen=True, slots=True)
class Placement:
    """The story that an article belongs to, and why."""

    story: int
    """Id of the story's first article."""
    relation: Relation
    of: int | None
    """Id of the article it resembles most; None for NEW."""
    containment: float
    """How much of the shorter of the two stands in the other, estimated; 0 to 1, 0 for NEW."""
    shared_words: int
    """About how many words they have in common; 0 for NEW."""
    first_source: str
    """Who had the story first, and when, as far as is known now."""
    first_at: datetime

    @property
    def reason(self) -> str:
        """One sentence for people."""
        if self.relation is Relation.NEW:
            return "no earlier article has this text"
        verb = "copies" if self.relation is Relation.COPY else "quotes"
        share = f"{self.containment:.0%} of the shorter text"
        return f"{verb} article {self.of}: {share}, about {self.shared_words} words in common"


def appeared_at(document: Document, earliest: timedelta) -> datetime:
    """Return when the source had the article: as it says itself where that is plausible."""
    return appeared(document.seen_at, document.published_at, earliest)


def appeared(seen_at: datetime, published_at: datetime | None, earliest: timedelta) -> datetime:
    """Return when an article appeared, by when it was seen and what it says itself.

    A date after we saw it (a wrong timezone, a planned date) or more than `earliest` before (a
    default of the site, the date of an archive) says nothing; then it is when we saw it.
    """
    if published_at is None or not seen_at - earliest <= published_at <= seen_at:
        return seen_at
    return published_at
