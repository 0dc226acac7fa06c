"""The headline of a page: what it shows, spelled as it says of itself elsewhere where that agrees.

Claims are what the page says of itself (JSON-LD, OpenGraph, <title>): often written for search
engines or for social networks, and often with the outlet's name behind. Shown is what a reader
sees: a heading that is neither hidden nor a step of the breadcrumbs.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from lxml.html import HtmlElement

from crawler.extract.decoding import clean_text
from crawler.extract.hidden import hides
from crawler.extract.remembering import remembered

MAX_TITLE = 500
MAX_HEADINGS = 60
"""Headings of a level that are looked at; the headline is among the first."""
MAX_HEADING_PIECES = 100
"""Pieces of text of a heading that are read."""
MAX_CLIMB = 8
"""Ancestors of a heading that may hide it."""
NAMED_CLIMB = 3
"""Of these, those whose class can say that what they hold is not shown."""
MOST_STYLE = 500
"""Characters of a style that are read."""
SAME_STORY = 0.5
"""Share of common words from which two headlines are wordings of one."""
LEAST_LETTERS = 4
"""Letters from which a word says what a headline is about."""

_WORD = re.compile(r"\w+")
_SPACE = re.compile(r"\s+")
_SEPARATOR = re.compile(r"\s+(?:[|–—·•»«*]|::|-|//)\s+|\s*[｜ㅣ：]\s*|(?<=\S)\s*[|]\s*(?=\S)")
_PREFIX = re.compile(r"(?::|\s[|–—·•»-])\s+")
_DOMAIN = re.compile(r"(?:www\.)?[\w-]+(?:\.[\w-]+)?\.[a-z]{2,6}", re.IGNORECASE)
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}")
_NOT_SHOWN = re.compile(
    r"crumb|seo-?title|logo|visually-?hidden|screen-?reader|(?:^|\s)(?:sr-only|hidden|is_blind)(?:\s|$)"
    r"|modal|dialog|cookie|consent|popup",
    re.IGNORECASE,
)
_SHOWN_AFTER_ALL = re.compile(r"not-sr-only")
_INVISIBLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_KICKER = re.compile(
    r"kicker|overline|dach-?zeile|roof-?line|top-?line|eyebrow|pre-?title|sur-?title|tag-?line"
    r"|super-?title|over-?title|rubric|category|visually-?hidden|sr-only",
    re.IGNORECASE,
)
_NEVER = ("nav", "footer", "aside", "dialog")
_NO_TEXT = frozenset(
    {"svg", "script", "style", "noscript", "template", "title", "button", "select", "textarea",
     "iframe", "object"}
)  # fmt: skip
_INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img",
     "ins", "kbd", "mark", "nobr", "picture", "q", "s", "small", "source", "span", "strong", "sub",
     "sup", "time", "u", "var", "wbr"}
)  # fmt: skip
"""Elements that do not end a line; all others do, those of no known kind as well."""
_SHOWN_AS_BLOCK = re.compile(r"display\s*:\s*(?:block|flex|grid|table)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading that readers see."""

    element: HtmlElement
    text: str
    plain: str
    """Its words, as `plain_words` gives them."""
    last: str
    """The words of its last part, where it is made of several: all but the kicker, perhaps."""
    whole: str
    """All of its words, where a kicker was cut off `text`; else empty."""


def tidy(text: str) -> str:
    """One line of display text: entities decoded, control characters and extra spaces gone."""
    if "&" in text:
        text = html.unescape(text)
    return _SPACE.sub(" ", clean_text(text)).strip()


@remembered(2 * MAX_TITLE, 512)
def plain_words(text: str) -> str:
    """Return the words of a text, case folded, with one space between, to compare it by."""
    text = unicodedata.normalize("NFKC", text).replace("\u00ad", "")
    return " ".join(_WORD.findall(text.casefold()))


def shown_headings(tree: HtmlElement, level: str = "h1") -> Iterator[Heading]:
    """Yield the headings of a level that readers see, in the order of the page."""
    for element in islice(tree.iter(level), MAX_HEADINGS):
        if not _is_hidden(element) and (heading := _heading(element)).plain:
            yield heading


def headline(
    claims: Sequence[str],
    page_title: str,
    headings: Sequence[Heading],
    lower: Iterable[Heading],
    outlet: Iterable[str],
    home: Iterable[str] = (),
) -> str:
    """Choose the headline.

    `claims` are what the page calls itself, in order of trust, `page_title` is its <title>,
    `headings` and `lower` what it shows on the first two levels, `outlet` names of the outlet and
    `home` those that its front page goes by.
    A claim that the page shows wins; then what it shows, if that is about the same; then what it
    says twice.
    """
    names = frozenset(squeezed for name in outlet if len(squeezed := squeeze(name)) > 1)
    proof = {h.plain for h in headings} | {plain_words(claim) for claim in claims}
    own = [cut for claim in claims if (cut := _without_site(claim, names, proof))]
    title = _without_site(page_title, names, proof)
    # The name of the site is often all that a front page, or an h1 with the logo, says.
    names |= frozenset(filter(None, map(squeeze, (*home, *_said_twice(page_title)))))
    own = [claim for claim in own if not _is_of_names(claim, names)]
    title = "" if _is_of_names(title, names) else title
    firsts = [h for h in headings if squeeze(h.text) not in names]
    if found := _confirmed([*own, title] if title else own, firsts):
        return found
    seconds = list(islice(lower, MAX_HEADINGS))
    if own and (found := _confirmed(own, seconds, whole=True)):
        return found
    if not own and not firsts and (found := _second(title, seconds, names)):
        return found
    plausible = _plausible(own, title, firsts)
    agreed = _agreed(own, title)
    if plausible is None and (shown := _beside_slogan(claims, page_title, names, firsts)):
        return shown
    if plausible is None:
        return agreed or (own[0] if own else title) or (firsts[0].text if firsts else "")
    # Where a kicker was cut off, the page itself says what of it is the headline.
    if agreed and not plausible.whole:
        return (
            agreed
            if likeness(plausible.plain, plain_words(agreed)) >= SAME_STORY
            else plausible.text
        )
    return plausible.text


def _said_twice(title: str) -> list[str]:
    """Return the parts of a title that are all the same: "Gazette - Gazette" is a name."""
    parts = _SEPARATOR.split(title[:MAX_TITLE])
    return parts[:1] if len(parts) > 1 and len(set(map(squeeze, parts))) == 1 else []


def _is_of_names(title: str, names: frozenset[str]) -> bool:
    """Tell a title of nothing but names of the outlet."""
    return all(squeeze(part) in names for part in _SEPARATOR.split(title[:MAX_TITLE]))


def _second(title: str, headings: Sequence[Heading], names: frozenset[str]) -> str:
    """Return the headline of a page that has it on the second level and says little of itself.

    Where it has a <title>, that begins with the headline or ends with it.
    """
    words = plain_words(title)
    for heading in headings:
        if " " not in heading.plain or squeeze(heading.text) in names:
            continue
        if not words or words.startswith(heading.plain) or words.endswith(heading.plain):
            return heading.text
    return ""


def squeeze(name: str) -> str:
    """Return a name without case, spaces and signs: `The Daily News` is `thedailynews`."""
    return plain_words(name).replace(" ", "")


def _confirmed(claims: list[str], headings: Sequence[Heading], *, whole: bool = False) -> str:
    """Return the claim that a heading says: in the same words, else but for a kicker before it."""
    for heading in headings:
        # Its last part first: what is before that is a kicker if the page leaves it out elsewhere.
        for words in filter(None, (heading.last, heading.plain, heading.whole)):
            equal = [claim for claim in claims if plain_words(claim) == words]
            if equal:
                return next((claim for claim in equal if claim == heading.text), equal[0])
    for heading in headings:
        for claim in claims:
            said = plain_words(claim)
            if _is_end_of(said, heading.plain) or (
                not whole and not heading.whole and _is_end_of(heading.plain, said)
            ):
                return claim
    return ""


def _is_end_of(end: str, words: str) -> bool:
    """Tell whether one headline is another without its kicker."""
    return words.endswith(" " + end) and end.count(" ") >= 2 and len(end) >= 0.5 * len(words)


def _plausible(own: list[str], title: str, headings: Sequence[Heading]) -> Heading | None:
    """Return the first heading that is about what the page says it is about.

    Without this, names of sections would be headlines. A <title> alone says too little, so then
    the only heading is believed.
    """
    about = _stems(" ".join(map(plain_words, (*own, title))))
    for heading in headings:
        if " " in heading.plain and not about.isdisjoint(_stems(heading.plain)):
            return heading
    return headings[0] if not own and len(headings) == 1 else None


def _beside_slogan(
    claims: Sequence[str], page_title: str, names: frozenset[str], headings: Sequence[Heading]
) -> str:
    """Return the only heading of a page that says of itself who its outlet is, and nothing else.

    "Gazette — news of the valley" in every place is the template's. A headline behind the name of
    its outlet would have words of the heading, or the page several headings.
    """
    said = [tidy(text[:MAX_TITLE]) for text in (*claims, page_title) if text.strip()]
    if len(headings) != 1 or headings[0].plain.count(" ") < 2 or len(set(said)) != 1:
        return ""
    prefix = _PREFIX.search(said[0], 0, 60)
    named = prefix is not None and squeeze(said[0][: prefix.start()]) in names
    return headings[0].text if named else ""


def _agreed(own: list[str], title: str) -> str:
    """Return what the page calls itself in two places of its own."""
    said = [plain_words(claim) for claim in own]
    for index, words in enumerate(said):
        if words in said[index + 1 :] or words == plain_words(title):
            return own[index]
    return ""


def _stems(words: str) -> frozenset[str]:
    """Return beginnings of the longer words: enough to know an inflected form by."""
    return frozenset(word[:5] for word in words.split() if len(word) >= LEAST_LETTERS)


def likeness(one: str, other: str) -> float:
    """Return the share of words that two texts, as `plain_words`, have in common."""
    first, second = set(one.split()), set(other.split())
    return 2 * len(first & second) / max(1, len(first) + len(second))


def _without_site(text: str, names: frozenset[str], proof: set[str]) -> str:
    """Cut "Headline | Section | Site" and "Site: Headline" where the page shows what is what."""
    # Twice the limit, so that a site's name behind a long headline can still be cut off.
    title = tidy(text[: 2 * MAX_TITLE])
    breaks = list(islice(_SEPARATOR.finditer(title), 20))
    for found in reversed(breaks):
        head = plain_words(title[: found.start()])
        # One word may be a kicker: "BUDGET | Tax collectors get more money".
        if " " in head and head in proof:
            return title[: found.start()][:MAX_TITLE]
    while breaks and _is_site(title[breaks[-1].end() :], names):
        title = title[: breaks.pop().start()]
    prefix = _PREFIX.search(title, 0, 60)
    if prefix and squeeze(title[: prefix.start()]) in names:
        title = title[prefix.end() :]
    return title[:MAX_TITLE].strip()


def _is_site(part: str, names: frozenset[str]) -> bool:
    """Tell whether the end of a title is the outlet's name, its address or a date."""
    if _DOMAIN.fullmatch(part) or _DATE.fullmatch(part):
        return True
    squeezed = squeeze(part)
    if not squeezed or part.count(" ") > 4:
        return False
    return squeezed in names or any(
        len(name) >= 3
        and (squeezed.startswith(name) or (len(squeezed) >= 3 and name.endswith(squeezed)))
        for name in names
    )


def _is_hidden(element: HtmlElement) -> bool:
    for step, holder in enumerate((element, *islice(element.iterancestors(), MAX_CLIMB))):
        if holder.tag in _NEVER:
            return True
        if holder.tag in ("body", "html", "main", "article"):
            return False
        if holder.get("hidden") is not None or holder.get("aria-hidden") == "true":
            return True
        if _INVISIBLE.search(holder.get("style") or "") or holder.get("role") == "dialog":
            return True
        if step <= NAMED_CLIMB and any(
            value and _hides(value) for value in (holder.get("class"), holder.get("id"))
        ):
            return True
    return False


@remembered(200, 2_048)
def _hides(kind: str) -> bool:
    return _NOT_SHOWN.search(kind) is not None and not _SHOWN_AFTER_ALL.search(kind)


def _heading(element: HtmlElement) -> Heading:
    parts = _parts(element)
    text, whole = _joined(element, _is_beside), ""
    if "" in parts[1:-1]:
        # A dash for screen readers alone stands between two lines: a kicker and a headline.
        text = tidy(" ".join(parts[parts.index("", 1) + 1 :]))
        whole = plain_words(" ".join(parts))
    elif any(map(_is_beside, islice(element, MAX_HEADING_PIECES))):
        whole = plain_words(_joined(element, _is_no_text))
    last = plain_words(parts[-1]) if len(parts) > 1 else ""
    return Heading(element, text, plain_words(text), last, whole)


def _joined(element: HtmlElement, skipped: Callable[[HtmlElement], bool]) -> str:
    return tidy("".join(islice(pieces(element, skipped), MAX_HEADING_PIECES)))[: 2 * MAX_TITLE]


def _parts(element: HtmlElement) -> list[str]:
    """Return the texts of a heading's elements where all of its text is in them; "" is a dash."""
    children = list(islice(element, MAX_HEADING_PIECES))
    if (element.text or "").strip() or any((child.tail or "").strip() for child in children):
        return []
    texts = (_joined(child, _is_beside) for child in children)
    return [text if _WORD.search(text) else "" for text in texts if text]


def heading_text(element: HtmlElement) -> str:
    """Return all that a heading says to its reader, its kicker as well."""
    return _joined(element, _is_no_text)


def pieces(
    element: HtmlElement, skipped: Callable[[HtmlElement], bool], depth: int = MAX_CLIMB
) -> Iterator[str]:
    """Yield the text of an element in order, without its parts that are to be skipped.

    A space stands where a line ends.
    """
    yield element.text or ""
    for part in element:
        if isinstance(part.tag, str) and depth and not skipped(part):
            ends_line = part.tag not in _INLINE or bool(
                _SHOWN_AS_BLOCK.search((part.get("style") or "")[:MOST_STYLE])
            )
            if ends_line:
                yield " "
            yield from pieces(part, skipped, depth - 1)
            if ends_line:
                yield " "
        yield part.tail or ""


def _is_no_text(part: HtmlElement) -> bool:
    return part.tag in _NO_TEXT or hides(part)


def _is_beside(part: HtmlElement) -> bool:
    """Tell whether a part of a heading is its kicker, or none of its text."""
    if _is_no_text(part):
        return True
    kind = (part.get("class") or "")[:200]
    if not kind or not _KICKER.search(kind):
        return False
    # All of a heading can be wrapped in one element whose class happens to sound like a kicker.
    return bool((part.tail or "").strip()) or part.getnext() is not None
