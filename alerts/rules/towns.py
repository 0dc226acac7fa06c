"""Towns of Russia and Central Asia by country: our own small table, made from GeoNames (CC BY 4.0).

`bench/make_towns.py` makes it and says which names are sure. Russian forms are in the table:
having a dictionary give them for ten thousand names would take longer than all else at a start.
"""

from __future__ import annotations

import functools
import gzip
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from alerts.rules.words import Form, Reading, WordPattern, parse_words

Name = tuple[WordPattern, ...]

_TABLE = Path(__file__).with_name("towns.txt.gz")


@dataclass(frozen=True, slots=True)
class Towns:
    """The names of a country's towns."""

    sure: tuple[Name, ...]
    """Where one stands, with its capital, the town is meant."""
    doubtful: tuple[Name, ...]
    """These are words or other names as well: something of the country must stand nearby."""


def towns_of(country: str) -> Towns | None:
    """Return the towns of a country by its ISO 3166 code; None when the table has none of it."""
    return _table().get(country)


@functools.cache
def _table() -> Mapping[str, Towns]:
    sure: defaultdict[str, list[Name]] = defaultdict(list)
    doubtful: defaultdict[str, list[Name]] = defaultdict(list)
    for line in gzip.decompress(_TABLE.read_bytes()).decode().splitlines():
        country, mark, languages, name, *forms = line.split("\t")
        pattern = _pattern(name, tuple(filter(None, languages.split(","))), forms)
        (sure if mark == "+" else doubtful)[country].append(pattern)
    return {
        country: Towns(tuple(sure[country]), tuple(doubtful[country]))
        for country in sure.keys() | doubtful.keys()
    }


def _pattern(name: str, languages: tuple[str, ...], forms: list[str]) -> Name:
    words = parse_words(name, Reading(languages, names=True), quoted=True)
    if not forms:
        return words
    (word,) = words
    return (WordPattern(word.key, Form.INFLECTED, languages, word.capital, forms=frozenset(forms)),)
