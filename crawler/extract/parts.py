"""The texts and elements that an element is made of, in order, and how they are put in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import groupby
from typing import TypeAlias

from lxml.html import HtmlElement

Part: TypeAlias = str | HtmlElement
"""A text, or an element without its tail."""


def take_parts(element: HtmlElement) -> list[Part]:
    """Take out all that an element holds and return it. Changes the tree."""
    parts: list[Part] = [element.text or ""]
    element.text = None
    for child in list(element):
        tail, child.tail = child.tail, None
        element.remove(child)
        parts += (child, tail or "")
    return parts


def put_parts(element: HtmlElement, parts: Iterable[Part]) -> None:
    """Append parts to an element. Texts that follow each other are set at once.

    One by one, each would copy all before it.
    """
    for is_text, group in groupby(parts, key=_is_text):
        if not is_text:
            element.extend(_elements(group))
        elif joined := "".join(map(str, group)):
            if len(element):
                element[-1].tail = (element[-1].tail or "") + joined
            else:
                element.text = (element.text or "") + joined


def is_whole_line(element: HtmlElement, inline: Collection[str]) -> bool:
    """Tell an element with no text beside it, between line breaks or blocks."""
    before, behind, holder = element.getprevious(), element.getnext(), element.getparent()
    text = before.tail if before is not None else holder.text if holder is not None else None
    beside = [each for each in (before, behind) if each is not None]
    if any(each.tag in inline for each in beside):
        return False
    return not (text or "").strip() and not (element.tail or "").strip()


def _is_text(part: Part) -> bool:
    return isinstance(part, str)


def _elements(parts: Iterable[Part]) -> Iterator[HtmlElement]:
    return (part for part in parts if not isinstance(part, str))
