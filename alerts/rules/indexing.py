"""What an index of words is given: the words of an article as the rules compare them, and marks.

Words are found and folded as the engine does it, so an index finds what the engine finds. Marks say
what else is known: where an article comes from, and which concepts and entities are in it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from alerts.rules.analysis import fold, words_in
from alerts.rules.matcher import Present
from alerts.rules.meanings import Meanings
from core.articles import Article
from core.searching import (
    MARKS_OF_LANGUAGE,
    MARKS_OF_SOURCE,
    MARKS_OF_TAG,
    IndexedVersion,
    mark,
)

FOLDING = f"2-{unicodedata.unidata_version}"
"""Changes whenever the same text may have other words; an index of another folding is made anew."""

LONGEST_WORD = 120
"""Characters of a word that an index keeps. Words are shorter; hostile input need not be."""

_MEMORABLE, _REMEMBERED = 64, 200_000


def kept(word: str) -> str:
    """Return as much of a folded word as an index keeps."""
    return word[:LONGEST_WORD]


class WordFolder:
    """Folds texts, and remembers pieces of them; not to be shared between threads."""

    def __init__(self) -> None:
        self._known = _Folded()

    def folded(self, text: str) -> str:
        """Return the words of a text, folded, with a blank between two."""
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        return "".join(map(self._known.__getitem__, text.split()))[:-1]


class _Folded(dict[str, str]):
    """Pieces of text and their words, folded, with a blank behind each."""

    def __missing__(self, piece: str) -> str:
        words = "".join(f"{kept(fold(word))} " for word in words_in(piece))
        if len(piece) <= _MEMORABLE:
            self[piece] = words
        return words


def marks_of(article: Article, present: Present, meanings: Meanings) -> tuple[str, ...]:
    """Return all marks of an article that has these things in it."""
    data = article.data
    marks = [mark(MARKS_OF_SOURCE, data.source)]
    if data.language:
        marks.append(mark(MARKS_OF_LANGUAGE, data.language))
    marks += [mark(MARKS_OF_TAG, tag) for tag in data.tags]
    named = [meanings.of("concept", name) for name in present.concepts]
    named += [meanings.of("entity", name) for name in present.entities]
    return tuple(dict.fromkeys((*marks, *filter(None, named))))


def indexed_version(
    article: Article, folder: WordFolder, marks: Iterable[str] = ()
) -> IndexedVersion:
    """Return a stored version as an index takes it."""
    return IndexedVersion(
        version_id=article.version_id,
        at=article.fetched_at,
        title=folder.folded(article.data.title),
        text=folder.folded(article.data.text),
        marks=tuple(marks),
    )
