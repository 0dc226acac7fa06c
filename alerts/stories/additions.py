"""What a telling of a story adds: names and numbers that no earlier one had.

Names are those of known entities. Numbers are taken as their digits say: `40` and `сорок` are two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.alerting.accounts import Telling

MOST_ADDED = 6
"""Names, and numbers, that are kept of each telling."""
WORD_LENGTH = 24
"""Characters of the word after a number."""

_SPACES = "\u0020\u00a0\u2009\u202f"
_NUMBER = re.compile(
    rf"(?<![\w.,:/-])(\d{{1,3}}(?:[{_SPACES}]\d{{3}})+(?:[.,]\d+)?|\d+(?:[.,]\d+)*)"
    rf"(?![\d:/-]|[.,]\d)(%|[{_SPACES}]?[^\W\d_]+)?"
)
"""A number, with the word after it. What is joined to letters, or is part of a time, a date with
slashes or hyphens or a name (`Т-72`, `14:30`, `2026-11-20`), is none."""
_DATE = re.compile(r"\d{1,2}\.\d{1,2}\.\d{2,4}")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}([.,]\d{3})+")


@dataclass(frozen=True, slots=True)
class Added:
    """What nobody had before."""

    names: tuple[tuple[str, str], ...] = ()
    numbers: tuple[str, ...] = ()


def additions(tellings: Sequence[Telling]) -> dict[int, Added]:
    """Return, by article, what it adds to those before it; the first adds nothing.

    The cost is that of reading each text once, and its names in those before.
    """
    found: dict[int, Added] = {}
    names: set[str] = set()
    numbers: set[str] = set()
    texts: list[str] = []
    for telling in tellings:
        own: dict[str, str] = {}
        for value, shown in _numbers(telling.text):
            own.setdefault(value, shown)
        new_names = [
            (entity, spelling)
            for entity, spelling in telling.entities
            if entity not in names and not _stands_in(spelling, texts)
        ]
        new_numbers = [shown for value, shown in own.items() if value not in numbers]
        if texts:
            found[telling.article] = Added(
                tuple(new_names[:MOST_ADDED]), tuple(new_numbers[:MOST_ADDED])
            )
        names |= {entity for entity, _ in telling.entities}
        numbers |= own.keys()
        texts.append(telling.text.casefold())
    return found


def _stands_in(spelling: str, texts: Sequence[str]) -> bool:
    """Tell whether a text names somebody though no rule fired on it, and nobody looked."""
    folded = spelling.casefold()
    return bool(folded) and any(folded in text for text in texts)


def _numbers(text: str) -> Iterator[tuple[str, str]]:
    """Yield the numbers of a text, each as its value and as it is shown."""
    for found in _NUMBER.finditer(text):
        written, word = found[1], found[2] or ""
        if _DATE.fullmatch(written):
            continue
        digits = re.sub(f"[{_SPACES}]", "", written)
        if _THOUSANDS.fullmatch(digits):
            digits = re.sub("[.,]", "", digits)
        value = digits.replace(",", ".")
        yield value + ("%" if word == "%" else ""), (written + word)[: len(written) + WORD_LENGTH]
