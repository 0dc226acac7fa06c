"""Which part of a page tells its own article, and which stands with others: cards, teasers, menus.

The headline is the anchor: what shares a block with it belongs to it. Whatever is asked costs a
bounded climb towards the root.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import cast

from lxml.etree import iterwalk
from lxml.html import HtmlElement

from crawler.extract.remembering import remembered

MAX_CLIMB = 40
"""Ancestors that are looked at."""

_OTHERS = frozenset({"aside", "nav", "footer"})
_CARD_PARTS = ("h2", "h3", "h4", "h5", "p")
"""A link that holds one of these is a card; one round a name or a time is not."""
_OTHERS_CLASS = re.compile(
    r"teaser|related|recommend|read-?(?:also|more|next)|more-?(?:news|stor|article|from|on)"
    r"|link-?list|most-?(?:read|popular|viewed)|popular|trending|side-?bar|carousel|swiper|comment"
    r"|newsletter|promo|latest|similar|ticker"
    r"|(?:^|[\s_-])(?:also|cards?|reviews|forum|discussion|remarks?)(?:$|[\s_-])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a page: what an element begins with, or what stands behind it."""

    element: HtmlElement
    behind: bool

    @property
    def written(self) -> str:
        """The text itself, with blanks as the page has them."""
        return (self.element.tail if self.behind else self.element.text) or ""


class OwnPlace:
    """The blocks of a page that hold its headline, as far as it has one."""

    def __init__(self, tree: HtmlElement, headline: HtmlElement | None) -> None:
        self.headline = headline
        self._holders = set() if headline is None else set(_holders(headline))
        self._in_article = any(holder.tag == "article" for holder in self._holders)
        self._tree = tree

    def is_elsewhere(self, element: HtmlElement, *, own_footer: bool = False) -> bool:
        """Tell whether an element stands in a menu, or in a card or list of other stories.

        With `own_footer` the footer of the article itself is none of these.
        """
        for holder in _holders(element):
            if holder in self._holders:
                return False
            if own_footer and holder.tag == "footer" and self._ends_article(holder):
                continue
            if holder.tag in _OTHERS or (self._in_article and holder.tag == "article"):
                return True
            if holder.tag not in ("html", "body", "main") and is_card(holder):
                return True
        return False

    def _ends_article(self, footer: HtmlElement) -> bool:
        """Tell whether a footer is that of the article with the headline, not of the page."""
        parent = footer.getparent()
        return parent is not None and parent.tag == "article" and parent in self._holders

    def is_of_others(self, block: HtmlElement) -> bool:
        """Tell whether a block is a card or a list of other stories."""
        return block not in self._holders and block is not self.headline and is_card(block)

    def holds_headline(self, element: HtmlElement) -> bool:
        """Tell whether an element is around the headline, or is it."""
        return element in self._holders or element is self.headline

    def after_headline(self, most: int) -> Iterator[HtmlElement]:
        """Yield the elements after the headline, as they stand in the page, `most` of them."""
        if self.headline is not None:
            yield from islice(_following(self.headline), most)

    def texts_after(self, most: int) -> Iterator[Text]:
        """Yield the texts of `most` elements after the headline, as they stand in the page."""
        if self.headline is None:
            return
        left = most
        for holder in (self.headline, *_holders(self.headline)):
            yield Text(holder, behind=True)
            for sibling in holder.itersiblings():
                for text in texts_in(sibling):
                    left -= not text.behind
                    if left < 0:
                        return
                    yield text

    def texts_before(self, most: int) -> Iterator[Text]:
        """Yield the texts of `most` elements before the headline, those of the nearest first.

        What stands in front of the article is none of its texts.
        """
        if self.headline is None:
            return
        left = most
        for holder in (self.headline, *_holders(self.headline)):
            parent = holder.getparent()
            if holder.tag in ("body", "article", "main"):
                return
            for sibling in holder.itersiblings(preceding=True):
                for text in islice(texts_in(sibling), 2 * MAX_CLIMB):
                    left -= not text.behind
                    if left < 0:
                        return
                    yield text
            if parent is not None:
                yield Text(parent, behind=False)


def _holders(element: HtmlElement) -> Iterator[HtmlElement]:
    return islice(element.iterancestors(), MAX_CLIMB)


def is_card(element: HtmlElement) -> bool:
    """Tell a block that is named for other stories, or is a link round a whole teaser."""
    if element.tag == "a" and next(element.iterdescendants(*_CARD_PARTS), None) is not None:
        return True
    kind, own_id = element.get("class"), element.get("id")
    return bool((kind and _tells_of_others(kind)) or (own_id and _tells_of_others(own_id)))


@remembered(200, 4_096)
def _tells_of_others(kind: str) -> bool:
    return _OTHERS_CLASS.search(kind) is not None


def _following(element: HtmlElement) -> Iterator[HtmlElement]:
    for holder in (element, *_holders(element)):
        for sibling in holder.itersiblings():
            yield from (e for e in sibling.iter() if isinstance(e.tag, str))


def texts_in(element: HtmlElement) -> Iterator[Text]:
    """Yield an element and all in it where they begin and where they end."""
    walk = cast("Iterator[tuple[str, HtmlElement]]", iterwalk(element, events=("start", "end")))
    for event, part in walk:
        yield Text(part, behind=event == "end")
