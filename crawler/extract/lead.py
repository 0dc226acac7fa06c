"""The lead: what a page shows between its headline and the container of its text.

On a third of all pages it stands in the article's header, where no body selector looks. A page
that states a description mostly states its lead, word for word: where that is shown above the
text, it is the lead. Without one, the place and the name of an element tell it.
"""

from __future__ import annotations

import re
from itertools import islice

from lxml.html import HtmlElement

from crawler.extract.hidden import hides
from crawler.extract.lines import fold, same_headline
from crawler.extract.survey import Run, Survey, is_short

SHORTEST_LEAD = 60
"""Characters below which a line under the headline is a kicker, unless it is stated."""
LONGEST_LEAD = 1_000
"""Characters beyond which an element above the text is more than its lead."""
SAME_START = 40
"""Characters, folded, by which one text is found again in another."""

MAX_CLIMB = 40
"""Elements above a lead that are asked whether they are hidden."""

_INLINE = frozenset({"span", "strong", "b", "em", "i", "a", "font", "u", "mark", "small"})
_NO_LEAD = re.compile(
    r"caption|credit|copyright|author|byline|shar|nav|menu|foot|newsletter|comment|cookie|tooltip"
    r"|disclaim|paywall|subscri|legend|image|media|photo|video|hidden|social|meta|date|time",
    re.IGNORECASE,
)
_PICTURE = re.compile(r"caption|credit|legend|image|photo", re.IGNORECASE)
_LEAD = re.compile(
    r"(?<![a-z])(?:lead|lede|intro|standfirst|sub-?_?(?:title|head|heading|headline|line)|deck|dek"
    r"|summary|abstract|excerpt|chapo|sapo|ingress|anons|annotation|synopsis|perex|vorspann"
    r"|entradilla|sommario|preamble|teaser-?text)(?![a-z])",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def find_lead(
    seen: Survey, folded: str, descriptions: tuple[str, ...], headlines: tuple[str, ...]
) -> str:
    """Return the lead that the page shows above a text and that the text lacks; "" without one.

    `folded` is the text's words alone. A description that is not shown is no text.
    """
    above = _above(seen, folded)
    stated = [start for each in descriptions if (start := fold(each)[:SAME_START])]
    headline: HtmlElement | None = None
    for run in above:
        if run.headline:
            headline = run.element
    under = False
    for run in above:
        under = under or (run.headline and run.element is headline)
        if run.headline or run.linked or run.beside:
            continue
        block = _block(run.element)
        lead = " ".join(block.text_content().split()) if is_short(block, LONGEST_LEAD) else ""
        start = fold(lead)[:SAME_START]
        if not start or start in folded or any(same_headline(lead, each) for each in headlines):
            continue
        if any(start.startswith(each) or each.startswith(start) for each in stated):
            found = not any(map(_PICTURE.search, _names(block)[:2]))
        else:
            found = under and len(lead) >= SHORTEST_LEAD and _is_placed_so(block, headline)
        if found and not _is_hidden(run.element):
            return lead
    return ""


def _above(seen: Survey, folded: str) -> list[Run]:
    """Return the runs above the first that the text has; none if it has none of them."""
    for index, run in enumerate(seen.runs):
        start = "" if run.headline or run.linked else fold(run.text)[:SAME_START]
        if start and start in folded:
            return list(seen.runs[:index])
    return []


def _block(element: HtmlElement) -> HtmlElement:
    """Return the paragraph that an inline element is part of; itself if it stands on its own."""
    block = element
    while block.tag in _INLINE and (above := block.getparent()) is not None:
        block = above
    return element if next(block.iterdescendants("h1", "h2"), None) is not None else block


def _names(block: HtmlElement) -> list[str]:
    around = [block, *islice(block.iterancestors(), 3)]
    return [f"{element.get('class') or ''} {element.get('id') or ''}" for element in around]


def _is_hidden(element: HtmlElement) -> bool:
    """Tell what no reader sees; the article's own block has lost such attributes by now."""
    for holder in (element, *islice(element.iterancestors(), MAX_CLIMB)):
        if hides(holder) or holder.get("aria-hidden") == "true":
            return True
    return False


def _is_placed_so(block: HtmlElement, headline: HtmlElement | None) -> bool:
    """Tell a lead by its name, or by standing beside the headline."""
    names = _names(block)
    if any(map(_NO_LEAD.search, names[:2])):
        return False
    if any(_LEAD.search(_CAMEL.sub("-", name)) for name in names[:2]):
        return True
    while (
        headline is not None
        and headline.tag != "h1"
        and (above := headline.getparent()) is not None
    ):
        headline = above
    return (
        headline is not None
        and block.tag in ("p", "h2", "h3", "div")
        and block.getparent() is headline.getparent()
    )
