"""The article's text out of the parsed tree: trafilatura's fast extraction on a lighter tree."""

from __future__ import annotations

from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import Document, Extractor

from crawler.extract.furniture import drop_named, join_blocks, strip_furniture, strip_machinery
from crawler.extract.lead import find_lead
from crawler.extract.metadata import PageMetadata
from crawler.extract.pruning import prune
from crawler.extract.survey import survey

# Fast and favouring recall: on the benchmark both quicker and closer to the hand-made texts than
# the balanced mode, whose retries cost time. The fixed date keeps the clock out: trafilatura would
# ask it, for metadata that is not read here.
_OPTIONS = Extractor(
    output_format="python",
    fast=True,
    recall=True,
    comments=False,
    date_params={"max_date": "2100-01-01"},
)


def extract_body(tree: HtmlElement, metadata: PageMetadata, headlines: tuple[str, ...]) -> str:
    """Extract the main text, one paragraph a line; empty if there is none. Changes the tree."""
    strip_machinery(tree)
    seen = survey(tree)
    join_blocks(seen)
    strip_furniture(tree, seen)
    drop_named(seen)
    prune(tree)
    document = bare_extraction(tree, options=_OPTIONS)
    text = document.text if isinstance(document, Document) else None
    body = "\n".join(filter(None, map(_plain, (text or "").splitlines())))
    if lead := find_lead(seen, body, metadata.descriptions, headlines):
        return f"{lead}\n{body}"
    return body


def _plain(line: str) -> str:
    """Undo the table markup: "| a | b |" is "a | b", a layout table's one cell is its text."""
    line = line.strip()
    if not line.startswith("|"):
        return line
    cells = (cell.strip() for cell in line.strip("|").split("|"))
    return " | ".join(cell for cell in cells if cell.strip("-"))
