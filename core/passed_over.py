"""What a homepage leads to and was not chosen: the kind for us, the words for people. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FeedFit(StrEnum):
    """What an address that may announce articles is to its outlet. Values are stored."""

    OUTLET = "outlet"
    """It has what the homepage lists."""
    UNCOMPARED = "uncompared"
    """It is alive, and the homepage lists nothing to compare it with."""
    SECTION = "section"
    """It has a part of what the homepage lists."""
    STALE = "stale"
    """Nothing new came in it for long, or none of what is newest."""
    PODCAST = "podcast"
    """Its items are to be heard or watched, and are not the homepage's articles."""
    OTHER = "other"
    """It is alive and has nothing that the homepage lists."""
    EMPTY = "empty"
    COMMENTS = "comments"
    """Its entries are about articles, and are none."""
    UNREAD = "unread"
    """It could not be read, or is not what it was taken for. This and what follows is no answer
    to how well a feed fits: it was not asked."""
    UNSURE = "unsure"
    """The homepage's own links, which may be no list of articles."""
    UNASKED = "unasked"
    """The homepage names more feeds than are read."""
    NOTED = "noted"
    """Noted by a version that kept the words alone."""


@dataclass(frozen=True, slots=True)
class PassedOver:
    """An address that was not chosen."""

    fit: FeedFit
    url: str
    words: str

    def __str__(self) -> str:
        return f"{self.url}: {self.words}"
