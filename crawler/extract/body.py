"""The article's text out of the parsed tree: trafilatura's fast extraction on a lighter tree."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy

from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import Document, Extractor

from core.articles import TextReading
from crawler.extract.choice import choose_text, without_tags
from crawler.extract.doubt import find_doubt
from crawler.extract.furniture import (
    drop_named,
    join_blocks,
    spare_paragraphs,
    strip_furniture,
    strip_machinery,
)
from crawler.extract.headings import join_lines
from crawler.extract.hidden import drop_hidden
from crawler.extract.lead import find_lead
from crawler.extract.lines import fold
from crawler.extract.looks import Looks
from crawler.extract.loose_text import wrap_loose_text
from crawler.extract.metadata import PageMetadata
from crawler.extract.neighbours import drop_neighbours
from crawler.extract.pruning import drop_link_lines, prune
from crawler.extract.survey import survey

SCANT_TEXT = 400
"""Characters of text below which a page is read once more as a news flash."""
SHORTEST_FLASH = 80
"""Characters of text from which a news flash is read paragraph by paragraph. trafilatura makes one
line of a page below its own limit, headline and date included."""

# Fast and favouring recall: on the benchmark both quicker and closer to the hand-made texts than
# the balanced mode, whose retries cost time. The fixed date keeps the clock out: trafilatura would
# ask it, for metadata that is not read here.
_FAST = Extractor(
    output_format="python",
    fast=True,
    recall=True,
    comments=False,
    date_params={"max_date": "2100-01-01"},
)
_FLASH = copy(_FAST)
_FLASH.min_extracted_size = SHORTEST_FLASH


def read_body(
    tree: HtmlElement,
    again: Callable[[], HtmlElement | None],
    metadata: PageMetadata,
    headlines: tuple[str, ...],
    url: str,
) -> tuple[str, TextReading | None]:
    """Read the main text, one paragraph a line, and how it was found where that was in doubt.

    Changes the tree; `again` makes it once more for a second opinion.
    """
    strip_machinery(tree)
    drop_hidden(tree)
    looks = Looks()
    drop_neighbours(tree, metadata, looks)
    join_lines(tree)
    seen = survey(tree)
    join_blocks(seen, looks)
    strip_furniture(tree, seen, looks)
    drop_named(seen, looks)
    spare_paragraphs(seen)
    prune(tree, looks)
    wrap_loose_text(tree)
    drop_link_lines(tree, url)
    text = _read(tree, _FAST)
    if 0 < len(text) < SCANT_TEXT and (flash := _read(tree, _FLASH)):
        text = flash
    folded = fold(text)
    reading = None
    if doubt := find_doubt(seen, text, folded, without_tags(metadata.body)):
        text, reading = choose_text(text, doubt, again, metadata)
        folded = fold(text)
    if lead := find_lead(seen, folded, metadata.descriptions, headlines):
        text = f"{lead}\n{text}"
    return text, reading


def _read(tree: HtmlElement, options: Extractor) -> str:
    document = bare_extraction(tree, options=options)
    text = document.text if isinstance(document, Document) else None
    return "\n".join(filter(None, map(_plain, (text or "").splitlines())))


def _plain(line: str) -> str:
    """Undo the table markup: "| a | b |" is "a | b", a layout table's one cell is its text."""
    line = line.strip()
    if not line.startswith("|"):
        return line
    cells = (cell.strip() for cell in line.strip("|").split("|"))
    return " | ".join(cell for cell in cells if cell.strip("-"))
