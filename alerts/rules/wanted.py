"""What an index is asked for a rule's tree: at least every article that it is true of.

What an index does not know (patterns, lengths, ages, the lead) is left out or said roughly, and the
engine has the last word on what is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cache
from itertools import combinations, islice
from math import comb

from alerts.rules import leaves, tree
from alerts.rules.indexing import LONGEST_WORD, kept
from alerts.rules.lexicon import Spellings
from alerts.rules.patterns import patterns_of
from core.searching import (
    MARKS_OF_LANGUAGE,
    MARKS_OF_SOURCE,
    MARKS_OF_TAG,
    Anything,
    Close,
    Every,
    InRow,
    Mark,
    Noted,
    Place,
    Roughly,
    Some,
    Wanted,
    Without,
    Words,
    beginning,
    mark,
)

MOST_SPELLED_OUT = 1_000
"""Words and phrases of a concept that are looked up one by one. With more, as of a country with all
its towns, every version is read where it was not noted."""
MOST_SPELLINGS = 5_000
"""Spellings of all these: a word of an agglutinating language alone may have hundreds."""
_MOST_COMBINATIONS = 20
"""Ways to choose of ATLEAST that are spelled out; of more, one of them has to be there."""
_MOST_REPEATED = 400
"""Parts that they have together: each way to choose says its parts again, and those of an ATLEAST
within another multiply."""
_OF_A_NAME = 20
"""Parts that a concept or an entity counts for: it may have to be spelled out."""
_NO_SPELLINGS = Spellings()
_PATTERN = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Translation:
    """What leaves of a compiled query look like to an index."""

    spellings: Mapping[int, Spellings]
    """Of the words that are translated."""
    look_up: Callable[[Collection[int]], Mapping[int, Spellings]]
    """Gives the spellings of what concepts and entities are made of."""
    marks: Mapping[leaves.Group, str]
    """Marks of concepts and entities."""
    source_tags: Mapping[str, frozenset[str]]

    def wanted(self, node: tree.Node, place: Place = Place.ANYWHERE) -> Wanted:
        """Return what is asked for a part of a rule."""
        match node:
            case tree.All():
                return Every(self._each(node.children, place))
            case tree.Any():
                return Some(self._each(node.children, place))
            case tree.AtLeast():
                return _at_least(node.count, self._each(node.children, place))
            case tree.Not():
                return Without(Anything(), self.wanted(node.children[0], place))
            case tree.Near():
                return self._near(node, place)
            case leaves.Scoped():
                return self._scoped(node)
            case leaves.Word():
                return self._word(node.pattern, place)
            case leaves.Phrase():
                return self._phrase(node, place)
            case leaves.Group():
                return self._group(node, place)
            case leaves.About():
                return self._about(node)
        return Anything()

    def _each(self, nodes: Iterable[tree.Node], place: Place) -> tuple[Wanted, ...]:
        return tuple(self.wanted(node, place) for node in nodes)

    def _word(self, pattern: int, place: Place) -> Wanted:
        words, exact = self._words(pattern, place)
        return words if exact else Roughly(words)

    def _words(self, pattern: int, place: Place) -> tuple[Words, bool]:
        known = self.spellings.get(pattern, _NO_SPELLINGS)
        words, beginnings = sorted(known.words), sorted(known.beginnings)
        cut = any(len(word) > LONGEST_WORD for word in (*words, *beginnings))
        return (
            Words(tuple(map(kept, words)), tuple(map(kept, beginnings)), place),
            known.exact and not cut,
        )

    def _phrase(self, node: leaves.Phrase, place: Place) -> Wanted:
        parts = [self._words(pattern, place) for pattern in node.patterns]
        row = InRow(tuple(words for words, _ in parts))
        return row if all(exact for _, exact in parts) else Roughly(row)

    def _near(self, node: tree.Near, place: Place) -> Wanted:
        both = [self._as_words(child, place) for child in node.children]
        if isinstance(node, tree.Beside) or len(both) != 2 or None in both:
            return Roughly(Every(self._each(node.children, place)))
        (one, certain), (other, sure) = (found for found in both if found is not None)
        close = Close(one, other, node.distances[0])
        if node.ordered or not (certain and sure) or _overlap(one, other):
            return Roughly(close)
        return close

    def _as_words(self, node: tree.Node, place: Place) -> tuple[Words, bool] | None:
        """Return what a node looks for, when that is one word of a list."""
        match node:
            case leaves.Word():
                return self._words(node.pattern, place)
            case leaves.Scoped():
                found = self._as_words(node.leaf, _PLACES[node.place])
                return found if found is None else (found[0], found[1] and node.place != "lead")
            case tree.Any():
                found_each = [self._as_words(child, place) for child in node.children]
                known = [each for each in found_each if each is not None]
                places = {words.place for words, _ in known}
                if len(known) < len(found_each) or len(places) != 1:
                    return None
                joined = Words(
                    tuple(dict.fromkeys(word for words, _ in known for word in words.words)),
                    tuple(dict.fromkeys(one for words, _ in known for one in words.beginnings)),
                    places.pop(),
                )
                return joined, all(exact for _, exact in known)
        return None

    def _scoped(self, node: leaves.Scoped) -> Wanted:
        found = self.wanted(node.leaf, _PLACES[node.place])
        return Roughly(found) if node.place == "lead" else found

    def _group(self, node: leaves.Group, place: Place) -> Wanted:
        marked = self.marks.get(node)
        if marked is None:  # what belongs to an entity, each with a mark of its own
            return self.any_part(node, place)
        noted = Noted(marked, cache(lambda: self._spelled_out(node, place)))
        return noted if place is Place.ANYWHERE else Roughly(noted)

    def any_part(self, node: leaves.Group, place: Place) -> Wanted:
        """Return what the words and phrases of a concept or an entity are."""
        parts: list[Wanted] = [] if node.words is None else [self._word(node.words, place)]
        found = Some((*parts, *self._each(node.parts, place)))
        return Roughly(found) if node.vetoes else found

    def _spelled_out(self, node: leaves.Group, place: Place) -> Wanted:
        """Return what a concept or an entity is made of, where nobody has looked for it before."""
        patterns = set(islice(patterns_of(node), MOST_SPELLED_OUT + 1))
        if len(patterns) > MOST_SPELLED_OUT:
            return Anything()
        spellings = self.look_up(patterns)
        if sum(len(it.words) + len(it.beginnings) for it in spellings.values()) > MOST_SPELLINGS:
            return Anything()
        return replace(self, spellings=spellings).any_part(node, place)

    def _about(self, node: leaves.About) -> Wanted:
        kind = _MARKS.get(node.field)
        if kind is None:
            return Anything()
        found = [_marked(kind, value) for value in node.values]
        if node.field == "tag":
            sources = (
                source
                for source, tags in self.source_tags.items()
                if any(fnmatchcase(tag.lower(), value) for tag in tags for value in node.values)
            )
            found += [Mark(mark(MARKS_OF_SOURCE, source)) for source in sources]
        return Some(tuple(found))


_PLACES = {"title": Place.TITLE, "text": Place.TEXT, "lead": Place.TEXT}
_MARKS = {"source": MARKS_OF_SOURCE, "lang": MARKS_OF_LANGUAGE, "tag": MARKS_OF_TAG}


def _marked(kind: str, value: str) -> Wanted:
    bare = value.removesuffix("*")
    if _PATTERN.isdisjoint(value):
        return Mark(mark(kind, value))
    # Every article has a source and perhaps a language: a bare `*` narrows nothing down.
    return Anything() if not bare or not _PATTERN.isdisjoint(bare) else beginning(kind, bare)


def _at_least(count: int, parts: tuple[Wanted, ...]) -> Wanted:
    if count == 1:
        return Some(parts)
    times = comb(len(parts) - 1, count - 1)  # that each part is said
    if (
        comb(len(parts), count) > _MOST_COMBINATIONS
        or times * sum(map(_size, parts)) > _MOST_REPEATED
    ):
        return Roughly(Some(parts))
    return Some(tuple(Every(chosen) for chosen in combinations(parts, count)))


def _size(wanted: Wanted) -> int:
    """Return of how many parts something is put together."""
    match wanted:
        case Every(parts=parts) | Some(parts=parts):
            return sum(map(_size, parts))
        case Without(kept=kept, left_out=left_out):
            return _size(kept) + _size(left_out)
        case Roughly(part=part):
            return _size(part)
        case Noted():
            return _OF_A_NAME
    return 1


def _overlap(one: Words, other: Words) -> bool:
    """Tell whether a single word may be both: it is not near itself."""

    def within(words: Sequence[str], beginnings: Sequence[str]) -> bool:
        return bool(beginnings) and any(word.startswith(tuple(beginnings)) for word in words)

    return (
        not set(one.words).isdisjoint(other.words)
        or within((*one.words, *one.beginnings), other.beginnings)
        or within((*other.words, *other.beginnings), one.beginnings)
    )
