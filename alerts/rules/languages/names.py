"""Names of people: their case forms in Russian and Ukrainian."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import Any

from pytrovich.enums import Case, Gender, NamePart
from pytrovich.maker import PetrovichDeclinationMaker

from alerts.rules.analysis import fold
from alerts.rules.languages.slavic import Slavic, forms, parses_of

_FEMININE = ("ова", "ева", "ёва", "ина", "ына", "ая", "ська", "цька")
"""Endings that make a surname a woman's."""


def name_forms(words: Sequence[str], language: Slavic) -> list[frozenset[str]]:
    """Return, for each folded word of a person's name, its case forms, folded.

    The last word is the surname, the others are given names. Two sources together found all of
    175 surname forms; each alone misses some.
    """
    gender = _gender(words, language)
    return [
        frozenset(
            {word} | _declined(word, gender, surname=place == len(words) - 1, language=language)
        )
        for place, word in enumerate(words)
    ]


def _gender(words: Sequence[str], language: Slavic) -> str | None:
    """Return `masc` or `femn` when a given name or the surname tells."""
    if words[-1].endswith(_FEMININE):
        return "femn"
    for word in words[:-1]:
        for parse in parses_of(word, language):
            if "Name" in parse.tag and parse.tag.gender in ("masc", "femn"):
                return str(parse.tag.gender)
    return "masc" if len(words) > 1 else None


def _declined(word: str, gender: str | None, *, surname: bool, language: Slavic) -> set[str]:
    if language == "uk":  # its dictionary does not tell names from other words
        return set(forms(word, language))
    part = NamePart.LASTNAME if surname else NamePart.FIRSTNAME
    spoken = Gender.FEMALE if gender == "femn" else Gender.MALE
    made = {fold(_maker().make(part, spoken, case, word.capitalize())) for case in Case}
    return made.union(_from_dictionary(word, gender, "Surn" if surname else "Name", language))


def _from_dictionary(word: str, gender: str | None, mark: str, language: Slavic) -> Iterable[str]:
    for parse in parses_of(word, language):
        if mark not in parse.tag or (fold(parse.normal_form) != word and parse.tag.case != "nomn"):
            continue
        if gender and parse.tag.gender not in (gender, None):
            continue
        for form in parse.lexeme:
            if form.tag.number == "plur" or (gender and form.tag.gender not in (gender, None)):
                continue
            yield fold(form.word)


@functools.cache
def _maker() -> Any:
    return PetrovichDeclinationMaker()
