"""Suggests how a name is spelled in other languages; a person picks what is really in use."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Mapping, Sequence

_LATIN: Mapping[str, Sequence[str]] = {
    "а": ["a"], "б": ["b"], "в": ["v"], "г": ["g"], "д": ["d"], "е": ["e", "ye"],
    "ё": ["yo", "e", "io"],
    "ж": ["zh", "j"], "з": ["z"], "и": ["i"], "й": ["y", "i"], "к": ["k"], "л": ["l"], "м": ["m"],
    "н": ["n"], "о": ["o"], "п": ["p"], "р": ["r"], "с": ["s"], "т": ["t"], "у": ["u"], "ф": ["f"],
    "х": ["kh", "h"], "ц": ["ts", "c"], "ч": ["ch"], "ш": ["sh"], "щ": ["shch", "sch"], "ъ": [""],
    "ы": ["y", "i"], "ь": [""], "э": ["e"], "ю": ["yu", "iu", "u"], "я": ["ya", "ia"],
    "і": ["i"], "ї": ["yi", "i"], "є": ["ye", "ie"], "ґ": ["g"], "қ": ["q", "k"], "ғ": ["gh", "g"],
    "ҳ": ["h"], "ҷ": ["j"], "ӣ": ["i"], "ӯ": ["u"], "ў": ["o'", "u"], "ә": ["a"], "ө": ["o"],
    "ү": ["u"],
    "ұ": ["u"], "ң": ["ng"], "һ": ["h"],
}  # fmt: skip
"""The usual romanization first (BGN/PCGN 1947), then passports (ICAO 9303) and the press."""

_ENGLISH_FIRST_LETTER = {"г": ["g", "h"], "к": ["k", "q"], "е": ["ye", "e"]}
"""Haiduk is Gaiduk, Qadirov is Kadyrov: countries differ in the first letter most visibly."""

_UZBEK_LATIN = {
    **{letter: spellings[:1] for letter, spellings in _LATIN.items()},
    "ж": ["j"], "х": ["x"], "ё": ["yo"], "ц": ["ts", "s"], "ы": ["i"], "э": ["e"], "щ": ["sh"],
    "й": ["y"], "ғ": ["gʻ"], "ў": ["oʻ"], "қ": ["q"],
}  # fmt: skip

_CYRILLIC = [
    ("shch", "щ"), ("sch", "щ"), ("zh", "ж"), ("kh", "х"), ("ts", "ц"), ("ch", "ч"), ("sh", "ш"),
    ("yu", "ю"), ("iu", "ю"), ("ya", "я"), ("ia", "я"), ("yo", "ё"), ("ye", "е"), ("a", "а"),
    ("b", "б"),
    ("c", "к"), ("d", "д"), ("e", "е"), ("f", "ф"), ("g", "г"), ("h", "х"), ("i", "и"), ("j", "ж"),
    ("k", "к"), ("l", "л"), ("m", "м"), ("n", "н"), ("o", "о"), ("p", "п"), ("q", "к"), ("r", "р"),
    ("s", "с"), ("t", "т"), ("u", "у"), ("v", "в"), ("w", "в"), ("x", "х"), ("y", "ы"), ("z", "з"),
]  # fmt: skip

_UKRAINIAN = str.maketrans({"и": "і", "ы": "и", "э": "е", "ё": "йо", "ъ": "'"})

MOST = 8
"""Spellings suggested for a language at most, the most usual first."""


def suggest_spellings(name: str) -> dict[str, list[str]]:
    """Return spellings of a Cyrillic or Latin name by language code, the most usual first.

    Languages that keep the Russian spelling are given it, so that it can be copied as a whole.
    """
    composed = unicodedata.normalize("NFC", " ".join(name.split()))
    russian = composed if re.search(r"[\u0400-\u052f]", composed) else _to_cyrillic(composed)
    words = russian.lower().split()
    latin = [_combined(word, _english_choices(word)) for word in words]
    uzbek = [
        _combined(word, [_UZBEK_LATIN.get(letter, [letter]) for letter in word]) for word in words
    ]
    ukrainian = " ".join(word.translate(_UKRAINIAN) for word in words)
    written = [] if composed == russian else [composed]
    return {
        "ru": [_titled(russian)],
        "uk": _distinct([_titled(ukrainian), _titled(russian)]),
        "en": _distinct([*written, *_joined(latin)]),
        "kk": [_titled(russian)],
        "ky": [_titled(russian)],
        "uz": _distinct([*_joined(uzbek), _titled(russian)]),
        "tg": [_titled(russian)],
    }


def _english_choices(word: str) -> list[Sequence[str]]:
    choices: list[Sequence[str]] = []
    for place, letter in enumerate(word):
        spellings = _LATIN.get(letter, [letter])
        if place == 0:
            spellings = _ENGLISH_FIRST_LETTER.get(letter, spellings)
        elif letter == "е" and word[place - 1] not in "аеёиоуыэюяьъ":
            spellings = ["e"]
        choices.append(spellings)
    if word.endswith(("ий", "ый")):  # Zelensky, Zelenskyy, Zelenskiy, Zelenskii
        choices[-2:] = [["y", "iy", "yy", "i", "ii"]]
    return choices


def _combined(word: str, choices: Sequence[Sequence[str]]) -> list[str]:
    """Return the likeliest combinations: those that leave the first choice least often."""
    places = [place for place, spellings in enumerate(choices) if len(spellings) > 1]
    found = []
    for departures in range(min(2, len(places)) + 1):
        for changed in itertools.combinations(places, departures):
            options = [
                spellings[1:] if place in changed else spellings[:1]
                for place, spellings in enumerate(choices)
            ]
            found += ["".join(letters) for letters in itertools.product(*options)]
    return list(dict.fromkeys(found))[:MOST] or [word]


def _joined(words: Sequence[Sequence[str]]) -> list[str]:
    longest = max(map(len, words), default=0)
    return [
        _titled(" ".join(spellings[min(number, len(spellings) - 1)] for spellings in words))
        for number in range(longest)
    ]


def _to_cyrillic(name: str) -> str:
    lowered = name.lower()
    found = ""
    while lowered:
        latin, cyrillic = next(
            ((start, letters) for start, letters in _CYRILLIC if lowered.startswith(start)),
            (lowered[0], lowered[0]),
        )
        found += cyrillic
        lowered = lowered[len(latin) :]
    found = re.sub(r"(?<=[аеоу])[иы]|ы(?=[аеиоу])", "й", found)
    return re.sub(r"(?<=ск)ы\b", "ий", found)


def _titled(name: str) -> str:
    return re.sub(r"(?:^|(?<=[\s-]))\w", lambda letter: letter[0].upper(), name)


def _distinct(names: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(names))[:MOST]
