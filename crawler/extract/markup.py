"""A page to one lxml tree. Everything else reads this tree: a page is parsed once.

The parser's weak spots against hostile pages are covered here: thousands of attributes in a tag
(quadratic in libxml2) and deep nesting.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import dropwhile, islice

from lxml.etree import ElementDefaultClassLookup, HTMLParser, ParserError, SubElement
from lxml.html import HtmlElement, document_fromstring

from crawler.extract.headings import close_headings, mend_headings
from crawler.extract.parts import Part, put_parts, take_parts

MAX_TAG = 16_384
"""Characters of one tag from which its attributes are counted."""
MAX_ATTRIBUTES = 256
"""A tag with more than this loses them all. 100,000 in one tag cost libxml2 100 s; no real page
comes near."""

MAX_TAGS = 250_000
"""Tags of a page that are read. Above this no page was read within 5 s, and a million of them took
900 MB; of 181 real articles none has more than 3,300."""

_SCRIPT_OR_TAG = re.compile(
    rb"<(?:script|style)\b[^<]*+(?:<(?!/(?:script|style))[^<]*+)*+|<!--.*?(?:-->|\Z)|"
    rb"<(?P<name>[a-z][\w:-]*+)"
    rb"(?P<attributes>(?:[^>=\s]++|\s++|=\s*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^\s>]*+))*+)"
    rb"(?:>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
"""A `<` or `>` in quotes is part of the tag, or a tag could hide how many attributes it has."""
_ATTRIBUTE = re.compile(rb"[^>=\s]++(?:\s*+=\s*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^\s>]*+))?+")
_ENCODING_IN_PROLOG = re.compile(rb"^\s*<\?xml[^>]{0,200}\?>")
_LOOKS_LIKE_MARKUP = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|title|meta|div|p|article|main|h1|span|table|section)\b",
    re.I,
)
_OF_A_HEAD = frozenset(
    {"base", "bgsound", "link", "meta", "noscript", "script", "style", "template", "title"}
)
"""The HTML Standard's metadata content, and what its parser keeps with it (13.2.6.4.4)."""
_ELEMENTS = ElementDefaultClassLookup(element=HtmlElement)
"""Elements with text_content() and drop_tree(). lxml.html's own parser adds classes for the parts
of forms and asks Python for the class of every element, each time it is met."""
_OTHER_FORMAT = re.compile(
    rb"\s*(?:%PDF|\x89PNG|GIF8|\xff\xd8\xff|PK\x03\x04|[{\[]"
    rb"|(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,500}?-->\s*)?<(?:rss|feed|rdf:RDF|urlset|sitemapindex|svg)\b)",
    re.DOTALL,
)


def parse(page: bytes) -> HtmlElement | None:
    """Parse a page in UTF-8; None when there is nothing to parse."""
    page = _ENCODING_IN_PROLOG.sub(b"", page, count=1)
    if len(page) > MAX_TAG and any(map(_is_long_tag, _SCRIPT_OR_TAG.finditer(page))):
        page = _SCRIPT_OR_TAG.sub(_without_attributes, page)
    page = mend_headings(page)
    # A parser holds its last document's error log, hence one for each page. huge_tree lifts the
    # nesting limit from 256 to 2048: beyond the first, libxml2 drops content silently.
    parser = HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False, huge_tree=True
    )
    parser.set_element_class_lookup(_ELEMENTS)
    try:
        tree = _with_body(document_fromstring(page, parser=parser))
    except ParserError:  # "Document is empty"
        return None
    close_headings(tree)
    return tree


def _with_body(tree: HtmlElement) -> HtmlElement:
    """Bring into the body what HTML has there, wherever libxml2 left it.

    Tags of head and body may be left out, and what follows `</body>` or `</html>` is part of the
    body all the same. libxml2 knows no elements of HTML 5, takes an `<article>` after a `<title>`
    into the head, and makes another root of what follows `</html>`.
    """
    head, body = tree.find("head"), tree.find("body")
    others = list(tree.itersiblings("html"))
    strangers = [] if head is None else list(dropwhile(_is_of_a_head, head))
    if body is None and (strangers or others):
        body = SubElement(tree, "body")
    if body is None:
        return tree
    for element in reversed(strangers):  # from behind: libxml2 counts its way to a place
        body.insert(0, element)
    behind = [*_behind(body)]
    for other in others:
        body.append(other)  # a root can only be taken from a tree by moving it
        body.remove(other)
        behind += take_parts(other)
    put_parts(body, _without_bodies(behind))
    return tree


def _behind(body: HtmlElement) -> Iterator[Part]:
    """Take out what stands behind a body."""
    tail, body.tail = body.tail, None
    yield tail or ""
    for element in list(body.itersiblings()):
        tail, element.tail = element.tail, None
        yield element
        yield tail or ""


def _without_bodies(parts: Iterable[Part]) -> Iterator[Part]:
    """Yield parts, and of heads and bodies among them what these hold."""
    for part in parts:
        if not isinstance(part, str) and part.tag in ("head", "body"):
            yield from take_parts(part)
            if part.getparent() is not None:
                part.drop_tree()
        else:
            yield part


def _is_of_a_head(element: HtmlElement) -> bool:
    return element.tag in _OF_A_HEAD


def looks_like_markup(page: bytes) -> bool:
    """Tell a web page from plain text or noise, by its first 64 kB."""
    return _LOOKS_LIKE_MARKUP.search(page, 0, 65_536) is not None


def is_other_format(body: bytes) -> bool:
    """Recognize PDF, images, archives, JSON and feeds by how the undecoded bytes begin."""
    return _OTHER_FORMAT.match(body) is not None


def _is_long_tag(found: re.Match[bytes]) -> bool:
    return found.end() - found.start() >= MAX_TAG and found["name"] is not None


def _without_attributes(found: re.Match[bytes]) -> bytes:
    whole = found[0]
    if len(whole) < MAX_TAG or found["name"] is None:
        return whole
    attributes = _ATTRIBUTE.finditer(found["attributes"])
    if len(list(islice(attributes, MAX_ATTRIBUTES + 1))) <= MAX_ATTRIBUTES:
        return whole
    return b"<%s>" % found["name"]
