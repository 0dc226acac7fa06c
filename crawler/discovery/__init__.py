"""Pure discovery of articles: bytes of a feed or a front page in, entries and feed addresses out.

Nothing here fetches, stores or asks the time, so every function can run in a sandbox worker.
"""

from __future__ import annotations

from crawler.discovery.documents import (
    Discovered,
    DocumentKind,
    FeedCandidate,
    FeedDocument,
    FeedHint,
    NotAFeed,
    SkippedEntry,
)
from crawler.discovery.feeds import parse_feed
from crawler.discovery.homepage import find_feeds
from crawler.discovery.links import discover_links

__all__ = [
    "Discovered",
    "DocumentKind",
    "FeedCandidate",
    "FeedDocument",
    "FeedHint",
    "NotAFeed",
    "SkippedEntry",
    "discover_links",
    "find_feeds",
    "parse_feed",
]
