"""Text as a person would read it, from what feeds put into titles and summaries.

Feeds carry HTML, escaped HTML, twice escaped HTML and plain text in the same element and do not
say which. What leaves here has no markup, so nothing downstream can be made to render it.
"""

from __future__ import annotations

import html
import re

TITLE_LIMIT = 500
SUMMARY_LIMIT = 10_000
TAG_LIMIT = 100
"""Longest title, summary and tag in characters: ours, well above what outlets write."""
TEXT_LIMIT = 50_000
"""Longest text of an article that is taken from a feed, in characters."""

_RAW_FACTOR = 8
"""How much markup is read for each character of text wanted."""

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)|<!\[CDATA\[|\]\]>|<[?!][^<>]*>", re.DOTALL)
_UNSEEN = re.compile(
    r"<(script|style|template|iframe|object|noembed)\b.*?(?:</\1\s*>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_BLOCK = re.compile(
    r"</?(?:p|div|br|hr|li|ul|ol|tr|td|th|table|h[1-6]|blockquote|section|article|figure|"
    r"figcaption|dd|dt|pre)\b[^<>]*>",
    re.IGNORECASE,
)
_TAG = re.compile(r"</?[a-z](?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*+>|</?[a-z][^<>]*>", re.IGNORECASE)
_CUT_TAG = re.compile(r"</?[a-z][^<>]*\Z", re.IGNORECASE)
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff"
    "\u202a-\u202e\u2066-\u2069]"  # bidi overrides can show a text backwards
)


def plain_text(raw: str, limit: int) -> str:
    """Return `raw` without markup, entities decoded, white space folded, at most `limit` long."""
    text = raw[: limit * _RAW_FACTOR]
    for _ in range(3):  # markup hides behind up to two further rounds of escaping
        stripped = _without_markup(text) if "<" in text else text
        unescaped = html.unescape(stripped) if "&" in stripped else stripped
        if unescaped == text:
            break
        text = unescaped
    if "<" in text:
        text = _without_markup(text)
    folded = " ".join(_UNPRINTABLE.sub("", text).split())
    return folded[:limit].rstrip()


def plain_paragraphs(raw: str, limit: int) -> str:
    """Return the same with its blocks of markup as lines; for the text of an article.

    What hides behind more than one round of escaping is left as text.
    """
    text = raw[: limit * _RAW_FACTOR]
    if "<" not in text and "&lt;" in text:
        text = html.unescape(text)
    if "<" in text:
        # Line breaks of the source mean nothing where markup makes the paragraphs.
        text = _without_markup(" ".join(text.split()), "\n")
    lines = (" ".join(line.split()) for line in html.unescape(text).splitlines())
    return _UNPRINTABLE.sub("", "\n".join(filter(None, lines)))[:limit].rstrip()


def _without_markup(text: str, between_blocks: str = " ") -> str:
    text = _COMMENT.sub("", text)
    text = _UNSEEN.sub(" ", text)
    text = _BLOCK.sub(between_blocks, text)
    return _CUT_TAG.sub("", _TAG.sub("", text))
