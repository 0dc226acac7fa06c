"""From what a feed said to entries that can be relied on: plain text, web addresses, UTC dates."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from core.sources import Entry, SkipKind, SkipReason
from core.url_parts import left_out_of_key
from core.urls import UrlError, absolute_http_url, canonical_url, is_front_page
from crawler.discovery.announced_dates import read_date
from crawler.discovery.documents import FeedDocument, SkippedEntry, reported
from crawler.discovery.plaintext import (
    SUMMARY_LIMIT,
    TAG_LIMIT,
    TEXT_LIMIT,
    TITLE_LIMIT,
    plain_text,
)
from crawler.discovery.raw_entries import RawEntry, RawFeed

NO_LINK = SkipReason(SkipKind.NO_LINK, "no link")
NOT_A_WEB_ADDRESS = SkipReason(SkipKind.NOT_A_WEB_ADDRESS, "link is not a web address")
TOO_MANY = SkipReason(SkipKind.BEYOND_READ, "beyond the entries that are read")
REPEATED = SkipReason(SkipKind.REPEATED, "same link as an earlier entry")

BROKEN = SkipReason(SkipKind.BROKEN_MARKUP, "cannot be read: the feed's markup is broken")

_PLACEHOLDERS = frozenset({"", "#", "n/a", "na", "none", "null", "nil", "undefined", "-", "tbd"})
"""What systems write where they know no address; read as a relative one it would lead nowhere."""
_MARKUP_LIMIT = 4 * TEXT_LIMIT
"""Characters of a feed's text with its markup that are kept until the article is read."""
_ONE_PARAGRAPH = 500
"""Characters of a summary that lose nothing by standing in one line."""
_AUTHORS_LIMIT = 20
_TAGS_LIMIT = 50
_DETAIL_LIMIT = 200
_MAILED_AUTHOR = re.compile(r"\S+@\S+\s+\((?P<name>[^()]+)\)|(?P<first>[^<>@]+)\s*<?\S+@\S+>?")
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9_-]*)?", re.IGNORECASE)
_LANGUAGE_FIXES = {
    # Country codes that feeds give as languages, and ISO 639-2 codes of the watched languages.
    "kz": "kk", "kg": "ky", "ua": "uk", "tj": "tg", "tm": "tk",
    "rus": "ru", "eng": "en", "kaz": "kk", "kir": "ky", "uzb": "uz", "tgk": "tg", "ukr": "uk",
    "tuk": "tk", "aze": "az", "bel": "be", "kat": "ka", "geo": "ka", "hye": "hy", "arm": "hy",
}  # fmt: skip


def feed_document(raw: RawFeed, url: str) -> FeedDocument:
    """Judge every entry of `raw`, found at `url`, and keep the reasons of those left out."""
    entries: list[Entry] = []
    skipped: list[SkippedEntry] = []
    seen: dict[str, list[Entry]] = {}
    for candidate in raw.entries:
        judged = _entry(candidate, url)
        if isinstance(judged, SkippedEntry):
            skipped.append(judged)
            continue
        key = _key(judged.url)
        if any(_repeats(earlier, judged) for earlier in seen.get(key, ())):
            skipped.append(SkippedEntry(REPEATED, judged.url[:_DETAIL_LIMIT]))
            continue
        seen.setdefault(key, []).append(judged)
        entries.append(judged)
    if raw.left_out:
        skipped.append(SkippedEntry(TOO_MANY, f"{raw.left_out:,} entries", raw.left_out))
    if raw.lost:
        skipped.append(SkippedEntry(BROKEN, f"{raw.lost:,} entries", raw.lost))
    return FeedDocument(
        entries=tuple(entries),
        title=plain_text(raw.title, TITLE_LIMIT),
        language=language_code(raw.language),
        ttl=raw.ttl,
        parser=raw.parser,
        older=absolute_http_url(url, raw.older) if raw.older else None,
        skipped=reported(skipped),
    )


def language_code(text: str) -> str | None:
    """Return the two-letter code in a language tag (`ru-RU`, `rus`), or None."""
    found = _LANGUAGE.fullmatch(text.strip())
    if not found:
        return None
    code = found[1].lower()
    code = _LANGUAGE_FIXES.get(code, code)
    return code if len(code) == 2 else None


def has_usable_link(candidate: RawEntry, url: str) -> bool:
    """Tell whether any link of `candidate` seems to lead to a web page."""
    return any(link.startswith(("http://", "https://")) for link in candidate.links) or (
        _link(candidate, url) is not None
    )


def _entry(candidate: RawEntry, url: str) -> Entry | SkippedEntry:
    title = plain_text(candidate.title, TITLE_LIMIT)
    link = _link(candidate, url)
    if link is None:
        given = next((text for text in candidate.links if text.strip()), "")
        if given:
            return SkippedEntry(NOT_A_WEB_ADDRESS, plain_text(given, _DETAIL_LIMIT))
        return SkippedEntry(NO_LINK, title[:_DETAIL_LIMIT])
    return Entry(
        url=link,
        title=title,
        published_at=next(filter(None, map(read_date, candidate.dates)), None),
        authors=_distinct(map(_author, candidate.authors))[:_AUTHORS_LIMIT],
        language=language_code(candidate.language),
        tags=_distinct(plain_text(tag, TAG_LIMIT) for tag in candidate.tags)[:_TAGS_LIMIT],
        summary=plain_text(candidate.summary, SUMMARY_LIMIT),
        in_own_words=True,
        markup=_whole(candidate),
        guid="" if _key(candidate.guid) == _key(link) else plain_text(candidate.guid, TAG_LIMIT),
    )


def _whole(candidate: RawEntry) -> str:
    """Return what the feed gave of the article, as it came, if the summary leaves any of it out."""
    if len(candidate.content) > len(candidate.summary):
        return candidate.content[:_MARKUP_LIMIT]
    has_paragraphs = len(candidate.summary) > _ONE_PARAGRAPH and (
        "<" in candidate.summary or "&lt;" in candidate.summary
    )
    return candidate.summary[:_MARKUP_LIMIT] if has_paragraphs else ""


def _repeats(earlier: Entry, entry: Entry) -> bool:
    """Tell whether two entries under one key are one: some hosts tell articles by its rest."""
    if left_out_of_key(earlier.url) == left_out_of_key(entry.url):
        return True
    same_guid = bool(entry.guid) and entry.guid == earlier.guid
    return same_guid or not entry.title or entry.title == earlier.title


def _link(candidate: RawEntry, url: str) -> str | None:
    """Return the first address that may be the article's own, else the first that is one."""
    found = [
        address
        for link in candidate.links
        if link.strip().lower() not in _PLACEHOLDERS
        and (address := absolute_http_url(url, link)) is not None
        and not _was_a_placeholder(address)
    ]
    if not found:
        return None
    first = found[0]
    if not (is_front_page(first) or _key(first) == _key(url)):
        return first
    # A guid may be an address that was never one, of a host that nobody has; and one page of a
    # host of its own may be all there is of a story.
    host = _host(first)
    own = (
        link
        for link in found
        if _host(link) == host and not is_front_page(link) and _key(link) != _key(url)
    )
    return next(own, None if _key(first) == _key(url) else first)


def _host(address: str) -> str:
    return (urlsplit(address).hostname or "").removeprefix("www.")


def _was_a_placeholder(address: str) -> bool:
    """Tell it of one that a parser has made absolute."""
    path = urlsplit(address).path.lower()
    return path.strip("/") in _PLACEHOLDERS - {""} or path.endswith("/n/a")


def _key(url: str) -> str:
    try:
        return canonical_url(url)
    except UrlError:
        return url


def _author(raw: str) -> str:
    """Read `a@b.example (Name)` and `Name <a@b.example>` as the name, a bare address as itself."""
    text = raw.strip()
    named = _MAILED_AUTHOR.fullmatch(text[:TITLE_LIMIT])
    if named:
        text = (named["name"] or named["first"] or "").strip(" \"'<(")
    return plain_text(text, TAG_LIMIT)


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
