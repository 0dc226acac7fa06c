"""Stories at work: the index of the last days, filled from storage, placing what comes in."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from alerts.stories import Document, Sketch, StoryIndex
from alerts.stories.index import DOCUMENTS, WINDOW
from core.articles import Article
from storage.judging.judging_records import PlacedArticle, StoryPlacement

log = structlog.get_logger(__name__)

BREAKING_SOURCES = 3
"""Sources that have a story, from which on it is breaking news."""
BREAKING_WITHIN = timedelta(hours=2)
_STORIES = 5_000


class Placed(Protocol):
    """The part of storage that the index is filled from."""

    def placed_articles(self, since: datetime, most: int) -> Iterator[PlacedArticle]:
        """Yield articles placed since a time, the oldest first."""
        ...


class Grouping:
    """Places articles in stories. Not for use by several threads at once."""

    def __init__(self) -> None:
        self._index = StoryIndex()
        self._sources: OrderedDict[int, dict[str, datetime]] = OrderedDict()
        self._filled = False

    def fill(self, store: Placed, now: datetime) -> None:
        """Remember the articles of the last days; once. A damaged sketch is left out and logged."""
        if self._filled:
            return
        for placed in store.placed_articles(now - WINDOW, DOCUMENTS):
            try:
                sketch = Sketch.from_bytes(placed.sketch)
            except ValueError as error:
                log.warning("sketch_left_out", article=placed.article_id, reason=str(error))
                continue
            self._index.place(
                Document(
                    placed.article_id,
                    placed.source,
                    placed.seen_at,
                    sketch,
                    placed.published_at,
                    placed.story,
                )
            )
            self._note(placed.story, placed.source, placed.seen_at)
        self._filled = True

    def place(self, article: Article) -> StoryPlacement:
        """Place an article, or a new version of one, and return where."""
        data = article.data
        sketch = Sketch.of(data.text)
        placed = self._index.place(
            Document(article.id, data.source, article.seen_at, sketch, data.published_at)
        )
        self._note(placed.story, data.source, article.seen_at)
        return StoryPlacement(
            story=placed.story,
            relation=placed.relation.value,
            of=placed.of,
            containment=placed.containment,
            shared_words=placed.shared_words,
            first_source=placed.first_source,
            first_at=placed.first_at,
            sketch=sketch.to_bytes(),
        )

    def outlets(self, story: int) -> int:
        """Return how many outlets have a story by now, as far as is remembered; at least 1."""
        return max(1, len(self._sources.get(story, ())))

    def breaking(self, story: int, now: datetime) -> frozenset[str]:
        """Return the sources of a story that several have had lately; empty for any other."""
        lately = {
            source
            for source, at in self._sources.get(story, {}).items()
            if now - at <= BREAKING_WITHIN
        }
        return frozenset(lately) if len(lately) >= BREAKING_SOURCES else frozenset()

    def _note(self, story: int, source: str, at: datetime) -> None:
        self._sources.setdefault(story, {})[source] = at
        self._sources.move_to_end(story)
        while len(self._sources) > _STORIES:
            self._sources.popitem(last=False)
