"""From a loose spelling back to how words are written: the other way round than a text goes.

A grammar compares words in a loose spelling, in which letters are one that count as the same. Who
looks words up in a list of words as they are written has to know how those begin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

MOST_BEGINNINGS = 32
"""Beginnings of one stem under way at most; with more, shorter ones have to do. Those that end in a
silent letter are not counted: hardly a word begins so."""

_CYRILLIC = range(0x0400, 0x0530)
Loose = Mapping[int, int | str | None]
_Letter = tuple[str, str]
"""A letter and its loose spelling."""


def spelled_beginnings(stem: str, loose: Loose) -> tuple[str, ...]:
    """Return how words begin whose loose spelling begins with `stem`, in one script each.

    No such word is missed. A word that begins so need not be one.
    """
    if not loose:
        return (stem,)
    found: dict[str, None] = {}
    for cyrillic in (False, True):
        letters = [
            (chr(code), chr(spelled) if isinstance(spelled, int) else spelled or "")
            for code, spelled in loose.items()
            if _is_written_in(chr(code), cyrillic)
        ]
        own = {each for each in stem if ord(each) not in loose and _is_written_in(each, cyrillic)}
        found |= dict.fromkeys(_spelled(stem, [*letters, *((each, each) for each in own)]))
    return tuple(one for one in found if not any(one[:size] in found for size in range(len(one))))


def _is_written_in(letter: str, cyrillic: bool) -> bool:
    """Tell whether a letter may stand in a word of a script; signs and digits do in both."""
    return not letter.isalpha() or (ord(letter) in _CYRILLIC) is cyrillic


def _spelled(stem: str, letters: Sequence[_Letter]) -> list[str]:
    silent = [letter for letter, spelled in letters if not spelled]
    whole: list[str] = []
    growing = {0: [""]}  # by how much of the stem is spelled
    while growing:
        at = min(growing)
        begun = growing.pop(at)
        rest = stem[at:]
        if not rest:
            whole += begun
            continue
        fitting = [
            (letter, len(spelled))
            for letter, spelled in letters
            if spelled and (rest.startswith(spelled) or spelled.startswith(rest))
        ]
        under_way = sum(map(len, growing.values()))
        if under_way + len(begun) * len(fitting) > MOST_BEGINNINGS:
            whole += begun
            continue
        # Where a silent letter stands, anything may follow: the word is known to begin so far.
        whole += [text + letter for text in begun if text for letter in silent]
        for letter, length in fitting:
            reached = min(at + length, len(stem))
            growing.setdefault(reached, []).extend(text + letter for text in begun)
    return whole
