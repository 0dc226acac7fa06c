"""One article under examination: where its words satisfy patterns, and where words stand."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import islice

from alerts.rules.analysis import WORD, possessive_length
from alerts.rules.intervals import Interval
from alerts.rules.lexicon import Lexicon
from alerts.rules.operators import MAX_DISTANCE
from core.alerting.matches import Field
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
        self.found: dict[int, Sequence[Interval]] = {}
        """Hits of leaves that were worked out already, by the leaf's number."""
        self.exact: dict[tuple[int, Interval], Occurrence] = {}
        """Where a hit is not just its words: by leaf and interval."""

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
    def _pieces(self) -> dict[Field, tuple[list[int], list[int]]]:
        """Pieces of text that hold words: the position of their first word, where they begin."""
        return {
            Field.TITLE: self._lexicon.pieces(self.article.title, 0),
            Field.TEXT: self._lexicon.pieces(self.article.text, self.text_start),
        }

    def _place(self, field: Field, content: str, position: int) -> Interval:
        """Return where the word at `position` begins and ends, in characters."""
        firsts, begins = self._pieces[field]
        at = min(bisect_right(firsts, position), len(begins)) - 1
        words = WORD.finditer(content, begins[at])
        return next(islice(words, position - firsts[at], None)).span()

    def occurrence(self, leaf: int, interval: Interval) -> Occurrence:
        """Return where a hit of `leaf` stands in the original title or text."""
        known = self.exact.get((leaf, interval))
        if known is not None:
            return known
        first, last = interval
        in_title = first < self.text_start
        field = Field.TITLE if in_title else Field.TEXT
        content = self.article.title if in_title else self.article.text
        begins, ends = self._place(field, content, last)
        start = begins if first == last else self._place(field, content, first)[0]
        return Occurrence(field, start, ends - possessive_length(content[begins:ends]))

    def words_at(self, field: Field, start: int, end: int) -> Interval:
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
        """Where every word begins and ends, in characters."""
        edges = {}
        for field, content in (
            (Field.TITLE, self.article.title),
            (Field.TEXT, self.article.text),
        ):
            spans = [word.span() for word in WORD.finditer(content)]
            edges[field] = ([begin for begin, _ in spans], [end for _, end in spans])
        return edges
