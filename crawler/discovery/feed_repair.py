"""Feeds with broken markup, cut into items that a parser can read each by itself. Pure.

One unclosed `<br>` inside an item makes an XML parser take all later items for a part of it, and
they are gone without a word. Here the damage stays with the item that has it: leaves are closed
where the next one opens, markup inside them becomes text, and what stands between items is left
out. Work grows with the length of the feed, whatever is in it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise
from xml.parsers.expat import ExpatError, ParserCreate

Span = tuple[int, int]

_ATTRIBUTES = r"(?:[^<>\"']|\"[^\"<>]*\"|'[^'<>]*')*+"
_OPENING = re.compile(rf"<((?:\w+:)?(?:item|entry))(?=[\s>]){_ATTRIBUTES}>", re.IGNORECASE)
_ENDING = re.compile(r"</(?:\w+:)?(?:item|entry)\s*>", re.IGNORECASE)
_HIDING = re.compile(r"<!\[CDATA\[|<!--")
_CDATA, _CDATA_END = "<![CDATA[", "]]>"
_COMMENT, _COMMENT_END = "<!--", "-->"
_ENDS = {_CDATA: _CDATA_END, _COMMENT: _COMMENT_END}
_LEAVES = (
    "title", "link", "guid", "id", "description", "summary", "content", "pubdate", "published",
    "updated", "modified", "issued", "category", "author", "creator", "date", "encoded", "comments",
    "subject", "full-text", "origlink",
)  # fmt: skip
"""Elements of an item that hold text, by their local names, in RSS, RDF and Atom."""
_OF_OTHERS = r"media:[\w-]+|(?:[\w.-]+:)?(?:source|image|textinput|contributor)"
"""Elements of an item that tell of something else, with titles and links of their own."""
_TAG = re.compile(
    rf"<!\[CDATA\[|<!--|<(?P<close>/?)(?P<name>(?P<other>{_OF_OTHERS})"
    rf"|(?:[\w.-]+:)?(?P<local>{'|'.join(_LEAVES)}))"
    rf"(?P<rest>(?:[\s/]{_ATTRIBUTES})?)>",
    re.IGNORECASE,
)
_BODIES = frozenset({"description", "encoded", "content", "summary", "full-text"})
_OF_HTML = frozenset({"link", "title", "content", "summary"})
"""Names that HTML has as well: inside a body they are its text."""
_MOST_MISSING = 50
"""Names of elements whose end is looked for in vain."""
_PERSON = re.compile(r"<name>([^<]{0,300})</name>", re.IGNORECASE)
_ROOT = re.compile(rf"<([\w.:-]+){_ATTRIBUTES}>")
_HEAD = 20_000
"""Characters of a feed's head in which its title is looked for."""
_TITLE = re.compile(r"<title[^<>]*>(.{0,2000}?)</title>", re.IGNORECASE | re.DOTALL)


def is_well_formed(document: bytes) -> bool:
    """Tell whether an XML parser reads a document to its end."""
    try:
        ParserCreate().Parse(document, True)
    except ExpatError:
        return False
    return True


def swallows_items(xml: str) -> bool:
    """Tell a feed with CDATA that was not ended: the next one's end ends it, behind an item's end.

    A parser finds nothing wrong with that, and an item is missing.
    """
    begins = [found.start() for found in re.finditer(r"<!\[CDATA\[", xml)]
    ends = [found.start() for found in re.finditer(r"\]\]>", xml)]
    endings = [found.start() for found in _ENDING.finditer(xml)]
    for at, again in pairwise(begins):
        item_ends, end = _next(endings, at), _next(ends, at)
        if item_ends is not None and item_ends < again and (end is None or again < end):
            return True
    return False


def opened_items(xml: str) -> int:
    """Return how many items a feed opens, those in comments and CDATA left out."""
    return len(_openings(xml))


def repaired(xml: str) -> str:
    """Return a feed with the same items, each of which is well-formed."""
    openings = _openings(xml)
    root = _ROOT.match(xml)
    if not openings or root is None:
        return xml
    head = xml[: openings[0].start()]
    stops = [found.start() for found in openings[1:]] + [len(xml)]
    items = "".join(
        f"{found[0]}{''.join(_leaves(_body(xml, found.end(), stop)))}</{found[1]}>\n"
        for found, stop in zip(openings, stops, strict=True)
    )
    titled = _TITLE.search(head, 0, _HEAD)
    title = f"<title>{_text(titled[1])}</title>" if titled else ""
    is_atom = root[1].rpartition(":")[2].lower() == "feed"
    inside = title if is_atom else f"<channel>{title}"
    after = "" if is_atom else "</channel>"
    return f"{root[0]}{inside}\n{items}{after}</{root[1]}>"


def _openings(xml: str) -> list[re.Match[str]]:
    hidden = _hidden(xml)
    return [
        opening
        for opening in _OPENING.finditer(xml)
        if not opening[0].endswith("/>") and not _is_inside(opening.start(), hidden)
    ]


def _is_inside(at: int, spans: list[Span]) -> bool:
    before = bisect_left(spans, (at, 0)) - 1
    return before >= 0 and spans[before][1] > at


def _hidden(xml: str) -> list[Span]:
    """Return where comments and CDATA are; one that is not ended hides nothing of other items."""
    begins = [(found.start(), found[0]) for found in _HIDING.finditer(xml)]
    cdata = [at for at, what in begins if what == _CDATA]
    ends = {
        _CDATA: [found.start() for found in re.finditer(r"\]\]>", xml)],
        _COMMENT: [found.start() for found in re.finditer(r"-->", xml)],
    }
    endings = [found.start() for found in _ENDING.finditer(xml)]
    spans: list[Span] = []
    free = 0
    for at, what in begins:
        if at < free:
            continue
        end = _next(ends[what], at)
        if what == _CDATA:
            item_ends = _next(endings, at)
            again = _next(cdata, at + 1)
            # Another begins before this one ends, and the item has ended between them.
            if end is None or (
                again is not None and item_ends is not None and item_ends < again < end
            ):
                end = item_ends
        if end is not None:
            free = end
            spans.append((at, end))
    return spans


def _next(places: list[int], at: int) -> int | None:
    index = bisect_left(places, at)
    return places[index] if index < len(places) else None


def _body(xml: str, start: int, stop: int) -> str:
    """Return what is inside an item, up to its end or the next item."""
    body = xml[start:stop]
    hidden = _hidden(body)
    for ending in _ENDING.finditer(body):
        if not _is_inside(ending.start(), hidden):
            return body[: ending.start()]
    return body


def _leaves(body: str) -> Iterator[str]:
    """Yield the elements of an item that hold text, each closed and with no markup inside."""
    name, opening, start = "", "", 0
    last_close = _last_closes(body)
    missing: set[str] = set()
    at = 0
    while found := _TAG.search(body, at):
        at = found.end()
        passed = _passed(body, found, missing, inside=bool(name))
        if passed is not None:
            at = passed
            continue
        tag, local = found["name"], found["local"].lower()
        if found["close"]:
            if name and tag.lower() == name.lower():
                yield _leaf(name, opening, body[start : found.start()])
                name = ""
            continue
        if name:
            inside = name.rpartition(":")[2].lower()
            if inside in _BODIES and local in _OF_HTML and last_close.get(name.lower(), 0) > at:
                continue
            yield _leaf(name, opening, body[start : found.start()])
            name = ""
        rest = found["rest"]
        if rest.rstrip().endswith("/"):
            yield found[0]
        elif local in {"link", "category"} and re.search(r"\b(?:href|term)\s*=", rest):
            yield f"<{tag}{rest}/>"
        else:
            name, opening, start = tag, found[0], at
    if name:
        yield _leaf(name, opening, body[start:])


def _passed(body: str, found: re.Match[str], missing: set[str], *, inside: bool) -> int | None:
    """Return the place behind what is not looked into; None for a leaf's own tag.

    Of what has no end the tag alone is passed over; `missing` are the ends that are nowhere further
    on.
    """
    at = found.end()
    if found[0] in _ENDS:
        ends = _ENDS[found[0]]
    elif found["other"] is None:
        return None
    elif inside or found["close"] or found["rest"].rstrip().endswith("/"):
        return at
    else:
        ends = f"</{found['name']}>"
    if ends in missing or len(missing) > _MOST_MISSING:
        return at
    end = body.find(ends, at)
    if end < 0:
        missing.add(ends)
        return at
    return end + len(ends)


def _leaf(name: str, opening: str, content: str) -> str:
    """Return an element with its text; of a person the name alone, as Atom has it."""
    person = _PERSON.search(content) if name.lower().endswith("author") else None
    if person is not None:
        return f"{opening}<name>{_text(person[1])}</name></{name}>"
    return f"{opening}{_text(content)}</{name}>"


def _last_closes(body: str) -> dict[str, int]:
    """Return where each leaf is closed for the last time, by its name in small letters."""
    return {found["name"].lower(): found.start() for found in _TAG.finditer(body) if found["close"]}


_PIECES = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|<|\]\]>", re.DOTALL)


def _text(content: str) -> str:
    """Return a leaf's content as text: CDATA is kept, other markup is escaped."""
    return _PIECES.sub(_escaped, content)


def _escaped(found: re.Match[str]) -> str:
    whole = found[0]
    if whole.startswith(_CDATA):
        return f"{_CDATA}{found[1]}{_CDATA_END}"
    if whole.startswith(_COMMENT):
        return ""
    return "&lt;" if whole == "<" else "]]&gt;"
