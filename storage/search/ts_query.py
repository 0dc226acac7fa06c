"""Conditions and words as PostgreSQL's text search has them, made by us and not by its parser.

Words of the title have the weight A, those of the text B, marks no position. Between title and text
is a gap that no phrase reaches across.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from typing_extensions import override

from core.searching import Close, IndexedVersion, Mark, Place, Words
from storage.search.asked import Asked, Language

LONG = "x=long"
"""The mark of a version whose words do not all have their positions: PostgreSQL keeps 255 of a
word, and none beyond 16,383."""
CUT = "x=cut"
"""The mark of a version that does not have all its words, since they would be too many."""
_MOST_OF_A_WORD, _LAST_POSITION = 250, 16_000
_MOST_BYTES = 900_000
"""Of a version: PostgreSQL takes 1 MB."""
_GAP = 16
_AT_ONCE = 64
"""Parts of a condition side by side: with tens of thousands its server runs out of stack."""
_WEIGHT = {Place.ANYWHERE: "", Place.TITLE: "A", Place.TEXT: "B"}


class TsLanguage(Language):
    """How PostgreSQL's text search is asked."""

    nothing = "'_'"  # what no word and no mark is

    def __init__(self, noted: Callable[[str], bool], wanting: Collection[str] = ()) -> None:
        """Take what is noted, and which of `LONG` and `CUT` versions that are looked at have."""
        super().__init__(noted)
        self._wanting = wanting

    @override
    def words(self, words: Words) -> Asked:
        said = self._any_of(words)
        return Asked(self._or_cut(said), exact=CUT not in self._wanting, narrower=said)

    @override
    def marked(self, mark: Mark) -> Asked:
        return Asked(_lexeme(mark.text) + (":*" if mark.beginning else ""))

    @override
    def in_row(self, parts: tuple[Words, ...]) -> Asked:
        each = [self._any_of(part) for part in parts]
        row = f"({' <-> '.join(each)})"
        if LONG not in self._wanting:
            return Asked(row)
        unsure = self.both((_lexeme(LONG), *map(self._or_cut, each)))
        narrower = self.but_not(row, _lexeme(LONG))
        return Asked(self.either((row, unsure)), exact=False, narrower=narrower)

    def _or_cut(self, said: str) -> str:
        return self.either((said, _lexeme(CUT))) if CUT in self._wanting else said

    @override
    def close(self, close: Close) -> Asked:
        # It knows words at a distance, and none up to a distance.
        return self.roughly_in_any_order((close.one, close.other))

    @override
    def both(self, texts: Iterable[str]) -> str:
        return _joined(" & ", texts)

    @override
    def either(self, texts: Iterable[str]) -> str:
        return _joined(" | ", texts)

    @override
    def but_not(self, kept: str, left_out: str) -> str:
        return f"({kept} & !({left_out}))"

    def _any_of(self, words: Words) -> str:
        weight = _WEIGHT[words.place]
        said = [_lexeme(word) + (f":{weight}" if weight else "") for word in words.words]
        said += [f"{_lexeme(word)}:*{weight}" for word in words.beginnings]
        return self.either(said) if said else self.nothing


@dataclass(frozen=True, slots=True)
class Vector:
    """The words and marks of a version."""

    written: str
    """As a tsvector is written."""
    wanting: tuple[str, ...]
    """Which of `LONG` and `CUT` it has."""


def text_vector(item: IndexedVersion) -> Vector:
    """Return the words and marks of a version."""
    title, text = item.title.split(), item.text.split()
    places: defaultdict[str, list[str]] = defaultdict(list)
    for weight, start, words in (("A", 1, title), ("B", 1 + len(title) + _GAP, text)):
        for position, word in enumerate(words, start=start):
            # Those too far back keep their weight: the last place stands for all of them.
            places[word].append(f"{min(position, _LAST_POSITION)}{weight}")
    wanting: list[str] = []
    if len(title) + len(text) + _GAP >= _LAST_POSITION or any(
        len(found) > _MOST_OF_A_WORD for found in places.values()
    ):
        wanting.append(LONG)
    written = [_lexeme(mark) for mark in item.marks]
    size = sum(len(mark.encode()) for mark in written)
    for word, found in places.items():
        kept = found[:_MOST_OF_A_WORD]
        if len(found) > len(kept) and found[-1][-1] != kept[-1][-1]:
            kept.append(found[-1])  # of the text, too, and not of the title alone
        entry = f"{_lexeme(word)}:{','.join(dict.fromkeys(kept))}"
        size += len(entry.encode()) + 1
        if size > _MOST_BYTES:
            wanting = [LONG, CUT]
            break
        written.append(entry)
    return Vector(" ".join((*written, *map(_lexeme, wanting))), tuple(wanting))


def _joined(operator: str, texts: Iterable[str]) -> str:
    listed = tuple(texts)
    while len(listed) > 1:  # PostgreSQL goes into a list part by part, deeper with each
        listed = tuple(
            _group(operator, listed[start : start + _AT_ONCE])
            for start in range(0, len(listed), _AT_ONCE)
        )
    return listed[0]


def _group(operator: str, texts: tuple[str, ...]) -> str:
    return texts[0] if len(texts) == 1 else f"({operator.join(texts)})"


def _lexeme(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
