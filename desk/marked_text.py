"""A text with what rules and entities hit in it, in pieces that a page can show. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from core.alerting.matches import Field, Match, Span, SpanKind
from core.articles import ArticleData
from core.plain_text import one_line

LONGEST_SHOWN = 60_000
"""Characters of a text that a page shows; of a longer one it says so."""


@dataclass(frozen=True, slots=True)
class MarkedPiece:
    """A stretch of a text: a hit, or what stands between hits."""

    text: str
    kind: SpanKind | None = None
    labels: tuple[str, ...] = ()
    """The terms or the entity that it is a hit of."""


Paragraph = tuple[MarkedPiece, ...]


def marked_text(data: ArticleData, matches: Iterable[Match]) -> tuple[Paragraph, ...]:
    """Return the paragraphs of an article with the hits of matches, which may overlap."""
    spans = [span for match in matches for span in match.spans if span.field is Field.TEXT]
    text = data.text[:LONGEST_SHOWN]
    paragraphs, start = [], 0
    for line in text.split("\n"):
        end = start + len(line)
        if line.strip():
            inside = [span for span in spans if span.start < end and span.end > start]
            paragraphs.append(_pieces(text, start, end, inside))
        start = end + 1
    return tuple(paragraphs)


def left_out(data: ArticleData) -> int:
    """Return how many characters of a text are not among its paragraphs here."""
    return max(0, len(data.text) - LONGEST_SHOWN)


def _pieces(text: str, start: int, end: int, spans: list[Span]) -> Paragraph:
    """Cut a stretch where any hit begins or ends; a term's mark is stronger than an entity's."""
    cuts = {start, end}
    for span in spans:
        cuts.update((max(span.start, start), min(span.end, end)))
    places = sorted(cuts)
    pieces: list[MarkedPiece] = []
    for begin, stop in pairwise(places):
        over = [span for span in spans if span.start < stop and span.end > begin]
        terms = [span for span in over if span.kind is SpanKind.TERM]
        kind = SpanKind.TERM if terms else SpanKind.ENTITY if over else None
        labels = tuple(dict.fromkeys(span.label for span in (terms or over)))
        shown = _on_one_line(text[begin:stop])
        if pieces and pieces[-1].kind is kind and pieces[-1].labels == labels:
            pieces[-1] = MarkedPiece(pieces[-1].text + shown, kind, labels)
        elif shown:
            pieces.append(MarkedPiece(shown, kind, labels))
    return tuple(pieces)


def _on_one_line(text: str) -> str:
    """Clean a piece and keep the spaces at its ends, which stand between it and the next."""
    inner = one_line(text).strip()
    before = " " if text[:1].isspace() else ""
    after = " " if text[-1:].isspace() and (inner or not before) else ""
    return f"{before}{inner}{after}"
