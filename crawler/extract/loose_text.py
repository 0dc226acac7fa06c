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

from crawler.extract.parts import Part, put_parts, take_parts
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
    broken, mixed = _holders_of_blocks(tree)
    met: set[HtmlElement] = set()
    for holder in cast("list[HtmlElement]", _HOLDERS(tree)):
        block = _block(holder, broken, mixed)
        if block is not None and block in broken and block not in met:
            met.add(block)
            _make_block(block)
            _wrap(block, broken)


def _holders_of_blocks(tree: HtmlElement) -> tuple[set[HtmlElement], set[HtmlElement]]:
    """Return the elements that hold a line break or a block, near or deep, and those of blocks."""
    broken: set[HtmlElement] = set()
    mixed: set[HtmlElement] = set()
    for element in tree.iter():
        if element.tag in _INLINE:
            continue
        holders = broken if element.tag == "br" else mixed
        above = element.getparent()
        while above is not None and above not in holders:
            holders.add(above)
            above = above.getparent()
    return broken | mixed, mixed


def _block(
    holder: HtmlElement, broken: set[HtmlElement], mixed: set[HtmlElement]
) -> HtmlElement | None:
    """Return the block that a text stands bare in; None where it is in a paragraph or a link."""
    block: HtmlElement | None = holder
    while block is not None and block.tag in _INLINE:
        if block.tag == "a" and block.get("href") is not None:
            return None
        if block in broken and block.tag in _WRAPPERS and _may_be_block(block):
            return block
        block = block.getparent()
    return block if block is not None and _is_block(block, mixed) else None


def _is_block(element: HtmlElement, mixed: set[HtmlElement]) -> bool:
    """Tell a block from a paragraph: one that holds blocks was left open, and is none.

    A name with a dash is an outlet's own, for an element of no known kind.
    """
    tag = str(element.tag)
    return tag in _BLOCKS or "-" in tag or (tag == "p" and element in mixed)


def _make_block(element: HtmlElement) -> None:
    """Rename what is taken for a block, and the lines of text that it would stand in."""
    if element.tag not in _BLOCKS:
        element.tag = "div"
    for above in element.iterancestors():
        if above.tag != "p" and above.tag not in _WRAPPERS:
            return
        above.tag = "div"


def _may_be_block(wrapper: HtmlElement) -> bool:
    """Tell whether a wrapper stands in a block by itself, not within a line of text."""
    for above in wrapper.iterancestors():
        if above.tag in _BLOCKS or above.tag == "p":
            return not _LONG(above)
        if above.tag not in _WRAPPERS or _LONG(above):
            return False
    return False


def _wrap(block: HtmlElement, broken: set[HtmlElement]) -> None:
    parts: list[Part] = []
    for line, after in _lines(take_parts(block), broken):
        if _is_text(line):
            paragraph = block.makeelement("p")
            put_parts(paragraph, line)
            parts.append(paragraph)
        else:
            parts += line
        if after is not None and after.tag != "br":
            parts.append(after)
    put_parts(block, parts)


def _lines(
    parts: list[Part], broken: set[HtmlElement]
) -> Iterator[tuple[list[Part], HtmlElement | None]]:
    """Yield the lines of a block, each with the line break or the block that ends it."""
    line: list[Part] = []
    for part in parts:
        if isinstance(part, str) or (part.tag in _INLINE and part not in broken):
            line.append(part)
        else:
            yield line, part
            line = []
    yield line, None


def _is_text(line: list[Part]) -> bool:
    """Tell a line with words or numbers; whether a line of links is text, the reader judges."""
    texts = (part if isinstance(part, str) else part.text_content() for part in line)
    return any(any(map(str.isalnum, text)) for text in texts)
