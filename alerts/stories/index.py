"""Places each article in a story as it arrives, against those of the last days."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt

from alerts.stories.placement import Document, Placement, Relation, appeared_at
from alerts.stories.postings import Found, Postings
from alerts.stories.scoring import Match, Newcomer, judge, stock
from alerts.stories.shelf import Shelf
from alerts.stories.sketch import MOST_HASHES, Sketch, counts_by_level

WINDOW = timedelta(days=7)
"""How long an article is remembered: reprints come within hours, weeklies within the week."""

DOCUMENTS = 30_000
"""Articles remembered at most: a week of four thousand a day. About 80 MB when full."""

FEWEST_SHINGLES = 8
"""What has fewer, a text of ten words or less, is a caption: it is compared with nothing."""

KEPT_POSTINGS = 6
"""Documents that are noted under a stock shingle: enough to know it by when the oldest are
forgotten, few enough that looking it up stays cheap."""

_POSTINGS_EACH = 128
"""Postings to a document, on average: half the articles have fewer than 500 words."""


@dataclass(slots=True)
class _Kept:
    """A document that is remembered."""

    id: int
    seen_at: datetime
    start: int
    """Position of its first posting."""
    since: int
    """Like `start`, of its first version: what came later is no source of it."""
    story: _Story


@dataclass(slots=True)
class _Story:
    """A story of which a document is remembered."""

    id: int
    number: int
    first_source: str
    first_at: datetime
    documents: int = 0


class StoryIndex:
    """The articles of the last days by their shingles, in bounded memory.

    Not for use by several threads at once.
    """

    def __init__(self, *, window: timedelta = WINDOW, documents: int = DOCUMENTS) -> None:
        """`window` is counted back from the newest article, `documents` is how many may be kept."""
        if documents < 1:
            raise ValueError("an index must have room for a document")
        self._window = window
        self._size = documents
        self._postings_size = max(documents * _POSTINGS_EACH, MOST_HASHES)
        self._postings = Postings(self._postings_size)
        self._shelf = Shelf(documents)
        self._kept: dict[int, _Kept] = {}
        """By slot."""
        self._arrivals: deque[int] = deque()
        """Slots in use, the oldest document first."""
        self._slots: dict[int, int] = {}
        """The slot of the newest version of each document, by its id."""
        self._stories: dict[int, _Story] = {}
        self._sources: dict[str, int] = {}
        self._placed = 0
        self._numbered = 0

    def __len__(self) -> int:
        return len(self._slots)

    def add(
        self,
        document_id: int,
        source: str,
        seen_at: datetime,
        text: str,
        published_at: datetime | None = None,
    ) -> Placement:
        """Place an article and remember it. Times are aware; articles come in order of `seen_at`.

        An article that is known is placed again by its new text, against what came before it, and
        keeps its story.
        """
        return self.place(Document(document_id, source, seen_at, Sketch.of(text), published_at))

    def place(self, document: Document) -> Placement:
        """Do as `add` does, with a sketch made before; a story given is kept."""
        self._forget(document)
        source = self._sources.setdefault(document.source, len(self._sources))
        hashes = document.sketch.hashes
        earlier = self._retire(document.id)
        found = self._shelf.living(self._postings.find(hashes))
        common = stock(found, self._shelf, hashes.size)
        counts = counts_by_level(hashes[~common])
        newcomer = Newcomer(source, document.sketch.level, counts)
        telling = found.where(~common[found.rows])
        if earlier:
            telling = telling.where(telling.positions < earlier.since)
        if document.sketch.shingles < FEWEST_SHINGLES:
            telling = telling.where(np.zeros(telling.rows.size, np.bool_))
        verdict = judge(telling, self._shelf, newcomer)
        story = self._story_of(document, earlier, verdict.match)
        placement = self._placement(story, verdict.match)
        slot = self._remember(document, story, earlier)
        self._shelf.sources[slot] = source
        self._shelf.levels[slot] = document.sketch.level
        self._shelf.counts[slot] = counts
        self._shelf.counted[slot] = not verdict.reissue
        self._postings.add(slot, hashes[~common | _rare(found, hashes.size)])
        return placement

    def _forget(self, document: Document) -> None:
        """Forget what is too old, and make room for a document."""
        after = document.seen_at - self._window
        needed = self._postings.next + len(document.sketch.packed) // 8 - self._postings_size
        while self._arrivals:
            slot = self._arrivals[0]
            kept = self._kept[slot]
            full = len(self._arrivals) >= self._size
            if not full and kept.seen_at >= after and kept.start >= needed:
                return
            self._arrivals.popleft()
            self._shelf.retire(slot)
            del self._kept[slot]
            if self._slots.get(kept.id) == slot:
                del self._slots[kept.id]
            kept.story.documents -= 1
            if not kept.story.documents:
                del self._stories[kept.story.id]

    def _retire(self, document_id: int) -> _Kept | None:
        """Take a known document out of comparison and return it."""
        slot = self._slots.get(document_id)
        if slot is None:
            return None
        self._shelf.retire(slot)
        return self._kept[slot]

    def _story_of(self, document: Document, earlier: _Kept | None, match: Match | None) -> _Story:
        at = appeared_at(document, self._window)
        if document.story is None and earlier:
            return earlier.story
        if document.story is None and match:
            story: _Story | None = self._kept[match.slot].story
        else:
            story = self._stories.get(document.id if document.story is None else document.story)
        if story is None:
            story_id = document.id if document.story is None else document.story
            self._numbered += 1
            story = _Story(story_id, self._numbered, document.source, at)
            self._stories[story_id] = story
        elif at < story.first_at:
            story.first_source, story.first_at = document.source, at
        return story

    def _placement(self, story: _Story, match: Match | None) -> Placement:
        first = (story.first_source, story.first_at)
        if match is None:
            return Placement(story.id, Relation.NEW, None, 0.0, 0, *first)
        of = self._kept[match.slot].id
        return Placement(
            story.id, match.relation, of, match.containment, match.shared_words, *first
        )

    def _remember(self, document: Document, story: _Story, earlier: _Kept | None) -> int:
        slot = self._placed % self._size
        self._placed += 1
        start = self._postings.next
        since = earlier.since if earlier else start
        self._kept[slot] = _Kept(document.id, document.seen_at, start, since, story)
        self._arrivals.append(slot)
        self._slots[document.id] = slot
        self._shelf.starts[slot] = start
        self._shelf.stories[slot] = story.number
        story.documents += 1
        return slot


def _rare(found: Found, hashes: int) -> npt.NDArray[np.bool_]:
    """Return for each hash whether few documents are noted under it yet."""
    return np.bincount(found.rows, minlength=hashes) < KEPT_POSTINGS
