"""The words of a rule set while it is compiled: numbered first, inflected all at once after."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from alerts.rules.languages import GENERATED, english
from alerts.rules.languages.form_cache import load_or_generate
from alerts.rules.lexicon import Lexicon
from alerts.rules.tree import Clause
from alerts.rules.words import Form, WordPattern

_RARE_LENGTH = 8
"""Letters from which on a word counts as rare. Short words are frequent (Zipf, 1935): every letter
less doubles how often a word is expected, which is all that ranking clauses needs."""


class Vocabulary:
    """Numbers for words.

    A word that stands in several places has one number of its own, and shares another with the
    other words of its concept.
    """

    def __init__(self, first: int = 0) -> None:
        """Begin to number at `first`: words of others have the numbers before."""
        self._first = first
        self._numbers: dict[WordPattern, int] = {}
        self._fed: list[tuple[int, WordPattern]] = []
        self._weights: list[float] = []

    def word(self, pattern: WordPattern) -> int:
        """Return the number of words that satisfy `pattern`."""
        number = self._numbers.get(pattern)
        if number is None:
            number = self._numbers[pattern] = self.bag((pattern,))
        return number

    def bag(self, patterns: Sequence[WordPattern]) -> int:
        """Return a new number for words that satisfy any of `patterns`."""
        number = self.size
        self._fed += [(number, pattern) for pattern in patterns]
        self._weights.append(sum(map(_weight, patterns)))
        return number

    @property
    def size(self) -> int:
        """The first number that is free."""
        return self._first + len(self._weights)

    def weigh(self, clause: Clause) -> float:
        """Return how often the words of `clause` are to be expected, in no particular unit."""
        return sum(self._weights[number - self._first] for number in clause)

    def lexicon(self, cache: Path | None) -> Lexicon:
        """Inflect every word and return the lexicon. `cache`: a directory for generated forms."""
        inflected = [p for _, p in self._fed if p.form is Form.INFLECTED]
        generated = load_or_generate(
            {(code, p.key) for p in inflected for code in p.languages if code in GENERATED}, cache
        )
        lexicon = Lexicon()
        for number, pattern in self._fed:
            forms = set(pattern.forms)
            if pattern.form is Form.INFLECTED:
                for code in pattern.languages:
                    if code == "en":
                        forms |= english.forms(pattern.key)
                    else:
                        forms |= generated.get((code, pattern.key), frozenset())
            lexicon.add(number, pattern, forms)
        return lexicon


def _weight(pattern: WordPattern) -> float:
    length = len(pattern.key) - (2 if pattern.form is Form.PREFIX else 0)
    return 2.0 ** max(0, _RARE_LENGTH - length)
