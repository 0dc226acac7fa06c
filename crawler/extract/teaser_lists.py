"""Lists of teasers: what their parts look like, and where one stands behind a story's own text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import groupby, islice

from lxml.html import HtmlElement

from crawler.extract.boilerplate import is_heading
from crawler.extract.furniture import PARAGRAPHS_IN_A_ROW
from crawler.extract.looks import Looks
from crawler.extract.own_place import is_card
from crawler.extract.survey import is_short

FEWEST_TEASERS = 2
"""A list of teasers has so many; one alone must have a heading that leads to its story."""
MOSTLY_TEASERS = 0.8
"""Share of a list's blocks that open with a link."""
MOST_ABOVE = 30
"""Letters of a day, a place or a section that stand above the heading or the link of a teaser."""
MAX_DEPTH = 6
"""Blocks within blocks beside the story that are looked into."""
MOST_ELEMENTS = 50
"""Elements that are looked at to find what a block opens with."""
LONGEST_TITLE = 100
"""Characters of a list's own title, and of what else is in a block that is named for its list."""

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
STORIES = (
    "article", "section", "div", "ul", "ol", "li", "main", "a", "table", "tbody", "tr", "td",
)  # fmt: skip
"""Elements that may hold another story."""
_NUMBER = re.compile(r"\d+")
_LEADS_TO = ("data-href", "data-url", "data-link")
_OPENS_IN_PLACE = re.compile(r"toggle|collaps|expand|accordion|spoiler|classlist|play", re.I)
"""Scripts of what folds out or plays where it stands: a question and its answer, a sound."""


def is_list_of_teasers(block: HtmlElement) -> bool:
    """Tell a block nearly all of whose parts lead to another page."""
    parts = [part for part in block if part.tag not in HEADINGS and has_text(part)]
    leading = sum(map(_is_teaser, parts))
    return leading >= max(FEWEST_TEASERS, MOSTLY_TEASERS * len(parts)) and not has_paragraphs(block)


def surely_others(
    parts: list[HtmlElement], looks: Looks, *, named: bool = False, depth: int = MAX_DEPTH
) -> Iterator[HtmlElement]:
    """Yield what of the `parts` behind a story's text tells of other stories, beyond doubt.

    A digest tells stories in the shape of teasers as well: they must be `named` or headed for what
    they are, or lead elsewhere as a whole.
    """
    for (_, _, leads), row in groupby(parts, _look):
        alike = list(row)
        title = _title_above(alike[0])
        headed = named or (title is not None and is_heading(title.text_content()))
        if leads and len(alike) >= FEWEST_TEASERS and (headed or all(map(_is_pressed, alike))):
            yield from alike
            if title is not None:
                yield title
            continue
        for part in alike:
            if not depth or part.tag not in STORIES or not looks.may(part):
                continue
            told = is_card(part)
            inner = list(surely_others(list(part), looks, named=headed or told, depth=depth - 1))
            whole = told and _length(part) - sum(map(_length, inner)) <= LONGEST_TITLE
            yield from (part,) if inner and whole else inner


def _look(part: HtmlElement) -> tuple[str, str, bool]:
    """Return what the parts of a list have in common; they may be numbered."""
    return str(part.tag), _NUMBER.sub("", part.get("class") or ""), _is_teaser(part)


def _length(block: HtmlElement) -> int:
    return sum(len(text.strip()) for text in block.itertext())


def _title_above(block: HtmlElement) -> HtmlElement | None:
    """Return the heading right before a list of teasers."""
    above = block.getprevious()
    if above is None or above.tag not in HEADINGS[1:] or (above.tail or "").strip():
        return None
    return above if is_short(above, LONGEST_TITLE) else None


def has_paragraphs(block: HtmlElement) -> bool:
    """Tell a block with paragraphs side by side, as many as no teaser has."""
    paragraphs = (each for each in block.iter("p") if not _is_line_of_teaser(each))
    counted = Counter(paragraph.getparent() for paragraph in paragraphs)
    return max(counted.values(), default=0) >= PARAGRAPHS_IN_A_ROW


def opening(block: HtmlElement, tags: tuple[str, ...]) -> HtmlElement | None:
    """Return the element of these tags that a block opens with.

    A day, a place or a name of a section may stand above it.
    """
    count = 0
    for element in islice(block.iter(), MOST_ELEMENTS):
        if element.tag in tags and has_text(element):
            return element
        count += letters(element.text)
        if count > MOST_ABOVE:
            return None
    return None


def letters(text: str | None) -> int:
    """Return how many letters a text has, as far as that makes a difference."""
    return sum(map(str.isalpha, text[: 4 * MOST_ABOVE])) if text else 0


def has_text(part: HtmlElement) -> bool:
    """Tell whether an element shows a letter."""
    return any(letters(text) for text in islice(part.itertext(), MOST_ELEMENTS))


def _is_teaser(part: HtmlElement) -> bool:
    if part.tag == "p":
        return _is_line_of_teaser(part)
    return part.tag in STORIES and has_text(part) and (_opens_with_link(part) or _is_pressed(part))


def _opens_with_link(part: HtmlElement) -> bool:
    link = opening(part, ("a",))
    return link is not None and _leads_on(link)


def _leads_on(link: HtmlElement) -> bool:
    """Tell a link to another page from one to a place of a page, as of a live report's posts."""
    return "#" not in (link.get("href") or "#")


def _is_line_of_teaser(paragraph: HtmlElement) -> bool:
    """Tell a paragraph whose first line is a link; a sentence that begins with one is none."""
    link = opening(paragraph, ("a",))
    if link is None or not _leads_on(link):
        return False
    line = link
    while line.getparent() is not paragraph and (above := line.getparent()) is not None:
        line = above
    behind = line.getnext()
    ends = not (line.tail or "").strip() and (behind is None or behind.tag == "br")
    return ends and behind is not None


def _is_pressed(part: HtmlElement) -> bool:
    """Tell a block that leads elsewhere as a whole when it is pressed, by a script."""
    if part.get("role") == "link" or any(part.get(name) for name in _LEADS_TO):
        return True
    script = part.get("onclick")
    return bool(script) and _OPENS_IN_PLACE.search(script) is None
