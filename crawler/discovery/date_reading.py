"""Reads dates of which every word is known: what is written says nothing but when.

Words may stand in any order, as languages and outlets have theirs: 3-го ноября 2026, 2026-yil
21-noyabr kuni, Дүйсенбі, 9 қараша 2026 жыл. One word that belongs to no date makes it none: it is
part of a sentence then, and a sentence tells of other days.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import time, tzinfo
from typing import NamedTuple

from crawler.discovery import date_words as table
from crawler.discovery.clock_zones import (
    is_about_zones,
    is_filler,
    read_abbreviation,
    read_zone,
)
from crawler.discovery.written_dates import CountedBack, WrittenDate

_LONGEST = 120
_YEARS = range(1990, 2100)
"""Before the web years are those of people and of founding; later ones are none of a page."""
_LONGEST_ZONE = 5
"""Letters of an abbreviation behind a time that is taken for a zone, known or not."""
_DAY = 86_400
_SAYS = frozenset({"year", "month", "number", "date", "clock", "back", "zone", "zone word"})
"""What a date consists of, once its hours are read."""

# Both as `fold_words` leaves them.
_ORDINAL = (
    r"(?:\s?-?\s?(?:го|ого|его|ше|те|ге|е|ое|ее|й|уми|юми|ум|юм|нчи|инчи|ынчы|унчу|чи|чы|чу|шы|ши"
    r"|инши|ыншы|ы|и|сы|си|у|nchi|inchi|chi|st|nd|rd|th|º))"
)
_SUFFIXED = r"(?:\s?-?\s?(?:да|де|та|те|до|то|da|de|ta|te))"
"""The ending that some languages put on a time: 14:05-те, 14:05da."""
_TOKEN = re.compile(
    r"(?P<iso>(\d{4})([-./])(\d{1,2})\3(\d{1,2})(?!\d))"
    r"|(?P<dmy>(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})(?!\d))"
    r"|(?P<clock>(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?(?!\d)"
    rf"(?:{_SUFFIXED}(?![^\W_]))?)"
    r"|(?P<half>[ap]\s?\.?\s?m\b\.?)"
    r"|(?P<named>[a-z]+/[a-z_]+(?:/[a-z_]+)?)"
    r"|(?P<offset>(?:(?:utc|gmt|гмт|мск|msk)\s?)?[+−]\s?\d{1,2}(?::?\d{2})?(?!\d)"
    r"|(?:utc|gmt|гмт)\s?[-–]\s?\d{1,2}(?::?\d{2})?(?!\d))"
    r"|(?P<year>\d{4}(?!\d))"
    rf"|(?P<number>(\d{{1,2}})(?!\d)({_ORDINAL}(?![^\W_]))?)"
    r"|\((?P<bracket>[^()]*)\)"
    r"|(?P<word>[^\W\d_]+)"
    r"|(?P<space>[\s.,;:|/\-–—•·\"«»\[\]]+)"
)


class _Token(NamedTuple):
    kind: str
    text: str
    """It as `fold_words` leaves it."""
    cased: str
    """How it is written, where that is still known."""

    @property
    def numbers(self) -> list[int]:
        return [int(digits) for digits in re.findall(r"\d+", self.text)]


class _Part(NamedTuple):
    """What a token means, with its numbers."""

    kind: str
    numbers: tuple[int, ...] = ()
    text: str = ""


def read_written(text: str) -> WrittenDate | CountedBack | None:
    """Read a date of which every word is known; None if one is not, or if there are two dates."""
    if not text or len(text) > _LONGEST:
        return None
    folded = table.fold_words(text)
    if folded.strip().replace(" ", "·") in table.NOW:
        return CountedBack(seconds=0)
    tokens = list(_tokens(folded, text))
    if not tokens or not tokens[-1].kind:
        return None
    if any(token.text in table.AGO_WORDS for token in tokens):
        return _counted_back(tokens)
    parts = _parts(tokens)
    return _date(_with_clock(parts)) if parts else None


def _tokens(folded: str, text: str) -> Iterator[_Token]:
    """Yield what a folded text consists of, without what only separates.

    The last is of no kind if the text goes on with what is part of no date.
    """
    aligned = len(folded) == len(text)
    at = 0
    while at < len(folded):
        found = _TOKEN.match(folded, at)
        if found is None:
            yield _Token("", "", "")
            return
        kind = found.lastgroup or ""
        if kind != "space":
            yield _Token(kind, found[kind], text[at : found.end()] if aligned else "")
        at = found.end()


def _counted_back(tokens: list[_Token]) -> CountedBack | None:
    """Read "2 hours ago": numbers before their units, and a word that says "ago"."""
    seconds, sizes = 0, list[int]()
    number: int | None = None
    ukrainian = any(token.text == "тому" for token in tokens)  # where "год" are hours, not years
    for kind, text, _ in tokens:
        size = 3_600 if ukrainian and text == "год" else table.UNITS.get(text)
        if kind == "number" and text.isdigit() and number is None:
            number = int(text)
        elif text in table.ONE_WORDS and number is None:
            number = 1
        elif size is not None:
            sizes.append(size)
            seconds += size * (1 if number is None else number)
            number = None
        elif text not in table.AGO_WORDS and text not in table.AGO_FILLERS:
            return None
    if not sizes or number is not None:
        return None
    if min(sizes) >= _DAY:
        return CountedBack(days=seconds // _DAY)
    return CountedBack(seconds=seconds)


def _parts(tokens: list[_Token]) -> list[_Part] | None:
    """Say what each token means; None if one belongs to no date."""
    parts: list[_Part] = []
    for token in tokens:
        part = _of_word(token, parts) if token.kind == "word" else _of_number(token, parts)
        if part is None:
            return None
        parts.append(part)
    return parts


def _of_number(token: _Token, before: list[_Part]) -> _Part | None:
    kind, text, cased = token
    numbers = tuple(token.numbers)
    if kind == "bracket":
        return _of_bracket(text, before)
    if kind == "named":
        return _Part("zone", text=cased or text) if _has_clock(before) else None
    if kind == "dmy":
        day, month, year = numbers
        return _Part("date", (year if year > 99 else 2000 + year, month, day))
    if kind == "year":
        return _Part("year", numbers) if numbers[0] in _YEARS else None
    if kind == "offset":
        return _Part("zone", text=text) if _has_clock(before) else None
    return _Part({"iso": "date"}.get(kind, kind), numbers, text)


def _of_bracket(text: str, before: list[_Part]) -> _Part | None:
    """Read what stands in brackets behind a time for a zone, whether that is known or not."""
    inside = table.fold_words(text).split()
    if inside and all(word.strip(".,") in table.WEEKDAYS for word in inside):
        return _Part("skip")
    if _has_clock(before) and len(text) <= 40 and not re.search(r"\d{3}|\d[.:]\d", text):
        return _Part("zone", text=text)
    return None


def _of_word(token: _Token, before: list[_Part]) -> _Part | None:
    _, text, cased = token
    last = before[-1].kind if before else ""
    if text in table.MONTHS:
        return _Part("month", (table.MONTHS[text],))
    if text in table.DAYS_BACK:
        return _Part("back", (table.DAYS_BACK[text],))
    if text in table.HOUR_WORDS and last == "number":
        return _Part("hours")
    if text in table.MINUTE_WORDS and last == "number":
        return _Part("minutes")
    if is_about_zones(text):
        return _Part("zone word", text=text)
    if text in table.WEEKDAYS or text in table.AROUND_DATES:
        return _Part("skip")
    if _has_clock(before) and last in ("clock", "half") and _is_short_name(cased):
        return _Part("skip")  # a zone that nobody knows
    return None


def _is_short_name(cased: str) -> bool:
    return cased.isupper() and 1 < len(cased) <= _LONGEST_ZONE


def _has_clock(parts: list[_Part]) -> bool:
    return any(part.kind in ("clock", "half", "hours") for part in parts)


def _with_clock(parts: list[_Part]) -> list[_Part]:
    """Make times of day of numbers that are named as hours: 5 pm, 14 часов 5 минут."""
    made: list[_Part] = []
    for part in parts:
        last = made[-1] if made else _Part("")
        if part.kind == "half" and last.kind in ("clock", "number"):
            hour, *rest = last.numbers
            if 1 <= hour <= 12:
                hour = hour % 12 + (12 if part.text.startswith("p") else 0)
            made[-1] = _Part("clock", (hour, *rest))
        elif part.kind == "hours":
            made[-1] = _Part("clock", last.numbers)
        elif part.kind == "minutes" and [p.kind for p in made[-2:]] == ["clock", "number"]:
            if len(made[-2].numbers) > 1:
                return []  # 14:05, 3 минуты: how long something takes to read
            made[-2:] = [_Part("clock", (*made[-2].numbers, *last.numbers))]
        elif part.kind != "skip":
            made.append(part)
    return made


def _date(parts: list[_Part]) -> WrittenDate | CountedBack | None:
    """Put together what the parts of a date say; None if they lack a day or say one thing twice."""
    if any(part.kind not in _SAYS for part in parts):
        return None
    by_kind: dict[str, _Part] = {}
    place = {part.kind: index for index, part in enumerate(parts)}
    for part in parts:
        if part.kind not in ("zone word", "zone") and part.kind in by_kind:
            return None
        by_kind[part.kind] = part
    clock = _clock(by_kind["clock"].numbers) if "clock" in by_kind else None
    if "clock" in by_kind and clock is None:
        return None
    zone = _zone(parts) if clock else None
    year = by_kind["year"].numbers[0] if "year" in by_kind else None
    if "date" in by_kind:
        if {"number", "month", "year"} & set(by_kind):
            return None
        year, month, day = by_kind["date"].numbers
        return WrittenDate(month, day, year, clock, zone) if year in _YEARS else None
    if "number" in by_kind and "month" in by_kind:
        if abs(place["number"] - place["month"]) != 1:
            return None
        day, month = by_kind["number"].numbers[0], by_kind["month"].numbers[0]
        return WrittenDate(month, day, year, clock, zone)
    if "back" in by_kind and not {"number", "month", "year"} & set(by_kind):
        return CountedBack(by_kind["back"].numbers[0], clock, zone)
    return None


def _clock(numbers: tuple[int, ...]) -> time | None:
    try:
        hour, minute, second = (*numbers, 0, 0)[:3]
        return time(hour, minute, second)
    except ValueError:
        return None


def _zone(parts: list[_Part]) -> tzinfo | None:
    """Return the zone that stands behind a time, or that words name: по московскому времени.

    A place alone says where something happened, or is a day of the week: душанбе.
    """
    for part in parts:
        if part.kind == "zone" and (zone := read_zone(part.text)) is not None:
            return zone
    named = [part.text for part in parts if part.kind == "zone word"]
    if not any(is_filler(word) or read_abbreviation(word) for word in named):
        return None
    return read_zone(" ".join(named))
