"""What the parsers say about an entry, in one shape, before any of it is believed.

Each reader fills this; `crawler.discovery.entries` alone decides what becomes an Entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(slots=True, kw_only=True)
class RawEntry:
    """An entry as a feed wrote it: markup, relative links and dates untouched."""

    links: Sequence[str]
    """Candidates for the article's address, best first."""
    guid: str = ""
    """What the feed calls it, an address or not."""
    title: str = ""
    summary: str = ""
    content: str = ""
    """The whole article, where the feed says that it gives it."""
    dates: Sequence[str] = ()
    """Publication first, then later changes."""
    authors: Sequence[str] = ()
    tags: Sequence[str] = ()
    language: str = ""


@dataclass(slots=True, kw_only=True)
class RawFeed:
    """A feed as its parser gave it."""

    parser: str
    entries: list[RawEntry] = field(default_factory=list)
    title: str = ""
    language: str = ""
    ttl: timedelta | None = None
    older: str = ""
    """Address of the page with the entries before these, as written."""
    left_out: int = 0
    """Entries at the end that were too many to read."""
    lost: int = 0
    """Entries that the feed opens and no reader found: its markup is broken."""
