"""What a page says about itself: JSON-LD first, then OpenGraph and meta tags, then visible markup.

Reads the parsed tree once and decides nothing that needs the article's text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import cast
from urllib.parse import urljoin, urlsplit

from courlan import extract_domain
from lxml.etree import XPath
from lxml.html import HtmlElement

from crawler.extract.decoding import clean_text
from crawler.extract.jsonld import LinkedData, read_linked_data
from crawler.extract.page_dates import choose, parse_stamp

MAX_TITLE = 500
MAX_DESCRIPTION = 2_000
MAX_NAMES = 20
MAX_TAGS = 50
MAX_METAS = 2_000
"""Meta tags that are read; real pages have some tens."""
MAX_CANONICALS = 10
"""Canonical links that are looked at; each costs a look into the list of public suffixes."""

_PUBLISHED = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished",
    "article:published", "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime",
    "publish_date", "publish-date", "publishdate", "published_date", "publication_date",
    "publicationdate", "pubdate", "published", "dc.date.issued", "dcterms.issued",
    "dc.date.created",
    "dcterms.created", "rnews:datepublished", "mediator_published_time", "ptime", "dc.date",
    "dcterms.date", "article.published", "date",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time", "og:updated_time", "og:article:modified_time", "datemodified",
    "dcterms.modified", "dc.date.modified", "last-modified", "lastmod",
)  # fmt: skip
_AUTHOR = (
    "author", "article:author", "parsely-author", "sailthru.author", "byl", "dc.creator",
    "dcterms.creator", "mediator_author", "cxenseparse:author", "article:author_name",
)  # fmt: skip
_TAGS = (
    "article:tag",
    "og:article:tag",
    "parsely-tags",
    "news_keywords",
    "sailthru.tags",
    "keywords",
)

_DESCRIPTION = ("og:description", "description", "twitter:description")

_MARKED_TIMES = XPath("//*[@itemprop='datePublished'][@content or @datetime]")
# First the attributes, of which there are few, then what their elements must be: asking every
# element of a page costs several times as much.
_BYLINES = XPath(
    "(//@rel[.='author'] | //@itemprop[.='author']"
    " | //@class[contains(.,'author') or contains(.,'byline')])"
    "/parent::*[@rel='author' or @itemprop='author' or self::address[contains(@class,'author')]"
    " or contains(concat(' ',@class,' '),' author ')"
    " or contains(concat(' ',@class,' '),' byline ')"
    " or contains(@class,'author-name') or contains(@class,'author__name')"
    " or contains(@class,'article__author') or contains(@class,'article-author')]"
    "[not(ancestor::aside or ancestor::footer or ancestor::nav)]"
)

_BY = re.compile(
    r"^(?:by|written by|author|story by|автор(?:ы|и)?|текст|авторлор|авторлар|muallif|муаллиф)"
    r"\b\s*:?\s+",
    re.I,
)
_NAME_SEPARATOR = re.compile(r"\s*(?:[,;|/]|\s(?:and|и|та|және|жана|va|ва)\s)\s*", re.I)
_ADDRESS = re.compile(r"https?:|www\.|\S@\S", re.I)
_NO_NAME = re.compile(r"^admin$|@|\d{2}[.:/]\d{2}|\.(?:com|ru|org|kz|kg|uz)\b|^\W*$", re.I)
_TITLE_SEPARATOR = re.compile(r"\s+(?:[|–—·•»«]|::|-|//)\s+")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """What the page itself claims; the feed may know better."""

    title: str
    published_at: datetime | None
    authors: tuple[str, ...]
    site_name: str | None
    canonical_url: str | None
    language: str | None
    tags: tuple[str, ...]
    is_article: bool
    """The page declares itself an article (JSON-LD or og:type)."""
    times: tuple[str, ...]
    """Times that the page marks up without saying of what: the article, or a related one."""
    body: str
    """JSON-LD articleBody, for pages that build their text with scripts."""
    descriptions: tuple[str, ...] = ()
    """What the page says in short that it tells: often its lead, word for word."""


def read_metadata(tree: HtmlElement, url: str) -> PageMetadata:
    """Read the metadata of a parsed page. `url` is where it was fetched from."""
    linked = read_linked_data(tree)
    meta = _meta_tags(tree)
    times = _unexplained_times(tree)
    site_name = tidy(_first(meta, "og:site_name", "application-name") or linked.publisher)
    return PageMetadata(
        title=_title(tree, linked, meta, site_name),
        published_at=_published(tree, linked, meta, times),
        authors=_authors(tree, linked, meta, site_name),
        site_name=site_name or None,
        canonical_url=_canonical(tree, meta, url),
        language=_language(tree, linked, meta),
        tags=_tags(linked, meta),
        is_article=linked.is_article or _first(meta, "og:type").lower() == "article",
        times=times,
        body=clean_text(linked.body),
        descriptions=_descriptions(linked, meta),
    )


def tidy(text: str) -> str:
    """One line of display text: entities decoded, control characters and extra spaces gone."""
    if "&" in text:
        text = html.unescape(text)
    return _SPACE.sub(" ", clean_text(text)).strip()


def people(raw: Iterable[str], site_name: str = "") -> tuple[str, ...]:
    """Names of people out of bylines: "By A and B" is two names, an address or URL is none."""
    names: list[str] = []
    for text in raw:
        if _ADDRESS.search(text):
            continue
        for part in _NAME_SEPARATOR.split(_BY.sub("", tidy(text))):
            name = part.strip(" .,:;-–—•|")
            if 2 <= len(name) <= 80 and not _NO_NAME.search(name) and len(name.split()) <= 6:
                names.append(name)
    return tuple({n.casefold(): n for n in reversed(names) if n != site_name}.values())[::-1][
        :MAX_NAMES
    ]


def _select(xpath: XPath, tree: HtmlElement) -> list[HtmlElement]:
    return cast("list[HtmlElement]", xpath(tree))


def _meta_tags(tree: HtmlElement) -> dict[str, list[str]]:
    tags: dict[str, list[str]] = {}
    for element in islice(tree.iter("meta"), MAX_METAS):
        content = element.get("content")
        if not content:
            continue
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            if key := element.get(attribute):
                tags.setdefault(key.strip().lower(), []).append(content)
    return tags


def _first(meta: dict[str, list[str]], *keys: str) -> str:
    return next((value for key in keys for value in meta.get(key, ()) if value.strip()), "")


def _values(meta: dict[str, list[str]], keys: Iterable[str]) -> list[str]:
    return [value for key in keys for value in meta.get(key, ())]


def _title(tree: HtmlElement, linked: LinkedData, meta: dict[str, list[str]], site: str) -> str:
    candidates = [
        linked.headline,
        _first(meta, "og:title", "twitter:title", "dc.title", "sailthru.title"),
    ]
    headings = [tidy(h1.text_content()) for h1 in islice(tree.iter("h1"), 5)]
    candidates.extend(headings[:1] if len(headings) == 1 else [])
    candidates.append(tree.findtext(".//title") or "")
    candidates.extend(headings[:1])
    for candidate in candidates:
        # Twice the limit, so that a site's name behind a long headline can still be cut off.
        if title := _without_site(tidy(candidate[: 2 * MAX_TITLE]), site, headings):
            return title[:MAX_TITLE]
    return ""


def _without_site(title: str, site: str, headings: list[str]) -> str:
    """Cut "Headline | Site" where the page shows which part is the site's name."""
    for found in reversed(list(_TITLE_SEPARATOR.finditer(title))):
        head, rest = title[: found.start()], title[found.end() :]
        if head in headings or (site and rest.casefold() == site.casefold()):
            return head
    return title


def _published(
    tree: HtmlElement, linked: LinkedData, meta: dict[str, list[str]], times: tuple[str, ...]
) -> datetime | None:
    modified = [*linked.modified, *_values(meta, _MODIFIED), *times]
    candidates = [*linked.published, *_values(meta, _PUBLISHED)]
    if found := choose(candidates, modified):
        return found
    marked = [e.get("datetime") or e.get("content") or "" for e in _select(_MARKED_TIMES, tree)]
    if found := choose(marked, modified):
        return found
    # Times of one day are the article's own; of several, most belong to other articles.
    days = {stamp.local.date() for text in times if (stamp := parse_stamp(text))}
    return choose(times, modified) if len(days) == 1 else None


def _unexplained_times(tree: HtmlElement) -> tuple[str, ...]:
    written = (
        element.get("datetime") or ""
        for element in islice(tree.iter("time"), 20)
        if next(element.iterancestors("aside", "nav", "footer"), None) is None
    )
    return tuple(dict.fromkeys(filter(None, written)))


def _authors(
    tree: HtmlElement, linked: LinkedData, meta: dict[str, list[str]], site: str
) -> tuple[str, ...]:
    if names := people(linked.authors, site):
        return names
    if names := people(_values(meta, _AUTHOR), site):
        return names
    return people((e.get("content") or e.text_content() for e in _select(_BYLINES, tree)[:3]), site)


def _descriptions(linked: LinkedData, meta: dict[str, list[str]]) -> tuple[str, ...]:
    stated = (linked.description, *(_first(meta, key) for key in _DESCRIPTION))
    return tuple(dict.fromkeys(filter(None, (tidy(text[:MAX_DESCRIPTION]) for text in stated))))


def _canonical(tree: HtmlElement, meta: dict[str, list[str]], url: str) -> str | None:
    """Find the page's own address, if it is one of the same outlet."""
    links = [
        e.get("href") or ""
        for e in tree.iter("link")
        if (e.get("rel") or "").lower() == "canonical"
    ]
    own_host = urlsplit(url).hostname
    for candidate in (*links[:MAX_CANONICALS], _first(meta, "og:url")):
        if not candidate.strip():
            continue
        try:
            absolute = urljoin(url, clean_text(candidate).strip())
            parts = urlsplit(absolute)
            host = parts.hostname
        except ValueError:
            continue
        same = host is not None and (host == own_host or _outlet(absolute) == _outlet(url))
        if parts.scheme in ("http", "https") and same and not _is_front_page(absolute, url):
            return absolute
    return None


def _outlet(url: str) -> str:
    """Name the registered domain (public suffix list), or the host where there is none."""
    return extract_domain(url) or (urlsplit(url).hostname or "").lower()


def _is_front_page(candidate: str, url: str) -> bool:
    """Spot the homepage named as canonical everywhere: it would merge all of a site's articles."""
    bare = urlsplit(candidate)
    return bare.path in ("", "/") and not bare.query and urlsplit(url).path not in ("", "/")


def _language(tree: HtmlElement, linked: LinkedData, meta: dict[str, list[str]]) -> str | None:
    declared = (
        linked.language,
        tree.get("lang") or "",
        _first(meta, "og:locale", "content-language"),
    )
    return next((code for raw in declared if (code := raw.strip()[:2].lower()).isalpha()), None)


def _tags(linked: LinkedData, meta: dict[str, list[str]]) -> tuple[str, ...]:
    raw = list(linked.tags)
    for key in _TAGS:
        for value in meta.get(key, ()):
            raw.extend(value.split(",") if key != "article:tag" else [value])
        if raw:
            break
    tags = {
        tag.casefold(): tag
        for text in reversed(raw)
        if 0 < len(tag := tidy(text)) <= 80 and tag[0] != "@"
    }
    return tuple(tags.values())[::-1][:MAX_TAGS]
