"""Reading sitemaps: lists of pages, indexes of lists, Google's news extension, plain text.

News sitemaps are the best list an outlet without a feed has: title, time and address of everything
of the last two days. The rest of the protocol is kept loosely in the wild, so nothing here rests
on namespaces, on order, or on the document being well-formed.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from core.sitemap_memory import mark_of
from core.sources import Entry, SkipKind, SkipReason
from core.urls import MAX_URL_LENGTH, UrlError, absolute_http_url, canonical_url, registered_domain
from crawler.discovery.announced_dates import read_date
from crawler.discovery.documents import (
    NotASitemap,
    SitemapDocument,
    SitemapEntry,
    SitemapReference,
    SkippedEntry,
    reported,
)
from crawler.discovery.entries import NO_LINK, NOT_A_WEB_ADDRESS, REPEATED, language_code
from crawler.discovery.plaintext import TAG_LIMIT, TITLE_LIMIT, plain_text
from crawler.discovery.sitemap_text import WEB_ADDRESS, is_xml, sitemap_text, sitemap_xml

if TYPE_CHECKING:
    from lxml import etree

ANOTHER_SITE = SkipReason(SkipKind.ANOTHER_SITE, "another site's page")
TOO_MANY = SkipReason(SkipKind.BEYOND_READ, "beyond the first 50,000 addresses")

_MOST_ADDRESSES = 50_000
"""What the protocol allows in one sitemap."""
_DETAIL_LIMIT = 200
_TAGS_LIMIT = 50
_PLAIN = re.compile(
    r"https?://[a-z0-9]+(?:[.-][a-z0-9]+)*\.[a-z]{2,}"
    r"(?:/(?!\.{1,2}(?:/|\Z))[A-Za-z0-9_.-]+)+/?"
)
_LISTED = frozenset({"url", "sitemap"})


def parse_sitemap(body: bytes, url: str, *, content_type: str | None = None) -> SitemapDocument:
    """Read the sitemap that `url` answered with: XML or plain text, gzip or not.

    `content_type` is the HTTP header, whose charset counts. Addresses come in the sitemap's order,
    absolute, each once, and all on the registered domain of `url`: a sitemap speaks for its own
    site only. Those left out are in `skipped`. A sitemap without addresses is a sitemap. Raises
    NotASitemap with a reason for people, and nothing else, whatever the bytes are.
    """
    try:
        judge = _Judge(url)
        text = sitemap_text(body, content_type)
        if is_xml(text):
            judge.read_xml(sitemap_xml(text))
        else:
            judge.read_lines(text)
    except NotASitemap as error:
        raise NotASitemap(error.message, url=url) from error.__cause__
    return judge.document()


class _Judge:
    """Collects what a sitemap lists and keeps the reasons of what is left out."""

    def __init__(self, url: str) -> None:
        try:
            self._domain = registered_domain(url)
        except UrlError as error:
            raise NotASitemap("its own address is not a web address") from error
        self._url = url
        self._entries: list[SitemapEntry] = []
        self._children: list[SitemapReference] = []
        self._skipped: list[SkippedEntry] = []
        self._seen: set[str] = set()
        self._hosts: dict[str, bool] = {}
        self._title = ""

    def read_xml(self, xml: bytes) -> None:
        """Take the pages and sitemaps of an XML document; raises NotASitemap."""
        from lxml import etree

        parser = etree.XMLParser(
            encoding="utf-8",
            recover=True,
            no_network=True,
            resolve_entities=False,
            load_dtd=False,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            root = etree.fromstring(xml, parser)
        except etree.XMLSyntaxError as error:
            raise NotASitemap("this cannot be read as a sitemap") from error
        if root is None:
            raise NotASitemap("this cannot be read as a sitemap")
        listed = (element for element in root.iter("*") if _local(element) in _LISTED)
        for element in islice(listed, _MOST_ADDRESSES):
            self._take(element)
        if next(listed, None) is not None:
            self._skipped.append(SkippedEntry(TOO_MANY, ""))

    def read_lines(self, text: str) -> None:
        """Take the pages of a plain-text sitemap, one a line."""
        lines = (line for line in map(str.strip, text.splitlines()) if line)
        for line in islice(lines, _MOST_ADDRESSES):
            if not WEB_ADDRESS.fullmatch(line):
                self._skipped.append(SkippedEntry(NOT_A_WEB_ADDRESS, line[:_DETAIL_LIMIT]))
            elif page := self._own_address(line):
                address, key = page
                self._entries.append(SitemapEntry(entry=Entry(url=address), mark=mark_of(key)))
        if next(lines, None) is not None:
            self._skipped.append(SkippedEntry(TOO_MANY, ""))

    def document(self) -> SitemapDocument:
        """Return everything that was taken."""
        return SitemapDocument(
            entries=tuple(self._entries),
            children=tuple(self._children),
            title=self._title,
            skipped=reported(self._skipped),
        )

    def _take(self, element: etree._Element) -> None:
        location, modified, news = "", "", None
        for child in element.iterchildren("*"):  # images and videos have a <loc> deeper inside
            name = _local(child)
            if name == "loc" and not location:
                location = "".join(map(str, child.itertext()))
            elif name == "lastmod" and not modified:
                modified = child.text or ""
            elif name == "news":
                news = child
        own = self._own_address((location or element.text or "").strip())
        if own is None:
            return
        address, key = own
        if _local(element) == "sitemap":
            self._children.append(SitemapReference(url=address, last_modified=_date(modified)))
            return
        entry = Entry(url=address) if news is None else self._news(address, news)
        self._entries.append(
            SitemapEntry(entry=entry, last_modified=_date(modified), mark=mark_of(key))
        )

    def _news(self, address: str, news: etree._Element) -> Entry:
        said: dict[str, str] = {}
        for part in islice(news.iterdescendants("*"), 50):
            said.setdefault(_local(part), part.text or "")
        self._title = self._title or plain_text(said.get("name", ""), TITLE_LIMIT)
        keywords = (plain_text(word, TAG_LIMIT) for word in said.get("keywords", "").split(","))
        return Entry(
            url=address,
            title=plain_text(said.get("title", ""), TITLE_LIMIT),
            in_own_words=True,
            published_at=_date(said.get("publication_date", "")),
            language=language_code(said.get("language", "")),
            tags=tuple(dict.fromkeys(filter(None, keywords)))[:_TAGS_LIMIT],
        )

    def _own_address(self, location: str) -> tuple[str, str] | None:
        """Return the address that `location` means and its key, if it is this site's and new.

        Of another it is noted why not.
        """
        plain = is_plain(location)
        address = location if plain else absolute_http_url(self._url, location)
        if not location:
            self._skip(NO_LINK, "")
        elif address is None:
            self._skip(NOT_A_WEB_ADDRESS, plain_text(location, _DETAIL_LIMIT))
        elif not self._is_own(address):
            self._skip(ANOTHER_SITE, address)
        elif (key := location if plain else _key(address)) in self._seen:
            self._skip(REPEATED, address)
        else:
            self._seen.add(key)
            return address, key
        return None

    def _is_own(self, address: str) -> bool:
        """Tell whether `address` is on the sitemap's registered domain; once for each host."""
        host = urlsplit(address).netloc
        if host not in self._hosts:
            self._hosts[host] = registered_domain(address) == self._domain
        return self._hosts[host]

    def _skip(self, reason: SkipReason, detail: str) -> None:
        self._skipped.append(SkippedEntry(reason, detail[:_DETAIL_LIMIT]))


def _local(element: etree._Element) -> str:
    """Name of `element` without its namespace, or without the prefix of one never declared."""
    return str(element.tag).rpartition("}")[2].rpartition(":")[2].lower()


def is_plain(location: str) -> bool:
    """Tell whether `location` is its own absolute address and key, as most are: saves 35 µs."""
    return len(location) <= MAX_URL_LENGTH and _PLAIN.fullmatch(location) is not None


def _key(address: str) -> str:
    try:
        return canonical_url(address)
    except UrlError:
        return address


@lru_cache(maxsize=1024)  # a sitemap often gives all its pages one date
def _date(text: str) -> datetime | None:
    return read_date(text.strip())
