"""Takes out of the tree what its shape gives away: menus, related stories, comments, layout tables.

Class names tell much of that to trafilatura, but old sites have others and new ones have hashes:
here counts what a block's heading says, and whether it holds anything but links.
"""

from __future__ import annotations

from itertools import islice
from typing import cast
from urllib.parse import urljoin, urlsplit

from lxml.etree import XPath
from lxml.html import HtmlElement

from crawler.extract.boilerplate import heads_comments, heads_section, is_heading
from crawler.extract.looks import Looks
from crawler.extract.parts import is_whole_line

LINK_TEXT = 200
"""Characters of a link beyond which it is no headline: an unclosed `<a>` holds half the page."""
FEWEST_LINKS = 2
"""A block of nothing but so many links is a menu or a list of other stories."""
MOST_NODES = 50
"""An element of so many nodes is neither a heading nor a headline; bounds the work, too."""
LONGEST_HEADING = 80
"""Characters beyond which a line heads no block of other stories."""
LEAST_SPACES = 2
"""Spaces in the headline of another story; "Photo gallery" is none."""
MAX_CLIMB = 6
"""Elements around a link that may be the line it stands in."""
LONGEST_ADDRESS = 2_000
"""Characters of an address that are read."""
LONG_CELL = 600
"""Characters of a cell beyond which its table is there for the layout."""
LONGEST_TEASER = 400
"""Characters that tell of another story, for each link to one."""
MOSTLY_LINKS = 0.8
"""Share of a block's text in links from which it leads to other pages and tells nothing itself."""
LARGEST_SHARE = 0.5
"""Share of a page's text from which a block is the article, whatever its heading says."""

_BLOCKS = ("table", "div", "section", "ul", "ol", "dl", "p", "center", "header", "td")
_TABLE_PARTS = ("tbody", "thead", "tfoot", "tr", "td", "th", "caption")
_HEADINGS = ("h2", "h3", "h4", "h5", "h6", "b", "strong", "p", "div", "span")
_ITEMS = ("li", "div")
_INNER = ("li", "div", "p", "table")
_LINES = ("p", "div", "blockquote", "h3", "h4")
_SIGNS = " \u00a0–-—•·|*»«›>→▶►➤:"
_NEVER_DROPPED = {"html", "body", "main", "article"}
_WITH_TEXT = XPath("descendant-or-self::*[text()[normalize-space()]]")
_LAYOUT = ("table", "h1", "h2", "form")


def prune(tree: HtmlElement, looks: Looks) -> None:
    """Remove menus, link lists and related stories; unwrap layout tables. Changes the tree."""
    for table in list(tree.iter("table")):
        if _is_layout(table):
            _unwrap(table)
    _drop_headed(tree, looks)
    _drop_link_blocks(tree)
    _unlink_items(tree)


def _is_layout(table: HtmlElement) -> bool:
    if next(table.iterdescendants(*_LAYOUT), None) is not None:
        return True
    return any(len(_text(cell)) > LONG_CELL for cell in table.iterdescendants("td"))


def _unwrap(table: HtmlElement) -> None:
    """Make divs of a table's own rows and cells; tables inside it stay."""
    table.tag = "div"
    waiting = list(table)
    while waiting:
        part = waiting.pop()
        if part.tag in _TABLE_PARTS:
            if part.tag != "td":
                waiting.extend(part)
            part.tag = "div"


def _drop_headed(tree: HtmlElement, looks: Looks) -> None:
    """Drop the blocks that open with a heading such as "Related stories" or "Comments"."""
    whole = len(_text(tree))
    headlined = next(tree.iter("h1"), None) is not None
    for heading in list(tree.iter(*_HEADINGS)):
        # Most elements are none: the cheapest questions come first.
        if heading.getprevious() is not None or (block := _opened_by(heading)) is None:
            continue
        if not (line := _short_text(heading, LONGEST_HEADING)):
            continue
        if not (is_heading(line) or heads_section(line) or heads_comments(line)):
            continue
        if not looks.may(block):
            return
        others = _heads_other_stories(line, block)
        if not others and not heads_comments(line):
            continue
        if next(block.iterdescendants("h1"), None) is not None:
            continue
        # Beside a news flash, teasers of other stories are most of the page; the headline that
        # stands outside of them tells that they are not the article.
        if (others and headlined) or len(_text(block)) < LARGEST_SHARE * whole:
            block.drop_tree()


def _opened_by(heading: HtmlElement) -> HtmlElement | None:
    """Return the block that an element stands first in, if it can be a heading and the block go."""
    if len(heading) > 1:
        return None
    block = heading.getparent()
    if block is None or block.tag in _NEVER_DROPPED or (block.text or "").strip():
        return None
    return block


def _heads_other_stories(heading: str, block: HtmlElement) -> bool:
    if is_heading(heading):
        return _holds_other_stories(block)
    # An agenda has links as well, and tells what they are about.
    return heads_section(heading) and _is_linked(block, len(heading))


def _holds_other_stories(block: HtmlElement) -> bool:
    """Tell a block with a link to each of its paragraphs, and no more of text than teasers have."""
    links: set[str | None] = set()
    linked = paragraphs = items = 0
    for element in block.iter("a", "p", "li"):
        if element.tag == "p":
            paragraphs += 1
        elif element.tag == "li":
            items += 1
        elif text := _text(element):
            links.add(element.get("href"))
            linked += len(text)
    most = linked + LONGEST_TEASER * len(links)
    return len(links) >= max(1, paragraphs, items) and len(_text(block)) <= most


def _is_linked(block: HtmlElement, heading: int) -> bool:
    linked = sum(len(_text(link)) for link in block.iter("a"))
    return linked > 0 and linked >= MOSTLY_LINKS * (len(_text(block)) - heading)


def _drop_link_blocks(tree: HtmlElement) -> None:
    prose = _with_prose(tree)
    for block in list(tree.iter(*_BLOCKS)):
        if block in prose or block.getparent() is None:
            continue
        around = next(block.iterancestors(*_BLOCKS), None)
        if around is not None and around not in prose:
            continue  # judged together with that one: each link is looked at once
        links = (link for link in block.iter("a") if link.get("href"))
        if len(list(islice(links, FEWEST_LINKS))) == FEWEST_LINKS:
            block.drop_tree()


def drop_link_lines(tree: HtmlElement, url: str) -> None:
    """Drop the paragraphs between an article's own that are the headline of another story.

    A sentence that is a link as a whole is the article's own, and so is a link to another host
    than that of the page's `url`.
    """
    for link in list(tree.iter("a")):
        address = link.get("href")
        if not address or not _is_of_outlet(address, url):
            continue
        text = _short_text(link, LONG_CELL).strip(_SIGNS)
        if text.count(" ") < LEAST_SPACES or (line := _line_between(link, text)) is None:
            continue
        if text.endswith("."):
            link.tag = "span"
        elif len(text) <= LINK_TEXT:
            line.drop_tree()


def _line_between(link: HtmlElement, text: str) -> HtmlElement | None:
    """Return the line of nothing but a link that stands beside a paragraph."""
    for above in islice(link.iterancestors(), MAX_CLIMB):
        few = sum(1 for _ in islice(above, MAX_CLIMB)) < MAX_CLIMB  # len() would count all
        if not few or _short_text(above, LONG_CELL).strip(_SIGNS) != text:
            return None
        if above.tag in _LINES and any(map(_is_prose, (above.getprevious(), above.getnext()))):
            return above
    return None


def _is_of_outlet(address: str, url: str) -> bool:
    """Tell whether a link leads to another page of a page's host."""
    try:
        absolute = urlsplit(urljoin(url, address[:LONGEST_ADDRESS]))
        page = urlsplit(url)
    except ValueError:
        return False
    same = (absolute.hostname or "").removeprefix("www.") == (page.hostname or "").removeprefix(
        "www."
    )
    return same and absolute.path != page.path


def _is_prose(element: HtmlElement | None) -> bool:
    """Tell a paragraph that is no link itself."""
    return (
        element is not None
        and element.tag in ("p", "blockquote")
        and next(element.iter("a"), None) is None
        and len(_text(element)) > LONGEST_HEADING
    )


def _unlink_items(tree: HtmlElement) -> None:
    """Make text of the links in innermost blocks that have text of their own.

    The reader takes a list with a link in each item for a menu; of the detained, each may be one.
    """
    for item in tree.iter(*_ITEMS):
        if next(item.iterdescendants(*_INNER), None) is not None:
            continue  # each text is looked at once
        links = [link for link in item.iter("a") if link.get("href")]
        if links and sum(len(_text(link)) for link in links) < MOSTLY_LINKS * len(_text(item)):
            for link in links:
                if not _is_line(link):
                    link.tag = "span"


def _is_line(link: HtmlElement) -> bool:
    """Tell a link between two line breaks from the only one of its block."""
    beside = (link.getprevious(), link.getnext())
    breaks = [each.tag == "br" for each in beside if each is not None]
    return bool(breaks) and all(breaks) and is_whole_line(link, ())


def _with_prose(tree: HtmlElement) -> set[HtmlElement]:
    """Return all elements that hold letters outside of short links."""
    linked: set[HtmlElement] = set()
    for link in tree.iter("a"):
        if link.get("href") and _short_text(link, LINK_TEXT):
            linked.update(link.iter())
    prose: set[HtmlElement] = set()
    for element in cast("list[HtmlElement]", _WITH_TEXT(tree)):
        if element in prose or element in linked:
            continue
        if _has_letters(element.text) or any(_has_letters(child.tail) for child in element):
            _mark(element, prose)
    return prose


def _mark(element: HtmlElement | None, prose: set[HtmlElement]) -> None:
    while element is not None and element not in prose:
        prose.add(element)
        element = element.getparent()


def _has_letters(text: str | None) -> bool:
    return text is not None and any(map(str.isalpha, text))


def _short_text(element: HtmlElement, limit: int) -> str:
    """Return the text of a small element; empty when there is none or more than `limit`."""
    if len(element) and len(list(islice(element.iter(), MOST_NODES))) == MOST_NODES:
        return ""
    text = _text(element)
    return text if len(text) <= limit else ""


def _text(element: HtmlElement) -> str:
    # Most headings and links hold nothing but text, and text_content() is an XPath query.
    text = element.text_content() if len(element) else element.text or ""
    return " ".join(text.split())
