"""Suffix grammars: how languages that stack endings on a stem say a word in all its forms.

Kazakh, Kyrgyz, Uzbek and Tajik have no lemmatizer worth using, and a bare prefix matches far too
much: Kazakh `іс*` (affair) would match істік (a spit). So a word of the text is accepted only when
what follows the stem is a sequence of endings that the language allows. The grammar of each
language is a table of slots in its own file; this file turns such a table into a matcher.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from alerts.rules.languages.loose_spelling import spelled_beginnings

Harmony = Mapping[str, str]
"""What each archiphoneme (an upper-case Latin letter of the table) stands for: `{"A": "а"}`.
Several letters mean any of them."""


@dataclass(frozen=True, slots=True)
class Sound:
    """What an archiphoneme becomes next to certain letters: д is т after a voiceless consonant."""

    written: str
    """Letters and archiphonemes of the harmony, or nothing."""
    after: str = ""
    """Letters of which one must come before; none means any."""
    before: str = ""
    """Letters of which one must follow; none means any, or the end of the word."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in the word that one ending of a kind can fill, or nothing."""

    name: str
    endings: tuple[str, ...]
    """As the table writes them, archiphonemes in upper case: `LAr`."""
    required: bool = False


Paradigm = tuple[Slot, ...]
"""Slots in the order in which a word carries them."""


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
    _compiled: dict[int, re.Pattern[str]] = field(default_factory=dict, repr=False)

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
        pattern = self._compiled.get(stem.endings)
        if pattern is None:  # compiling takes as long as loading everything else: not before need
            expression = self._expression(*self._wanted[stem.endings])
            pattern = self._compiled[stem.endings] = re.compile(expression)
        last = stem.text[-1:]
        return pattern.fullmatch(last + rest, len(last)) is not None

    def _endings(self, name: str, harmonies: tuple[str, ...]) -> int:
        wanted = (name, harmonies)
        number = self._numbers.get(wanted)
        if number is None:
            number = self._numbers[wanted] = len(self._wanted)
            self._wanted.append(wanted)
        return number

    def _expression(self, name: str, harmonies: tuple[str, ...]) -> str:
        return "|".join(
            self._sequence(self.paradigms[name], self.harmonies[harmony]) for harmony in harmonies
        )

    def _sequence(self, paradigms: Iterable[Paradigm], harmony: Harmony) -> str:
        # Paradigms that begin alike share the beginning: the expression is far shorter that way.
        rests: dict[Slot | None, list[Paradigm]] = {}
        for paradigm in paradigms:
            rests.setdefault(paradigm[0] if paradigm else None, []).append(paradigm[1:])
        branches = [
            self._slot(slot, harmony) + self._sequence(after, harmony) if slot else ""
            for slot, after in rests.items()
        ]
        return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"

    def _slot(self, slot: Slot, harmony: Harmony) -> str:
        written = dict.fromkeys(self._spelled(ending, harmony) for ending in slot.endings)
        longest_first = sorted(written, key=len, reverse=True)
        return f"(?:{'|'.join(longest_first)}){'' if slot.required else '?'}"

    def _spelled(self, ending: str, harmony: Harmony) -> str:
        return "".join(self._letter(character, harmony) for character in ending)

    def _letter(self, character: str, harmony: Harmony) -> str:
        if sounds := self.sounds.get(character):
            return f"(?:{'|'.join(self._sound(sound, harmony) for sound in sounds)})"
        if letters := harmony.get(character):
            return f"[{self.loosen(letters)}]"
        return self.loosen(character)

    def _sound(self, sound: Sound, harmony: Harmony) -> str:
        after = f"(?<=[{self.loosen(sound.after)}])" if sound.after else ""
        before = f"(?=[{self.loosen(sound.before)}])" if sound.before else ""
        return after + self._spelled(sound.written, harmony) + before
