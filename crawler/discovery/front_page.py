"""Which feeds a front page leads to: those it names, those it links to, those that are usual."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from core.urls import UrlError, absolute_http_url, canonical_url, host_of, registered_domain
from crawler.discovery.charsets import decode_document
from crawler.discovery.documents import FeedCandidate, FeedHint
from crawler.discovery.entries import language_code
from crawler.discovery.listing_html import html_tree
from crawler.discovery.plaintext import plain_text

if TYPE_CHECKING:
    from lxml import etree

_FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"}
)
_OTHER_TYPES = frozenset(
    {"application/xml", "text/xml", "application/json", "text/rss", "text/rss+xml"}
)
_LOOKS_LIKE_A_FEED = re.compile(
    r"(?:^|[/_.-])(?:rss|atom|rdf|feeds?)(?:2|20)?(?:[/_.-](?:xml|php|json|all|news|index|main))*/?$|"
    r"\.(?:rss|atom|rdf)$|/(?:rss|feed|feeds|atom)/|feeds\.feedburner\.com/|"
    r"(?:^|[?&])(?:feed|format|output|type)=(?:rss|atom|feed|rdf|xml)|"
    r"/api/z[a-z0-9_-]{6,}$",  # Radio Free Europe's sites
    re.IGNORECASE,
)
_COMMENTS = re.compile(r"comment|коммент|пікір|replies", re.IGNORECASE)
_PART_OF_SITE = re.compile(
    r"/(?:tags?|categor\w*|authors?|topics?|rubric\w*|search|sections?|users?)/|[?&](?:tag|cat|author|s)=",
    re.IGNORECASE,
)
_OTHER_MEDIA = re.compile(
    r"podcast|подкаст|video|видео|photo|turbo|zen\b|dzen|yandex", re.IGNORECASE
)
_PATH_LANGUAGE = re.compile(r"^/([a-z]{2})(?:[-_][a-z]{2,4})?(?:/|$)", re.IGNORECASE)
_LANGUAGES = frozenset({
    "ru", "en", "kk", "kz", "ky", "kg", "uz", "tg", "tj", "tk", "uk", "ua", "be", "az", "hy",
    "ka", "fa", "tr", "zh", "de", "fr", "es", "ar",
})  # fmt: skip
_PAGE = re.compile(
    r"<(?:!doctype\s+html|html|head|body|title|meta|link|a|div|p)[\s>]", re.IGNORECASE
)
_TITLE_LIMIT = 200
_MOST = 50
_MOST_LOOKED_AT = 20_000
"""Links of a page that are looked at, as in a list of articles."""
_MOST_FOUND = 500
"""Addresses of each sort that are judged: ten times as many as are returned."""
_COMMON_PATHS = (
    "/feed/", "/rss", "/rss.xml", "/feed", "/atom.xml", "/index.xml", "/feed.xml", "/feed.json",
    "/rss/", "/rss/news", "/rss/all.xml", "/feeds/posts/default", "/?feed=rss2",
    "/export/rss2/index.xml", "/index.rss", "/api/",
)  # fmt: skip
"""WordPress, Bitrix and hand-made sites, Jekyll, Hugo, JSON Feed, Blogger, Radio Free Europe."""


def is_web_page(body: bytes, content_type: str | None = None) -> bool:
    """Tell whether `body` looks like HTML."""
    return _PAGE.search(decode_document(body, content_type)[:20_000]) is not None


def find_feeds(
    body: bytes, url: str, *, content_type: str | None = None
) -> tuple[FeedCandidate, ...]:
    """Return the addresses that may be the feed of the web page at `url`, best first.

    Addresses at which feeds are usual are appended as guesses with low confidence, so the result
    is never empty for an http(s) `url`; whether an address holds a feed shows when it is fetched.
    Feeds of comments, of parts of the site and in another language than the page rank lower.
    """
    page = _Page(decode_document(body, content_type), url)
    found = [
        *islice(page.named(), _MOST_FOUND),
        *islice(page.linked(), _MOST_FOUND),
        *page.guessed(),
    ]
    best: dict[str, FeedCandidate] = {}
    for candidate in found:
        key = _key(candidate.url)
        if key not in best or best[key].confidence < candidate.confidence:
            best[key] = candidate
    own = _key(url)
    ranked = sorted(  # stable: equals stay in the page's order
        (candidate for key, candidate in best.items() if key != own),
        key=lambda candidate: -candidate.confidence,
    )
    return tuple(ranked[:_MOST])


class _Page:
    """One parsed front page; the three ways of finding feeds read it."""

    def __init__(self, text: str, url: str) -> None:
        self.url = url
        self._root = html_tree(text)
        self._base = url
        for element in self._iterate("base"):
            self._base = absolute_http_url(url, element.get("href") or "") or url
            break
        self._language = language_code(
            "" if self._root is None else (self._root.get("lang") or "")
        ) or _path_language(url)

    def named(self) -> Iterator[FeedCandidate]:
        """Yield feeds of `<link rel=alternate>`, by the right type or by what the address says."""
        for element in self._iterate("link"):
            relations = (element.get("rel") or "").lower().split()
            media_type = (element.get("type") or "").lower().partition(";")[0].strip()
            address = absolute_http_url(self._base, element.get("href") or "")
            if address is None or not {"alternate", "feed"} & set(relations):
                continue
            if media_type in _FEED_TYPES:
                confidence = 0.9
            elif _looks_like_a_feed(address) and media_type != "text/html":
                confidence = 0.75 if media_type in _OTHER_TYPES else 0.6
            else:
                continue
            title = element.get("title") or ""
            yield self._candidate(
                address, title, FeedHint.LINK, confidence, element.get("hreflang") or ""
            )

    def linked(self) -> Iterator[FeedCandidate]:
        """Yield what links of the page say is a feed."""
        for element in self._iterate("a"):
            address = absolute_http_url(self._base, element.get("href") or "")
            if address is None or not _looks_like_a_feed(address):
                continue
            title = element.get("title") or "".join(map(str, element.itertext()))
            yield self._candidate(
                address, title, FeedHint.ANCHOR, 0.5, element.get("hreflang") or ""
            )

    def guessed(self) -> Iterator[FeedCandidate]:
        """Yield usual addresses: those under the page's own language first, if it has one."""
        language = _PATH_LANGUAGE.match(urlsplit(self.url).path)
        prefixes = ([f"/{language[1]}"] if language and _path_language(self.url) else []) + [""]
        for prefix_rank, prefix in enumerate(prefixes):
            for rank, path in enumerate(_COMMON_PATHS):
                address = absolute_http_url(self.url, prefix + path)
                if address:
                    confidence = round(0.2 - 0.005 * rank - 0.0025 * prefix_rank, 4)
                    yield FeedCandidate(address, "", FeedHint.GUESS, confidence)

    def _candidate(
        self, address: str, title: str, how: FeedHint, confidence: float, language: str
    ) -> FeedCandidate:
        title = plain_text(title, _TITLE_LIMIT)
        described = f"{urlsplit(address).path}?{urlsplit(address).query} {title}"
        if _COMMENTS.search(described):
            confidence *= 0.3
        if _PART_OF_SITE.search(described):
            confidence *= 0.5
        if _OTHER_MEDIA.search(described):
            confidence *= 0.7
        theirs = language_code(language) or _path_language(address)
        if theirs and self._language and theirs != self._language:
            confidence *= 0.6
        if not _same_site(address, self.url):
            confidence *= 0.7
        return FeedCandidate(address, title, how, round(confidence, 4))

    def _iterate(self, tag: str) -> Iterator[etree._Element]:
        return iter(()) if self._root is None else islice(self._root.iter(tag), _MOST_LOOKED_AT)


def _looks_like_a_feed(address: str) -> bool:
    parts = urlsplit(address)
    where = f"{parts.netloc}{parts.path}" if "feedburner" in parts.netloc else parts.path
    return bool(
        _LOOKS_LIKE_A_FEED.search(where)
        or (parts.query and _LOOKS_LIKE_A_FEED.search(f"?{parts.query}"))
    )


def _path_language(url: str) -> str | None:
    found = _PATH_LANGUAGE.match(urlsplit(url).path)
    return language_code(found[1]) if found and found[1].lower() in _LANGUAGES else None


def _same_site(address: str, url: str) -> bool:
    try:
        return host_of(address).endswith("feedburner.com") or (
            registered_domain(address) == registered_domain(url)
        )
    except UrlError:
        return False


def _key(url: str) -> str:
    try:
        return canonical_url(url)
    except UrlError:
        return url
