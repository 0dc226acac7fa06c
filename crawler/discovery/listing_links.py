"""Every link of a page with where it stands: the elements around it, the headings and times near.

The page is walked through once. Climbing from a link stops after a few levels, so that a page of
links nested in links costs no more than an honest one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from core.sources import SkipKind, SkipReason
from core.urls import UrlError, absolute_http_url, canonical_url, registered_domain
from crawler.discovery.entries import NOT_A_WEB_ADDRESS
from crawler.discovery.listing_addresses import article_likeness
from crawler.discovery.listing_html import HEADINGS, text_of, words_of
from crawler.discovery.plaintext import TITLE_LIMIT
from crawler.discovery.sitemap import ANOTHER_SITE

if TYPE_CHECKING:
    from lxml import etree

THIS_PAGE = SkipReason(SkipKind.THIS_PAGE, "this page itself")

MOST_LINKS = 20_000
LIKELY = 0.5
"""Likeness from which an address is taken for an article's."""
CLIMB = 6
"""How many levels above a link belong to its surroundings."""

_Noted = TypeVar("_Noted")
_STEPS_KEPT = 6
_LANDMARKS = frozenset({"nav", "footer", "aside", "dialog"})
_LANDMARK_ROLES = frozenset(
    {"navigation", "contentinfo", "complementary", "search", "menu", "menubar", "dialog"}
)
_SIDE_WORDS = frozenset({
    "nav", "navbar", "navigation", "menu", "submenu", "breadcrumb", "breadcrumbs", "pagination",
    "pager", "footer", "tagcloud", "tags", "share", "social", "calendar", "cookie", "login",
    "sidebar", "popular", "trending", "related", "recommended", "recommend", "banner", "promo",
    "partners", "comments", "rating", "bestsellers", "viewed",
})  # fmt: skip
_ABOUT_THE_PAGE = frozenset({"with", "has", "no", "without", "and", "not"})
"""`with-sidebar` says what stands beside an element, not what it is."""
_STATES = frozenset({"first", "last", "odd", "even", "active", "current", "open", "selected"})
_WORD = re.compile(r"[a-z]+")
_CLOCK = re.compile(r"^(?:\d{1,2}[.:]\d{2})(?=\D)\s*")
_APART = frozenset({"span"})
_NOT_TITLE = frozenset({"time", "a", "button", "svg", "noscript", "template"})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Link:
    """A link, resolved, with its surroundings."""

    element: etree._Element
    url: str
    """Absolute; empty when the link leads to no web page."""
    key: str
    """Canonical address; empty with `url`."""
    likeness: float
    """How much the address looks like an article's, between 0 and 1; 0 if it cannot be one."""
    text: str
    """What a reader sees; the heading's text when the link wraps a heading and more."""
    path: tuple[str, ...]
    """The last elements that lead to the link, outermost first: `li.item`, `h3`, `a`."""
    problem: SkipReason | None
    """Why it cannot be an article of this site, in a few fixed phrases; empty if it can."""
    is_barred: bool
    """Whether it stands in navigation, a footer, an aside or a form."""
    is_aside: bool
    """Whether an element around it is named like a menu, a sidebar or "most read"."""
    in_heading: bool
    """Whether it stands in a heading or wraps one."""

    @property
    def place(self) -> str:
        """The path for people."""
        return " > ".join(self.path[-4:])


@dataclass(slots=True)
class Page:
    """The links of a page in its order, and where its headings and times are."""

    url: str
    resolver: Resolver
    links: list[Link] = field(default_factory=list)
    headings: dict[etree._Element, list[etree._Element]] = field(default_factory=dict)
    """For each element a few levels above a heading, the first two headings in it."""
    times: dict[etree._Element, list[str]] = field(default_factory=dict)
    """The same for `<time datetime>`: the first two different values."""
    is_cut: bool = False
    """Whether there were more links than are read."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the walk through the page is."""

    path: tuple[str, ...] = ()
    is_barred: bool = False
    is_aside: bool = False
    in_heading: bool = False

    def below(self, element: etree._Element) -> _Place:
        """Return the place of `element`, which stands at this one."""
        return _Place(
            (*self.path[1 - _STEPS_KEPT :], _step(element)),
            self.is_barred or _is_barred(element),
            self.is_aside or _is_aside(element),
            self.in_heading or element.tag in HEADINGS,
        )


def page_of(root: etree._Element, url: str) -> Page:
    """Gather the links of the parsed page that `url` answered with; raises UrlError."""
    page = Page(url, Resolver(url, _base_of(root, url)))
    anchors: list[tuple[etree._Element, _Place]] = []
    for element, place in _walk(root):
        if element.tag == "a" and (element.get("href") or "").strip():
            if len(anchors) == MOST_LINKS:
                page.is_cut = True
                break
            anchors.append((element, place))
        elif element.tag in HEADINGS:
            _note(page.headings, element, element)
        elif element.tag == "time" and (moment := (element.get("datetime") or "").strip()):
            _note(page.times, element, moment)
    for element, place in anchors:
        address, key, problem = page.resolver.resolve(element.get("href") or "")
        inside = page.headings.get(element, [])
        page.links.append(
            Link(
                element=element,
                url=address,
                key=key,
                likeness=0.0 if problem else article_likeness(address),
                text=_CLOCK.sub("", link_text(inside[0] if len(inside) == 1 else element)),
                path=place.path,
                problem=problem,
                is_barred=place.is_barred,
                is_aside=place.is_aside,
                in_heading=place.in_heading or bool(inside),
            )
        )
    return page


def surroundings(element: etree._Element) -> Iterator[etree._Element]:
    """Yield `element` and the few elements around it, innermost first."""
    current: etree._Element | None = element
    for _ in range(CLIMB + 1):
        if current is None or current.tag in {"body", "html", "main"}:
            return
        yield current
        current = current.getparent()


def link_text(element: etree._Element) -> str:
    """Return the text of a link or heading, without times and links inside it."""
    return text_of(element, TITLE_LIMIT, apart=_APART, without=_NOT_TITLE)


class Resolver:
    """Turns what links say into addresses; each spelling once."""

    def __init__(self, url: str, base: str) -> None:
        self._base = base
        self._key = _key(url)
        self._domain = registered_domain(url)
        self._known: dict[str, tuple[str, str, SkipReason | None]] = {}

    def resolve(self, href: str) -> tuple[str, str, SkipReason | None]:
        """Return address, key, and why it cannot be an article of this site."""
        if href not in self._known:
            address = absolute_http_url(self._base, href) or ""
            key = _key(address) if address else ""
            problem = self._problem(address, key)
            self._known[href] = (address, key, problem)
        return self._known[href]

    def _problem(self, address: str, key: str) -> SkipReason | None:
        if not address:
            return NOT_A_WEB_ADDRESS
        if registered_domain(address) != self._domain:
            return ANOTHER_SITE
        return THIS_PAGE if key == self._key else None


def _walk(root: etree._Element) -> Iterator[tuple[etree._Element, _Place]]:
    """Yield each element when it opens, with its place."""
    from lxml import etree

    places = [_Place()]
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if not isinstance(element.tag, str):
            continue
        if event == "start":
            places.append(places[-1].below(element))
            yield element, places[-1]
        else:
            places.pop()


def _step(element: etree._Element) -> str:
    """Name an element by its tag and the first class that is not one item's own."""
    for word in words_of(element):
        if word.lower() not in _STATES and not any(map(str.isdigit, word)):
            return f"{element.tag}.{word[:40]}"
    return str(element.tag)


def _is_barred(element: etree._Element) -> bool:
    return element.tag in _LANDMARKS or (element.get("role") or "").lower() in _LANDMARK_ROLES


def _is_aside(element: etree._Element) -> bool:
    if element.tag in {"html", "body", "main", "article"}:
        return False  # their classes describe the page or the article's subject
    for name in (*words_of(element)[:10], element.get("id") or ""):
        words = set(_WORD.findall(name.lower()[:80]))
        if (words & _SIDE_WORDS or {"most", "read"} <= words) and not words & _ABOUT_THE_PAGE:
            return True
    return False


def _note(
    where: dict[etree._Element, list[_Noted]], element: etree._Element, value: _Noted
) -> None:
    for around in surroundings(element):
        known = where.setdefault(around, [])
        if len(known) < 2 and value not in known:
            known.append(value)


def _base_of(root: etree._Element, url: str) -> str:
    base = next(root.iter("base"), None)
    return (absolute_http_url(url, base.get("href") or "") if base is not None else None) or url


def _key(url: str) -> str:
    try:
        return canonical_url(url)
    except UrlError:
        return url
