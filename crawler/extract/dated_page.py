"""The day of a page that states none: what it shows beside its headline, else htmldate's guess.

htmldate looks for dates in the whole markup and takes the likeliest, which may be that of another
story. So it is given what is left of the page without its cards, menus and scripts, and of a huge
page only the head and what stands around the headline.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, pairwise
from typing import cast

from htmldate import find_date
from lxml.etree import XPath, strip_elements, tostring
from lxml.html import HtmlElement

from crawler.discovery.announced_dates import read_date
from crawler.extract.date_labels import is_of_change, label_before, without_changes
from crawler.extract.own_place import OwnPlace
from crawler.extract.page_dates import choose
from crawler.extract.relative_dates import may_be_relative, read_relative

DATED_PAGE = 2 * 2**20
"""Bytes of markup up to which a date is looked for in it: htmldate runs some twenty patterns over
all of it. Of what is left of a larger page, the part around the headline is looked at."""
AROUND_HEADLINE = 1_500
"""Elements of a huge page that are kept around its headline."""
AFTER_HEADLINE = 80
BEFORE_HEADLINE = 30
"""Elements on either side of the headline among which the page's date is looked for."""
SHORT_LINE = 80
"""Characters of a line with a date; in a longer one the date is part of a story."""

_LATEST_DATE = "2100-01-01"
"""htmldate's upper bound. Without one it would ask the clock; the caller judges future dates."""
_NEVER_DATED = ("style", "svg", "iframe", "form", "nav", "aside", "footer", "select", "template")
_SCRIPTS = XPath("//script[not(contains(@type, 'ld+json'))]")
_BLOCKS = XPath("//*[self::a or @class or @id][not(self::html or self::body or self::main)]")
_STATED = XPath("//time/@datetime | //meta/@content")
_BREAKS = re.compile(r"\s*[|•·—–]\s*")
_BEFORE_DATE = re.compile(
    r"^\D{0,30}?(?=\d|(?<!\w)[^\W\d_]{3,9}\.? \d{1,2}(?:st|nd|rd|th)?, \d{4})"
)
_JANUARY = r"(?:янв|січ|қаң|yan|jan|ene|gen|sty|oca)[^\W\d_]{0,8}"
_FIRST = r"(?<!\d)0?1(?:\.|st|er|º|-?го)?"
_LABEL = re.compile(r"^[^\d:]{2,30}:\s*")
_AFTER_DATE = re.compile(r"\s*(?:uhr|h|часов|local time|г\.?)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DatedPage:
    """What is kept of a page to find its day in, while the page itself is taken apart."""

    shown: datetime | None
    """What the page shows beside its headline."""
    markup: HtmlElement | None


def dated_page(tree: HtmlElement, fetched_at: datetime | None = None) -> DatedPage:
    """Keep what the day of a page can be found in; "yesterday" is that before `fetched_at`."""
    first = next(tree.iter("h1"), None)
    place = OwnPlace(tree, first)
    if shown := _shown(place, fetched_at):
        return DatedPage(shown, None)
    return DatedPage(None, _own_markup(deepcopy(tree)))


def guess_date(page: DatedPage, url: str, times: tuple[str, ...]) -> datetime | None:
    """Find the day that a page does not state; `times` may complete it."""
    if page.shown is not None:
        return page.shown
    found = find_date(page.markup, url=url, original_date=True, max_date=_LATEST_DATE)
    if not found or (found.endswith("-01-01") and not _names_new_year(page.markup, url, found[:4])):
        return None  # htmldate takes a year alone, such as that of a copyright, for its first day
    return choose([found, *times], times)


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


def _shown(place: OwnPlace, now: datetime | None) -> datetime | None:
    """Read the first date in a line of its own next to the headline; of a change only if alone."""
    changed = None
    for element in (*place.after_headline(AFTER_HEADLINE), *place.before_headline(BEFORE_HEADLINE)):
        for line, of_change in _lines(element):
            part, own = without_changes(line)
            moment = _moment(part, now)
            if moment is None or place.is_elsewhere(element):
                continue
            if own and not of_change:
                return moment
            changed = changed or moment
    return changed


def _moment(line: str, now: datetime | None) -> datetime | None:
    bare = _AFTER_DATE.sub("", _BEFORE_DATE.sub("", line))
    found = read_date(line) or read_date(bare)
    if found is not None or now is None:
        return found
    unlabelled = _LABEL.sub("", line)
    return read_relative(line, now) or read_relative(unlabelled, now)


def _lines(element: HtmlElement) -> Iterator[tuple[str, bool]]:
    """Yield the short lines of an element that may be a date, those with the time of day first.

    With each it is told whether what stands before it says that it is of a change.
    """
    for text, in_tail in ((element.text, False), (element.tail, True)):
        line = text.strip() if text and len(text) < 4 * SHORT_LINE else ""
        if not 4 <= len(line) <= SHORT_LINE:
            continue
        if not any(map(str.isdigit, line)) and not may_be_relative(line):
            continue
        label = label_before(element) if not in_tail else element.text_content()[-SHORT_LINE:]
        of_change = is_of_change(label)
        parts = _BREAKS.split(line)
        yield line, of_change
        yield from ((" ".join(pair), of_change) for pair in pairwise(parts))
        yield from ((part, of_change) for part in parts)


def _own_markup(tree: HtmlElement) -> HtmlElement:
    """Take out of a copy what tells of other stories; of what is still huge, keep a part."""
    place = OwnPlace(tree, next(tree.iter("h1"), None))
    for script in cast("list[HtmlElement]", _SCRIPTS(tree)):
        script.drop_tree()
    strip_elements(tree, *_NEVER_DATED, with_tail=False)
    for block in cast("list[HtmlElement]", _BLOCKS(tree)):
        if place.is_of_others(block):
            block.drop_tree()
    if len(tostring(tree)) <= DATED_PAGE:
        return tree
    return _around_headline(tree)


def _around_headline(tree: HtmlElement) -> HtmlElement:
    """Keep the head of a page and the largest block around its headline that is not huge."""
    kept = next(tree.iter("h1"), None)
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
