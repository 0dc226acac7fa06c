"""Reading a feed of any format: decode, repair, parse, judge. Each step is a module of its own."""

from __future__ import annotations

import re
from dataclasses import replace

from crawler.discovery.charsets import decode_document
from crawler.discovery.documents import FeedDocument, NotAFeed
from crawler.discovery.entries import feed_document
from crawler.discovery.feed_xml import feed_xml
from crawler.discovery.json_feed import read_json_feed
from crawler.discovery.xml_feed import read_xml_feed

_RECORDING = re.compile(
    r"<(?:\w+:)?(?:enclosure|content|link)\s[^<>]{0,2000}?\btype\s*=\s*[\"'](?:audio|video)/"
    r"|\"mime_type\"\s*:\s*\"(?:audio|video)/",
    re.IGNORECASE,
)

_ITEM = re.compile(r"<(?:\w+:)?(?:item|entry)[\s>]|\"attachments\"\s*:", re.IGNORECASE)


def parse_feed(body: bytes, url: str, *, content_type: str | None = None) -> FeedDocument:
    """Read the feed that `url` answered with: RSS 0.9 to 2.0, RDF, Atom or JSON Feed.

    `content_type` is the HTTP header, whose charset counts. Entries come in the feed's order, with
    plain text, absolute http(s) links and UTC dates; those left out are in `skipped`. An empty feed
    is a feed. Raises NotAFeed with a reason for people, and nothing else, whatever the bytes are.
    """
    text = decode_document(body, content_type).lstrip("\ufeff\x00 \t\r\n")
    if not text:
        raise NotAFeed("the answer was empty", url=url)
    try:
        raw = read_json_feed(text) if text[0] in "{[" else read_xml_feed(feed_xml(text), url)
    except NotAFeed as error:
        if error.url:
            raise
        raise NotAFeed(error.message, url=url) from error.__cause__
    return replace(feed_document(raw, url), recordings=_count_recordings(text))


def _count_recordings(text: str) -> int:
    """Count the items with something to be heard or watched, in however many renditions.

    A plain search spares most feeds the rest.
    """
    if "audio/" not in text and "video/" not in text:
        return 0
    return sum(1 for item in _ITEM.split(text)[1:] if _RECORDING.search(item))
