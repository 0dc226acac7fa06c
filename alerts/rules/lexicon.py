"""Which word patterns a word of a text satisfies: one dictionary look-up per word of an article.

A word is analysed once in its life; after that its raw spelling leads straight to pattern ids.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from alerts.rules.analysis import WORD, fold, possessive_length
from alerts.rules.words import WordPattern
from core.alerting import Field
from core.articles import ArticleData

_MEMORY = 200_000
"""Distinct spellings remembered, about 30 MB; then the memory starts afresh."""

_MEMORABLE = 64
"""Characters of the longest spelling remembered: words are shorter, hostile input need not be."""

_FIELD_GAP = 2
"""Positions skipped between title and text, so that no phrase runs from one into the other."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A stretch of the original text."""

    field: Field
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class WordHits:
    """Where an article satisfies word patterns."""

    positions: dict[int, list[int]] = field(default_factory=dict)
    """Positions of hits in ascending order, by pattern id. Words count up, title first."""
    places: dict[int, Occurrence] = field(default_factory=dict)
    """Where the word at a position stands; only for positions that hit something."""


class Lexicon:
    """The word patterns of a rule set, numbered."""

    def __init__(self) -> None:
        self._ids: dict[WordPattern, int] = {}
        self._exact: dict[str, list[tuple[int, bool]]] = {}
        self._prefixes: dict[int, dict[str, list[tuple[int, bool]]]] = {}
        self._known: dict[str, tuple[tuple[int, ...], int] | None] = {}

    def add(self, pattern: WordPattern) -> int:
        """Return the id of `pattern`, a new one when it was not there."""
        known = self._ids.get(pattern)
        if known is not None:
            return known
        number = self._ids[pattern] = len(self._ids)
        keys = self._prefixes.setdefault(len(pattern.key), {}) if pattern.prefix else self._exact
        keys.setdefault(pattern.key, []).append((number, pattern.capital))
        self._known.clear()
        return number

    def scan(self, article: ArticleData) -> WordHits:
        """Find every word of title and text that satisfies a pattern."""
        hits = WordHits()
        following = self._scan_field(Field.TITLE, article.title, 0, hits)
        self._scan_field(Field.TEXT, article.text, following + _FIELD_GAP, hits)
        return hits

    def _scan_field(self, name: Field, text: str, position: int, hits: WordHits) -> int:
        known, analyse = self._known, self._analyse
        positions, places = hits.positions, hits.places
        for word in WORD.finditer(text):
            raw = word[0]
            try:
                satisfied = known[raw]
            except KeyError:
                satisfied = analyse(raw)
            if satisfied is not None:
                ids, length = satisfied
                start = word.start()
                places[position] = Occurrence(name, start, start + length)
                for number in ids:
                    found = positions.get(number)
                    if found is None:
                        positions[number] = [position]
                    else:
                        found.append(position)
            position += 1
        return position

    def _analyse(self, raw: str) -> tuple[tuple[int, ...], int] | None:
        """Return ids of the patterns `raw` satisfies and its length without a possessive."""
        key = fold(raw)
        capital = raw[0].isupper()
        candidates = list(self._exact.get(key, ()))
        for length, prefixes in self._prefixes.items():
            if length <= len(key):
                candidates += prefixes.get(key[:length], ())
        ids = tuple(number for number, needs_capital in candidates if capital or not needs_capital)
        satisfied = (ids, len(raw) - possessive_length(raw)) if ids else None
        if len(self._known) >= _MEMORY:
            self._known.clear()
        if len(raw) <= _MEMORABLE:
            self._known[raw] = satisfied
        return satisfied
