"""One article under examination: where its words satisfy patterns, and where words stand."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from alerts.rules.analysis import WORD, possessive_length
from alerts.rules.lexicon import Lexicon
from alerts.rules.operators import MAX_DISTANCE
from alerts.rules.stretches import Stretch
from core.alerting import Field
from core.articles import ArticleData

_FIELD_GAP = MAX_DISTANCE + 1
"""Positions skipped between title and text: no phrase and no NEAR reaches across."""

LEAD_WORDS = 100
"""Words of the text that can belong to its lead at most."""

_LEAD_AT_LEAST = 12
"""Words of a lead at least: a dateline or a byline in a paragraph of its own is not yet one."""

_PARAGRAPH = re.compile(r"[^\n]+")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A stretch of the original title or text, in characters."""

    field: Field
    start: int
    end: int


class Scan:
    """What is known about an article while rules are judged on it. Words count up, title first."""

    def __init__(
        self, lexicon: Lexicon, article: ArticleData, now: datetime | None, tags: frozenset[str]
    ) -> None:
        self.article = article
        self.now = now
        """The time at which the article's age is taken."""
        self.source_tags = tags
        self._lexicon = lexicon
        positions: dict[int, list[int]] = {}
        self.title_end = lexicon.scan(article.title, 0, positions)
        self.text_start = self.title_end + _FIELD_GAP
        self.text_end = lexicon.scan(article.text, self.text_start, positions)
        self.positions: Mapping[int, list[int]] = positions
        """Where words satisfy a pattern, in ascending order, by the pattern's number."""
        self.found: dict[int, Sequence[Stretch]] = {}
        """Hits of leaves that were worked out already, by the leaf's number."""
        self.exact: dict[tuple[int, Stretch], Occurrence] = {}
        """Where a hit is not just its words: by leaf and stretch."""

    @property
    def length(self) -> int:
        """Words of the text."""
        return self.text_end - self.text_start

    @cached_property
    def lead_end(self) -> int:
        """Where the lead ends: after the paragraph that makes it _LEAD_AT_LEAST words long."""
        end = self.text_start
        for paragraph in _PARAGRAPH.finditer(self.article.text):
            end += self._lexicon.count_words(paragraph[0])
            if end - self.text_start >= _LEAD_AT_LEAST:
                break
        return min(end, self.text_start + LEAD_WORDS)

    @cached_property
    def places(self) -> tuple[list[Stretch], list[Stretch]]:
        """Where each word of the title and of the text begins and ends, in characters."""
        return (
            [match.span() for match in WORD.finditer(self.article.title)],
            [match.span() for match in WORD.finditer(self.article.text)],
        )

    def occurrence(self, leaf: int, stretch: Stretch) -> Occurrence:
        """Return where a hit of `leaf` stands in the original title or text."""
        known = self.exact.get((leaf, stretch))
        if known is not None:
            return known
        first, last = stretch
        if first < self.text_start:
            field, content, words, base = Field.TITLE, self.article.title, self.places[0], 0
        else:
            field, content = Field.TEXT, self.article.text
            words, base = self.places[1], self.text_start
        start = words[first - base][0]
        begins, ends = words[last - base]
        return Occurrence(field, start, ends - possessive_length(content[begins:ends]))

    def words_at(self, field: Field, start: int, end: int) -> Stretch:
        """Return the words that characters `start` to `end` touch, or else the nearest word.

        The field must have at least one word.
        """
        begins, ends = self._edges[field]
        base = 0 if field is Field.TITLE else self.text_start
        first = min(bisect_right(ends, start), len(ends) - 1)
        last = bisect_left(begins, end) - 1
        return base + first, base + max(first, last)

    @cached_property
    def _edges(self) -> dict[Field, tuple[list[int], list[int]]]:
        return {
            field: ([begin for begin, _ in words], [end for _, end in words])
            for field, words in zip((Field.TITLE, Field.TEXT), self.places, strict=True)
        }
