"""The two readers of RSS, RDF and Atom: fastfeedparser where it can be believed, else feedparser.

Both get the UTF-8 bytes of what `feed_xml` made safe, never a string: a string that looks like a
path or an address is opened.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from crawler.discovery.documents import NotAFeed
from crawler.discovery.entries import has_usable_link
from crawler.discovery.feed_repair import is_well_formed, opened_items, repaired, swallows_items
from crawler.discovery.raw_entries import RawEntry, RawFeed
from crawler.discovery.trust import reason_for_care

_DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'
_FIRST_ITEM = re.compile(r"<(?:\w+:)?(?:item|entry)[\s/>]", re.IGNORECASE)
_ITEM_END = re.compile(
    r"</(?:\w+:)?(?:item|entry)\s*>|<(?:\w+:)?(?:item|entry)\s*/>", re.IGNORECASE
)
_EMPTY_ITEM = re.compile(r"<(?:\w+:)?(?:item|entry)\s*/>", re.IGNORECASE)
_MOST_READ = 3_000
"""Entries that are read: at 0.6 ms each feedparser reads as many in 2 s. The longest of some 2,200
feeds has 730."""
_LANGUAGE = re.compile(r"<(?:dc:)?language>\s*(?:<!\[CDATA\[)?\s*([\w-]{2,20})", re.IGNORECASE)
_ROOT_LANGUAGE = re.compile(r"<[^<>]*\sxml:lang\s*=\s*[\"']([\w-]{2,20})")
_TTL = re.compile(r"<ttl>\s*(\d{1,6})\s*<", re.IGNORECASE)
_PERIOD = re.compile(r"<\w+:updateperiod>\s*(\w+)\s*<", re.IGNORECASE)
_FREQUENCY = re.compile(r"<\w+:updatefrequency>\s*(\d{1,4})\s*<", re.IGNORECASE)
_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_LINK = re.compile(r"<(?:\w+:)?link\s([^<>]{1,2000})>", re.IGNORECASE)
_OLDER = re.compile(r"\brel\s*=\s*[\"'](?:prev-archive|next)[\"']", re.IGNORECASE)
_HREF = re.compile(r"\bhref\s*=\s*(?:\"([^\"]+)\"|'([^']+)')", re.IGNORECASE)
_ADDRESSES = ("http://", "https://", "/", "www.")
"""How an id begins that can be an address, a relative one too."""
_ORIGINAL_LINKS = ("feedburner_origlink", "pheedo_origlink")


def read_xml_feed(xml: str, url: str) -> RawFeed:
    """Read what `feed_xml` returned; `url` is the base of relative links. Raises NotAFeed."""
    xml, left_out = _both_ends(xml)
    feed = None if reason_for_care(xml) else _read_fast(_document(xml))
    if feed is None or len(feed.entries) < _most_items(xml) or not _links_hold(feed, xml, url):
        feed = _read_whole(xml, url)
    feed.left_out = left_out
    head = xml[: found.start()] if (found := _FIRST_ITEM.search(xml)) else xml
    language = _LANGUAGE.search(head) or _ROOT_LANGUAGE.match(xml)
    feed.language = language[1] if language else ""
    feed.ttl = _time_to_live(head)
    feed.older = _older(head)
    return feed


def _read_whole(xml: str, url: str) -> RawFeed:
    """Read with care; where items are lost by broken markup, read them each by itself.

    Of XML that is well-formed nothing is lost, but for what CDATA without an end swallows: what has
    no link there has none, and what looks like an item inside a text is text.
    """
    feed = _read_carefully(_document(xml), url)
    if is_well_formed(_document(xml)):
        return _with_swallowed(feed, xml, url) if swallows_items(xml) else feed
    opened = opened_items(xml)
    if _usable(feed, url) < opened:
        again = _read_carefully(_document(repaired(xml)), url)
        if _usable(again, url) > _usable(feed, url):
            again.title = again.title or feed.title
            feed = again
    feed.lost = max(0, opened - len(feed.entries))
    return feed


def _with_swallowed(feed: RawFeed, xml: str, url: str) -> RawFeed:
    """Return a feed with the items that CDATA without an end has swallowed.

    They must lead to where its other items lead: a text of somebody's could say the same, to plant
    entries in another's feed.
    """
    hosts = {host for entry in feed.entries for host in _hosts(entry)}
    again = _read_carefully(_document(repaired(xml)), url)
    if len(again.entries) <= len(feed.entries):
        return feed
    if not all(hosts.issuperset(_hosts(entry)) for entry in again.entries):
        return feed
    again.title, again.left_out = again.title or feed.title, feed.left_out
    return again


def _hosts(entry: RawEntry) -> frozenset[str]:
    """Return where an entry leads: the hosts of its links that name one."""
    return frozenset(filter(None, (_host(link) for link in entry.links)))


def _host(link: str) -> str:
    try:
        return urlsplit(link.strip()).netloc.lower()
    except ValueError:
        return ""


def _usable(feed: RawFeed, url: str) -> int:
    return sum(has_usable_link(entry, url) for entry in feed.entries)


def _most_items(xml: str) -> int:
    """Return how many items a feed opens, at most: some may stand in comments."""
    return sum(1 for _ in _FIRST_ITEM.finditer(xml)) - len(_EMPTY_ITEM.findall(xml))


def _document(xml: str) -> bytes:
    return (_DECLARATION + xml).encode("utf-8", "replace")


def _both_ends(xml: str) -> tuple[str, int]:
    """Return the feed with no more entries than can be read in time, and how many are left out.

    Those in its middle are: most feeds begin with the newest, and some end with them.
    """
    starts = [found.start() for found in _FIRST_ITEM.finditer(xml)]
    if len(starts) <= _MOST_READ:
        return xml, 0
    half = _MOST_READ // 2
    return xml[: starts[half]] + xml[starts[-half] :], len(starts) - _MOST_READ


def _links_hold(feed: RawFeed, xml: str, url: str) -> bool:
    """Tell whether the fast parser found every link; it knows no base but the feed's address."""
    if "xml:base" in xml and any(
        not link.startswith(("http://", "https://"))
        for entry in feed.entries
        for link in entry.links
    ):
        return False
    return all(has_usable_link(entry, url) for entry in feed.entries)


def _time_to_live(head: str) -> timedelta | None:
    """RSS's <ttl> in minutes, or RSS 1.0's syndication module: period divided by frequency."""
    if minutes := _TTL.search(head):
        return timedelta(minutes=int(minutes[1])) or None
    period = _PERIODS.get(found[1].lower()) if (found := _PERIOD.search(head)) else None
    if period is None:
        return None
    frequency = _FREQUENCY.search(head)
    return period / max(1, int(frequency[1]) if frequency else 1)


def _older(head: str) -> str:
    """Return where the entries before these are: RFC 5005's archives (3.2) and pages (4)."""
    for link in _LINK.finditer(head):
        if _OLDER.search(link[1]) and (href := _HREF.search(link[1])):
            return html.unescape(href[1] or href[2])
    return ""


def _read_fast(document: bytes) -> RawFeed | None:
    import fastfeedparser

    try:
        parsed = fastfeedparser.parse(document, include_enclosures=False)
        entries = [_fast_entry(entry) for entry in parsed["entries"]]
    except MemoryError:  # the sandbox's limit, not the feed's fault
        raise
    except Exception:  # it raises whatever its inside runs into; feedparser has the last word
        return None
    title = _text(parsed["feed"], "title")
    if not entries or not title:
        return None
    return RawFeed(parser="fastfeedparser", entries=entries, title=title)


def _fast_entry(entry: Mapping[str, Any]) -> RawEntry:
    others = _dicts(entry, "links")
    links = [_text(link, "href") for link in others if link.get("rel") in (None, "alternate")][:1]
    if not links and all(_text(link, "href") != _text(entry, "link") for link in others):
        links.append(_text(entry, "link"))  # else it is an enclosure or a related page
    return RawEntry(
        links=links + _address(_text(entry, "id")),
        guid=_text(entry, "id"),
        title=_text(entry, "title"),
        summary=_text(entry, "description") or _content(entry) or _media_description(entry),
        content=_content(entry),
        dates=[_text(entry, "published"), _text(entry, "updated")],
        authors=[_text(entry, "author")],
        tags=[_text(tag, "term") for tag in _dicts(entry, "tags")],
    )


def _read_carefully(document: bytes, url: str) -> RawFeed:
    import feedparser

    try:
        parsed = feedparser.parse(
            io.BytesIO(document),
            response_headers={
                "content-type": "application/xml; charset=utf-8",
                "content-location": url,
            },
            # Links are made absolute and text is made plain by us, and in a tenth of the time.
            sanitize_html=False,
            resolve_relative_uris=False,
        )
        entries = [_careful_entry(entry) for entry in parsed["entries"]]
    except MemoryError:
        raise
    except Exception as error:
        raise NotAFeed("this cannot be read as a feed", url=url) from error
    if not entries and not parsed.get("version") and not parsed["feed"]:
        raise NotAFeed("this has a feed's outer element and nothing of a feed inside", url=url)
    return RawFeed(parser="feedparser", entries=entries, title=_text(parsed["feed"], "title"))


def _careful_entry(entry: Mapping[str, Any]) -> RawEntry:
    links = [_text(entry, name) for name in _ORIGINAL_LINKS]
    links += [
        _text(link, "href") for link in _dicts(entry, "links") if link.get("rel") == "alternate"
    ][:1]
    if _text(entry, "link") != _text(entry, "id"):
        links.append(_text(entry, "link"))
    links += _address(_text(entry, "id"))
    language = _text(entry, "language") or _text(entry.get("title_detail") or {}, "language")
    return RawEntry(
        links=links,
        guid=_text(entry, "id"),
        title=_text(entry, "title"),
        summary=_text(entry, "summary") or _content(entry),
        content=_content(entry),
        # feedparser answers for a missing `updated` with `published` and a warning, unless asked.
        dates=[_text(entry, name) for name in ("published", "created", "updated") if name in entry],
        authors=[_text(author, "name") for author in _dicts(entry, "authors")]
        or [_text(entry, "author")],
        tags=[_text(tag, "term") or _text(tag, "label") for tag in _dicts(entry, "tags")],
        language=language,
    )


def _content(entry: Mapping[str, Any]) -> str:
    pieces: Sequence[Mapping[str, Any]] = _dicts(entry, "content")
    return next(filter(None, (_text(piece, "value") for piece in pieces)), "")


def _media_description(entry: Mapping[str, Any]) -> str:
    return next((_text(media, "description") for media in _dicts(entry, "media_content")), "")


def _address(identity: str) -> list[str]:
    """Offer an entry's id as its link when it has the form of one, permalink or not."""
    return [identity] if identity.startswith(_ADDRESSES) else []


def _dicts(entry: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    return [item for item in entry.get(name) or () if isinstance(item, Mapping)]


def _text(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    return value if isinstance(value, str) else ""
