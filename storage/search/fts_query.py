"""Conditions as SQLite's FTS5 has them: the right side of MATCH."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from math import prod

from typing_extensions import override

from core.searching import Close, Mark, Place, Words
from storage.search.asked import Asked, Language

MOST_SPELLED_OUT = 400
"""Phrases, or pairs of words, that are listed one by one: FTS5 knows no phrase of alternatives.
Each costs a look-up in every part of the index."""

_COLUMN = {Place.TITLE: "title", Place.TEXT: "body"}


class FtsLanguage(Language):
    """How FTS5 is asked."""

    nothing = '"_"'  # what no word and no mark is

    @override
    def words(self, words: Words) -> Asked:
        return Asked(_placed(words.place, self._alternatives(_terms(words))))

    @override
    def marked(self, mark: Mark) -> Asked:
        return Asked(_term(mark.text, beginning=mark.beginning))

    @override
    def in_row(self, parts: tuple[Words, ...]) -> Asked:
        open_ended = any(part.beginnings for part in parts[:-1])
        if open_ended or prod(len(_terms(part)) for part in parts) > MOST_SPELLED_OUT:
            return self.roughly_in_any_order(parts)
        rows = (" + ".join(row) for row in product(*map(_terms, parts)))
        return Asked(_placed(parts[0].place, self._alternatives(rows)))

    @override
    def close(self, close: Close) -> Asked:
        one, other = close.one, close.other
        ones, others = _terms(one), _terms(other)
        if one.place is not other.place or len(ones) * len(others) > MOST_SPELLED_OUT:
            return self.roughly_in_any_order((one, other))
        between = close.distance - 1  # FTS5 counts the words between
        pairs = (f"NEAR({a} {b}, {between})" for a, b in product(ones, others))
        return Asked(_placed(one.place, self._alternatives(pairs)))

    @override
    def both(self, texts: Iterable[str]) -> str:
        return _joined(" AND ", texts)

    @override
    def either(self, texts: Iterable[str]) -> str:
        return _joined(" OR ", texts)

    @override
    def but_not(self, kept: str, left_out: str) -> str:
        return f"({kept} NOT {left_out})"

    def _alternatives(self, texts: Iterable[str]) -> str:
        listed = tuple(texts)
        return self.either(listed) if listed else self.nothing


def _joined(operator: str, texts: Iterable[str]) -> str:
    listed = tuple(texts)
    return listed[0] if len(listed) == 1 else f"({operator.join(listed)})"


def _placed(place: Place, text: str) -> str:
    # Marks look like no word, so words are not found among them without a column named.
    return text if place is Place.ANYWHERE else f"{{{_COLUMN[place]}}} : {text}"


def _terms(words: Words) -> tuple[str, ...]:
    return (
        *(_term(word) for word in words.words),
        *(_term(word, beginning=True) for word in words.beginnings),
    )


def _term(word: str, *, beginning: bool = False) -> str:
    quoted = word.replace('"', '""')
    return f'"{quoted}" *' if beginning else f'"{quoted}"'
