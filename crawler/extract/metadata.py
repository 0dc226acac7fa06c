"""What a page says about itself: JSON-LD first, then OpenGraph and meta tags, then visible markup.

Reads the parsed tree once and decides nothing that needs the article's text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import cast
from urllib.parse import urljoin, urlsplit

from courlan import extract_domain
from lxml.etree import XPath
from lxml.html import HtmlElement

from core.urls import is_front_page
from crawler.extract.bylines import authors
from crawler.extract.date_places import is_in_list
from crawler.extract.decoding import clean_text
from crawler.extract.jsonld import LinkedData, read_linked_data
from crawler.extract.meta_tags import MetaTags
from crawler.extract.own_place import OwnPlace, Text
from crawler.extract.page_dates import choose, parse_stamp
from crawler.extract.page_names import homepage_names, page_title
from crawler.extract.shown_date import is_of_change
from crawler.extract.titles import headline, shown_headings, tidy

MAX_DESCRIPTION = 2_000
MAX_TAGS = 50
MAX_CANONICALS = 10
"""Canonical links that are looked at; each costs a look into the list of public suffixes."""
SAME_DAY = timedelta(days=2)
"""How far a time may be from the day in a page's address: zones, and a day in the drawer."""
MAX_TIMES = 20
"""Marked times that are looked at."""

# Names of meta tags as `bare` leaves them: without prefixes, breaks and case.
_PUBLISHED = (
    "publishedtime", "datepublished", "publishtime", "published", "publicationtime",
    "publisheddate", "publishdate", "publicationdate", "publishedat", "publishedon",
    "firstpublished", "firstpublishedtime", "pubdate", "pubtime", "datepub", "datepublication",
    "originalpublicationdate", "dateissued", "issued", "issuedate", "displaydate", "datecreated",
    "created", "creationdate", "createdtime", "createdat", "ptime", "articledate", "date",
)  # fmt: skip
_MODIFIED = (
    "modifiedtime", "updatedtime", "datemodified", "modified", "modifieddate", "updated",
    "updatedate", "updateddate", "dateupdated", "lastmodified", "lastmod", "lastupdated",
)  # fmt: skip
_AUTHOR = (
    "author", "authors", "authorname", "byl", "byline", "creator", "authorsname", "writer",
    "citationauthor",
)  # fmt: skip
_TAGS = (
    "article:tag",
    "og:article:tag",
    "parsely:tags",
    "news:keywords",
    "sailthru:tags",
    "keywords",
)

_TITLES = ("og:title", "headline", "twitter:title", "dc:title", "sailthru:title")
_DESCRIPTION = ("og:description", "description", "twitter:description")
_DAY_IN_ADDRESS = re.compile(
    r"(?<!\d)(20\d\d)[/_-](0?[1-9]|1[0-2])[/_-](0?[1-9]|[12]\d|3[01])(?!\d)"
)
_NAME_BREAK = re.compile(r"\s+[|–—·•-]\s+|[()]")
_SECOND_LEVEL = frozenset({"co", "com", "net", "org", "gov", "edu", "ac", "or", "ne", "info"})
"""Labels under which countries register names, as in `news.co.uk`."""
_MARKED_TIMES = XPath("//*[@itemprop='datePublished'][@content or @datetime]")


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """What the page itself claims; the feed may know better."""

    title: str
    page_title: str
    """Its `<title>`, as it is."""
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
    headings = list(shown_headings(tree))
    place = OwnPlace(tree, headings[0].element if headings else next(tree.iter("h1"), None))
    meta = MetaTags(tree, place)
    title = page_title(tree, headings or list(islice(shown_headings(tree, "h2"), 1)))
    claims = list(dict.fromkeys(meta.first(name) for name in _TITLES))
    known = [*claims, title, *(h.text for h in headings)]
    linked = read_linked_data(tree, url, known)
    times, changes = _unexplained_times(tree, place)
    site_name = tidy(meta.first("og:site:name", "application:name") or linked.publisher)
    outlet = _outlet_names(site_name, linked.publisher, url)
    return PageMetadata(
        title=headline(
            [linked.headline, *claims],
            title,
            headings,
            shown_headings(tree, "h2"),
            outlet,
            homepage_names(tree, url),
        ),
        page_title=title,
        published_at=_published(tree, linked, meta, times, changes, place, url),
        authors=authors((linked.authors, meta.bare_values(_AUTHOR)), tree, place, outlet),
        site_name=site_name or None,
        canonical_url=_canonical(tree, meta, url),
        language=_language(tree, linked, meta),
        tags=_tags(linked, meta),
        is_article=linked.is_article or meta.first("og:type").lower() == "article",
        times=times,
        body=clean_text(linked.body),
        descriptions=_descriptions(linked, meta),
    )


def _select(xpath: XPath, tree: HtmlElement) -> list[HtmlElement]:
    return cast("list[HtmlElement]", xpath(tree))


def _outlet_names(site_name: str, publisher: str, url: str) -> tuple[str, ...]:
    """Return the names that the outlet goes by: its own, their parts, and those of its address."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    labels = host.split(".")[:-1]
    while len(labels) > 1 and labels[-1] in _SECOND_LEVEL:
        labels.pop()
    own = labels[-1] if labels else ""
    domain = host[host.rindex(own) :] if own else ""
    parts = [part for part in _NAME_BREAK.split(site_name) if len(part) > 2]
    names = (site_name, tidy(publisher), *parts, host, domain, own)
    return tuple(dict.fromkeys(filter(None, names)))


def _published(
    tree: HtmlElement,
    linked: LinkedData,
    meta: MetaTags,
    times: tuple[str, ...],
    changes: tuple[str, ...],
    place: OwnPlace,
    url: str,
) -> datetime | None:
    modified = [*linked.modified, *meta.bare_values(_MODIFIED), *changes, *times]
    candidates = [*linked.published, *meta.bare_values(_PUBLISHED)]
    if found := choose(candidates, modified):
        return found
    marked = [
        e.get("datetime") or e.get("content") or ""
        for e in _select(_MARKED_TIMES, tree)[:MAX_TIMES]
        if not place.is_elsewhere(e)
    ]
    if found := choose(marked, modified):
        return found
    # Times of one day are the article's own; of several, most belong to other articles.
    days = {stamp.local.date() for text in times if (stamp := parse_stamp(text))}
    if len(days) != 1 or _contradicts(url, days):
        return None
    return choose(times, modified)


def _contradicts(url: str, days: set[date]) -> bool:
    """Tell whether an address names another day than the times of a page that say of nothing."""
    found = _DAY_IN_ADDRESS.search(urlsplit(url).path)
    try:
        named = date(*map(int, found.groups())) if found else None
    except ValueError:
        return False
    return named is not None and all(abs(day - named) > SAME_DAY for day in days)


def _unexplained_times(
    tree: HtmlElement, place: OwnPlace
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the marked times that may be that of publishing, and those of changes."""
    times: dict[str, None] = {}
    changes: dict[str, None] = {}
    for element in islice(tree.iter("time"), MAX_TIMES):
        written = element.get("datetime")
        if not written or place.is_elsewhere(element):
            continue
        if not is_in_list(Text(element, behind=False), place):
            (changes if is_of_change(element) else times)[written] = None
    return tuple(times), tuple(changes)


def _descriptions(linked: LinkedData, meta: MetaTags) -> tuple[str, ...]:
    stated = (linked.description, *(meta.first(key) for key in _DESCRIPTION))
    return tuple(dict.fromkeys(filter(None, (tidy(text[:MAX_DESCRIPTION]) for text in stated))))


def _canonical(tree: HtmlElement, meta: MetaTags, url: str) -> str | None:
    """Find the page's own address, if it is one of the same outlet."""
    links = [
        e.get("href") or ""
        for e in tree.iter("link")
        if (e.get("rel") or "").lower() == "canonical"
    ]
    own_host = urlsplit(url).hostname
    for candidate in (*links[:MAX_CANONICALS], meta.first("og:url")):
        if not candidate.strip():
            continue
        try:
            absolute = urljoin(url, clean_text(candidate).strip())
            parts = urlsplit(absolute)
            host = parts.hostname
        except ValueError:
            continue
        same = host is not None and (host == own_host or _outlet(absolute) == _outlet(url))
        # The front page named as canonical everywhere would merge all of a site's articles.
        merges = is_front_page(absolute) and not is_front_page(url)
        if parts.scheme in ("http", "https") and same and not merges:
            return absolute
    return None


def _outlet(url: str) -> str:
    """Name the registered domain (public suffix list), or the host where there is none."""
    return extract_domain(url) or (urlsplit(url).hostname or "").lower()


def _language(tree: HtmlElement, linked: LinkedData, meta: MetaTags) -> str | None:
    declared = (
        linked.language,
        tree.get("lang") or "",
        meta.first("og:locale", "content:language"),
    )
    return next((code for raw in declared if (code := raw.strip()[:2].lower()).isalpha()), None)


def _tags(linked: LinkedData, meta: MetaTags) -> tuple[str, ...]:
    raw = list(linked.tags)
    for key in _TAGS:
        for value in meta.values((key,)):
            raw.extend(value.split(",") if key != "article:tag" else [value])
        if raw:
            break
    tags = {
        tag.casefold(): tag
        for text in reversed(raw)
        if 0 < len(tag := tidy(text)) <= 80 and tag[0] != "@"
    }
    return tuple(tags.values())[::-1][:MAX_TAGS]
