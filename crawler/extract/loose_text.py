"""Makes paragraphs of text that stands bare in a block, beside other blocks or between line breaks.

The reader takes the text of paragraphs. Of what stands bare in a block it takes what follows a line
break or a block, in some blocks, so that an article loses its lead, or what stands between a list
and the next heading.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from lxml.etree import XPath
from lxml.html import HtmlElement

from crawler.extract.boilerplate import is_bare_time
from crawler.extract.parts import Part, is_whole_line, put_parts, take_parts
from crawler.extract.survey import SENTENCE

_BLOCKS = frozenset(
    {"article", "body", "center", "details", "div", "header", "main", "section", "td", "form",
     "fieldset", "hgroup"}
)  # fmt: skip
"""Elements whose bare text becomes paragraphs. Items and captions keep theirs."""
_INLINE = frozenset(
    {"a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em",
     "font", "i", "img", "ins", "kbd", "label", "mark", "nobr", "q", "ruby", "s", "samp", "small",
     "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"}
)  # fmt: skip
_WRAPPERS = frozenset({"b", "big", "em", "font", "i", "nobr", "small", "span", "strong", "u"})
"""Inline elements that old pages put around a whole text, line breaks and all."""

_LONG = XPath(
    f"text()[string-length() >= {SENTENCE}][string-length(normalize-space()) >= {SENTENCE}]"
)
_HOLDERS = XPath(
    "descendant-or-self::*"
    f"[text()[string-length() >= {SENTENCE}][string-length(normalize-space()) >= {SENTENCE}]]"
)


def wrap_loose_text(tree: HtmlElement) -> None:
    """Put the bare text of blocks that hold sentences into paragraphs. Changes the tree."""
    holders = cast("list[HtmlElement]", _HOLDERS(tree))
    page = _Page(tree, holders)
    blocks: dict[HtmlElement, int] = {}
    in_paragraphs = 0
    for holder in holders:
        length = sum(map(len, cast("list[str]", _LONG(holder))))
        block = page.block_of(holder)
        if block is not None:
            blocks[block] = blocks.get(block, 0) + length
        elif holder.tag == "p" or holder.tag in _INLINE:
            in_paragraphs += length
    whole = {block: length for block, length in blocks.items() if not page.is_mixed(block)}
    mixed = sum(blocks.values()) - sum(whole.values())
    # The reader takes text for an article's by paragraphs. A block of nothing but a line of text
    # is one in a page that has no others, and beside bare text; else it is a caption or a prompt.
    if sum(whole.values()) < in_paragraphs + mixed:
        blocks = {
            block: length
            for block, length in blocks.items()
            if block not in whole or block.getparent() in blocks
        }
    for block in blocks:
        _make_block(block)
        _wrap(block, page)


class _Page:
    """Which elements of a page hold line breaks, blocks, and blocks with sentences."""

    def __init__(self, tree: HtmlElement, holders: list[HtmlElement]) -> None:
        self._broken: set[HtmlElement] = set()
        self._mixed: set[HtmlElement] = set()
        self._telling: set[HtmlElement] = set()
        for element in tree.iter():
            if element.tag == "br":
                _mark_above(element, self._broken)
            elif element.tag not in _INLINE:
                _mark_above(element, self._mixed)
        climbed: set[HtmlElement] = set()
        for holder in holders:
            block: HtmlElement | None = holder
            while block is not None and block.tag in _INLINE and block not in climbed:
                climbed.add(block)
                block = block.getparent()
            if block is not None and block not in climbed:
                _mark_above(block, self._telling)
        self._known: dict[HtmlElement, tuple[HtmlElement | None, bool]] = {}

    def is_mixed(self, block: HtmlElement) -> bool:
        """Tell a block that holds other blocks or line breaks."""
        return block in self._broken or block in self._mixed

    def ends_line(self, element: HtmlElement) -> bool:
        """Tell what a line of text ends at: a block, or what holds one with sentences."""
        if element.tag not in _INLINE:
            return True
        return element in self._broken or element in self._telling

    def block_of(self, holder: HtmlElement) -> HtmlElement | None:
        """Return the block beside whose parts a text stands bare; None where it does not."""
        chain: list[HtmlElement] = []
        above: HtmlElement | None = holder
        while above is not None and above.tag in _INLINE and above not in self._known:
            chain.append(above)
            above = above.getparent()
        if above is None:
            return None
        if above in self._known:
            block, alone = self._known[above]
        else:
            block = above if self._is_block(above) else None
            alone = _is_named_block(str(above.tag)) or above.tag == "p"
        for element in reversed(chain):
            # A wrapper with no text beside it, in no line of text, is a block if it holds any.
            alone = alone and element.tag in _WRAPPERS and is_whole_line(element, _INLINE)
            if element.tag == "a" and element.get("href") is not None:
                block = None
            elif alone and self.ends_line(element):
                block = element
            self._known[element] = block, alone
        return block

    def _is_block(self, element: HtmlElement) -> bool:
        """Tell a block from a paragraph: one that holds blocks was left open, and is none."""
        tag = str(element.tag)
        return _is_named_block(tag) or (tag == "p" and element in self._telling)


def _is_named_block(tag: str) -> bool:
    """Tell a block by its name; one with a dash is an outlet's own, of no known kind."""
    return tag in _BLOCKS or "-" in tag


def _mark_above(element: HtmlElement, marked: set[HtmlElement]) -> None:
    above = element.getparent()
    while above is not None and above not in marked:
        marked.add(above)
        above = above.getparent()


def _make_block(element: HtmlElement) -> None:
    """Rename what is taken for a block, and the lines of text that it would stand in."""
    if element.tag not in _BLOCKS:
        element.tag = "div"
    for above in element.iterancestors():
        if above.tag != "p" and above.tag not in _WRAPPERS:
            return
        above.tag = "div"


def _wrap(block: HtmlElement, page: _Page) -> None:
    parts: list[Part] = []
    for line, after in _lines(take_parts(block), page):
        dated, line = _without_date(line)
        parts += dated
        if _is_text(line):
            paragraph = block.makeelement("p")
            put_parts(paragraph, line)
            parts.append(paragraph)
        else:
            parts += line
        if after is not None and after.tag != "br":
            parts.append(after)
    put_parts(block, parts)


def _lines(parts: list[Part], page: _Page) -> Iterator[tuple[list[Part], HtmlElement | None]]:
    """Yield the lines of a block, each with the line break or the block that ends it."""
    line: list[Part] = []
    for part in parts:
        if isinstance(part, str) or not page.ends_line(part):
            line.append(part)
        else:
            yield line, part
            line = []
    yield line, None


def _without_date(line: list[Part]) -> tuple[list[Part], list[Part]]:
    """Split off a day or a time that an element of its own says at the beginning of a line."""
    start = next((n for n, part in enumerate(line) if not _is_blank(part)), 0)
    first = line[start] if start + 1 < len(line) else ""
    if isinstance(first, str) or not is_bare_time(first.text_content()):
        return [], line
    return line[: start + 1], line[start + 1 :]


def _is_blank(part: Part) -> bool:
    return isinstance(part, str) and not part.strip()


def _is_text(line: list[Part]) -> bool:
    """Tell a line with words or numbers; whether a line of links is text, the reader judges."""
    texts = (part if isinstance(part, str) else part.text_content() for part in line)
    return any(any(map(str.isalnum, text)) for text in texts)
