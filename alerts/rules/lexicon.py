"""Which word patterns a word of a text satisfies: one dictionary look-up per word of an article.

A piece of text between spaces is analysed once in its life; after that its raw spelling leads
straight to the numbers of the patterns that its words satisfy.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple, cast

from alerts.rules.analysis import INVISIBLE, WORD, fold, words_in
from alerts.rules.languages import GRAMMARS
from alerts.rules.languages.suffixes import Stem, SuffixGrammar
from alerts.rules.words import Form, WordPattern

MEMO_SIZE = 200_000
"""Pieces of text remembered in each of two generations, about 40 MB together."""

_PIECE = re.compile(r"\S+")
"""What `str.split` yields: both take the same characters for spaces."""

_MEMORABLE = 64
"""Characters of the longest piece remembered: words are shorter, hostile input need not be."""

_MIXED = -1
"""The verdict on a piece of several words of which some satisfy patterns."""

_BEGINNING = 4
"""Letters of a word that tell which stems are looked for: hardly one in four begins as one does."""

_HYPHENS = frozenset("-‐‑")

_Numbers = tuple[int, ...]

_Mixed = tuple[int, tuple[tuple[int, _Numbers], ...]]
"""How many words a piece has, and those that satisfy patterns, with their places in it."""


@dataclass(slots=True)
class Spellings:
    """Which folded words satisfy a pattern, as far as a list can say it."""

    words: set[str] = field(default_factory=set)
    beginnings: set[str] = field(default_factory=set)
    exact: bool = True
    """Whether every such word does; otherwise some do."""
    languages: set[str] = field(default_factory=set)
    """Those whose endings may follow."""


class _Entry(NamedTuple):
    number: int
    capital: bool
    compound: bool


class _Begun(NamedTuple):
    """What words can satisfy that begin alike, by how long its keys are."""

    prefixes: tuple[int, ...]
    stems: tuple[tuple[_StemIndex, tuple[int, ...]], ...]


class Lexicon:
    """The word patterns of a rule set, numbered, and the memory of words seen."""

    def __init__(self) -> None:
        self._plain: dict[str, tuple[int, ...]] = {}
        self._choosy: dict[str, list[_Entry]] = {}
        self._cased: dict[str, list[_Entry]] = {}
        self._prefixes: dict[int, dict[str, list[_Entry]]] = {}
        self._beginnings_of_prefixes: defaultdict[int, set[str]] = defaultdict(set)
        """How they begin."""
        self._stems: dict[str, _StemIndex] = {}
        self._begun: dict[str, _Begun] = {}
        self._together: dict[_Numbers, int] = {}
        self._numbers: list[_Numbers] = [(), ()]
        self._mixed: dict[str, _Mixed] = {}
        self._young: dict[str, int] = {}
        self._old: dict[str, int] = {}

    def add(self, number: int, pattern: WordPattern, forms: Iterable[str]) -> None:
        """Let words that satisfy `pattern` have `number`; `forms` are its generated forms."""
        entry = _Entry(number, pattern.capital, pattern.compound)
        self._begun = {}
        if pattern.form is Form.CASED:
            self._cased.setdefault(pattern.key, []).append(entry)
        elif pattern.form is Form.PREFIX:
            by_key = self._prefixes.setdefault(len(pattern.key), {})
            by_key.setdefault(pattern.key, []).append(entry)
            self._beginnings_of_prefixes[len(pattern.key)].add(pattern.key[:_BEGINNING])
        else:
            self._add_forms(entry, {pattern.key, *forms})
            if pattern.form is Form.INFLECTED:
                for code in pattern.languages:
                    if code in GRAMMARS:
                        index = self._stems.setdefault(code, _StemIndex(GRAMMARS[code]))
                        index.add(pattern.key, entry)

    def _add_forms(self, entry: _Entry, forms: set[str]) -> None:
        if entry.capital or entry.compound:
            for form in forms:
                self._choosy.setdefault(form, []).append(entry)
            return
        number, plain = entry.number, self._plain
        for form in forms:
            known = plain.get(form, ())
            if number not in known:
                plain[form] = (*known, number)

    def spellings(self, wanted: Collection[int]) -> Mapping[int, Spellings]:
        """Return for these numbers what the words look like that satisfy their patterns."""
        found: dict[int, Spellings] = {number: Spellings() for number in wanted}
        for form, numbers in self._plain.items():
            for number in found.keys() & numbers:
                found[number].words.add(form)
        for key, entry in (*_each(self._choosy, found), *_each(self._cased, found)):
            found[entry.number].words.add(fold(key))  # what is folded already stays as it is
            found[entry.number].exact = False
        for prefixes in self._prefixes.values():
            for key, entry in _each(prefixes, found):
                found[entry.number].beginnings.add(key)
                found[entry.number].exact &= not (entry.capital or entry.compound)
        for code, index in self._stems.items():
            for beginnings, number in index.beginnings(found.keys()):
                found[number].beginnings.update(beginnings)
                found[number].languages.add(code)
                found[number].exact = False
        return found

    def scan(self, text: str, start: int, positions: dict[int, list[int]]) -> int:
        """Note where words of `text` satisfy patterns. Words count from `start`; return the next.

        `positions` receives, by number, the places of words in ascending order.
        """
        places: defaultdict[int, list[int]] = defaultdict(list)
        pieces, verdicts = self._looked_up(text)
        # A piece that satisfies nothing is its number of words, and most are. A single word that
        # satisfies patterns is, below zero, the place of their numbers in the list of such sets.
        before = list(accumulate(verdicts, initial=start))
        ahead = 0  # words of such pieces, less what they count for in `before`
        for index, verdict in enumerate(verdicts):
            if verdict >= 0:
                continue
            begin = before[index] + ahead
            count = 1
            if verdict == _MIXED:
                count, satisfied = self._mixture(pieces[index])
                for place, numbers in satisfied:
                    places[-self._set(numbers)].append(begin + place)
            else:
                places[-verdict].append(begin)
            ahead += count - verdict
        for number_set, found in places.items():
            for number in self._numbers[number_set]:
                standing = positions.get(number)
                positions[number] = found if standing is None else sorted((*standing, *found))
        return before[-1] + ahead

    def pieces(self, text: str, start: int) -> tuple[list[int], list[int]]:
        """Return where the pieces of `text` begin: their first word, and their first character.

        Words are counted from `start`. A piece without words has the number of the next word.
        """
        pieces, verdicts = self._looked_up(text)
        counts = (
            verdict if verdict >= 0 else 1 if verdict != _MIXED else self._mixture(piece)[0]
            for piece, verdict in zip(pieces, verdicts, strict=True)
        )
        if " ".join(pieces) == text:  # no other spaces: twice as fast
            begins = list(accumulate((len(piece) + 1 for piece in pieces[:-1]), initial=0))
        else:
            begins = [piece.start() for piece in _PIECE.finditer(text)]
        return list(accumulate(counts, initial=start)), begins

    def _looked_up(self, text: str) -> tuple[list[str], list[int]]:
        """Cut `text` at white space and return the pieces with the verdict on each."""
        pieces = text.split()
        verdicts = list(map(self._young.get, pieces))
        if None in verdicts:
            return pieces, [
                self._recall(piece) if verdict is None else verdict
                for piece, verdict in zip(pieces, verdicts, strict=True)
            ]
        return pieces, cast("list[int]", verdicts)

    def count_words(self, text: str) -> int:
        """Return how many words `text` has."""
        return self.scan(text, 0, {})

    def memo(self) -> Iterator[str]:
        """Yield the pieces of text remembered, for `prewarm` after the next start."""
        young, old = list(self._young), list(self._old)  # at once: another thread may be scanning
        yield from young
        yield from (piece for piece in old if piece not in self._young)

    def prewarm(self, pieces: Iterable[str]) -> None:
        """Analyse and remember pieces of text before articles bring them."""
        for piece in pieces:
            if piece not in self._young:
                self._recall(piece)

    def _recall(self, piece: str) -> int:
        verdict = self._old.get(piece)
        if verdict is None:
            count, satisfied = self._analyse(piece)
            if not satisfied:
                verdict = count
            elif count == 1:
                verdict = self._set(satisfied[0][1])
            else:
                verdict = _MIXED
        if len(self._young) >= MEMO_SIZE:
            self._old, self._young = self._young, {}
            self._mixed.clear()
        if len(piece) <= _MEMORABLE:
            self._young[piece] = verdict
        return verdict

    def _set(self, numbers: _Numbers) -> int:
        """Return the verdict of a single word that satisfies the patterns `numbers`."""
        known = self._together.get(numbers)
        if known is None:
            known = self._together[numbers] = -len(self._numbers)
            self._numbers.append(numbers)
        return known

    def _mixture(self, piece: str) -> _Mixed:
        known = self._mixed.get(piece)
        if known is None:
            known = self._analyse(piece)
            if len(piece) <= _MEMORABLE:
                self._mixed[piece] = known
        return known

    def _analyse(self, piece: str) -> _Mixed:
        words = words_in(piece)
        if len(words) == 1:  # with no other before it that a hyphen could join it to
            numbers = self._satisfied(words[0], tail=False)
            return 1, ((0, numbers),) if numbers else ()
        count = 0
        satisfied = []
        for count, word in enumerate(WORD.finditer(piece), start=1):
            tail = count > 1 and piece[word.start() - 1] in _HYPHENS
            numbers = self._satisfied(word[0], tail)
            if numbers:
                satisfied.append((count - 1, numbers))
        return count, tuple(satisfied)

    def _satisfied(self, raw: str, tail: bool) -> tuple[int, ...]:
        key = fold(raw)
        plain = self._plain.get(key, ())
        candidates = list(self._choosy.get(key, ()))
        if self._cased:
            candidates += self._cased.get(INVISIBLE.sub("", raw), ())
        begun = self._begun.get(key[:_BEGINNING])
        if begun is None:
            begun = self._look_for(key[:_BEGINNING])
        for length in begun.prefixes:
            candidates += self._prefixes[length].get(key[:length], ())
        if len(key) <= _MEMORABLE:
            for index, lengths in begun.stems:
                candidates += index.find(key, lengths)
        if not candidates:
            return plain
        capital = raw[0].isupper()
        fitting = (
            entry.number
            for entry in candidates
            if (capital or not entry.capital) and (tail or not entry.compound)
        )
        return tuple(dict.fromkeys((*plain, *fitting)))

    def _look_for(self, beginning: str) -> _Begun:
        """Return what to look for in words that begin so, and remember it."""
        prefixes = tuple(
            length
            for length in self._prefixes
            if beginning[:length] in self._beginnings_of_prefixes[length]
        )
        stems = ((index, index.lengths(beginning)) for index in self._stems.values())
        begun = _Begun(prefixes, tuple((index, lengths) for index, lengths in stems if lengths))
        if len(self._begun) >= MEMO_SIZE:
            self._begun = {}
        self._begun[beginning] = begun
        return begun


def _each(
    known: Mapping[str, list[_Entry]], wanted: Container[int]
) -> Iterator[tuple[str, _Entry]]:
    for key, entries in known.items():
        yield from ((key, entry) for entry in entries if entry.number in wanted)


class _StemIndex:
    """The stems of one language's words."""

    def __init__(self, grammar: SuffixGrammar) -> None:
        self._grammar = grammar
        self._by_text: dict[str, list[tuple[Stem, _Entry]]] = {}
        self._lengths: defaultdict[str, set[int]] = defaultdict(set)
        """Lengths of stems by how they begin, with no letter and with more."""

    def add(self, word: str, entry: _Entry) -> None:
        for stem in self._grammar.stems(word):
            text = stem.text
            self._by_text.setdefault(text, []).append((stem, entry))
            for length in range(min(len(text), _BEGINNING) + 1):
                self._lengths[text[:length]].add(len(text))

    def lengths(self, beginning: str) -> tuple[int, ...]:
        """Return how long stems are that words with these first letters can begin with."""
        begun = self._grammar.loosen(beginning)[:_BEGINNING]
        shorter = {length for length in range(1, len(begun)) if begun[:length] in self._by_text}
        # A letter may be loosened to none: then less of the word is known here, and more can be.
        return tuple(sorted(shorter | self._lengths.get(begun, set())))

    def beginnings(self, wanted: Collection[int]) -> Iterator[tuple[tuple[str, ...], int]]:
        """Yield how folded words begin in which a stem of these numbers can be found."""
        for text, entries in self._by_text.items():
            numbers = {entry.number for _, entry in entries}.intersection(wanted)
            beginnings = self._grammar.beginnings(text) if numbers else ()
            yield from ((beginnings, number) for number in numbers)

    def find(self, key: str, lengths: Iterable[int]) -> Iterator[_Entry]:
        word = self._grammar.loosen(key)
        for length in lengths:
            if length <= len(word):
                for stem, entry in self._by_text.get(word[:length], ()):
                    if self._grammar.accepts(stem, word[length:]):
                        yield entry
