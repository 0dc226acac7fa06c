"""Suffix grammars: how languages that stack endings on a stem say a word in all its forms.

Kazakh, Kyrgyz, Uzbek and Tajik have no lemmatizer worth using, and a bare prefix matches far too
much: Kazakh `іс*` (affair) would match істік (a spit). So a word of the text is accepted only when
what follows the stem is a sequence of endings that the language allows. The grammar of each
language is a table of slots in its own file; this file turns such a table into a matcher.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from alerts.rules.languages.endings import Endings, Harmony, Paradigm, Sound, Step, can_follow
from alerts.rules.languages.loose_spelling import spelled_beginnings

_REMEMBERED = 100_000
"""Verdicts on what follows a stem that a grammar keeps: the same endings follow many stems."""


@dataclass(frozen=True, slots=True)
class Stem:
    """How forms of a word begin, and what may follow."""

    text: str
    """In the grammar's loose spelling."""
    endings: int
    """Which of the grammar's compiled paradigms the rest of the word must satisfy."""


@dataclass(frozen=True)
class SuffixGrammar:
    """One language's endings.

    `stems_of` returns, for a word of the vocabulary in loose spelling, pairs of a stem and the
    name of the paradigm that it takes: the dictionary form, voiced and shortened variants, the
    stem of a verb.
    """

    code: str
    loose: Mapping[int, int | str | None]
    """Letters that count as the same in both the vocabulary and the text (`str.maketrans`)."""
    harmonies: Mapping[str, Harmony]
    harmonies_of: Callable[[str], tuple[str, ...]]
    """Names of the harmonies that the endings of a stem may follow."""
    paradigms: Mapping[str, tuple[Paradigm, ...]]
    """Alternative sequences of slots, by name."""
    stems_of: Callable[[str], Iterable[tuple[str, str]]]
    sounds: Mapping[str, tuple[Sound, ...]] = field(default_factory=dict)
    """Archiphonemes that depend on the neighbouring letters; the last letter of the stem counts."""
    _numbers: dict[tuple[str, tuple[str, ...]], int] = field(default_factory=dict, repr=False)
    _wanted: list[tuple[str, tuple[str, ...]]] = field(default_factory=list, repr=False)
    _verdicts: dict[tuple[int, str, str], bool] = field(default_factory=dict, repr=False)
    _starts: dict[tuple[str, str], Step] = field(default_factory=dict, repr=False)

    def loosen(self, word: str) -> str:
        """Return the spelling of a folded word under which this language compares it."""
        return word.translate(self.loose)

    def stems(self, word: str) -> tuple[Stem, ...]:
        """Return how forms of `word`, a folded word of the vocabulary, may begin."""
        pairs = dict.fromkeys(self.stems_of(self.loosen(word)))
        return tuple(
            Stem(text, self._endings(name, self.harmonies_of(text))) for text, name in pairs
        )

    def beginnings(self, stem: str) -> tuple[str, ...]:
        """Return how folded words begin whose loose spelling begins with `stem`.

        Words that are written in two scripts at once are left out. Where a stem can be spelled in
        too many ways, the beginnings are shorter than they could be; no word is missed.
        """
        return spelled_beginnings(stem, self.loose)

    def accepts(self, stem: Stem, rest: str) -> bool:
        """Tell whether `rest`, loosened, can follow `stem` in one word."""
        last = stem.text[-1:]
        key = (stem.endings, last, rest)
        verdict = self._verdicts.get(key)
        if verdict is None:
            name, harmonies = self._wanted[stem.endings]
            verdict = any(
                can_follow(self._start(name, harmony), last + rest, len(last))
                for harmony in harmonies
            )
            if len(self._verdicts) >= _REMEMBERED:
                self._verdicts.clear()
            self._verdicts[key] = verdict
        return verdict

    @cached_property
    def _spelling(self) -> Endings:
        return Endings(self.sounds, self.loosen)

    def _start(self, name: str, harmony: str) -> Step:
        start = self._starts.get((name, harmony))
        if start is None:  # spelled out when a word first wants it: most commands want none
            start = self._spelling.sequences(self.paradigms[name], self.harmonies[harmony])
            self._starts[name, harmony] = start
        return start

    def _endings(self, name: str, harmonies: tuple[str, ...]) -> int:
        wanted = (name, harmonies)
        number = self._numbers.get(wanted)
        if number is None:
            number = self._numbers[wanted] = len(self._wanted)
            self._wanted.append(wanted)
        return number
