"""What a page holds and does not show: text for search engines, windows that a click opens.

Taken for the article, hidden text raises alerts about what nobody was told. But a page may hide its
article until a script shows it, or the rest of it until its reader asks for more.
"""

from __future__ import annotations

import re
from typing import cast

from lxml.etree import XPath, strip_elements
from lxml.html import HtmlElement

from crawler.extract.survey import BULK, SENTENCE

SUBSTANTIAL = 500
"""Characters of hidden sentences from which they may be the article itself."""
LONGEST_STYLE = 500
"""Characters of a style that are read."""

_HIDES = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])"
    r"|(?:left|top|text-indent)\s*:\s*-\d{3}",
    re.IGNORECASE,
)
_OPENED = re.compile(
    r"collaps|accordion|spoiler|toggle|expand|article|story|full-?_?(?:text|content)"
    r"|(?<![a-z])(?:more|rest|tabs?|panel|fold)(?![a-z])|read-?_?more|more-?_?text",
    re.IGNORECASE,
)
"""Names of what a page opens for its reader."""
_WINDOW = re.compile(
    r"modal|popup|pop-up|cookie|consent|dialog|overlay|lightbox|tooltip|menu", re.IGNORECASE
)
"""Names of what is no part of a text, however long it is."""
_GONE = "gone"
_MARKED = XPath("//*[@hidden or @style]")
_SENTENCES = XPath(
    f"descendant-or-self::*[not(self::a)]/text()[string-length() >= {SENTENCE}]"
    f"[string-length(normalize-space()) >= {SENTENCE}]"
)
_CONTROLS = XPath(
    "//@aria-controls | //@data-target | //@data-bs-target | //a/@href[starts-with(., '#')]"
)


def hides(element: HtmlElement) -> bool:
    """Tell an element that says of itself that it is not shown."""
    if element.get("hidden", "until-found") != "until-found":
        return True
    return _HIDES.search((element.get("style") or "")[:LONGEST_STYLE]) is not None


def drop_hidden(tree: HtmlElement) -> None:
    """Remove what no reader sees, save what may be the article or its rest. Changes the tree."""
    hidden: list[HtmlElement] = []
    met: set[HtmlElement] = set()
    for element in cast("list[HtmlElement]", _MARKED(tree)):
        if element not in met and hides(element) and element.tag not in ("html", "body"):
            hidden.append(element)
            met.update(element.iter())
    parts = [e for e in hidden if next(e.iter("h1"), None) is None]
    windows = {element for element in parts if _is_window(element)}
    texts = [e for e in parts if e not in windows and not any(map(_OPENED.search, _names(e)))]
    if texts:
        opened = frozenset(str(each).lstrip("#") for each in cast("list[str]", _CONTROLS(tree)))
        texts = [element for element in texts if (element.get("id") or "#") not in opened]
    # Paragraphs may be hidden one by one.
    if texts and sum(map(_sentences, texts)) >= max(SUBSTANTIAL, BULK * _sentences(tree)):
        texts = []
    gone = windows.union(texts)
    for element in hidden:
        if element in gone:
            element.tag = _GONE
        else:
            for name in ("hidden", "style"):  # or the reader drops it for these
                element.attrib.pop(name, None)
    strip_elements(tree, _GONE, with_tail=False)  # at once: each by itself would copy the tails


def _sentences(element: HtmlElement) -> int:
    return sum(len(text.strip()) for text in cast("list[str]", _SENTENCES(element)))


def _is_window(element: HtmlElement) -> bool:
    if element.get("role") in ("dialog", "alertdialog") or element.get("aria-modal") == "true":
        return True
    return any(map(_WINDOW.search, _names(element)))


def _names(element: HtmlElement) -> tuple[str, str]:
    return (element.get("class") or "")[:200], (element.get("id") or "")[:60]
