"""The text of a sitemap from the bytes of an answer: unpacked, decoded, and safe for a parser.

A sitemap may be a gzip file and may be packed once more on its way. What it unpacks to is bounded,
since a few kilobytes can hold gigabytes.
"""

from __future__ import annotations

import gzip
import io
import re
import zlib

from crawler.discovery.charsets import decode_document
from crawler.discovery.documents import NotASitemap

WEB_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
"""A line of a plain-text sitemap."""

_MOST_BYTES = 20 * 2**20
"""Unpacked. The protocol allows 50 MB; 50,000 addresses of 200 bytes with dates need 15."""
_GZIP = b"\x1f\x8b"
_READ_AT_ONCE = 65536

_PROLOG = re.compile(
    r"\s+|<\?.*?\?>|<!--.*?-->|"
    r"<!doctype(?:[^<>\[\]\"']|\"[^\"]*\"|'[^']*')*+(?:\[.*?\]\s*)?>",
    re.DOTALL | re.IGNORECASE,
)
_NAME = re.compile(r"<(?:[\w.-]+:)?([a-z][\w.-]*)", re.IGNORECASE)
_ROOT = re.compile(r"<(?:[\w.-]+:)?(?:urlset|sitemapindex)[\s>/]", re.IGNORECASE)
_ROOT_WITHIN = 8192
"""Characters of server warnings, comments and DOCTYPE that may stand before the root."""
_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-f]{1,6});)", re.I)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_OTHER_DOCUMENTS = {
    "html": "this is a web page, not a sitemap",
    "head": "this is a web page, not a sitemap",
    "body": "this is a web page, not a sitemap",
    "rss": "this is a feed, not a sitemap",
    "feed": "this is a feed, not a sitemap",
    "rdf": "this is a feed, not a sitemap",
    "error": "the server answered with an error document, not a sitemap",
}


def sitemap_text(body: bytes, content_type: str | None) -> str:
    """Return the sitemap in `body` unpacked and decoded, from its first character on.

    Raises NotASitemap when there is none, or more of it than anyone would read.
    """
    text = decode_document(_unpacked(body), content_type).lstrip("\ufeff\x00 \t\r\n")
    if not text:
        raise NotASitemap("the answer was empty")
    return text


def is_xml(text: str) -> bool:
    """Tell an XML sitemap, or what only an XML reader can refuse with a reason, from plain text."""
    return not WEB_ADDRESS.match(text)


def sitemap_xml(text: str) -> bytes:
    """Return the document from its root on, safe to hand to a parser; raises NotASitemap.

    Without a DOCTYPE no entity can be declared. Entities of HTML become text, which `plain_text`
    and `absolute_http_url` decode; inside CDATA those undo the escaping again.
    """
    start = 0
    while found := _PROLOG.match(text, start):
        start = found.end()
    name = _NAME.match(text, start)
    if not _ROOT.match(text, start):
        late = _ROOT.search(text, start, start + _ROOT_WITHIN)
        if late is None:
            raise NotASitemap(_what_it_is(text, name[1].lower() if name else ""))
        start = late.start()
    xml = _BARE_AMPERSAND.sub("&amp;", _ILLEGAL.sub("", text[start:]))
    return xml.encode("utf-8", "replace")


def _unpacked(body: bytes) -> bytes:
    """Undo gzip, twice if it was applied to the file and on the way; raises NotASitemap."""
    for _ in range(2):
        if not body.startswith(_GZIP):
            break
        body = _gunzip(body)
    if len(body) > _MOST_BYTES:
        raise NotASitemap(f"it is larger than {_MOST_BYTES // 2**20} MiB")
    return body


def _gunzip(body: bytes) -> bytes:
    """Return what `body` unpacks to, up to where it is damaged; raises NotASitemap if too much."""
    unpacked = bytearray()
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as stream:
            while chunk := stream.read1(_READ_AT_ONCE):
                unpacked += chunk
                if len(unpacked) > _MOST_BYTES:
                    raise NotASitemap(f"it unpacks to more than {_MOST_BYTES // 2**20} MiB")
    except (OSError, EOFError, zlib.error) as error:
        # A cut download or garbage after the end: the addresses before it are good.
        if not unpacked:
            raise NotASitemap("it is compressed with gzip and damaged") from error
    return bytes(unpacked)


def _what_it_is(text: str, root: str) -> str:
    if not root:
        shown = " ".join(text[:200].split())[:40]
        if not shown.isprintable():
            return "this is binary data, not a sitemap"
        return f"this is not a sitemap but text that begins with {shown!r}"
    known = _OTHER_DOCUMENTS.get(root)
    return known or f"this is a document of another kind (<{root[:40]}>), not a sitemap"
