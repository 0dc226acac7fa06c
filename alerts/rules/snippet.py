"""Chooses the passage that shows why a rule fired: the densest cluster of hits, cut readably."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence

from core.alerting.matches import Field, Snippet, Span

TARGET_LENGTH = 300
"""Characters aimed at: about what a chat message shows without folding."""

CLUSTER_LENGTH = TARGET_LENGTH * 4 // 5
"""Hits no farther apart than this are one cluster; the rest of the passage is context."""

_SENTENCE_END = re.compile(r"(?:[.!?…]+[»”\"')\]]*\s+|\n\s*)")
_SPACE = re.compile(r"\s+")
_UNTIDY = re.compile(r"\s{2}|[^\S ]")
"""White space other than single spaces."""
_VISIBLE = re.compile(r"\S")
_ELLIPSIS = "…"


def make_snippet(text: str, evidence: Iterable[Span], highlights: Iterable[Span]) -> Snippet:
    """Return about TARGET_LENGTH characters of `text` around the densest cluster of `evidence`.

    All `highlights` inside the passage are marked. Without evidence in the text (it was in the
    title alone) the passage is the beginning of the text.
    """
    hits = sorted(
        {span for span in evidence if span.field is Field.TEXT}, key=lambda span: span.start
    )
    first, last = _densest(hits) if hits else (0, 0)
    start, end = _passage(text, first, last)
    marked = _merged(
        (max(span.start, start), min(span.end, end))
        for span in highlights
        if span.field is Field.TEXT and span.start < end and span.end > start
    )
    return _folded(text, start, end, marked)


def _densest(hits: Sequence[Span]) -> tuple[int, int]:
    """Return the extent of the most telling cluster.

    Each different label counts by its rarity in the text, so that the one mention of a summons
    outweighs many of migrants; among equals, the cluster with most hits wins, then the first.
    """
    mentions = Counter(hit.label for hit in hits)
    best = (0.0, 0)
    extent = (hits[0].start, hits[0].end)
    inside: Counter[str] = Counter()
    left = 0
    for right, hit in enumerate(hits):
        inside[hit.label] += 1
        while left < right and hit.end - hits[left].start > CLUSTER_LENGTH:
            inside[hits[left].label] -= 1
            left += 1
        rarity = sum(1 / mentions[label] for label, count in inside.items() if count)
        score = (round(rarity, 6), right - left + 1)
        if score > best:
            best, extent = score, (hits[left].start, hit.end)
    return extent


def _passage(text: str, first: int, last: int) -> tuple[int, int]:
    """Return where to cut: around characters `first` to `last`, at sentences or at words."""
    last = min(last, first + 2 * TARGET_LENGTH)
    spare = max(0, TARGET_LENGTH - (last - first))
    earliest = max(0, first - spare * 2 // 3)
    start = _begin(text, earliest, first)
    latest = min(len(text), max(last, start + TARGET_LENGTH))
    end = _finish(text, last, latest)
    return start, end


def _begin(text: str, earliest: int, first: int) -> int:
    if earliest == 0:
        return len(text) - len(text.lstrip()) if first else 0
    sentence = _SENTENCE_END.search(text, earliest, first)
    if sentence:
        return sentence.end()
    word = _SPACE.search(text, earliest, first)
    return word.end() if word else earliest


def _finish(text: str, last: int, latest: int) -> int:
    if latest == len(text):
        return len(text.rstrip()) if last <= len(text.rstrip()) else latest
    ends = [match.end() for match in _SENTENCE_END.finditer(text, last, latest)]
    if ends and ends[-1] > latest - TARGET_LENGTH // 3:
        return max(last, ends[-1])
    spaces = [match.start() for match in _SPACE.finditer(text, last, latest)]
    return spaces[-1] if spaces else latest


def _merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _folded(text: str, start: int, end: int, marked: list[tuple[int, int]]) -> Snippet:
    """Cut the passage out, with runs of white space as one space and the marks moved along."""
    while end > start and text[end - 1].isspace():
        end -= 1
    cut_before = _VISIBLE.search(text, 0, start) and not _opens_sentence(text, start)
    lead = _ELLIPSIS if cut_before else ""
    cut_after = _VISIBLE.search(text, end) and not text.endswith((".", "!", "?"), 0, end)
    tail = _ELLIPSIS if cut_after else ""
    if not _UNTIDY.search(text, start, end):
        moved_by = len(lead) - start
        marks = ((b + moved_by, min(e, end) + moved_by) for b, e in marked if b < min(e, end))
        return Snippet(f"{lead}{text[start:end]}{tail}", tuple(marks))
    pieces: list[str] = [lead]
    origins: list[int] = []
    targets: list[int] = []
    length = len(lead)
    position = start
    for space in [*_SPACE.finditer(text, start, end), None]:
        stop = space.start() if space else end
        origins.append(position)
        targets.append(length)
        pieces.append(text[position:stop])
        length += stop - position
        if space:
            pieces.append(" ")
            length += 1
            position = space.end()

    def moved(offset: int) -> int:
        piece = bisect_right(origins, offset) - 1
        return targets[piece] + min(offset - origins[piece], len(pieces[1 + 2 * piece]))

    return Snippet(
        "".join(pieces) + tail,
        tuple((moved(begin), moved(stop)) for begin, stop in marked if begin < stop),
    )


def _opens_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - 20) : start]
    ends = [match.end() for match in _SENTENCE_END.finditer(before)]
    return bool(ends) and bisect_left(ends, len(before)) < len(ends)
