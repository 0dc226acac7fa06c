"""Where a list goes on: the address of the page with its older articles."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from crawler.discovery.listing_html import words_of
from crawler.discovery.listing_links import Link, Page

if TYPE_CHECKING:
    from lxml import etree

_NEXT = frozenset({
    "next", "next page", "older", "older posts", "older entries", "older articles", "older news",
    "следующая", "следующая страница", "следующие", "вперед", "вперёд", "предыдущие записи",
    "более ранние записи", "старые записи", "наступна", "наступна сторінка", "далі",
    "келесі", "келесі бет", "кийинки", "кийинки бет", "keyingi", "keyingi sahifa", "кейинги",
    "баъдӣ", "саҳифаи навбатӣ",
})  # fmt: skip
_NEXT_IF_NUMBERED = frozenset({
    "", "»", "›", "→", ">", ">>", "»»", "more", "load more", "show more", "more news", "далее",
    "дальше", "ещё", "еще", "показать ещё", "показать еще", "загрузить ещё", "загрузить еще",
    "больше новостей", "тағы", "дагы", "yana", "ще", "більше",
})  # fmt: skip
"""These also mean "read more" or "more of this section", unless the address numbers a page."""
_NEXT_CLASSES = frozenset({"next", "next-page", "nav-next", "pagination-next", "nextpostslink"})
_ARROWS = re.compile(r"^[\s«‹←<]+|[\s»›→>.…]+$")
_PAGE_NUMBER = re.compile(
    r"(?:[?&](?:page|paged|pg|p|pagen_\d+|page_num|pagenum)=|/(?:page|p|стр)[/=_-]?)(\d{1,6})(?=\D|$)",
    re.IGNORECASE,
)


def next_page(root: etree._Element, page: Page) -> str | None:
    """Return the address of the next page of the list, on the same site; None if none is named.

    What says `rel=next` is believed first, then a link whose text says "next", "older" and the
    like, then the one to the page with the next number.
    """
    usable = [link for link in page.links if not link.problem]
    following = (page_number(page.url) or 1) + 1
    return (
        _head_link(root, page)
        or _first(usable, lambda link: "next" in _relations(link.element))
        or _first(usable, lambda link: _says_next(link, following))
        or _first(usable, lambda link: _is_numbered(link, following))
    )


def page_number(url: str) -> int | None:
    """Return which page of a list the address `url` names, if it names one."""
    found = _PAGE_NUMBER.search(url)
    return int(found[1]) if found else None


def _first(links: list[Link], fits: Callable[[Link], bool]) -> str | None:
    return next((link.url for link in links if fits(link)), None)


def _head_link(root: etree._Element, page: Page) -> str | None:
    for element in root.iter("link"):
        if "next" in _relations(element):
            address, _, problem = page.resolver.resolve(element.get("href") or "")
            if not problem:
                return address
    return None


def _relations(element: etree._Element) -> list[str]:
    return (element.get("rel") or "").lower().split()


def _says_next(link: Link, following: int) -> bool:
    said = " ".join(link.text.lower().split())
    bare = _ARROWS.sub("", said)
    if bare in _NEXT:
        return True
    if page_number(link.url) != following:
        return False
    named = link.element.get("aria-label") or link.element.get("title") or ""
    if not said:
        return _ARROWS.sub("", named.lower()) in _NEXT or _has_next_class(link)
    return said in _NEXT_IF_NUMBERED or bare in _NEXT_IF_NUMBERED or _has_next_class(link)


def _has_next_class(link: Link) -> bool:
    parent = link.element.getparent()
    words = words_of(link.element) + (words_of(parent) if parent is not None else [])
    return any(word.lower() in _NEXT_CLASSES for word in words)


def _is_numbered(link: Link, following: int) -> bool:
    return link.text == str(following) and page_number(link.url) == following
