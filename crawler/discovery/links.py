"""What a document leads to, whatever it is: the answer behind `wirewatch links`."""

from __future__ import annotations

from core.sources import SourceKind
from crawler.discovery.documents import (
    Discovered,
    DocumentKind,
    FeedHint,
    NotAFeed,
    NotAListing,
    NotASitemap,
    NotATelegramPreview,
)
from crawler.discovery.feeds import parse_feed
from crawler.discovery.front_page import find_feeds, is_web_page
from crawler.discovery.listing import parse_listing
from crawler.discovery.sitemap import parse_sitemap
from crawler.discovery.telegram import parse_telegram


def discover_links(
    body: bytes, url: str, *, content_type: str | None = None, links: str | None = None
) -> Discovered:
    """Tell what kind of document this is and return the articles and documents it leads to.

    Of a web page that names a feed the feeds are returned; of another, the articles it lists and
    the usual addresses of feeds. `links` chooses the articles of a page (see `check_selector`).
    Raises NotAFeed for anything else, with the reason, and ValueError for a bad `links`.
    """
    if links is not None:
        return _listing(body, url, content_type, links)
    try:
        feed = parse_feed(body, url, content_type=content_type)
    except NotAFeed as error:
        other = _sitemap(body, url, content_type) or _channel(body, url, content_type)
        if other is not None:
            return other
        if not is_web_page(body, content_type):
            raise error from None
        return _page(body, url, content_type)
    return Discovered(kind=DocumentKind.FEED, entries=feed.entries, skipped=feed.skipped)


def announcing_kind(body: bytes, url: str, *, content_type: str | None = None) -> SourceKind | None:
    """Return what a document is that announces articles itself; None for a web page like others."""
    try:
        if parse_feed(body, url, content_type=content_type).entries:
            return SourceKind.FEED
    except NotAFeed:
        pass
    if _sitemap(body, url, content_type):
        return SourceKind.SITEMAP
    return SourceKind.TELEGRAM if _channel(body, url, content_type) else None


def _sitemap(body: bytes, url: str, content_type: str | None) -> Discovered | None:
    try:
        found = parse_sitemap(body, url, content_type=content_type)
    except NotASitemap:
        return None
    if not (found.entries or found.children):
        return None  # a text without addresses is read as a sitemap of none
    return Discovered(
        kind=DocumentKind.SITEMAP,
        entries=tuple(listed.entry for listed in found.entries),
        sitemaps=found.children,
        skipped=found.skipped,
    )


def _channel(body: bytes, url: str, content_type: str | None) -> Discovered | None:
    try:
        found = parse_telegram(body, url, content_type=content_type)
    except NotATelegramPreview:
        return None
    return Discovered(
        kind=DocumentKind.TELEGRAM,
        entries=tuple(post.entry for post in found.posts),
        skipped=found.skipped,
    )


def _page(body: bytes, url: str, content_type: str | None) -> Discovered:
    candidates = find_feeds(body, url, content_type=content_type)
    home = Discovered(kind=DocumentKind.HOMEPAGE, candidates=candidates)
    if any(feed.how is not FeedHint.GUESS for feed in candidates):
        return home
    try:
        listing = _listing(body, url, content_type, None)
    except NotAListing:
        return home
    return Discovered(
        kind=DocumentKind.LISTING,
        entries=listing.entries,
        skipped=listing.skipped,
        candidates=candidates,
        how=listing.how,
    )


def _listing(body: bytes, url: str, content_type: str | None, links: str | None) -> Discovered:
    found = parse_listing(body, url, content_type=content_type, links=links)
    return Discovered(
        kind=DocumentKind.LISTING, entries=found.entries, skipped=found.skipped, how=found.how
    )
