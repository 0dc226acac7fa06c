"""Whether a text read from a page may not be its article, by signs that cost little."""

from __future__ import annotations

from lxml.html import HtmlElement

from core.articles import TextDoubt
from crawler.extract.furniture import is_furniture
from crawler.extract.lines import fold
from crawler.extract.survey import Run, Survey

HARDLY_ANY = 200
"""Characters of sentences below which a page with many more of them is looked at again."""
MUCH_MORE = 3
"""How many times as many characters of sentences as were read a page must have for that."""
MORE_LEFT_OUT = 1.5
"""How many times as many characters of sentences as were read, unexplained, are a doubt."""
MOSTLY_KEPT = 0.5
"""Share of a page's sentences from which nothing more is asked."""
STATED_TEXT = 300
"""Characters of a stated text (JSON-LD) from which it tells what the article is."""
PROBE = 30
"""Characters, folded, of the pieces by which one text is looked for in another."""
PROBES = 12
"""Pieces that are looked for."""
ENOUGH_PROBES = 0.5
"""Share of the pieces that must be found."""


def find_doubt(seen: Survey, text: str, folded: str, stated: str) -> TextDoubt | None:
    """Return why a second opinion on a text is wanted; None for nearly all pages.

    `folded` is the text's words alone, `stated` the text that the page states for search engines.
    """
    tells = len(stated) >= STATED_TEXT or len(text) < min(HARDLY_ANY, len(stated))
    if tells and share_found(stated, folded) < ENOUGH_PROBES:
        return TextDoubt.STATED_TEXT_MISSING
    if len(text) >= MOSTLY_KEPT * seen.total:
        return None
    kept = sum(len(r.text) for r in seen.runs if not r.linked and run_start(r) in folded)
    if kept < HARDLY_ANY and seen.total > MUCH_MORE * max(kept, MUCH_MORE):
        return TextDoubt.HARDLY_ANY
    left_out = sum(len(run.text) for run in unexplained(seen) if run_start(run) not in folded)
    return TextDoubt.SENTENCES_LEFT_OUT if left_out > MORE_LEFT_OUT * len(text) else None


def unexplained(seen: Survey) -> list[Run]:
    """Return the runs that no tag or name above them calls furniture."""
    judged: dict[HtmlElement, bool] = {}
    return [
        run
        for run in seen.runs
        if not (run.linked or run.headline or run.beside or is_furniture(run.element, judged))
    ]


def run_start(run: Run) -> str:
    """Return what a run is found by in a folded text."""
    return fold(run.text[: 2 * PROBE])[:PROBE]


def share_found(text: str, folded: str) -> float:
    """Return how many pieces of a text, taken at equal distances, stand in a folded other."""
    words = fold(text[:100_000])
    step = max(PROBE, len(words) // PROBES)
    pieces = [words[at : at + PROBE] for at in range(0, max(1, len(words) - PROBE), step)]
    return sum(piece in folded for piece in pieces) / len(pieces)
