"""Other stories beside the page's own: the next one to scroll to, teasers, a list of the latest.

Beside a news flash they are most of the page, and a reader that looks for the most text takes them
for the article. The headline is the anchor: what shares a block with it belongs to it. What stands
outside of that block and opens as another story does, is none of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice, takewhile

from lxml.etree import strip_elements
from lxml.html import HtmlElement

from crawler.extract.boilerplate import heads_comments
from crawler.extract.lines import fold
from crawler.extract.looks import Looks
from crawler.extract.metadata import PageMetadata
from crawler.extract.own_place import is_card
from crawler.extract.page_dates import parse_stamp
from crawler.extract.survey import LONGEST_HEADLINE, is_short
from crawler.extract.teaser_lists import (
    HEADINGS,
    MAX_DEPTH,
    MOST_ABOVE,
    STORIES,
    has_paragraphs,
    is_list_of_teasers,
    letters,
    opening,
    surely_others,
)
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
MOST_HEADINGS = 20
"""Headings among which the page's own is looked for."""
MAX_CLIMB = 40
"""Elements above the headline that are looked at."""
EARLIER = timedelta(hours=12)
"""How much earlier another story of a page must be than its own."""
SAME_START = 40
"""Characters, folded, by which a stated text is found again in a block."""

_GONE = "gone"
_NO_PROSE = frozenset({*HEADINGS, "a", "time", "button", "nav", "footer", "figure", "form"})


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
    for depth, parts in enumerate(_behind_text(own, headline)):
        for block in surely_others(parts, looks):
            page.drop(block)
        if depth == 0 and str(own.tag) != "article":
            for block in parts:
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
        if block.tag not in STORIES or not self._looks.may(block):
            return
        if (
            self._is_other_story(block, behind, told)
            or is_list_of_teasers(block)
            or self._is_other_column(block)
        ):
            self.drop(block)
        elif depth:
            for child in list(block):
                self.drop_from(child, behind=behind, depth=depth - 1)

    def drop(self, block: HtmlElement) -> None:
        """Remove a block, unless the page states its text as its own."""
        if not self._states(block):
            block.tag = _GONE

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
        return _leads_elsewhere(heading) and (told or not has_paragraphs(block))

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
    """Return the first heading that says what the page is called, and is no link to it."""
    for level in HEADINGS[:3]:
        for heading in islice(shown_headings(tree, level), MOST_HEADINGS):
            if level == HEADINGS[2] and _leads_elsewhere(heading.element):
                continue
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


def _behind_text(own: HtmlElement, headline: HtmlElement) -> Iterator[list[HtmlElement]]:
    """Yield what stands behind the text of the story's block, then within the block with the text.

    A block with text of its own beside the headline may be that text; a paragraph surely is.
    """
    top = headline
    while (above := top.getparent()) is not None and above is not own:
        top = above
    parts, bare = list(top.itersiblings()), top.tail
    for _ in range(MAX_DEPTH):
        first = next((n for n, part in enumerate(parts) if _has_prose(part)), len(parts))
        start = -1 if letters(bare) > MOST_ABOVE else first
        for number, part in enumerate(parts):
            if (part.tag not in STORIES and _has_prose(part)) or letters(part.tail) > MOST_ABOVE:
                start = number
        yield parts[start + 1 :]
        if start < 0 or first == len(parts) or parts[first].tag not in STORIES:
            return
        parts, bare = list(parts[first]), parts[first].text


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
    return opening(block, HEADINGS)


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
