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
_MOST_LINKS = 4
_CAPTION_CLIMB = 2
_RUN_CLIMB = 5
_RUN_TEXTS = 400
"""Texts of a block among which the line of a date is looked for."""
_LIST_CLIMB = 4
_LONG_LINK = 15
_FEWEST_WORDS = 3
"""Characters and words of a link that is a headline rather than a rubric or a name."""

_DATED = re.compile(r"\d{4}|\d[./-]\d")
_NO_STORY = re.compile(
    r"/authors?/|/users?/|/tags?/|share|twitter\.com|facebook\.com|//t\.me|vk\.com|ok\.ru|whatsapp|linkedin|^(?:mailto|javascript):|^#",
    re.IGNORECASE,
)
"""Addresses that lead to no other story."""
_CAPTION = re.compile(
    r"(?:image|img|photo|fig(?:ure)?|media|picture|wp)[_-]*caption", re.IGNORECASE
)
_COMMENT = re.compile(r"comment", re.IGNORECASE)
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
        title = _title_of(holder)
        beside = [each for each in (holder.getnext(), holder.getprevious()) if each is not None]
        if title and (
            holder.tag == "li"
            or any(each.tag == holder.tag and _title_of(each) not in ("", title) for each in beside)
        ):
            return True
        if _stands_over_teaser(holder):
            return True
    return False


def _stands_over_teaser(block: HtmlElement) -> bool:
    """Tell whether a link is all that follows a date, and so it goes on: a list in two kinds."""
    title, previous = block.getnext(), block.getprevious()
    if title is None or block.tag in _INLINE or not _is_title(title):
        return False
    following = title.getnext()
    if following is not None and following.tag == block.tag:
        return True
    return previous is not None and previous.tag == title.tag and _is_title(previous)


def _is_title(block: HtmlElement) -> bool:
    """Tell a block that is nothing but a link that is long enough for a headline."""
    link = next(block.iter("a"), None)
    written = "" if link is None else beginning_of(link)
    return _is_long(written) and beginning_of(block, LONGEST_TEASER).strip() == written


def _is_long(written: str) -> bool:
    return len(written) >= _LONG_LINK and written.count(" ") >= _FEWEST_WORDS - 1


def _title_of(block: HtmlElement) -> str:
    """Return the headline of a block that is a teaser of another story, a date and a link."""
    if block.tag in _INLINE or block.tag in ("html", "body", "main"):
        return ""
    if sum(1 for _ in islice(block.iter(), MOST_OF_TEASER + 1)) > MOST_OF_TEASER:
        return ""
    written = beginning_of(block, LONGEST_TEASER)
    if len(written) > LONGEST_TEASER or not any(map(str.isdigit, written)):
        return ""
    links = islice(block.iter("a"), _MOST_LINKS)
    titles = (beginning_of(a) for a in links if not _NO_STORY.search(a.get("href") or "#"))
    return next(filter(_is_long, titles), "")


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
    holders = [text.element, *islice(text.element.iterancestors(), _CAPTION_CLIMB)]
    if any(holder.tag == "figcaption" or _names(holder, _CAPTION) for holder in holders):
        return True
    if _names(text.element, _COMMENT):
        return True
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


def _names(element: HtmlElement, kind: re.Pattern[str]) -> bool:
    return any(kind.search(element.get(name) or "") for name in ("class", "id"))


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
    others: list[Text] = []  # each is known by those beside it: all are found, then all are taken
    for text in texts_in(tree):
        is_marked = bool(text.element.get("datetime")) and not text.behind
        if not is_marked and not _DATED.search(text.written):
            continue
        dated += 1
        if dated > MOST_DATED or _is_of_other_day(text, place):
            others.append(text)
    for text in others:
        if text.behind:
            text.element.tail = None
        else:
            text.element.text = None
            text.element.attrib.pop("datetime", None)


def _is_of_other_day(text: Text, place: OwnPlace) -> bool:
    line = " ".join(text.written[: 2 * LONGEST_PAIR].split())
    if not text.behind and text.element.get("datetime"):
        return is_in_list(text, place)
    return (
        len(line) > SHORT_LINE
        or tells_of_other_day(line)
        or is_in_story(text)
        or is_in_list(text, place)
    )
