"""Other stories beside the page's own: the next one to scroll to, teasers, a list of the latest.

Beside a news flash they are most of the page, and a reader that looks for the most text takes them
for the article. The headline is the anchor: what shares a block with it belongs to it. What stands
outside of that block and opens as another story does, is none of it.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from itertools import islice, takewhile

from lxml.etree import strip_elements
from lxml.html import HtmlElement

from crawler.extract.boilerplate import heads_comments
from crawler.extract.furniture import PARAGRAPHS_IN_A_ROW
from crawler.extract.lines import fold
from crawler.extract.looks import Looks
from crawler.extract.metadata import PageMetadata
from crawler.extract.own_place import is_card
from crawler.extract.page_dates import parse_stamp
from crawler.extract.survey import LONGEST_HEADLINE, is_short
from crawler.extract.titles import (
    SAME_STORY,
    heading_text,
    likeness,
    pieces,
    plain_words,
    shown_headings,
)

FEWEST_LETTERS = 40
"""Letters of a block outside of its headline and its links from which it tells a story."""
MOST_ABOVE = 30
"""Letters of a day, a place or a section that stand above the heading or the link of a teaser."""
FEWEST_TEASERS = 2
"""A list of teasers has so many; one alone must have a heading that leads to its story."""
MOSTLY_TEASERS = 0.8
"""Share of a list's blocks that open with a link."""
MOST_HEADINGS = 20
"""Headings among which the page's own is looked for."""
MAX_CLIMB = 40
"""Elements above the headline that are looked at."""
MAX_DEPTH = 6
"""Blocks within blocks beside the story that are looked into."""
MOST_ELEMENTS = 50
"""Elements that are looked at to find what a block opens with."""
EARLIER = timedelta(hours=12)
"""How much earlier another story of a page must be than its own."""
SAME_START = 40
"""Characters, folded, by which a stated text is found again in a block."""

_GONE = "gone"
_STORIES = (
    "article", "section", "div", "ul", "ol", "li", "main", "a", "table", "tbody", "tr", "td",
)  # fmt: skip
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_NO_PROSE = frozenset({*_HEADINGS, "a", "time", "button", "nav", "footer", "figure", "form"})


def drop_neighbours(tree: HtmlElement, metadata: PageMetadata, looks: Looks) -> None:
    """Remove the other stories of a page whose headline stands with its text. Changes the tree."""
    headline = _headline(tree, plain_words(metadata.title))
    own = _own_block(headline, looks) if headline is not None else None
    if headline is None or own is None:
        return
    stated = [
        start
        for text in (metadata.body, *metadata.descriptions)
        if len(start := fold(text[: 4 * SAME_START])[:SAME_START]) == SAME_START
    ]
    page = _Page(headline, own, stated, looks)
    if str(own.tag) != "article":
        for block in _behind_text(own, headline):
            page.drop_from(block, behind=True, told=True)
    around = [own, *islice(own.iterancestors(), MAX_CLIMB)]
    for block in takewhile(lambda each: each.tag not in ("body", "html"), around):
        for behind in (False, True):
            for sibling in list(block.itersiblings(preceding=not behind)):
                page.drop_from(sibling, behind=behind)
    strip_elements(tree, _GONE, with_tail=False)  # at once: each by itself would copy the tails


class _Page:
    """What a block is held against to tell whether it is of another story."""

    def __init__(
        self, heading: HtmlElement, own: HtmlElement, stated: list[str], looks: Looks
    ) -> None:
        self._heading = heading
        self._headline = plain_words(heading_text(heading))
        self._own = own
        self._in_article = str(own.tag) == "article"
        self._stated = stated
        self._looks = looks
        self._cells = frozenset(islice(own.iterancestors("td"), MAX_CLIMB))

    def drop_from(
        self, block: HtmlElement, *, behind: bool, told: bool = False, depth: int = MAX_DEPTH
    ) -> None:
        """Remove a block of other stories, or what of it is of others.

        It may stand `behind` the headline, even right behind the text that was `told` by then.
        """
        if block.tag not in _STORIES or not self._looks.may(block):
            return
        if (
            self._is_other_story(block, behind, told)
            or _is_list_of_teasers(block)
            or self._is_other_column(block)
        ):
            if not self._states(block):
                block.tag = _GONE
        elif depth:
            for child in list(block):
                self.drop_from(child, behind=behind, depth=depth - 1)

    def _is_other_story(self, block: HtmlElement, behind: bool, told: bool) -> bool:
        heading = _opening_heading(block)
        if heading is None or not is_short(heading, LONGEST_HEADLINE):
            return False
        words = plain_words(heading_text(heading))
        if likeness(words, self._headline) >= SAME_STORY:
            return False  # the headline once more, above the text
        if behind and (heading.tag == "h1" or heads_comments(heading_text(heading))):
            return True
        if not behind and heading.tag != "h1" and _has_prose(block):
            return True  # what is told above the headline, under a heading of its own
        if (ours := _dated(self._heading)) and (theirs := _dated(heading)):
            return theirs < ours - EARLIER  # what a live page adds is later
        if self._is_alike(block, heading):
            return True
        return _leads_elsewhere(heading) and (told or not _has_paragraphs(block))

    def _is_other_column(self, block: HtmlElement) -> bool:
        """Tell a cell of a page's table beside the one with the headline and its text."""
        row = block.getparent()
        return (
            block.tag == "td"
            and row is not None
            and any(cell is self._own or cell in self._cells for cell in row)
        )

    def _is_alike(self, block: HtmlElement, heading: HtmlElement) -> bool:
        """Tell a block of the same kind as the page's own story."""
        if str(block.tag) == "article":
            return self._in_article
        ours, theirs = (self._heading, self._own), (heading, block)
        same_tags = [each.tag for each in ours] == [each.tag for each in theirs]
        return same_tags and bool(block.get("class") == self._own.get("class"))

    def _states(self, block: HtmlElement) -> bool:
        """Tell whether a block holds what the page states as its own text or lead."""
        if not self._stated:
            return False
        folded = fold(block.text_content())
        return any(start in folded for start in self._stated)


def _headline(tree: HtmlElement, title: str) -> HtmlElement | None:
    """Return the first heading that says what the page is called."""
    for level in _HEADINGS[:2]:
        for heading in islice(shown_headings(tree, level), MOST_HEADINGS):
            words = heading.plain
            if words in title or title in words or likeness(words, title) >= SAME_STORY:
                return heading.element
    return None


def _own_block(headline: HtmlElement, looks: Looks) -> HtmlElement | None:
    """Return the `<article>` around the headline, else the smallest block of it that has text."""
    found = None
    for above in islice(headline.iterancestors(), MAX_CLIMB):
        if above.tag == "html" or not looks.may(above):
            return found
        if is_card(above):
            return None
        if found is None and _has_prose(above):
            found = above
        if found is not None and above.tag == "article":
            return above
    return found


def _behind_text(own: HtmlElement, headline: HtmlElement) -> list[HtmlElement]:
    """Return the parts of the story's block that stand behind its text.

    A block with text of its own beside the headline may be that text; a paragraph surely is.
    """
    top = headline
    while (above := top.getparent()) is not None and above is not own:
        top = above
    parts = list(top.itersiblings())
    start = next((n for n, part in enumerate(parts) if _has_prose(part)), len(parts))
    if _letters(top.tail) > MOST_ABOVE:
        start = -1
    for number, part in enumerate(parts):
        if (part.tag not in _STORIES and _has_prose(part)) or _letters(part.tail) > MOST_ABOVE:
            start = number
    return parts[start + 1 :]


def _has_prose(block: HtmlElement) -> bool:
    """Tell whether a block has text outside of headings, links and dates."""
    letters = 0
    for text in pieces(block, _is_no_prose, MAX_CLIMB):
        letters += sum(map(str.isalpha, text))
        if letters >= FEWEST_LETTERS:
            return True
    return False


def _is_no_prose(element: HtmlElement) -> bool:
    return element.tag in _NO_PROSE


def _opening_heading(block: HtmlElement) -> HtmlElement | None:
    """Return the heading that a block opens with."""
    return _opening(block, _HEADINGS)


def _opening(block: HtmlElement, tags: tuple[str, ...]) -> HtmlElement | None:
    """Return the element of these tags that a block opens with.

    A day, a place or a name of a section may stand above it.
    """
    letters = 0
    for element in islice(block.iter(), MOST_ELEMENTS):
        if element.tag in tags and _has_text(element):
            return element
        letters += _letters(element.text)
        if letters > MOST_ABOVE:
            return None
    return None


def _letters(text: str | None) -> int:
    return sum(map(str.isalpha, text[: 4 * MOST_ABOVE])) if text else 0


def _dated(heading: HtmlElement) -> datetime | None:
    """Return the time that follows right after a heading: each story of a page has its own."""
    behind = heading.getnext()
    if behind is None or behind.tag != "time":
        return None
    stamp = parse_stamp(behind.get("datetime") or "")
    return stamp.utc if stamp else None


def _leads_elsewhere(heading: HtmlElement) -> bool:
    """Tell a heading that is a link."""
    if any(link.get("href") for link in heading.iter("a")):
        return True
    return any(link.get("href") for link in islice(heading.iterancestors("a"), 1))


def _is_list_of_teasers(block: HtmlElement) -> bool:
    """Tell a block nearly all of whose parts open with a link to another page."""
    parts = [part for part in block if part.tag not in _HEADINGS and _has_text(part)]
    linked = sum(part.tag in _STORIES and _opens_with_link(part) for part in parts)
    most = max(FEWEST_TEASERS, MOSTLY_TEASERS * len(parts))
    return linked >= most and not _has_paragraphs(block)


def _has_paragraphs(block: HtmlElement) -> bool:
    """Tell a block with paragraphs side by side, as many as no teaser has."""
    paragraphs = Counter(paragraph.getparent() for paragraph in block.iter("p"))
    return max(paragraphs.values(), default=0) >= PARAGRAPHS_IN_A_ROW


def _has_text(part: HtmlElement) -> bool:
    return any(_letters(text) for text in islice(part.itertext(), MOST_ELEMENTS))


def _opens_with_link(part: HtmlElement) -> bool:
    link = _opening(part, ("a",))
    return link is not None and bool(link.get("href"))
