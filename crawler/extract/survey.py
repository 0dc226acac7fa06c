"""Where the sentences of a page stand: one pass in linear time, before anything is taken out.

Menus, headings and captions are short; what stands in long runs of text outside of links is mostly
the article. The weight of an element is how many characters of such text it holds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import cast

from lxml.etree import XPath, _ElementUnicodeResult
from lxml.html import HtmlElement

SENTENCE = 40
"""Characters of a run of text from which it counts as a sentence."""
LIKE = 0.1
"""Share of an element's sentences from which a child is a block of its own."""
LONGEST_HEADLINE = 300
"""Characters of an `<h1>` beyond which it is no headline: an unclosed one holds the article."""
MOST_NODES = 200
"""Pieces of text of an element that are looked at to measure it."""
MOST_RUNS = 5_000
"""Runs that are looked at; the longest of 312 real articles has 1,300."""
MOST_HEADLINES = 20
"""Elements `<h1>` whose text is looked at, however short it is."""
MOST_PIECES = 50
"""Pieces of the text of one that are looked at."""
BULK = 0.5
"""Share of a page's sentences from which an element holds the article, whatever it is called."""
CONTAINED = 0.6
"""Share of an element's sentences from which one of its children is looked into in its place."""

# The first test is the cheap one: most runs are white space between tags. A union with the texts of
# the headlines would compare each with each, and sort them.
_LONG = f"text()[string-length() >= {SENTENCE}][string-length(normalize-space()) >= {SENTENCE}]"
_RUNS = XPath(f"/html/body/descendant::{_LONG}[position() <= {MOST_RUNS}]")
_RUNS_BEFORE = XPath(f"count(preceding::{_LONG})")
_SPACES = re.compile(r"[ \t\r\n]+")  # as XPath has it
_PIECES = XPath(f"descendant::text()[position() <= {MOST_PIECES}]")
_BESIDE = frozenset(
    {"figure", "figcaption", "nav", "aside", "footer", "button", "label", "form", "select",
     "noscript", "table", "li", "address", "dialog"}
)  # fmt: skip
_Within = tuple[bool, bool, bool]
"""Whether an element is in a link, in a headline, beside the text."""


@dataclass(frozen=True, slots=True)
class Run:
    """A long run of text and the element it stands in, directly or as the tail of a child."""

    element: HtmlElement
    text: str
    linked: bool
    """It is in a link, so that it speaks of another page."""
    headline: bool
    """It is in an `<h1>`."""
    beside: bool
    """It is in a picture's caption, a menu, a form, a list: beside the text."""


@dataclass(frozen=True, slots=True)
class Survey:
    """The long runs of text of a page in document order, and how they weigh on its elements."""

    runs: tuple[Run, ...]
    weights: dict[HtmlElement, int]
    parents: dict[HtmlElement, HtmlElement | None]
    """The parents that the elements had when they were weighed."""
    total: int
    above_headline: frozenset[HtmlElement]
    """The elements around the headline; empty without one."""

    def weight(self, element: HtmlElement) -> int:
        """Return the characters of sentences within an element."""
        return self.weights.get(element, 0)


def survey(tree: HtmlElement) -> Survey:
    """Weigh the elements of a tree that holds no scripts and styles any more."""
    runs: list[Run] = []
    weights: dict[HtmlElement, int] = {}
    parents: dict[HtmlElement, HtmlElement | None] = {}
    chains: list[list[HtmlElement]] = []
    within: dict[HtmlElement, _Within] = {}
    for found in _texts(tree):
        holder = found.getparent()
        if holder is not None and found.is_tail:
            holder = holder.getparent()
        if holder is None:
            continue
        if holder not in weights:
            chains.append(_chain(holder, weights, parents, within))
        if text := " ".join(found.split()):
            runs.append(Run(holder, text, *within[holder]))
    plain = sum(len(run.text) for run in runs if not run.linked and not run.headline)
    swallowed = [r for r in runs if r.linked and not r.headline and len(r.text) > LONGEST_HEADLINE]
    counted = [r for r in runs if not r.linked and not r.headline]
    if sum(len(run.text) for run in swallowed) > plain:  # in an unclosed link
        counted.extend(swallowed)
    for run in counted:
        weights[run.element] += len(run.text)
    # Each chain hangs on an element of an earlier one: from the last to the first, and upwards
    # within each, children are always summed up before their parent.
    for chain in reversed(chains):
        for element in chain:
            if (above := parents[element]) is not None:
                weights[above] += weights[element]
    headline = next((run.element for run in runs if run.headline), None)
    above = frozenset(headline.iterancestors()) if headline is not None else frozenset()
    return Survey(tuple(runs), weights, parents, sum(len(run.text) for run in counted), above)


def _texts(tree: HtmlElement) -> list[_ElementUnicodeResult]:
    """Return the long texts of a page and all texts of its headlines, in the order of the page."""
    texts = cast("list[_ElementUnicodeResult]", _RUNS(tree))
    outermost = (h for h in tree.iter("h1") if next(h.iterancestors("h1"), None) is None)
    # From the last to the first, so that what is put in moves no place that is still to come.
    for headline in reversed(list(islice(outermost, MOST_HEADLINES))):
        before = int(cast("float", _RUNS_BEFORE(headline)))
        pieces = cast("list[_ElementUnicodeResult]", _PIECES(headline))
        known = sum(len(" ".join(_SPACES.split(p)).strip(" ")) >= SENTENCE for p in pieces)
        texts[before : before + known] = pieces
    return texts[:MOST_RUNS]


def container(seen: Survey) -> HtmlElement | None:
    """Return the smallest element that holds most of the sentences of all that holds it."""
    inner: dict[HtmlElement, HtmlElement] = {}
    for element, weight in seen.weights.items():
        above = seen.parents[element]
        if above is not None and weight >= CONTAINED * seen.weights[above] > 0:
            inner[above] = element
    element = next((e for e, above in seen.parents.items() if above is None), None)
    while element is not None and element in inner and not _has_likes(inner[element], seen):
        element = inner[element]
    return element


def _has_likes(element: HtmlElement, seen: Survey) -> bool:
    """Tell whether siblings of the same name hold the sentences together with an element."""
    above, name = seen.parents[element], element.get("class")
    if above is None:
        return False
    least = LIKE * seen.weights[above]
    return any(
        seen.weight(each) >= least
        for each in above.iterchildren(element.tag)
        if each is not element and each.get("class") == name
    )


def is_short(element: HtmlElement, limit: int) -> bool:
    """Tell whether an element has at most `limit` characters; looks at no more than that."""
    left = limit
    for text in islice(element.itertext(), MOST_NODES + 1):
        left -= len(text.strip()) + 1
        if left < 0:
            return False
    return True


def _chain(
    holder: HtmlElement,
    weights: dict[HtmlElement, int],
    parents: dict[HtmlElement, HtmlElement | None],
    within: dict[HtmlElement, _Within],
) -> list[HtmlElement]:
    """Enter an element and all above it that were not met yet; return them, itself first."""
    chain: list[HtmlElement] = []
    element: HtmlElement | None = holder
    while element is not None and element not in weights:
        weights[element] = 0
        chain.append(element)
        above = element.getparent()
        parents[element] = above
        element = above
    nowhere: _Within = (False, False, False)
    linked, headline, beside = within.get(element, nowhere) if element is not None else nowhere
    for entered in reversed(chain):
        linked = linked or (entered.tag == "a" and entered.get("href") is not None)
        headline = headline or (entered.tag == "h1" and is_short(entered, LONGEST_HEADLINE))
        beside = beside or entered.tag in _BESIDE
        within[entered] = (linked, headline, beside)
    return chain
