"""What a homepage shows: feeds it may lead to, and the articles that a feed of it must have."""

from __future__ import annotations

from dataclasses import dataclass

from core.sitemap_memory import Mark, mark_of
from core.sources import Entry
from core.urls import UrlError, twin_name
from crawler.discovery.charsets import decode_document
from crawler.discovery.documents import FeedCandidate, NotAListing
from crawler.discovery.front_page import find_feeds
from crawler.discovery.listing import parse_listing
from crawler.discovery.listing_html import html_tree
from crawler.discovery.listing_links import page_of

LEAST_LIST = 0.4
"""Confidence from which the homepage's own list is believed; see ListingDocument."""
FEWEST = 5
"""Articles below which a list says nothing of what an outlet publishes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage:
    """A homepage as it is compared with what it leads to."""

    feeds: tuple[FeedCandidate, ...]
    """Addresses that may be its feed, best first."""
    entries: tuple[Entry, ...]
    """Its own list of articles in its order; empty when none is found."""
    links: frozenset[Mark]
    """All that it links to, by the names that twins of an address share."""
    how: str
    """What was taken for the list and why, or why nothing was, for people."""
    is_list: bool
    """Whether the list is believed."""


def read_home(
    body: bytes, url: str, *, content_type: str | None = None, links: str | None = None
) -> HomePage:
    """Read the homepage that `url` answered with; `links` picks its articles as for a list.

    Raises ValueError for a bad `links`, and nothing else, whatever the bytes are.
    """
    feeds = find_feeds(body, url, content_type=content_type)
    try:
        listing = parse_listing(body, url, content_type=content_type, links=links)
    except NotAListing as error:
        return HomePage(
            feeds=feeds, entries=(), links=frozenset(), how=error.message, is_list=False
        )
    root = html_tree(decode_document(body, content_type))
    addresses = [] if root is None else [link.url for link in page_of(root, url).links if link.url]
    return HomePage(
        feeds=feeds,
        entries=listing.entries,
        links=frozenset(name for address in addresses if (name := twin_mark(address))),
        how=listing.how,
        is_list=listing.confidence >= LEAST_LIST,
    )


def twin_mark(url: str) -> Mark | None:
    """Return what stands for an address and its twins; None for what is no address."""
    try:
        return mark_of(twin_name(url))
    except UrlError:
        return None
