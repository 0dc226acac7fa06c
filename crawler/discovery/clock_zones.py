"""The clock that a written time is by: abbreviations, offsets, names of places and of zones.

Outlets write `(МСК)`, `UTC+5`, `по Бишкеку`, `Toshkent vaqti bilan`, `Asia/Almaty`. What is not
known says nothing, and the time counts as one without a zone.
"""

from __future__ import annotations

import re
from datetime import timedelta, timezone, tzinfo
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crawler.discovery.date_words import fold_words

_ABBREVIATIONS = {
    # RFC 822 names, and those that feeds of the watched region use. Minutes east of Greenwich.
    **dict.fromkeys(("", "z", "ut", "utc", "gmt", "wet"), 0),
    **dict.fromkeys(("bst", "cet", "west", "met"), 60),
    **dict.fromkeys(("cest", "eet", "sast", "mest"), 120),
    **dict.fromkeys(("eest", "msk", "мск", "trt"), 180),
    **dict.fromkeys(("msd", "samt"), 240),
    **dict.fromkeys(("uzt", "tjt", "tmt", "yekt", "qyzt", "pkt"), 300),
    "ist": 330,
    **dict.fromkeys(("kgt", "omst"), 360),
    **dict.fromkeys(("novt", "krat"), 420),
    **dict.fromkeys(("awst", "sgt", "hkt", "irkt"), 480),
    **dict.fromkeys(("jst", "kst", "yakt"), 540),
    **dict.fromkeys(("aest", "vlat"), 600),
    "aedt": 660,
    "nzst": 720,
    "nzdt": 780,
    "edt": -240,
    **dict.fromkeys(("est", "cdt"), -300),
    **dict.fromkeys(("cst", "mdt"), -360),
    **dict.fromkeys(("mst", "pdt"), -420),
    "pst": -480,
}
_PLACES = {
    # How the name of a place begins, whatever its ending: москов-ское, Москв-е.
    "москв": "Europe/Moscow",
    "москов": "Europe/Moscow",
    "moscow": "Europe/Moscow",
    "moskva": "Europe/Moscow",
    "маскав": "Europe/Moscow",
    "мәскеу": "Europe/Moscow",
    "бишкек": "Asia/Bishkek",
    "bishkek": "Asia/Bishkek",
    "алмат": "Asia/Almaty",
    "алматин": "Asia/Almaty",
    "almaty": "Asia/Almaty",
    "астан": "Asia/Almaty",
    "astana": "Asia/Almaty",
    "ташкент": "Asia/Tashkent",
    "тошкент": "Asia/Tashkent",
    "tashkent": "Asia/Tashkent",
    "toshkent": "Asia/Tashkent",
    "самарканд": "Asia/Samarkand",
    "samarqand": "Asia/Samarkand",
    "душанб": "Asia/Dushanbe",
    "dushanb": "Asia/Dushanbe",
    "ашхабад": "Asia/Ashgabat",
    "ashgabat": "Asia/Ashgabat",
    "киев": "Europe/Kyiv",
    "київ": "Europe/Kyiv",
    "києв": "Europe/Kyiv",
    "kyiv": "Europe/Kyiv",
    "kiev": "Europe/Kyiv",
    "калининград": "Europe/Kaliningrad",
    "самарск": "Europe/Samara",
    "екатеринбург": "Asia/Yekaterinburg",
    "омск": "Asia/Omsk",
    "новосибирск": "Asia/Novosibirsk",
    "красноярск": "Asia/Krasnoyarsk",
    "иркутск": "Asia/Irkutsk",
    "якутск": "Asia/Yakutsk",
    "владивосток": "Asia/Vladivostok",
    "лондон": "Europe/London",
    "london": "Europe/London",
    "new york": "America/New_York",
}
_FILLERS = frozenset(
    fold_words(
        "по времени время временем часовой пояс часового пояса за часом час часу местному местное"
        " місцевим місцевий уақыты уақытымен уақыт бойынша жергілікті убактысы убактысында убакыты"
        " убакыт боюнча жергиликтүү вақти вақт вақтида билан бўйича маҳаллий ба бо маҳаллӣ vaqti"
        " vaqt vaqtida bilan bo'yicha mahalliy time local zone timezone tz"
    ).split()
)
"""Words around the name of a zone."""
_OFFSET = re.compile(r"(?:utc|gmt|гмт|мск|msk)?\s*([+\-−–])\s*(\d{1,2}):?(\d{0,2})")
_MOSCOW = re.compile(r"(?:мск|msk)")
_NAME = re.compile(r"[a-z]+/[a-z_]+(?:/[a-z_]+)?")
_WORD = re.compile(r"[^\W\d_]+")
_FARTHEST = timedelta(hours=14)
"""The widest offset in use, Kiribati; what is written beyond it is a slip."""


def read_zone(text: str) -> tzinfo | None:
    """Return the zone that `text` names, or None if it names none that is known."""
    name = text.strip(" ()[],.;").casefold()
    if abbreviated := read_abbreviation(name):
        return abbreviated
    if offset := _OFFSET.fullmatch(name):
        sign, hours, minutes = offset.groups()
        east = timedelta(hours=int(hours), minutes=int(minutes or 0))
        if east > _FARTHEST or (minutes and int(minutes) > 59):
            return None
        base = timedelta(hours=3) if _MOSCOW.match(name) else timedelta()
        return timezone(base + (east if sign == "+" else -east))
    if _NAME.fullmatch(name):
        return _named(text.strip(" ()[],.;"))
    return _of_words(name)


def read_abbreviation(word: str) -> tzinfo | None:
    """Return the zone of an abbreviation such as MSK, or None if that is not known."""
    minutes = _ABBREVIATIONS.get(word.casefold())
    return None if minutes is None else timezone(timedelta(minutes=minutes))


def is_filler(word: str) -> bool:
    """Tell a folded word that stands around the name of a zone: local, time."""
    return word in _FILLERS


def is_about_zones(word: str) -> bool:
    """Tell a folded word that stands in what names a zone: a place, an abbreviation, "time"."""
    return is_filler(word) or word in _ABBREVIATIONS or _place(word) is not None


def _of_words(name: str) -> tzinfo | None:
    """Read the one word that names a zone among others that do not: по московскому времени."""
    for word in map(fold_words, _WORD.findall(name)):
        if word in _FILLERS or not word:
            continue
        if abbreviated := read_abbreviation(word):
            return abbreviated
        if place := _place(word):
            return _named(place)
    return None


@cache
def _folded_places() -> dict[str, str]:
    return {fold_words(beginning): zone for beginning, zone in _PLACES.items()}


def _place(word: str) -> str | None:
    return next(
        (zone for beginning, zone in _folded_places().items() if word.startswith(beginning)), None
    )


@lru_cache(maxsize=256)
def _named(name: str) -> tzinfo | None:
    """Return a zone of the database by its name, however its letters are cased."""
    proper = "/".join(
        "_".join(word.capitalize() for word in part.split("_")) for part in name.split("/")
    )
    try:
        return ZoneInfo(proper)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
