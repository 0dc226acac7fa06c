"""Pure discovery of articles: bytes of a document in, entries and addresses to look at out.

Documents are feeds, front pages, sitemaps, pages that list articles, and previews of Telegram
channels.

Nothing here fetches, stores or asks the time, so every function can run in a sandbox worker.
"""

from __future__ import annotations

from crawler.discovery.documents import (
    Discovered,
    DocumentKind,
    FeedCandidate,
    FeedDocument,
    FeedHint,
    ListingDocument,
    NotAFeed,
    NotAListing,
    NotASitemap,
    NotATelegramPreview,
    SitemapDocument,
    SitemapEntry,
    SitemapReference,
    SkippedEntry,
    TelegramDocument,
    TelegramPost,
)
from crawler.discovery.feeds import parse_feed
from crawler.discovery.front_page import find_feeds
from crawler.discovery.home_page import HomePage, read_home, twin_mark
from crawler.discovery.links import discover_links
from crawler.discovery.listing import check_selector, parse_listing
from crawler.discovery.sitemap import parse_sitemap
from crawler.discovery.sitemap_order import likeliest_children, newest_children
from crawler.discovery.telegram import parse_telegram

__all__ = [
    "Discovered",
    "DocumentKind",
    "FeedCandidate",
    "FeedDocument",
    "FeedHint",
    "HomePage",
    "ListingDocument",
    "NotAFeed",
    "NotAListing",
    "NotASitemap",
    "NotATelegramPreview",
    "SitemapDocument",
    "SitemapEntry",
    "SitemapReference",
    "SkippedEntry",
    "TelegramDocument",
    "TelegramPost",
    "check_selector",
    "discover_links",
    "find_feeds",
    "likeliest_children",
    "newest_children",
    "parse_feed",
    "parse_listing",
    "parse_sitemap",
    "parse_telegram",
    "read_home",
    "twin_mark",
]
