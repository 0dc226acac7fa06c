"""Who repeats whom word for word, among the articles of one story.

A story is wide: half of the shorter text, or a long quotation, puts two articles into one. Here
the question is narrower: whether nearly all that an article says is another outlet's words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from alerts.stories.scoring import FEWEST_SHARED
from alerts.stories.sketch import Sketch, counts_by_level

VERBATIM = 0.7
"""Share of an article's words in another one from which it repeats it. A changed word breaks four
shingles: an editor who touches one word in twelve leaves .7, one who adds half as much again of
his own leaves .67."""


@dataclass(frozen=True, slots=True)
class Original:
    """An article, and what is compared of it."""

    article: int
    source: str
    at: datetime
    sketch: Sketch


def originals(articles: Sequence[Original]) -> dict[int, int]:
    """Return, by each article that repeats another outlet's, the one that it repeats most of.

    Articles come in the order in which they appeared: only an earlier one is repeated. The cost
    grows with the articles times their sketches: 10 ms for 60 of 600 words.
    """
    return dict(_repeated(articles))


def _repeated(articles: Sequence[Original]) -> Iterator[tuple[int, int]]:
    if len(articles) < 2:
        return
    hashes = [article.sketch.hashes for article in articles]
    documents = np.repeat(np.arange(len(articles)), [one.size for one in hashes])
    _, numbers = np.unique(np.concatenate(hashes), return_inverse=True)
    levels = np.array([article.sketch.level for article in articles])
    sources = np.array([article.source for article in articles])
    for index, article in enumerate(articles):
        if not index:
            continue
        held = np.zeros(numbers.size, np.bool_)
        held[numbers[documents == index]] = True
        shared = np.bincount(documents[held[numbers]], minlength=len(articles))[:index]
        # What two sketches hold at the higher of their levels is the same sample of both.
        own = counts_by_level(hashes[index])[np.maximum(levels[:index], levels[index])]
        share = shared / np.maximum(1, own)
        share[(shared < FEWEST_SHARED) | (sources[:index] == article.source)] = 0
        best = int(np.argmax(share))
        if share[best] >= VERBATIM:
            yield article.article, articles[best].article
