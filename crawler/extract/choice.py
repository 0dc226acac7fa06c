"""Second opinions on a page in doubt, and the scored choice among them.

Each opinion is scored by what speaks for it being the article: that it has sentences, the words of
the headline, the description and the text that the page states. More text is no better: the most
text is the page with its menus. Another reader must be clearly better than the first to win.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import Document, Extractor

from core.articles import TextDoubt, TextOpinion, TextReader, TextReading
from crawler.extract.doubt import run_start, share_found
from crawler.extract.furniture import is_furniture, strip_machinery
from crawler.extract.hidden import drop_hidden
from crawler.extract.lines import fold
from crawler.extract.looks import Looks
from crawler.extract.metadata import PageMetadata
from crawler.extract.neighbours import drop_neighbours
from crawler.extract.survey import SENTENCE, Survey, container, survey

CLEARLY_BETTER = 0.25
"""By how much another reader's score must be above the first's."""
SUBSTANTIAL = 300
"""Characters of sentences from which more of them say nothing."""
LONG_WORD = 4
"""Letters from which a word of the headline is expected in the article."""

_TAG = re.compile(r"</?(?:(?P<inline>a|b|i|em|strong|span|u)\b)?[^<>]{0,2000}>", re.IGNORECASE)
_THOROUGH = Extractor(
    output_format="python", comments=False, date_params={"max_date": "2100-01-01"}
)


def choose_text(
    first: str,
    doubt: TextDoubt,
    again: Callable[[], HtmlElement | None],
    metadata: PageMetadata,
) -> tuple[str, TextReading]:
    """Read a page in doubt in all other ways; return the best text and why it is the best.

    `again` parses the page once more: the first reader has changed its tree.
    """
    texts = {TextReader.FAST: first}
    tree = again()
    seen = None
    if tree is not None:
        strip_machinery(tree)
        drop_hidden(tree)
        drop_neighbours(tree, metadata, Looks())
        seen = survey(tree)
        texts[TextReader.BLOCKS] = _blocks(seen)
        document = bare_extraction(tree, options=_THOROUGH)
        texts[TextReader.THOROUGH] = document.text or "" if isinstance(document, Document) else ""
    if (stated := without_tags(metadata.body)) and 2 * len(stated) > len(first):
        texts[TextReader.STATED] = stated
    scores = {
        reader: _score(text, seen, metadata) - (0 if reader is TextReader.FAST else CLEARLY_BETTER)
        for reader, text in texts.items()
    }
    best = max(scores, key=lambda reader: scores[reader])
    opinions = tuple(TextOpinion(reader, round(score, 3)) for reader, score in scores.items())
    return texts[best], TextReading(best, doubt, opinions)


def _blocks(seen: Survey) -> str:
    """Join the sentences of the smallest element that holds most of them."""
    whole = container(seen)
    if whole is None:
        return ""
    # Whatever holds the heaviest block is no furniture, and what is not in the block is.
    judged = dict.fromkeys(whole.iterancestors(), True)
    judged[whole] = False
    texts: list[str] = []
    holder = None
    for run in seen.runs:
        if run.linked or run.headline or is_furniture(run.element, judged):
            continue
        if run.element is holder:
            texts[-1] += f" {run.text}"
        else:
            texts.append(run.text)
        holder = run.element
    return "\n".join(texts)


def _score(text: str, seen: Survey | None, metadata: PageMetadata) -> float:
    folded = fold(text)
    if not folded:
        return 0.0
    score = 0.0
    if seen is not None:
        plain = (run for run in seen.runs if not run.linked and not run.headline)
        told = (len(run.text) for run in plain if run_start(run) in folded)
        score += min(1.0, sum(told) / SUBSTANTIAL)
    if metadata.body:
        score += share_found(without_tags(metadata.body), folded)
    if metadata.descriptions:
        score += 0.5 * (fold(metadata.descriptions[0])[:SENTENCE] in folded)
    if words := {word for word in fold(metadata.title).split() if len(word) >= LONG_WORD}:
        score += len(words & set(folded.split())) / len(words)
    lines = text.split("\n")
    short = sum(len(line) for line in lines if len(line) < SENTENCE)
    return score - short / len(text)


def without_tags(text: str) -> str:
    """Make lines of a stated text that was stated with its markup."""
    if "</" not in text:
        return text
    lines = (" ".join(html.unescape(line).split()) for line in _TAG.sub(_space, text).split("\n"))
    return "\n".join(filter(None, lines))


def _space(tag: re.Match[str]) -> str:
    return "" if tag["inline"] else "\n"
