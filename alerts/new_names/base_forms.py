"""Names in their base form: Садыром Жапаровым is Садыр Жапаров. Russian, by pymorphy3. Pure.

A person's words agree in gender and case; of a body or a place only the head is inflected, and the
adjectives before it: Главному управлению МВД is Главное управление МВД.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from typing import Any

from alerts.rules.languages.slavic import parses_of
from core.alerting.matches import NameKind

_CASES = ("nomn", "gent", "datv", "accs", "ablt", "loct")
_GENDERS = ("masc", "femn")
_OF_PEOPLE = frozenset(("Name", "Surn", "Patr"))
_AGREEING = frozenset(("ADJF", "PRTF"))
_BLANKS = re.compile(r"(\s+)")
_PARTS = re.compile(r"(-)")
_LETTERS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LONGEST_WORD = 40
"""Letters; what is longer is no word, and is left as it is."""


@functools.lru_cache(maxsize=4096)
def base_forms(name: str, kind: NameKind) -> tuple[str, ...]:
    """Return what the base form of a name can be, the likeliest first; never nothing.

    Улана Ниязбекова may be a woman, or a man of whom something is said: other mentions tell.
    """
    pieces = _pieces(name)
    words = pieces[::2]
    choices = _person(words) if kind is NameKind.PERSON else [_headed(words)]
    found = []
    for told in choices:
        pieces[::2] = (_like(word, form) for word, form in zip(words, told, strict=True))
        found.append("".join(pieces))
    return tuple(dict.fromkeys(found))


def _pieces(name: str) -> list[str]:
    """Return words and what stands between them, in turn; a known Санкт-Петербург is one word."""
    pieces = _BLANKS.split(name)
    found = []
    for place, piece in enumerate(pieces):
        whole = place % 2 or any(parse.is_known for parse in _parses(piece))
        found += [piece] if whole else _PARTS.split(piece)
    return found


def _person(words: Sequence[str]) -> list[list[str]]:
    """Return the words as a man's and as a woman's, by the case that most of them agree in.

    Both are returned only where they agree in as many words.
    """
    parses = [_parses(word) for word in words]
    ranked = []
    for gender in _GENDERS:
        agreed = [_in_case(words, parses, gender, case) for case in _CASES]
        ranked.append(max(agreed, key=lambda choice: choice[0]))
    ranked.sort(key=lambda choice: choice[0], reverse=True)
    most = ranked[0][0][:2]
    return [told for rank, told in ranked if rank[:2] == most]


def _in_case(
    words: Sequence[str], parses: Sequence[Iterable[Any]], gender: str, case: str
) -> tuple[tuple[int, int, float], list[str]]:
    """Return how well the words fit a gender and a case, and their base forms if they are."""
    told, names, nouns, score = [], 0, 0, 0.0
    for word, known in zip(words, parses, strict=True):
        fitting = [parse for parse in known if _fits(parse, gender, case)]
        named = [parse for parse in fitting if not _OF_PEOPLE.isdisjoint(parse.tag.grammemes)]
        parse = next(iter(named or fitting), None)
        form = parse.inflect({"nomn", "sing"}) if parse else None
        told.append(form.word if form else word)
        names += bool(named)
        nouns += parse is not None
        score += parse.score if parse else 0.0
    return (names, nouns, score), told


def _fits(parse: Any, gender: str, case: str) -> bool:
    grammemes = parse.tag.grammemes
    if parse.tag.POS not in ("NOUN", "ADJF") or not {case, "sing"} <= grammemes:
        return False
    if case in ("nomn", "accs") and "inan" in grammemes:
        return False  # Илоном would be an unknown thing rather than Илон in another case
    return gender in grammemes or bool({"ms-f", "Ms-f", "GNdr"} & grammemes)


def _headed(words: Sequence[str]) -> list[str]:
    """Return the words with the head, and what agrees with it, in the nominative."""
    parses = [_parses(word) for word in words]
    for place, known in enumerate(parses):
        if place + 1 < len(parses) and _agreeing(known):
            continue
        adjectives = [_agreeing(before) for before in parses[:place]]
        noun = next((parse for parse in known if _agrees(parse, adjectives)), None)
        if noun is None:
            break  # a word without forms: what follows hangs on it
        number = "plur" if "plur" in noun.tag.grammemes else "sing"
        shape = {"nomn", number}
        gendered = shape | ({noun.tag.gender} if number == "sing" and noun.tag.gender else set())
        told = [
            _inflected(word, before, gendered)
            for word, before in zip(words[:place], adjectives, strict=True)
        ]
        return [*told, _inflected(words[place], [noun], shape), *words[place + 1 :]]
    if len(words) == 1:  # an adjective alone
        return [_inflected(words[0], _agreeing(parses[0]), {"nomn"})]
    return list(words)


def _agreeing(parses: Iterable[Any]) -> list[Any]:
    return [parse for parse in parses if parse.tag.POS in _AGREEING]


def _agrees(noun: Any, adjectives: Sequence[Sequence[Any]]) -> bool:
    tag = noun.tag
    return tag.POS == "NOUN" and all(
        any(
            (known.tag.case, known.tag.number) == (tag.case, tag.number)
            and known.tag.gender in (None, tag.gender)
            for known in adjective
        )
        for adjective in adjectives
    )


def _inflected(word: str, parses: Sequence[Any], shape: set[str]) -> str:
    forms = (parse.inflect(shape) for parse in parses)
    return next((str(form.word) for form in forms if form is not None), word)


@functools.lru_cache(maxsize=4096)
def _parses(word: str) -> tuple[Any, ...]:
    """Return what a word can be; an abbreviation, or what is no word, is nothing."""
    letters = word.strip("«»\"'“”„.,()")
    if letters != word or len(word) > _LONGEST_WORD or not _LETTERS.fullmatch(word):
        return ()
    if word.isupper() and len(word) <= 6:
        return ()
    parses = parses_of(word, "ru")
    places = [parse for parse in parses if {"Geox", "sing"} <= parse.tag.grammemes]
    return (*places, *(parse for parse in parses if parse not in places))


def _like(word: str, form: str) -> str:
    """Return `form` with the capitals of `word`."""
    if word.isupper():
        return form.upper()
    parts, shapes = form.split("-"), word.split("-")
    if len(parts) != len(shapes):
        return form
    return "-".join(
        part[:1].upper() + part[1:] if shape[:1].isupper() else part
        for part, shape in zip(parts, shapes, strict=True)
    )
