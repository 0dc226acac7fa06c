"""Whether a date stands by itself, as a page's own does: in no sentence, in no list of others."""

from __future__ import annotations

import re
from itertools import islice

from lxml.html import HtmlElement

from crawler.extract.date_lines import LONGEST_PAIR, SHORT_LINE, goes_on, tells_of_other_day
from crawler.extract.own_place import OwnPlace, Text, texts_in

LONGEST_RUN = 160
"""Characters of a text that goes on from one element to the next, beyond which it tells a story."""
LONGEST_TEASER = 600
"""Characters of a block in a list of others; a longer one is a story."""
MOST_OF_TEASER = 60
"""Elements of such a block."""
MOST_DATED = 500
"""Texts with dates that are looked at in a page; one with more of them is a list."""
_RUN_CLIMB = 5
_RUN_TEXTS = 400
"""Texts of a block among which the line of a date is looked for."""
_LIST_CLIMB = 4
_LONG_LINK = 15
"""Characters of a link that is a headline rather than a rubric."""

_DATED = re.compile(r"\d{4}|\d[./-]\d")
_INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "cite", "em", "font", "i", "ins", "label", "mark", "nobr", "q", "s",
     "small", "span", "strong", "sub", "sup", "time", "u"}
)  # fmt: skip


def is_in_list(text: Text, place: OwnPlace) -> bool:
    """Tell whether a date stands with a headline that is a link, as others beside it do."""
    holders = [text.element, *islice(text.element.iterancestors(), _LIST_CLIMB)]
    for holder in holders[1:] if text.behind else holders:
        if place.holds_headline(holder):
            return False
        if _is_teaser(holder) and any(
            sibling.tag == holder.tag and _is_teaser(sibling)
            for sibling in (holder.getnext(), holder.getprevious())
            if sibling is not None
        ):
            return True
    return False


def _is_teaser(block: HtmlElement) -> bool:
    if block.tag in _INLINE or block.tag in ("html", "body", "main"):
        return False
    if sum(1 for _ in islice(block.iter(), MOST_OF_TEASER + 1)) > MOST_OF_TEASER:
        return False
    written = beginning_of(block, LONGEST_TEASER)
    if len(written) > LONGEST_TEASER or not any(map(str.isdigit, written)):
        return False
    links = islice(block.iter("a"), 4)
    return any(link.get("href") and len(beginning_of(link)) >= _LONG_LINK for link in links)


def beginning_of(element: HtmlElement, most: int = SHORT_LINE) -> str:
    """Return the text of an element, or somewhat more than `most` characters of it."""
    texts, length = [], 0
    for text in element.itertext():
        texts.append(text)
        length += len(text)
        if length > most:
            break
    return "".join(texts).strip()


def is_in_story(text: Text) -> bool:
    """Tell whether a date is a part of a text that goes on in front of it or behind it."""
    before, behind = _run(text)
    if sum(map(len, (*before, *behind))) + len(text.written) > LONGEST_RUN:
        return True
    if text.behind or text.element.tag not in _INLINE:
        return False
    # Bare text beside an element is a sentence that goes through it.
    preceding = text.element.getprevious()
    parent = text.element.getparent()
    bare = preceding.tail if preceding is not None else parent.text if parent is not None else ""
    return goes_on(bare or "", text.element.tail or "")


def _run(text: Text) -> tuple[list[str], list[str]]:
    """Return what stands in one line with a text, in front of it and behind it."""
    block = text.element
    if text.behind or block.tag in _INLINE:
        holders = islice(text.element.iterancestors(), _RUN_CLIMB)
        block = next((holder for holder in holders if holder.tag not in _INLINE), block)
    before: list[str] = []
    behind: list[str] = []
    seen = False
    for part in islice(texts_in(block), _RUN_TEXTS):
        if part.element is block and part.behind:
            break
        if part.element is not block and part.element.tag not in _INLINE:
            if seen:
                break
            before.clear()
        if part.element is text.element and part.behind == text.behind:
            seen = True
            continue
        (behind if seen else before).append(" ".join(part.written.split()))
        if sum(map(len, behind)) > LONGEST_RUN:
            break
    return before, behind


def clear_other_days(tree: HtmlElement, place: OwnPlace) -> None:
    """Take the days out of a page that are those of stories: sentences, lists, changes."""
    dated = 0
    for text in texts_in(tree):
        if not _DATED.search(text.written):
            continue
        dated += 1
        if dated > MOST_DATED or _is_of_other_day(text, place):
            if text.behind:
                text.element.tail = None
            else:
                text.element.text = None


def _is_of_other_day(text: Text, place: OwnPlace) -> bool:
    line = " ".join(text.written[: 2 * LONGEST_PAIR].split())
    return (
        len(line) > SHORT_LINE
        or tells_of_other_day(line)
        or is_in_story(text)
        or is_in_list(text, place)
    )
