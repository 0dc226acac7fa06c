"""Weighs the shingles that a document shares with earlier ones: stock passages, copies, quotations.

The thresholds of containment were measured on truncated and edited copies of news, where this
beat MinHash and Simhash: from .5 a copy, from .25 the same story or a long quotation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alerts.stories.placement import Relation
from alerts.stories.postings import Found
from alerts.stories.shelf import Shelf

COPY = 0.5
QUOTES = 0.25

LONG_QUOTATION = 50
"""Shingles, about as many words, from which a quotation is long: three sentences. Reports of two
raids share two of press-office formulas. Estimated from a sample: 50 may be 35 or 65."""

FEWEST_SHARED = 3
"""Sampled shingles that must be found: fewer are a coincidence whatever share they are."""

REISSUE = 0.6
"""Resemblance to an article of the same source from which one is taken for its next edition, which
says nothing about what that source puts under every article."""

SOURCE_DOCUMENTS = 4
"""Documents of one source, editions of one article counted once, that make a shingle stock."""

STOCK_STORIES = 4
"""Stories that make a shingle stock whoever wrote them. Stories are counted, not documents: the
text of a report that sixty outlets copied is in sixty documents but in one story."""

_HALF = 32
"""Bits of the lower half of an integer that holds two numbers."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """The document that is being placed."""

    source: int
    """Number of its source."""
    level: int
    counts: npt.NDArray[np.int64]
    """Hashes kept at each level, stock left out."""


@dataclass(frozen=True, slots=True)
class Match:
    """The earlier document that a newcomer resembles most."""

    slot: int
    relation: Relation
    containment: float
    shared_words: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the shared shingles came to."""

    match: Match | None
    reissue: bool
    """Whether the newcomer is the next edition of an article of its source."""


def stock(found: Found, shelf: Shelf, hashes: int) -> npt.NDArray[np.bool_]:
    """Return for each of the `hashes` asked for whether it is stock, and to be ignored.

    Stock is what one source puts under its articles (footers, subscription lines, background) and
    what everyone writes (set phrases, the sentence on who is listed as what).
    """
    result = np.zeros(hashes, np.bool_)
    often = np.bincount(found.rows, minlength=hashes) >= min(SOURCE_DOCUMENTS, STOCK_STORIES)
    if not often.any():
        return result
    found = found.where(often[found.rows])
    by_source = found.where(shelf.counted[found.slots])
    result |= _held_by(by_source.rows, shelf.sources[by_source.slots], hashes) >= SOURCE_DOCUMENTS
    pairs = np.unique(_pairs(found.rows, shelf.stories[found.slots]))
    result |= np.bincount(pairs >> _HALF, minlength=hashes) >= STOCK_STORIES
    return result


def _pairs(rows: npt.NDArray[np.int64], numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return each row with its number in one integer. Numbers are below 2³²."""
    return rows << _HALF | numbers


def _held_by(
    rows: npt.NDArray[np.int64], sources: npt.NDArray[np.int64], hashes: int
) -> npt.NDArray[np.int64]:
    """Return for each hash in how many documents the source that has most of them holds it."""
    pairs, documents = np.unique(_pairs(rows, sources), return_counts=True)
    most = np.zeros(hashes, np.int64)
    np.maximum.at(most, pairs >> _HALF, documents)
    return most


def judge(found: Found, shelf: Shelf, newcomer: Newcomer) -> Verdict:
    """Return which document the newcomer resembles most, by the postings that are not stock.

    A source that repeats itself is not quoting: within one source only copies count, since its
    follow-ups carry whole paragraphs of background. Of equal matches the one nearer in length is
    taken, then the older.
    """
    slots, shared = np.unique(found.slots, return_counts=True)
    level = np.maximum(shelf.levels[slots], newcomer.level)
    own, theirs = newcomer.counts[level], shelf.counts[slots, level]
    containment = np.minimum(1.0, shared / np.maximum(1, np.minimum(own, theirs)))
    resemblance = shared / np.maximum(1, own + theirs - shared)
    same_source = shelf.sources[slots] == newcomer.source
    estimated = shared << level
    copies = containment >= COPY
    quotes = (containment >= QUOTES) & (estimated >= LONG_QUOTATION) & ~same_source
    likely = np.flatnonzero((shared >= FEWEST_SHARED) & (copies | quotes))
    if not likely.size:
        return Verdict(None, reissue=False)
    order = np.lexsort((-shelf.starts[slots], resemblance, containment), axis=0)
    best = order[np.isin(order, likely)][-1]
    match = Match(
        int(slots[best]),
        Relation.COPY if copies[best] else Relation.QUOTES,
        float(containment[best]),
        int(estimated[best]) + 3,  # a run of n words has n - 3 shingles
    )
    return Verdict(match, bool(np.any(resemblance[likely][same_source[likely]] >= REISSUE)))
