"""What stands near a link and belongs to it: the title of its card and the time of publication."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from core.sources import Entry
from crawler.discovery.announced_dates import read_date
from crawler.discovery.listing_links import LIKELY, Link, Page, link_text, surroundings
from crawler.discovery.plaintext import TITLE_LIMIT, plain_text

if TYPE_CHECKING:
    from lxml import etree

_TOO_SHORT = 15
"""Characters of "Read more" and the like, which need the heading near by to be a title."""
_LONGEST_TITLE = 300
"""Above this a link wraps its whole card, teaser included; a shorter text is preferred."""
_TIME_LEVELS = 4


class Cards:
    """The links of a page with what their cards add to them."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._headings = {id(link): self._only_heading(link) for link in page.links}
        named: dict[etree._Element, set[str]] = {}
        for link in page.links:
            heading = self._headings[id(link)]
            if heading is not None:
                named.setdefault(heading, set()).add(link.key)
        self._shared = {heading for heading, keys in named.items() if len(keys) > 1}

    def title_near(self, link: Link) -> str:
        """Return the text of the only heading near `link`; empty if the link's own text will do.

        A heading that would name several articles, such as that of the page, names none.
        """
        heading = self._headings[id(link)]
        return "" if heading is None or heading in self._shared else link_text(heading)

    def has_time_near(self, link: Link) -> bool:
        """Tell whether a `<time>` stands within a few levels of `link`."""
        near = zip(range(_TIME_LEVELS), surroundings(link.element), strict=False)
        return any(around in self._page.times for _, around in near)

    def entries(self, chosen: Iterable[Link]) -> tuple[Entry, ...]:
        """Return an entry for each article that `chosen` links lead to, in their order.

        The title is that of a link in a heading, else the longest text of any link of the page to
        the article, else the only heading near, else the title or the picture's description. The
        time is given only when a `<time>` stands nearer to this article's links than to any other's
        and there is no second, different one.
        """
        first: dict[str, Link] = {}
        for link in chosen:
            first.setdefault(link.key, link)
        links: dict[str, list[Link]] = {}
        for link in self._page.links:
            if link.key in first and (not link.is_barred or link is first[link.key]):
                links.setdefault(link.key, []).append(link)
        owners = self._owners(set(first))
        return tuple(
            Entry(
                url=link.url,
                title=self._title(links[key]),
                published_at=self._published(links[key], owners),
            )
            for key, link in first.items()
        )

    def _only_heading(self, link: Link) -> etree._Element | None:
        if len(link.text) >= _TOO_SHORT or link.likeness < LIKELY:
            return None
        for around in surroundings(link.element):
            headings = self._page.headings.get(around)
            if headings:
                return headings[0] if len(headings) == 1 else None
        return None

    def _title(self, links: list[Link]) -> str:
        best = max(links, key=_preference)
        if len(best.text) >= _TOO_SHORT:
            return best.text
        near = next(filter(None, map(self.title_near, links)), "")
        return near or best.text or next(filter(None, map(_described, links)), "")

    def _owners(self, chosen: set[str]) -> dict[etree._Element, str]:
        """Map elements around articles' links to the one article below; "" if there are several.

        Links that are not chosen count when they look like articles': a second list must not lend
        its times.
        """
        owners: dict[etree._Element, str] = {}
        for link in self._page.links:
            if link.key in chosen or link.likeness >= LIKELY:
                for around in surroundings(link.element):
                    if owners.setdefault(around, link.key) != link.key:
                        owners[around] = ""
        return owners

    def _published(self, links: list[Link], owners: dict[etree._Element, str]) -> datetime | None:
        for link in links:
            for around in surroundings(link.element):
                if owners.get(around) != link.key:
                    break
                times = self._page.times.get(around)
                if times:
                    moments = {read_date(text) for text in times}
                    return moments.pop() if len(moments) == 1 else None
        return None


def _preference(link: Link) -> tuple[bool, bool, int]:
    fits = len(link.text) <= _LONGEST_TITLE
    return fits, link.in_heading and bool(link.text), len(link.text) if fits else -len(link.text)


def _described(link: Link) -> str:
    picture = next(link.element.iter("img"), None)
    described = link.element.get("title") or link.element.get("aria-label") or ""
    if not described and picture is not None:
        described = picture.get("alt") or ""
    return plain_text(described, TITLE_LIMIT)
