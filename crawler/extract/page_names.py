"""What a page is called in its `<title>`, and what its outlet's front page is called on it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from core.urls import is_front_page
from crawler.extract.titles import Heading, heading_text, plain_words, tidy

MAX_TITLES = 5
MAX_LINKS = 100
"""Links of a page among which those to the front page are looked for; they stand above the rest."""
MAX_NAMES = 10
LONGEST_NAME = 60
LONGEST_ADDRESS = 200


def page_title(tree: HtmlElement, headings: Sequence[Heading]) -> str:
    """Return what a page has as its `<title>`; of several, the one that a heading says as well.

    Those of pictures are none. A page that was put into another one has two.
    """
    titles = [
        text
        for title in islice(tree.iter("title"), MAX_TITLES)
        if (text := tidy(title.text or "")) and next(title.iterancestors("svg"), None) is None
    ]
    shown = [heading.plain for heading in headings]
    own = (title for title in titles if any(words in plain_words(title) for words in shown))
    return next(own, titles[0] if titles else "")


def homepage_names(tree: HtmlElement, url: str) -> tuple[str, ...]:
    """Return what links to the front page say, in words and pictures: mostly the outlet's name."""
    names: list[str] = []
    host = urlsplit(url).hostname
    for link in islice(tree.iter("a"), MAX_LINKS):
        if len(names) < MAX_NAMES and _leads_home(link.get("href") or "", host):
            names += (tidy(heading_text(link)), *(i.get("alt") or "" for i in link.iter("img")))
    return tuple(name for name in dict.fromkeys(names) if 0 < len(name) <= LONGEST_NAME)


def _leads_home(address: str, host: str | None) -> bool:
    if address == "/":
        return True
    if not address.startswith(("http", "//")) or len(address) > LONGEST_ADDRESS:
        return False
    try:
        same = urlsplit(address).hostname == host
    except ValueError:
        return False
    # Editions are what a page lets choose from: those links say "English", not the outlet's name.
    return same and is_front_page(urljoin("https:", address), editions=False)
