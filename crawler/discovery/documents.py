"""What discovery finds: a feed's entries, the feeds a front page leads to, or a plain no.

These values cross a process boundary, so they are frozen and made of plain parts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from core.errors import CrawlError
from core.sources import Entry


class NotAFeed(CrawlError):  # noqa: N818 - it is an answer about the document, not a failure of ours
    """This is not a feed."""

    def __reduce__(self) -> tuple[type[NotAFeed], tuple[str], dict[str, str | None]]:
        """Keep the address through pickling, which drops keyword arguments of exceptions."""
        return type(self), (self.message,), {"url": self.url}


@dataclass(frozen=True, slots=True)
class SkippedEntry:
    """An entry of a feed that leads nowhere or leads where another one already does."""

    reason: str
    """One of a few fixed phrases, so that entries can be counted by it."""
    detail: str
    """What the entry said: its link or title, shortened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedDocument:
    """A feed that was read."""

    entries: tuple[Entry, ...]
    """In the feed's order, one for each article."""
    title: str
    language: str | None
    """ISO 639-1 code the feed claims for itself."""
    ttl: timedelta | None
    """How long the feed asks to be left alone."""
    parser: str
    """Which reader understood it: `fastfeedparser`, `feedparser` or `json`."""
    skipped: tuple[SkippedEntry, ...] = ()


class FeedHint(StrEnum):
    """What suggested that an address is a feed."""

    LINK = "link"
    """The page's head names it as its feed."""
    ANCHOR = "anchor"
    """The page links to an address that looks like a feed."""
    GUESS = "guess"
    """Publishing systems commonly serve a feed there."""


@dataclass(frozen=True, slots=True)
class FeedCandidate:
    """An address that may be a site's feed."""

    url: str
    title: str
    how: FeedHint
    confidence: float
    """Between 0 and 1, for ranking candidates of one page; not a probability."""


class DocumentKind(StrEnum):
    """What the bytes at an address turned out to be."""

    FEED = "feed"
    HOMEPAGE = "homepage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovered:
    """What a document leads to: articles when it is a feed, feeds when it is a web page."""

    kind: DocumentKind
    feed: FeedDocument | None = None
    """Set for a feed."""
    candidates: tuple[FeedCandidate, ...] = ()
    """Set for a web page, best first."""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The articles announced; a web page announces none here."""
        return self.feed.entries if self.feed else ()
