"""What discovery finds: a feed's entries, the feeds a front page leads to, or a plain no.

These values cross a process boundary, so they are frozen and made of plain parts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice

from core.errors import CrawlError
from core.sitemap_memory import Mark
from core.sources import Entry, SkipReason


class NotAFeed(CrawlError):  # noqa: N818 - it is an answer about the document, not a failure of ours
    """This is not a feed."""

    def __reduce__(self) -> tuple[type[NotAFeed], tuple[str], dict[str, str | None]]:
        """Keep the address through pickling, which drops keyword arguments of exceptions."""
        return type(self), (self.message,), {"url": self.url}


@dataclass(frozen=True, slots=True)
class SkippedEntry:
    """An entry of a feed that leads nowhere or leads where another one already does."""

    reason: SkipReason
    """One of a few, so that entries can be counted by it."""
    detail: str
    """What the entry said: its link or title, shortened."""
    count: int = 1
    """How many entries this stands for."""


MOST_SKIPPED = 100
"""Skipped entries that are named one by one; a hostile feed of 300,000 would flood any log."""


def reported(skipped: Sequence[SkippedEntry]) -> tuple[SkippedEntry, ...]:
    """Return the first `MOST_SKIPPED` as they are, and how many more there are of each reason."""
    rest = Counter(skip.reason for skip in islice(skipped, MOST_SKIPPED, None))
    more = (SkippedEntry(reason, f"and {count:,} more", count) for reason, count in rest.items())
    return (*skipped[:MOST_SKIPPED], *more)


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
    older: str | None = None
    """Address of the page with the entries before these, where the feed names one."""
    skipped: tuple[SkippedEntry, ...] = ()
    recordings: int = 0
    """How many of its items come with sound or moving pictures."""


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


class NotASitemap(CrawlError):  # noqa: N818 - an answer about the document, as NotAFeed is
    """This is not a sitemap."""

    def __reduce__(self) -> tuple[type[NotASitemap], tuple[str], dict[str, str | None]]:
        """Keep the address through pickling, which drops keyword arguments of exceptions."""
        return type(self), (self.message,), {"url": self.url}


@dataclass(frozen=True, slots=True, kw_only=True)
class SitemapEntry:
    """A page that a sitemap lists."""

    entry: Entry
    """Its `published_at` is what Google's news extension said: nothing else in a sitemap does."""
    last_modified: datetime | None = None
    """When the page last changed, says the site: often the moment the sitemap was written."""
    mark: Mark = field(default=0, compare=False)
    """What stands for its canonical address, made here since there may be 50,000."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SitemapReference:
    """Another sitemap that an index of sitemaps names."""

    url: str
    last_modified: datetime | None = None
    """When that sitemap last changed, says the site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SitemapDocument:
    """A sitemap or an index of sitemaps that was read."""

    entries: tuple[SitemapEntry, ...] = ()
    """In the sitemap's order, one for each page."""
    children: tuple[SitemapReference, ...] = ()
    """In the index's order, one for each sitemap."""
    title: str = ""
    """The publication's name, which only the news extension gives."""
    skipped: tuple[SkippedEntry, ...] = ()


class NotAListing(CrawlError):  # noqa: N818 - an answer about the document, as NotAFeed is
    """This page does not list articles."""

    def __reduce__(self) -> tuple[type[NotAListing], tuple[str], dict[str, str | None]]:
        """Keep the address through pickling, which drops keyword arguments of exceptions."""
        return type(self), (self.message,), {"url": self.url}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingDocument:
    """A web page that lists articles, and the links on it that were taken for them."""

    entries: tuple[Entry, ...]
    """In the page's order, one for each article."""
    how: str
    """What was chosen and why, for people: "38 links in `div.news > article > h3 > a`: …"."""
    confidence: float
    """Between 0 and 1, for comparing pages; not a probability. 1 when a selector chose."""
    next_page: str | None = None
    """Where the list goes on with older articles."""
    skipped: tuple[SkippedEntry, ...] = ()
    """Links in the chosen places that lead nowhere or away from the site."""


class NotATelegramPreview(CrawlError):  # noqa: N818 - an answer about the document, as NotAFeed is
    """This is not the public preview of a Telegram channel."""

    def __reduce__(self) -> tuple[type[NotATelegramPreview], tuple[str], dict[str, str | None]]:
        """Keep the address through pickling, which drops keyword arguments of exceptions."""
        return type(self), (self.message,), {"url": self.url}


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramPost:
    """A post as a channel's public preview shows it."""

    entry: Entry
    """The post as an article: its own address, its first line or sentence as the title."""
    number: int
    """Counts up within the channel, with gaps where posts were deleted."""
    text: str = ""
    """Plain text with line breaks; empty for media without a caption."""
    media: tuple[str, ...] = ()
    """Kinds of what is attached, each once: `photo`, `video`, `voice`, `document`, `poll` …"""
    links: tuple[str, ...] = ()
    """Addresses that the text or its preview leads to, hashtags left out."""
    forwarded_from: str | None = None
    """Name of the channel or person whose post this repeats."""
    edited: bool = False
    unsupported: bool = False
    """Whether the preview refuses to show the post: it can be read in the app only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramDocument:
    """A page of a channel's public preview."""

    posts: tuple[TelegramPost, ...]
    """Oldest first."""
    title: str
    """The channel's name as readers see it."""
    older: str | None = None
    """Address of the page with the posts before these; None on the first page."""
    skipped: tuple[SkippedEntry, ...] = ()
    """Service messages, repeats and posts without an address."""


class DocumentKind(StrEnum):
    """What the bytes at an address turned out to be."""

    FEED = "feed"
    SITEMAP = "sitemap"
    TELEGRAM = "telegram"
    LISTING = "listing"
    HOMEPAGE = "homepage"
    """A web page that leads to feeds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovered:
    """What a document leads to: articles, and other documents that list more."""

    kind: DocumentKind
    entries: tuple[Entry, ...] = ()
    """The articles announced."""
    skipped: tuple[SkippedEntry, ...] = ()
    candidates: tuple[FeedCandidate, ...] = ()
    """For a web page, the addresses that may be its feed, best first."""
    sitemaps: tuple[SitemapReference, ...] = ()
    """For an index of sitemaps, those it names."""
    how: str = ""
    """For a listing, what was chosen and why."""
