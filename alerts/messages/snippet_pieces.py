"""The passage that an alert shows, in pieces: what was hit and what stands around it."""

from __future__ import annotations

from dataclasses import dataclass

from core.alerting.matches import Snippet
from core.plain_text import one_line

SNIPPET_LENGTH = 500


MAX_HIGHLIGHTS = 40


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the snippet: a hit, or what stands between hits."""

    text: str
    hit: bool = False


def snippet_pieces(snippet: Snippet, limit: int = SNIPPET_LENGTH) -> tuple[Piece, ...]:
    """Cut a snippet into hits and the text between, cleaned, around its first hit if too long.

    Hits beyond the text, empty or overlapping ones are mended, not trusted.
    """
    text = snippet.text
    hits = _mended(snippet.highlights, len(text))[:MAX_HIGHLIGHTS]
    start, end = _window(text, hits, limit)
    pieces = [Piece("… ")] if start else []
    at = start
    for hit_start, hit_end in hits:
        if hit_start >= end:
            break
        begin, stop = max(hit_start, at), min(hit_end, end)
        if begin >= stop:
            continue
        pieces += [Piece(text[at:begin]), Piece(text[begin:stop], hit=True)]
        at = stop
    pieces.append(Piece(text[at:end]))
    if end < len(text):
        pieces.append(Piece(" …"))
    return _tidy(pieces)


def _mended(highlights: tuple[tuple[int, int], ...], length: int) -> list[tuple[int, int]]:
    """Return the highlights in order, inside the text, touching ones joined."""
    mended: list[tuple[int, int]] = []
    for start, end in sorted((max(0, s), min(e, length)) for s, e in highlights):
        if start >= end:
            continue
        if mended and start <= mended[-1][1]:
            mended[-1] = (mended[-1][0], max(end, mended[-1][1]))
        else:
            mended.append((start, end))
    return mended


def _window(text: str, hits: list[tuple[int, int]], limit: int) -> tuple[int, int]:
    """Return the part of `text` to show: all of it, or `limit` characters from near a hit."""
    if len(text) <= limit:
        return 0, len(text)
    start = max(0, min(hits[0][0] - limit // 4 if hits else 0, len(text) - limit))
    end = start + limit
    if start and (space := text.find(" ", start, start + 40)) >= 0:
        start = space + 1
    if end < len(text) and (space := text.rfind(" ", max(start, end - 40), end)) >= 0:
        end = space
    return start, end


def _tidy(pieces: list[Piece]) -> tuple[Piece, ...]:
    """Clean every piece; keep spaces out of the edges of hits; drop what is empty."""
    tidy: list[Piece] = []
    for piece in pieces:
        text = one_line(piece.text)
        if piece.hit and text != text.strip():
            core = text.strip()
            lead, _, trail = text.partition(core) if core else (text, "", "")
            tidy += [Piece(lead), Piece(core, hit=True), Piece(trail)]
        else:
            tidy.append(Piece(text, piece.hit))
    tidy = [piece for piece in tidy if piece.text]
    if tidy:
        tidy[0] = Piece(tidy[0].text.lstrip(), tidy[0].hit)
        tidy[-1] = Piece(tidy[-1].text.rstrip(), tidy[-1].hit)
    return tuple(piece for piece in tidy if piece.text)
