"""A user's own choice of links by CSS selector or XPath expression, tried before it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.discovery.listing_html import html_tree
from crawler.discovery.listing_links import Link, Page

if TYPE_CHECKING:
    from lxml import etree

_LONGEST = 1_000
_XPATH_STARTS = ("/", "(", "./")
_LEVELS_TO_LINK = 3
_SAMPLE = '<html><body><div id="d" class="c"><a href="/1" title="t">x</a></div></body></html>'


def check_selector(text: str) -> None:
    """Make sure that `text` can choose links: XPath if it starts with `/`, `(` or `./`, else CSS.

    Raises ValueError, saying what is wrong with it. Whether it finds anything shows on a page.
    """
    sample = html_tree(_SAMPLE)
    if sample is not None:
        _picked(_compiled(text), sample, text)


def selected_links(root: etree._Element, page: Page, text: str) -> list[Link]:
    """Return the links of `page` that the selector `text` picks, in the page's order.

    It may pick links, attributes of links, elements inside links, or elements that contain links.
    Of an element that contains links in headings and others, only those in headings are taken:
    a card also links to its section, its author and its comments. Raises ValueError.
    """
    picked = set(_picked(_compiled(text), root, text))
    picked |= {around for element in picked if (around := _link_around(element)) is not None}
    holders: dict[etree._Element, etree._Element | None] = {}
    held: dict[etree._Element, list[Link]] = {}
    for link in page.links:
        holder = _holder(link.element, picked, holders)
        if holder is not None:
            held.setdefault(holder, []).append(link)
    kept = {id(link) for links in held.values() for link in _main_links(links)}
    return [link for link in page.links if id(link) in kept]


def _compiled(text: str) -> etree.XPath:
    from cssselect import HTMLTranslator, SelectorError
    from lxml import etree

    text = text.strip()
    if not text:
        raise ValueError("the selector of links is empty")
    if len(text) > _LONGEST:
        raise ValueError(f"the selector of links is longer than {_LONGEST} characters")
    try:
        expression = text if _is_xpath(text) else HTMLTranslator().css_to_xpath(text)
        return etree.XPath(expression)
    except (SelectorError, etree.XPathError, RecursionError, ValueError) as error:
        raise _bad(text, str(error) or "it cannot be read") from error


def _picked(expression: etree.XPath, root: etree._Element, text: str) -> list[etree._Element]:
    """Apply it; attributes and texts stand for their elements. Raises ValueError."""
    from lxml import etree

    try:
        found = expression(root)
    except etree.XPathError as error:
        raise _bad(text, str(error)) from error
    if not isinstance(found, list):
        raise _bad(text, "it gives a value instead of elements")
    owners = (item if etree.iselement(item) else _owner(item) for item in found)
    return [element for element in owners if element is not None]


def _owner(item: object) -> etree._Element | None:
    """Return the element of an attribute or text, which know it; a namespace does not."""
    parent = getattr(item, "getparent", None)
    owner: etree._Element | None = parent() if parent else None
    return owner


def _bad(text: str, why: str) -> ValueError:
    kind = "an XPath expression" if _is_xpath(text.strip()) else "a CSS selector"
    return ValueError(f"{text[:100]!r} is not {kind} that picks links: {why}")


def _is_xpath(text: str) -> bool:
    return text.startswith(_XPATH_STARTS)


def _link_around(element: etree._Element) -> etree._Element | None:
    """Return the link that `element` stands in, if it is close."""
    around = zip(range(_LEVELS_TO_LINK), element.iterancestors(), strict=False)
    return next((parent for _, parent in around if parent.tag == "a"), None)


def _holder(
    element: etree._Element,
    picked: set[etree._Element],
    known: dict[etree._Element, etree._Element | None],
) -> etree._Element | None:
    """Return the nearest of `picked` around `element` or itself; `known` keeps climbs short."""
    climbed: list[etree._Element] = []
    current: etree._Element | None = element
    while current is not None and current not in known and current not in picked:
        climbed.append(current)
        current = current.getparent()
    holder = None if current is None else current if current in picked else known[current]
    known.update(dict.fromkeys(climbed, holder))
    return holder


def _main_links(links: list[Link]) -> list[Link]:
    in_headings = [link for link in links if link.in_heading]
    return in_headings or links
