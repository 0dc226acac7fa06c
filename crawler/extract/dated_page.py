"""The day of a page that states none: what it shows beside its headline, else htmldate's guess.

htmldate looks for dates in the whole markup and takes the likeliest, which may be that of another
story. So it is given what is left of the page without its cards, menus and scripts, and of a huge
page only the head and what stands around the headline.
"""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import cast

from htmldate import find_date
from lxml.etree import XPath, strip_elements, tostring
from lxml.html import HtmlElement

from crawler.discovery.written_dates import EAST
from crawler.extract.date_places import beginning_of, clear_other_days
from crawler.extract.lines import fold
from crawler.extract.own_place import OwnPlace
from crawler.extract.page_dates import choose
from crawler.extract.shown_date import ShownDate, find_shown

DATED_PAGE = 2 * 2**20
"""Bytes of markup up to which a date is looked for in it: htmldate runs some twenty patterns over
all of it. Of what is left of a larger page, the part around the headline is looked at."""
LONGEST_TITLE = 300
SHORTEST_HEADLINE = 15
"""Characters of a heading that is told from the name of a site or a rubric by its length."""
MOST_HEADINGS = 30
AROUND_HEADLINE = 1_500
"""Elements of a huge page that are kept around its headline."""
_LATEST_DATE = "2100-01-01"
"""htmldate's upper bound. Without one it would ask the clock; the caller judges future dates."""
_NEVER_DATED = ("style", "svg", "iframe", "form", "nav", "aside", "footer", "select", "template")
_SCRIPTS = XPath("//script[not(contains(@type, 'ld+json'))]")
_BLOCKS = XPath("//*[self::a or @class or @id][not(self::html or self::body or self::main)]")
_STATED = XPath("//time/@datetime | //meta/@content")
_JANUARY = r"(?:янв|січ|қаң|yan|jan|ene|gen|sty|oca)[^\W\d_]{0,8}"
_FIRST = r"(?<!\d)0?1(?:\.|st|er|º|-?го)?"


@dataclass(frozen=True, slots=True)
class DatedPage:
    """What is kept of a page to find its day in, while the page itself is taken apart."""

    shown: ShownDate
    """What the page shows beside its headline."""
    markup: HtmlElement | None
    seen_at: datetime | None


def dated_page(tree: HtmlElement, seen_at: datetime | None = None) -> DatedPage:
    """Keep what the day of a page can be found in; it was fetched at `seen_at`."""
    place = OwnPlace(tree, _headline(tree))
    shown = find_shown(place, seen_at)
    markup = None if shown.moment else _own_markup(deepcopy(tree))
    return DatedPage(shown, markup, seen_at)


def guess_date(page: DatedPage, url: str, times: tuple[str, ...]) -> datetime | None:
    """Find the day that a page does not state; `times` may complete it."""
    if page.shown.moment is not None:
        return page.shown.moment
    latest = f"{page.seen_at + EAST:%Y-%m-%d}" if page.seen_at else _LATEST_DATE
    found = find_date(page.markup, url=url, original_date=True, max_date=latest)
    if not found or (found.endswith("-01-01") and not _names_new_year(page.markup, url, found[:4])):
        return None  # htmldate takes a year alone, such as that of a copyright, for its first day
    day = date.fromisoformat(found)
    if day in page.shown.others and not _is_in_address(day, url):
        return None
    return choose([found, *times], times)


def _headline(tree: HtmlElement) -> HtmlElement | None:
    """Return the first heading of the first level; where that is a logo or none, a lower one.

    The lower one is that by which the page calls itself in its <title>.
    """
    first = next(tree.iter("h1"), None)
    if first is not None and len(fold(beginning_of(first))) >= SHORTEST_HEADLINE:
        return first
    title = next(tree.iter("title"), None)
    named = "" if title is None else fold(beginning_of(title, LONGEST_TITLE))
    for heading in islice(tree.iter("h1", "h2", "h3"), MOST_HEADINGS):
        words = fold(beginning_of(heading, LONGEST_TITLE))
        if len(words) >= SHORTEST_HEADLINE and words in named:
            return heading
    return first


def _is_in_address(day: date, url: str) -> bool:
    shape = rf"(?<!\d){day:%Y}[/_-]?0?{day.month}[/_-]?0?{day.day}(?!\d)"
    return re.search(shape, url) is not None


def _names_new_year(markup: HtmlElement | None, url: str, year: str) -> bool:
    """Tell whether a page or its address names the first of January of a year."""
    shapes = re.compile(
        rf"{_FIRST}[\s.-]{{0,3}}(?:de\s+)?{_JANUARY}[\s.,-]{{0,3}}(?:de\s+|соли\s+)?{year}(?!\d)"
        rf"|\b{_JANUARY}\.?\s+0?1(?:st)?,?\s+{year}(?!\d)"
        rf"|(?<!\d)0?1([./-])\s?0?1\1\s?(?:{year}|{year[2:]})(?!\d)"
        rf"|(?<!\d){year}(?:[./-]0?1[./-]0?1|0101)(?!\d)"
        rf"|(?<!\d){year}[\s-]{{0,2}}(?:жыл|йил|yil)[^\W\d_]{{0,8}}[\s,-]{{1,3}}0?1[\s-]{{1,2}}{_JANUARY}",
        re.IGNORECASE,
    )
    written = [url]
    if markup is not None:
        written.append(" ".join(markup.itertext()))
        written += cast("list[str]", _STATED(markup))
    return any(shapes.search(text) for text in written)


def _own_markup(tree: HtmlElement) -> HtmlElement:
    """Take out of a copy what tells of other stories; of what is still huge, keep a part."""
    place = OwnPlace(tree, _headline(tree))
    for script in cast("list[HtmlElement]", _SCRIPTS(tree)):
        script.drop_tree()
    strip_elements(tree, *_NEVER_DATED, with_tail=False)
    for block in cast("list[HtmlElement]", _BLOCKS(tree)):
        if place.is_of_others(block):
            block.drop_tree()
    clear_other_days(tree, place)
    if len(tostring(tree)) <= DATED_PAGE:
        return tree
    return _around_headline(tree)


def _around_headline(tree: HtmlElement) -> HtmlElement:
    """Keep the head of a page and the largest block around its headline that is not huge."""
    kept = _headline(tree)
    body = tree.find("body")
    while kept is not None and (holder := kept.getparent()) is not None and holder is not body:
        if sum(1 for _ in islice(holder.iter(), AROUND_HEADLINE + 1)) > AROUND_HEADLINE:
            break
        kept = holder
    if body is not None:
        body.clear()
        if kept is not None:
            body.append(kept)
    return tree if len(tostring(tree)) <= DATED_PAGE else HtmlElement()
