"""Which elements go before the text is read, by what they are called, and which must not.

An element that holds the bulk of the page's sentences is the article, whatever its tag, class or
id says: an unclosed `<button>` swallows what follows, whole sites are built of "widgets".
"""

from __future__ import annotations

import re
from collections import Counter
from enum import StrEnum
from functools import lru_cache
from itertools import islice

from lxml.etree import strip_elements
from lxml.html import HtmlElement

from crawler.extract.looks import Looks
from crawler.extract.survey import BULK, LIKE, Survey, container

# Never article text. trafilatura removes them too, but only after it has searched and copied the
# whole tree several times; scripts and styles are most of a modern page.
MACHINERY = (
    "head",
    "title",
    "script",
    "style",
    "template",
    "svg",
    "iframe",
    "canvas",
    "link",
    "input",
)
_NO_TEXT = (
    "object", "embed", "audio", "video", "map", "button", "select", "option", "datalist",
    "textarea", "nav", "aside", "footer", "address", "dialog", "noscript", "picture", "source",
)  # fmt: skip
_NO_SENTENCES = frozenset({*_NO_TEXT, "form", "figure", "figcaption", "label"})
_DROPPED_BY_READER = ("form", "figure", "menu", "details", "fieldset", "label", "frame", "header")

LARGEST_JUNK = 0.3
"""Share of a page's sentences from which a block is no teaser or prompt, whatever it is called."""
SMALLEST_MEMBER = 0.02
"""Share of a page's sentences from which an element counts among its likes."""
PARAGRAPHS_IN_A_ROW = 3
"""Paragraphs side by side that only an article has."""
LONGEST_PROMPT = 200
"""Characters up to which a block may be a prompt or credit by a name that others have as well."""
LONGEST_CAPTION = 400
"""Characters of text beside a picture beyond which it is no caption."""

_DISCARDED = re.compile(
    r"shar|social|viral|newsletter|syndication|cookie|tags|tag-list|sidebar|banner|bread-?crumb"
    r"|button|author|byline|footer|nav|menu|related|elated|premium|^ad-|-ad-|^ad$|bar|outbrain"
    r"|taboola|criteo|widget|embed|consent|modal|permission|next-|-stories|popular|more-on|meta"
    r"|rating|attachment|timestamp|user-|-icon|infos|message|slide|viewport|overlay|options|expand"
    r"|obfuscated|blurred|hid|comment|teaser|infinite|caption|noprint|notloaded|reply|yin"
    r"|zlylin|nfoline|^jp-|dpsp|bmdh|disqus|comol|akismet|suggest|factbox",
    re.IGNORECASE,
)
"""What trafilatura discards by class or id, as far as it can stand on an article."""
_EMPTY = re.compile(r"message|slide|viewport|options|infos|attachment|rating", re.IGNORECASE)
"""Of those, the names that any part of an article may have."""
_FRAMES = ("div", "main", "section", "article")
_BLOCKS = ("div", "section")
_PARTS = ("h1", "h2", "h3", "h4", "li", "blockquote", "table")
_KEPT_ATTRIBUTES = frozenset({"class", "id", "itemprop", "href"})


class Junk(StrEnum):
    """Kinds of blocks that are named for what they are."""

    STORIES = "stories"
    """Teasers of other stories."""
    APPEAL = "appeal"
    """Asks to subscribe, donate, join or sign up."""
    CAPTION = "caption"
    """Describes a picture or says whose it is."""
    COMMENTS = "comments"
    """What readers wrote, or the form for it."""


_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_NAMES: tuple[tuple[Junk, re.Pattern[str]], ...] = (
    (
        Junk.CAPTION,
        re.compile(
            r" (?:\w*captions?|cutline|\w*unterschrift|(?:img|image|media|photo|picture|foto|bild)"
            r" (?:credits?|copyright)) "
        ),
    ),
    (
        Junk.APPEAL,
        re.compile(
            r" (?:newsletters?|subscribe|subscription|signup|membership|promo|donat\w+|support us"
            r"|fundrais\w+|follow us|push notifications?) "
        ),
    ),
    (
        Junk.STORIES,
        re.compile(
            r" (?:\w*teasers?|related|recommend\w*|recirc\w*|read (?:more|also|next)|see also|more"
            r" (?:on|from|stories|news|articles)|also read|similar|most (?:read|popular)|outbrain"
            r"|taboola|next (?:article|story)|other (?:news|articles|stories)|linkbox|crosslinks?) "
        ),
    ),
    (Junk.COMMENTS, re.compile(r" (?:comments?|disqus) ")),
)
_WIDE_NAMES: tuple[tuple[Junk, re.Pattern[str]], ...] = (
    (
        Junk.CAPTION,
        re.compile(
            r" (?:credits?|copyright|(?:img|image|media|photo|picture|foto|bild)"
            r" (?:info|text|desc|description|source|author|title)) "
        ),
    ),
    (Junk.APPEAL, re.compile(r" (?:sign up|appeal) ")),
    (Junk.COMMENTS, re.compile(r" respond ")),
)
"""Names that parts of articles have as well: a court's appeal, an image with text beside it."""


_HINT = re.compile(
    r"caption|credit|copyright|cutline|unterschrift|img|image|media|photo|picture|foto|bild|letter"
    r"|subscri|sign|donat|member|promo|appeal|support|fundrais|follow|push|teaser|related|recomm"
    r"|recirc|read|see|more|also|similar|popular|outbrain|taboola|next|other|link|comment|disqus"
    r"|respond",
    re.IGNORECASE,
)
"""Some letters of each name: most elements have none of them."""


def strip_machinery(tree: HtmlElement) -> None:
    """Remove scripts, styles and the head. Changes the tree."""
    strip_elements(tree, *MACHINERY, with_tail=False)


def strip_furniture(tree: HtmlElement, seen: Survey, looks: Looks) -> None:
    """Remove the elements that by their tags hold no text, save the bulk. Changes the tree."""
    _spare(seen, looks)
    strip_elements(tree, *_NO_TEXT, with_tail=False)


def join_blocks(seen: Survey, looks: Looks) -> None:
    """Mark what holds a body of several blocks: only the first would be read. Changes the tree."""
    whole = container(seen)
    if whole is None or whole.tag not in _FRAMES:
        return
    alike: Counter[tuple[str, str]] = Counter()
    teasers = 0
    for child in whole:
        if child.tag in _BLOCKS and seen.weight(child) >= LIKE * seen.weight(whole):
            if junk_kind(child) is not None or next(child.iter("h1"), None) is not None:
                return  # comments, or several articles
            alike[str(child.tag), child.get("class") or ""] += 1
            teasers += looks.may(child) and holds_other_stories(child)
    if max(alike.values(), default=0) > 1 and 2 * teasers < alike.total():
        whole.set("itemprop", "articleBody")


def drop_named(seen: Survey, looks: Looks) -> None:
    """Remove teasers, appeals and captions that are named so. Changes the tree."""
    waiting: list[tuple[Junk, HtmlElement]] = []
    most = LARGEST_JUNK * seen.total
    for element, weight in seen.weights.items():
        if element.getparent() is None:
            continue  # gone already
        if weight < most and (kind := _is_named(element, looks)):
            waiting.append((kind, element))
        # Beside a news flash, teasers are most of the page.
        elif junk_kind(element) is Junk.STORIES and _are_other_stories(element, seen, looks):
            element.drop_tree()
    if not waiting:
        return
    for kind in Junk:
        found = [element for other, element in waiting if other is kind]
        # What is most of the page by one name is the article under that name.
        if sum(map(seen.weight, found)) < BULK * seen.total:
            for element in found:
                if element.getparent() is not None:
                    element.drop_tree()


def spare_paragraphs(seen: Survey) -> None:
    """Rename what holds paragraphs of the article under names that say nothing of what they are.

    The reader discards a message of a live report and a slide with a text. Changes the tree.
    """
    whole = container(seen)
    met: set[HtmlElement] = set()
    for run in seen.runs:
        if run.linked or run.headline or run.beside or run.element.tag != "p":
            continue
        holder: HtmlElement | None = run.element
        while holder is not None and holder is not whole and holder not in met:
            met.add(holder)
            for name in ("class", "id"):
                if value := holder.get(name):
                    holder.set(name, " ".join(w for w in value.split() if not _EMPTY.search(w)))
            holder = seen.parents[holder]


def junk_kind(element: HtmlElement) -> Junk | None:
    """Tell what an element is by its class and id, where no part of an article is called so."""
    return _kind((element.get("class") or "")[:200], (element.get("id") or "")[:60])[0]


def _wide_kind(element: HtmlElement) -> Junk | None:
    return _kind((element.get("class") or "")[:200], (element.get("id") or "")[:60])[1]


def holds_other_stories(block: HtmlElement) -> bool:
    """Tell a block with a link to each of its paragraphs: those tell of other pages."""
    paragraphs = Counter(paragraph.getparent() for paragraph in block.iter("p"))
    if max(paragraphs.values(), default=0) >= PARAGRAPHS_IN_A_ROW:
        return False  # a teaser has one or two
    links = {link.get("href") for link in block.iter("a") if _leads_elsewhere(link)}
    return len(links) >= max(1, paragraphs.total())


def _leads_elsewhere(link: HtmlElement) -> bool:
    return next((True for text in link.itertext() if text.strip()), False)


def _are_other_stories(element: HtmlElement, seen: Survey, looks: Looks) -> bool:
    """Tell a list of other stories from the article; where the headline is, is the article."""
    if not seen.above_headline or element in seen.above_headline:
        return False
    return looks.may(element) and holds_other_stories(element)


def is_furniture(element: HtmlElement, judged: dict[HtmlElement, bool]) -> bool:
    """Tell whether an element, or one above it, is furniture; `judged` remembers."""
    waiting: list[HtmlElement] = []
    above: HtmlElement | None = element
    while above is not None and above not in judged:
        waiting.append(above)
        above = above.getparent()
    answer = above is not None and judged[above]
    for each in reversed(waiting):
        answer = answer or each.tag in _NO_SENTENCES or junk_kind(each) is not None
        judged[each] = answer
    return answer


@lru_cache(maxsize=4_096)
def _kind(names: str, identity: str) -> tuple[Junk | None, Junk | None]:
    if not _HINT.search(f"{names} {identity}"):
        return None, None
    words = f" {' '.join(_WORDS.findall(f'{names} {identity}'))} ".lower()
    sure = next((kind for kind, pattern in _NAMES if pattern.search(words)), None)
    return sure, next((kind for kind, pattern in _WIDE_NAMES if pattern.search(words)), None)


def _is_named(element: HtmlElement, looks: Looks) -> Junk | None:
    """Return what an element is named for, if it has the shape of it, too."""
    if kind := junk_kind(element):
        return kind if looks.may(element) and _is(kind, element) else None
    wide = _wide_kind(element)
    return wide if wide and looks.may(element) and _is_small(wide, element) else None


def _is_teaser(element: HtmlElement) -> bool:
    """Tell a block that is named a teaser from one that is named for what it leads to."""
    return "teaser" in f"{element.get('class') or ''} {element.get('id') or ''}".casefold()


def _is(kind: Junk, element: HtmlElement) -> bool:
    if next(element.iterdescendants("h1"), None) is not None:
        return False
    if kind is Junk.STORIES:
        # A lead is called a teaser as well, but it leads nowhere; "read more" opens the rest.
        leads = next(element.iter("a"), None) is not None
        return leads and (_is_teaser(element) or holds_other_stories(element))
    if kind is Junk.CAPTION:
        return len(element.text_content()) <= LONGEST_CAPTION
    return True


def _is_small(kind: Junk, element: HtmlElement) -> bool:
    """Tell what goes by one of the wide names: it has the shape, too, and is too short for news."""
    text = " ".join(element.text_content().split())
    if len(text) > LONGEST_PROMPT or next(element.iterdescendants(*_PARTS), None) is not None:
        return False
    if kind is Junk.CAPTION:
        paragraphs = list(islice(element.iterdescendants("p"), 2))
        return len(paragraphs) < 2 and not (paragraphs and text.endswith((".", "!", "?", "…")))
    return next(element.iterdescendants("form", "a"), None) is not None


def _spare(seen: Survey, looks: Looks) -> None:
    """Rename what holds the bulk, and groups of siblings that do so together."""
    least, fewest = BULK * seen.total, SMALLEST_MEMBER * seen.total
    if not least:
        return
    heavy = (element for element, weight in seen.weights.items() if weight >= least)
    bulk = {element for element in heavy if not _are_other_stories(element, seen, looks)}
    groups: Counter[tuple[HtmlElement, str, str]] = Counter()
    members: dict[tuple[HtmlElement, str, str], list[HtmlElement]] = {}
    for element, weight in seen.weights.items():
        if weight >= fewest and (above := seen.parents[element]) is not None and above in bulk:
            key = (above, str(element.tag), element.get("class") or "")
            groups[key] += weight
            members.setdefault(key, []).append(element)
    for key, weight in groups.items():
        first = members[key][0]
        if weight >= least and not (looks.may(first) and holds_other_stories(first)):
            bulk.update(members[key])
    for element in bulk:
        if element.tag in _NO_TEXT or element.tag in _DROPPED_BY_READER:
            element.tag = "div"
        _rename(element)


def _rename(element: HtmlElement) -> None:
    for name in list(element.attrib):
        if name not in _KEPT_ATTRIBUTES:
            del element.attrib[name]
    for name in ("class", "id"):
        if value := element.get(name):
            element.set(name, " ".join(w for w in value.split() if not _DISCARDED.search(w)))
