"""What a document leads to, whatever it is: the answer behind `wirewatch links`."""

from __future__ import annotations

from crawler.discovery.documents import Discovered, DocumentKind, NotAFeed
from crawler.discovery.feeds import parse_feed
from crawler.discovery.homepage import find_feeds, is_web_page


def discover_links(body: bytes, url: str, *, content_type: str | None = None) -> Discovered:
    """Tell a feed from a web page and return the feed's entries or the page's feeds.

    Raises NotAFeed for anything else, sitemaps among it, with the reason.
    """
    try:
        feed = parse_feed(body, url, content_type=content_type)
    except NotAFeed:
        if not is_web_page(body, content_type):
            raise
        candidates = find_feeds(body, url, content_type=content_type)
        return Discovered(kind=DocumentKind.HOMEPAGE, candidates=candidates)
    return Discovered(kind=DocumentKind.FEED, feed=feed)
