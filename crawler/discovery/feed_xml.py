"""A feed's text made fit for XML parsers: one charset, no DOCTYPE, no entity that is not XML's own.

Real feeds have PHP warnings before the root, bare ampersands, HTML entities and control
characters. Repairing them first keeps most such feeds on the fast parser and whole. Without a
DOCTYPE no entity can be declared, so none can expand into gigabytes or name a file to read.
"""

from __future__ import annotations

import html
import re

from crawler.discovery.documents import NotAFeed

_ROOTS = frozenset({"rss", "feed", "rdf", "channel", "entry"})
_NOT_FEEDS = {
    "html": "this is a web page, not a feed",
    "head": "this is a web page, not a feed",
    "body": "this is a web page, not a feed",
    "div": "this is a piece of a web page, not a feed",
    "script": "this is a script, not a feed",
    "urlset": "this is a sitemap, not a feed",
    "sitemapindex": "this is a sitemap index, not a feed",
    "opml": "this is a list of feeds (OPML), not a feed",
    "error": "the server answered with an error document, not a feed",
}
_PROLOG = re.compile(
    r"\s+|<\?.*?\?>|<!--.*?-->|"
    r"<!doctype(?:[^<>\[\]\"']|\"[^\"]*\"|'[^']*')*+(?:\[.*?\]\s*)?>",
    re.DOTALL | re.IGNORECASE,
)
_ROOT = re.compile(r"<(?:[\w.-]+:)?([a-z][\w.-]*)", re.IGNORECASE)
_LATE_ROOT = re.compile(r"<\?xml\s|<(?:\w+:)?(?:rss|feed|rdf)[\s>]", re.IGNORECASE)
_PAGES = frozenset({"html", "head", "body"})
_FEED_IN_PAGE = re.compile(r"<(?:rss\s+version|feed\s+xmlns)\s*=", re.IGNORECASE)
_LATE_ROOT_WITHIN = 8192
"""Characters of server warnings that may stand before a feed."""

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_AMPERSAND = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|&(?:(#x[0-9a-f]{1,6}|#[0-9]{1,7}|[a-z][a-z0-9]{1,30});)?",
    re.DOTALL | re.IGNORECASE,
)
_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})


def feed_xml(text: str) -> str:
    """Return the XML of the feed in `text`, from its root element on, safe to hand to a parser.

    Raises NotAFeed, saying what the document is instead.
    """
    start = _root_offset(text)
    root = _ROOT.match(text, start)
    if root is None or root[1].lower() not in _ROOTS:
        name = root[1].lower() if root else ""
        pattern = _FEED_IN_PAGE if name in _PAGES else _LATE_ROOT
        late = pattern.search(text, start, start + _LATE_ROOT_WITHIN)
        if late is None:
            raise NotAFeed(_what_it_is(text, name))
        start = _root_offset(text, late.start())
    return _AMPERSAND.sub(_repaired, _ILLEGAL.sub("", text[start:]))


def _root_offset(text: str, start: int = 0) -> int:
    """Skip the prolog: declaration, comments, instructions and DOCTYPE."""
    while found := _PROLOG.match(text, start):
        start = found.end()
    return start


def _what_it_is(text: str, root: str) -> str:
    if not root:
        shown = " ".join(text[:200].split())[:40]
        if not shown.isprintable():
            return "this is binary data, not a feed"
        return f"this is not a feed but text that begins with {shown!r}"
    known = _NOT_FEEDS.get(root)
    return known or f"this is a document of another kind (<{root[:40]}>), not a feed"


def _repaired(found: re.Match[str]) -> str:
    whole, name = found[0], found[1]
    if whole.startswith("<"):
        return whole
    if name is None:
        return "&amp;"
    if name in _XML_ENTITIES:
        return whole
    meant = _ILLEGAL.sub("", html.unescape(whole))
    if meant == whole:  # not an entity of HTML either: show it as it was written
        return f"&amp;{name};"
    return meant.replace("&", "&amp;").replace("<", "&lt;")
