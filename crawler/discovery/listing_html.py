"""Web pages as element trees, within bounds, and the text that readers see in them.

The HTML parser's time grows with the square of a tag's attributes (100,000 of them take 8 s) and
it drops what is nested more than 255 deep unless told otherwise.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.discovery.plaintext import plain_text

if TYPE_CHECKING:
    from lxml import etree

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})

_MOST_IN_TAG = 200
_LONG_TAG = 2_000
"""Characters below which a tag cannot have so many attributes that it matters."""

# Each alternative matches to the end of the text when its own end is missing, so no character is
# looked at from two starting points.
_UNSEEN_OR_TAG = re.compile(
    r"<(?P<unseen>script|style)\b.*?(?:</(?P=unseen)\s*>|\Z)|<!--.*?(?:-->|\Z)|"
    r"<[a-z](?:[^>=\s]++|\s++|=\s*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^\s>]*+))*+(?:>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_IN_TAG = re.compile(r"[^>=\s]++(?:\s*+=\s*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^\s>]*+))?+\s*+")
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption",
    "figure", "footer", "header", "hr", "li", "ol", "p", "pre", "section", "table", "td", "th",
    "tr", "ul", *HEADINGS,
})  # fmt: skip
_EMPTY = frozenset({"br", "hr"})
_BLANKS = re.compile(r"\s+")


def html_tree(text: str) -> etree._Element | None:
    """Parse a page, without scripts, styles and comments; None when nothing of a page is there.

    A tag keeps its first 200 attributes, and elements nested deeper than 2,048 are dropped.
    """
    from lxml import etree

    seen = _UNSEEN_OR_TAG.sub(_bounded, text.replace("\x00", ""))
    if not seen.strip():
        return None
    parser = etree.HTMLParser(encoding="utf-8", recover=True, no_network=True, huge_tree=True)
    try:
        root: etree._Element | None = etree.fromstring(seen.encode("utf-8", "replace"), parser)
    except etree.ParseError:  # "Document is empty": nothing but a declaration, say
        return None
    return root


def text_of(
    element: etree._Element,
    limit: int,
    *,
    lines: bool = False,
    apart: frozenset[str] = frozenset(),
    without: frozenset[str] = frozenset(),
) -> str:
    """Return at most `limit` characters of what a reader sees of `element`, white space folded.

    Blocks are kept apart by a blank, or by a line break when `lines` is set. Elements named in
    `apart` are set off by a blank, too; those in `without` are left out.
    """
    from lxml import etree

    pieces: list[str] = []
    gathered = 0
    walk = etree.iterwalk(element, events=("start", "end"))
    # Without a bound on the steps, links nested in links would be walked through again and again.
    for (event, part), _ in zip(walk, range(1_000 + 4 * limit), strict=False):
        name = part.tag if isinstance(part.tag, str) else ""
        if name in _BLOCKS and (event == "start" or name not in _EMPTY):
            pieces.append("\n" if lines else " ")
        elif name in apart:
            pieces.append(" ")
        if event == "start":
            if not name or (name in without and part is not element):
                walk.skip_subtree()
                continue
            piece = part.text
        else:
            piece = None if part is element else part.tail
        if piece:
            pieces.append(_BLANKS.sub(" ", piece))
            gathered += len(piece)
            if gathered > 2 * limit:
                break
    text = "".join(pieces)
    if not lines:
        return plain_text(text, limit)
    folded = "\n".join(plain_text(line, limit) for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", folded).strip()[:limit].rstrip()


def words_of(element: etree._Element, attribute: str = "class") -> list[str]:
    """Return the words in an attribute of `element`."""
    return (element.get(attribute) or "").split()


def _bounded(found: re.Match[str]) -> str:
    whole = found[0]
    if whole[1] == "!" or found["unseen"]:
        return ""
    if len(whole) < _LONG_TAG:
        return whole
    parts = _IN_TAG.finditer(whole)
    for _, last in zip(range(_MOST_IN_TAG), parts, strict=False):
        end = last.end()
    return whole if next(parts, None) is None else f"{whole[:end]}>"
