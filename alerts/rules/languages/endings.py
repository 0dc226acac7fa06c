"""Sequences of endings, looked up letter by letter: what a table of slots allows behind a stem.

An ending is written out in all spellings that its harmony and its neighbours allow, once for a slot
and a harmony. A regular expression of the same table takes a hundred times as long to compile, and
Python compiles anew at every start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

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


class _Neighbours(NamedTuple):
    """What must stand next to a spelling; None: anything, or nothing."""

    before: frozenset[str] | None = None
    after: frozenset[str] | None = None


class _Spelled(NamedTuple):
    """A beginning of an ending, spelled out."""

    text: str = ""
    neighbours: _Neighbours = _Neighbours()


class _Move(NamedTuple):
    """An ending that may come next, and where it leads."""

    neighbours: _Neighbours
    to: Step


_Spellings = Mapping[str, frozenset[_Neighbours]]
"""How the endings of a slot are spelled under a harmony."""


class Step:
    """A place in a word between two endings, or before the first."""

    def __init__(self) -> None:
        self.next: dict[Slot, tuple[_Spellings, Step]] = {}
        """Slots that come next, and what comes behind each."""
        self.last = False
        """Whether no slot need follow."""

    @cached_property
    def may_end(self) -> bool:
        """Whether a word may end here: what could follow may be left out."""
        return self.last or any(
            not slot.required and after.may_end for slot, (_, after) in self.next.items()
        )

    @cached_property
    def moves(self) -> Mapping[str, list[_Move]]:
        """Endings that may come next, by their spelling, those behind what is left out as well."""
        moves: dict[str, list[_Move]] = {}
        for slot, (spellings, after) in self.next.items():
            for text, around in spellings.items():
                moves.setdefault(text, []).extend(_Move(each, after) for each in around)
            if not slot.required:
                for text, further in after.moves.items():
                    moves.setdefault(text, []).extend(further)
        return moves

    @cached_property
    def lengths(self) -> tuple[int, ...]:
        """How long the endings are that may come next."""
        return tuple(sorted(set(map(len, self.moves))))


class Endings:
    """What one language's tables allow: sequences of slots under harmonies."""

    def __init__(
        self, sounds: Mapping[str, tuple[Sound, ...]], loosen: Callable[[str], str]
    ) -> None:
        """Take the sounds that depend on neighbours, and how words are spelled loosely."""
        self._sounds = sounds
        self._loosen = loosen
        self._filled: dict[tuple[Slot, int], _Spellings] = {}
        self._harmonies: list[Harmony] = []

    def sequences(self, paradigms: Iterable[Paradigm], harmony: Harmony) -> Step:
        """Return where words begin that carry the endings of any of these sequences of slots."""
        if harmony not in self._harmonies:
            self._harmonies.append(harmony)
        number = self._harmonies.index(harmony)
        start = Step()
        for paradigm in paradigms:  # those that begin alike share the beginning
            step = start
            for slot in paradigm:
                if slot not in step.next:
                    step.next[slot] = (self._fill(slot, number), Step())
                step = step.next[slot][1]
            step.last = True
        return start

    def _fill(self, slot: Slot, number: int) -> _Spellings:
        filled = self._filled.get((slot, number))
        if filled is None:
            spelled: dict[str, set[_Neighbours]] = {}
            for ending in slot.endings:
                for text, neighbours in self._spelled(ending, self._harmonies[number]):
                    spelled.setdefault(text, set()).add(neighbours)
            filled = {text: frozenset(around) for text, around in spelled.items()}
            self._filled[slot, number] = filled
        return filled

    def _spelled(self, ending: str, harmony: Harmony) -> list[_Spelled]:
        spelled = [_Spelled()]
        for character in ending:
            spelled = [
                joined
                for begun in spelled
                for added in self._letter(character, harmony)
                if (joined := _joined(begun, added)) is not None
            ]
        return spelled

    def _letter(self, character: str, harmony: Harmony) -> list[_Spelled]:
        if sounds := self._sounds.get(character):
            return [
                joined
                for sound in sounds
                for written in self._spelled(sound.written, harmony)
                if (joined := self._among(sound, written)) is not None
            ]
        if letters := harmony.get(character):
            return [_Spelled(letter) for letter in dict.fromkeys(self._loosen(letters))]
        return [_Spelled(self._loosen(character))]

    def _among(self, sound: Sound, written: _Spelled) -> _Spelled | None:
        """Return a sound as it is written, among the letters that it wants around it."""
        before = frozenset(self._loosen(sound.after)) if sound.after else None
        after = frozenset(self._loosen(sound.before)) if sound.before else None
        begun = _joined(_Spelled("", _Neighbours(before, None)), written)
        return begun and _joined(begun, _Spelled("", _Neighbours(None, after)))


def _joined(first: _Spelled, second: _Spelled) -> _Spelled | None:
    """Return two spellings in a row; None when one cannot stand next to the other."""
    if not second.text and second.neighbours == _Neighbours():
        return first
    before, between = first.neighbours.before, first.neighbours.after
    wanted = second.neighbours.before
    if first.text:
        if wanted is not None and first.text[-1] not in wanted:
            return None
    else:
        before = _both(before, wanted)
    if second.text:
        if between is not None and second.text[0] not in between:
            return None
        after = second.neighbours.after
    else:
        after = _both(between, second.neighbours.after)
    return _Spelled(first.text + second.text, _Neighbours(before, after))


def _both(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    if one is None or other is None:
        return other if one is None else one
    return one & other


def can_follow(start: Step, word: str, at: int) -> bool:
    """Tell whether `word` is, from `at` on, a sequence of endings that begins at `start`."""
    seen: set[tuple[Step, int]] = set()
    waiting = [(start, at)]
    while waiting:
        step, here = waiting.pop()
        if here == len(word) and step.may_end:
            return True
        left = len(word) - here
        for length in step.lengths:
            if length > left:
                break
            end = here + length
            for (before, after), to in step.moves.get(word[here:end], ()):
                if (before is None or (here > 0 and word[here - 1] in before)) and (
                    after is None or word[end : end + 1] in after
                ):
                    reached = (to, end)
                    if reached not in seen:
                        seen.add(reached)
                        waiting.append(reached)
    return False
