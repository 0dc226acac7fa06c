"""Headings that are closed as another level, or not at all: without care they hold the whole page.

A browser closes an `<h1>` at any `</h2>` and lets it hold paragraphs; libxml2 does neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from lxml.html import HtmlElement

from crawler.extract.parts import Part, put_parts, take_parts
from crawler.extract.titles import heading_text

LONGEST_HEADING = 300
"""Characters of a heading beyond which it was left open, if it holds blocks."""
LONGEST_MARKUP = 2_000
"""Bytes of a heading in which paragraphs are looked for."""
MOST_HEADINGS = 200
"""Headings that are looked at."""

_HEADING = re.compile(rb"<(?P<end>/?)h(?P<level>[1-6])(?=[\s/>])", re.IGNORECASE)
_SKIPPED = re.compile(
    rb"<(?P<raw>script|style|textarea|title)\b.*?(?:</(?P=raw)|\Z)|<!--.*?(?:-->|\Z)|"
    + _HEADING.pattern,
    re.DOTALL | re.IGNORECASE,
)
_OPENS_WITH_PARAGRAPH = re.compile(
    rb"<h[1-6](?=[\s>])[^<>]*+>\s*+(?:<(?:span|a|b|strong|em|i|div)(?=[\s>])[^<>]*+>\s*+)*+<p[\s>]",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    rb"<h([1-6])(?=[\s>])[^<>]*+>(?:(?!</?h[1-6]\b).){0,%d}?</h\1" % LONGEST_MARKUP,
    re.DOTALL | re.IGNORECASE,
)
_PARAGRAPH = re.compile(rb"<(/?)p(?=[\s>])", re.IGNORECASE)
_LEVELS = ("h1", "h2", "h3")
_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "center", "div", "dl", "figure", "footer",
     "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "main", "nav", "ol", "p", "pre",
     "section", "table", "ul"}
)  # fmt: skip


def mend_headings(page: bytes) -> bytes:
    """Return a page each heading of which is closed as the level that it was opened as.

    Paragraphs in a heading become blocks of no kind: libxml2 ends the heading at them.
    """
    if _OPENS_WITH_PARAGRAPH.search(page):
        page = _WHOLE.sub(lambda found: _PARAGRAPH.sub(rb"<\1div", found[0]), page)
    if not _has_other_ends(_HEADING.finditer(page)):
        return page
    mended: list[bytes] = []
    opened, at = b"", 0
    for tag in _SKIPPED.finditer(page):
        if (level := tag["level"]) is None:
            continue
        if not tag["end"]:
            opened = level
            continue
        if opened and level != opened:
            mended += (page[at : tag.start("level")], opened)
            at = tag.end("level")
        opened = b""
    return b"".join((*mended, page[at:]))


def _has_other_ends(tags: Iterable[re.Match[bytes]]) -> bool:
    opened = b""
    for tag in tags:
        if not tag["end"]:
            opened = tag["level"]
        elif opened:
            if tag["level"] != opened:
                return True
            opened = b""
    return False


def close_headings(tree: HtmlElement) -> None:
    """Move the blocks out of headings that were never closed. Changes the tree."""
    # Those in other headings are left alone: each closing moves all that a heading holds.
    outermost = [
        heading
        for heading in islice(tree.iter(*_LEVELS), MOST_HEADINGS)
        if next(heading.iterancestors(*_LEVELS), None) is None
    ]
    for heading in outermost:
        if any(child.tag in _BLOCKS for child in heading) and _is_long(heading):
            _close(heading)


def join_lines(tree: HtmlElement) -> None:
    """Make one line of headings of several, or the reader glues their words. Changes the tree."""
    for heading in list(islice(tree.iter(*_LEVELS), MOST_HEADINGS)):
        if len(heading) and not _is_long(heading):
            text = heading_text(heading)
            if text and text != " ".join(heading.text_content().split()):
                tail = heading.tail
                heading.clear(keep_tail=False)
                heading.text, heading.tail = text, tail


def _is_long(heading: HtmlElement) -> bool:
    left = LONGEST_HEADING
    for text in heading.itertext():
        left -= len(text.strip())
        if left < 0:
            return True
    return False


def _close(heading: HtmlElement) -> None:
    """End a heading before its first block that is not all of it."""
    parts = take_parts(heading)
    end = next(
        (n for n, part in enumerate(parts) if _is_block(part) and any(map(_has_text, parts[:n]))),
        None,
    )
    put_parts(heading, parts[:end])
    if end is None:
        return
    rest = heading.makeelement("div")
    put_parts(rest, parts[end:])
    rest.tail, heading.tail = heading.tail, None
    heading.addnext(rest)


def _is_block(part: Part) -> bool:
    return not isinstance(part, str) and part.tag in _BLOCKS


def _has_text(part: Part) -> bool:
    text = part if isinstance(part, str) else part.text_content()
    return any(map(str.isalnum, text))
