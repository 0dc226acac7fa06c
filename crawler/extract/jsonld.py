"""Reads schema.org JSON-LD: what most outlets tell search engines about an article."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from crawler.extract.titles import likeness, plain_words

ARTICLE_TYPES = frozenset(
    {
        "Article", "NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle",
        "BackgroundNewsArticle", "OpinionNewsArticle", "ReviewNewsArticle", "AskPublicNewsArticle",
        "AdvertiserContentArticle", "SatiricalArticle", "ScholarlyArticle", "TechArticle",
        "BlogPosting", "LiveBlogPosting", "SocialMediaPosting", "Report", "MedicalWebPage",
    }
)  # fmt: skip
"""schema.org/Article and its subtypes as outlets use them."""

PAGE_TYPES = frozenset({"WebPage", "ItemPage"})
"""Types that often carry the dates when there is no article node."""

MAX_NODES = 2_000
"""Nodes visited in one page; a real page has tens."""

MAX_DEPTH = 5
"""Objects within objects that are followed to a name; "author.name.@value" is three."""

MAX_ARTICLES = 50
"""Articles among which the page's own is looked for."""

OWN_HEADLINE = 0.5
"""Share of common words from which a node's headline is one of the page's."""

MAX_VALUES = 20
"""Values that stand one after the other in one block."""
_DECODER = json.JSONDecoder(strict=False)
_STRING_OR_COMMA = re.compile(
    r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|,(?=\s*+[}\]])|/\*(?:[^*]|\*(?!/))*+\*/', re.DOTALL
)
_BARE_QUOTE = re.compile(r'(?<![{\[,:\\\s])"(?!\s*+[:,}\]])|(?<=[^{\[,:\s]\s)"(?!\s*+[:,}\]])')
_OPENING = re.compile(r"(?://)?\s*(?:<!--|<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)")
_CLOSING = re.compile(r"(?://)?\s*(?:-->|\]\]>|/\*\s*\]\]>\s*\*/);?\Z")
_CLOSING_WITHIN = 40
"""Characters at the end that are looked at: a search through all white space is quadratic."""


@dataclass(frozen=True, slots=True)
class LinkedData:
    """What the page's JSON-LD says about its article; empty strings where it says nothing."""

    is_article: bool = False
    headline: str = ""
    body: str = ""
    description: str = ""
    published: tuple[str, ...] = ()
    modified: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    publisher: str = ""
    tags: tuple[str, ...] = ()
    url: str = ""
    language: str = ""


def read_linked_data(tree: HtmlElement, url: str = "", titles: Collection[str] = ()) -> LinkedData:
    """Read all JSON-LD blocks of a page; blocks that are not JSON are passed over.

    `url` and `titles` are those of the page: blocks describe other stories as well, and what these
    say of their dates and authors is not true of the page.
    """
    nodes: list[dict[str, object]] = []
    for script in tree.iterfind(".//script[@type]"):
        if script.get("type", "").partition(";")[0].strip().lower() == "application/ld+json":
            nodes.extend(_nodes(_loads(script.text or "")))
    article = _own_article(nodes, url, titles)
    page = next((node for node in nodes if _types(node) & PAGE_TYPES), None)
    node = article or page
    if node is None:
        return LinkedData()
    by_id = {
        name: other
        for other in nodes
        if isinstance(name := other.get("@id"), str) and len(other) > 1
    }
    both = [n for n in (article, page) if n is not None]
    return LinkedData(
        is_article=article is not None,
        headline=_first(node, "headline", "name") if article else "",
        body=_text(node.get("articleBody")) if article else "",
        description=_text(node.get("description")) if article else "",
        published=_all(both, "datePublished", "dateCreated"),
        modified=_all(both, "dateModified"),
        authors=tuple(_names(node.get("author"), by_id))
        or tuple(_names(node.get("creator"), by_id)),
        publisher=next(iter(_names(node.get("publisher"), by_id)), ""),
        tags=tuple(_keywords(node.get("keywords"))),
        url=_text(node.get("url")) or _text(node.get("mainEntityOfPage")),
        language=_text(node.get("inLanguage")),
    )


def _own_article(
    nodes: list[dict[str, object]], url: str, titles: Collection[str]
) -> dict[str, object] | None:
    """Choose the article that is the page's: by address, then by headline, then the first.

    One that names another address and another headline is another story, though it be alone.
    """
    articles = [node for node in nodes if _types(node) & ARTICLE_TYPES][:MAX_ARTICLES]
    known = [words for title in titles if (words := plain_words(title))]
    best, most = None, -1.0
    for node in articles:
        named = map(_text, (node.get("url"), node.get("mainEntityOfPage"), node.get("@id")))
        place = next(filter(None, map(_place, named)), "")
        words = plain_words(_first(node, "headline", "name"))
        like = max((likeness(words, title) for title in known), default=0.0) if words else 0.0
        here = bool(place) and place == _place(url)
        if place and known and words and not here and like < OWN_HEADLINE:
            continue
        if (score := (2.0 if here else 0.0) + (like if like >= OWN_HEADLINE else 0.0)) > most:
            best, most = node, score
    return best


def _place(url: str) -> str:
    """Return the path of an address: hosts differ between editions, queries between readers."""
    try:
        return urlsplit(url).path.strip("/").lower()
    except ValueError:
        return ""


def _loads(text: str) -> list[object]:
    """Return the values of a block, mended as little as makes them JSON; none when nothing does."""
    text = text.strip("\ufeff \t\r\n")
    if not text:
        return []
    best: list[object] = []
    for mend in (_as_it_is, _unwrapped, _without_commas, _with_quotes):
        text = mend(text)
        found, whole = _values(text)
        best = max(best, found, key=len)
        if whole:
            break
    return best


def _values(text: str) -> tuple[list[object], bool]:
    """Return the values that stand one after the other, and whether nothing follows the last."""
    values: list[object] = []
    text, at = text.lstrip(), 0
    while len(values) < MAX_VALUES:
        try:
            value, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        values.append(value)
        while at < len(text) and text[at] in " \t\r\n;,":
            at += 1
    return values, at >= len(text)


def _as_it_is(text: str) -> str:
    return text


def _without_commas(text: str) -> str:
    """Take out commas before a closing bracket, and comments between values."""
    return _STRING_OR_COMMA.sub(lambda found: found[0] if found[0][0] == '"' else "", text)


def _with_quotes(text: str) -> str:
    """Escape quotes inside of strings: those with no sign of JSON on either side."""
    return _BARE_QUOTE.sub(r"\"", text)


def _unwrapped(text: str) -> str:
    """Take off the comment marks that hide a script from browsers of the last century."""
    if found := _OPENING.match(text):
        text = text[found.end() :]
    if found := _CLOSING.search(text, max(0, len(text) - _CLOSING_WITHIN)):
        text = text[: found.start()]
    return text.rstrip().rstrip(";")


def _nodes(value: object) -> Iterator[dict[str, object]]:
    """All objects of a document, outermost first, in order; never deeper than they can matter."""
    waiting = deque([value])
    for _ in range(MAX_NODES):
        if not waiting:
            return
        current = waiting.popleft()
        if isinstance(current, list):
            waiting.extendleft(reversed(current[:MAX_NODES]))
        elif isinstance(current, dict):
            yield current
            waiting.extend(v for v in current.values() if isinstance(v, dict | list))


def _types(node: dict[str, object]) -> frozenset[str]:
    kind = node.get("@type")
    kinds = kind if isinstance(kind, list) else [kind]
    return frozenset(k.rpartition("/")[2] for k in kinds if isinstance(k, str))


def _text(value: object) -> str:
    """Make a plain string of a value that may be an object or a list of them."""
    for _ in range(MAX_DEPTH):
        if isinstance(value, list) and value:
            value = value[0]
        elif isinstance(value, dict):
            value = value.get("name") or value.get("@id") or value.get("url") or value.get("@value")
    return value.strip() if isinstance(value, str) else ""


def _first(node: dict[str, object], *keys: str) -> str:
    return next((text for key in keys if (text := _text(node.get(key)))), "")


def _all(nodes: list[dict[str, object]], *keys: str) -> tuple[str, ...]:
    found = (_text(node.get(key)) for node in nodes for key in keys)
    return tuple(dict.fromkeys(text for text in found if text))


def _names(value: object, by_id: dict[str, dict[str, object]]) -> Iterator[str]:
    """Names of people or organizations, following references within the page."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            reference = item.get("@id")
            if "name" not in item and isinstance(reference, str):
                item = by_id.get(reference, {})
            name = item.get("name")
            yield from (_text(n) for n in (name if isinstance(name, list) else [name]) if _text(n))
        elif isinstance(item, str) and item.strip():
            yield item.strip()


def _keywords(value: object) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str):
            yield from (part.strip() for part in re.split(r"[,;]", item) if part.strip())
        elif isinstance(item, dict) and _text(item):
            yield _text(item)
