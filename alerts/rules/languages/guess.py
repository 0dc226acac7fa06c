"""Which languages a word of a query can belong to, judged by its letters alone.

A query does not say in which language its words are; a concept's list does. The guess decides only
which inflection a bare word takes. A rule that is read wrongly names its `language`.
"""

from __future__ import annotations

import re

_EVERY_CYRILLIC = ("ru", "uk", "kk", "ky", "uz", "tg")

_WRITTEN_BY: dict[str, tuple[str, ...]] = {
    "ъыэ": ("ru", "kk", "ky", "uz", "tg"),
    "їєґ": ("uk",),
    "і": ("uk", "kk"),
    "әұһ": ("kk",),
    "өүң": ("kk", "ky"),
    "ғқ": ("kk", "uz", "tg"),
    "ҳ": ("uz", "tg"),
    "ў": ("uz",),
    "ҷӣӯ": ("tg",),
}
"""Letters that not every Cyrillic alphabet of the seven languages has, and who has them."""

_WRITERS = {letter: codes for letters, codes in _WRITTEN_BY.items() for letter in letters}
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_UZBEK_LETTER = re.compile(r"[og]'")


def guess_languages(word: str) -> tuple[str, ...]:
    """Return codes of the languages whose inflection the folded `word` takes in a query.

    Latin letters mean English, unless an oʻ or gʻ tells Uzbek. Cyrillic means Russian, unless a
    letter that Russian does not have tells another language or a group of them.
    """
    if not _CYRILLIC.search(word):
        return ("uz",) if _UZBEK_LETTER.search(word) else ("en",)
    possible = [
        code for code in _EVERY_CYRILLIC if all(code in _WRITERS.get(c, code) for c in word)
    ]
    if "ru" in possible or not possible:
        return ("ru",)
    return tuple(possible)
