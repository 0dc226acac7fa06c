"""Publication times from the many spellings feeds use.

The general parsers fill what a date lacks from today's date; an article would then seem to have
been published the moment it was seen. Here a date is complete or it is none.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

from crawler.discovery.clock_zones import read_abbreviation, read_zone
from crawler.discovery.date_reading import read_written
from crawler.discovery.date_words import MONTHS, fold_words

_EARLIEST_YEAR = 1990
"""Before the web; 1970-01-01 and year 1 are how systems spell "not set"."""

_MONTHS = {
    # English, Russian (Kyrgyz and Tajik write the same beginnings), Ukrainian, Kazakh, Uzbek,
    # Turkish, German, Portuguese and Spanish; the beginnings cover full and shortened names.
    name: number
    for number, names in enumerate(
        (
            "jan янв січ қаң yan oca ene",
            "feb фев лют ақп fev şub",
            "mar мар бер нау mär",
            "apr апр кві сәу nis abr",
            "may мая май тра мам mai",
            "jun июн чер мау iyun haz",
            "jul июл лип шіл iyul tem",
            "aug авг сер там avg ağu ago",
            "sep сен вер қыр sen eyl set",
            "oct окт жов қаз okt eki out",
            "nov ноя лис қар noy kas",
            "dec дек гру жел dek ara dez dic",
        ),
        start=1,
    )
    for name in names.split()
}

_TIME = (
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d{1,2})(?:[:.](?P<second>\d{1,2})(?:[.,]\d+)?)?"
    r"\s*(?P<half>[ap]\.?m\.?(?![a-z]))?"
)
_ZONE = (
    r"\s*(?P<zone>(?:utc|gmt)?\s*[+-]\s*\d{1,2}:?\d{0,2}|[^\W\d_]{1,5})?\s*(?:\((?P<note>.*)\))?"
)
_AT = r"[\s,T-]*(?:(?:в|о|об|at|саат|сағат|соати?|soat)\s+)?"
"""What stands between a day and its time: 19-октябры, саат 14:20; October 6 at 8:15 pm."""
_FLAGS = re.IGNORECASE
_SHAPES = (
    re.compile(  # ISO 8601 and RFC 3339: 2026-05-01T10:00:00+05:00
        rf"(?:[^\W\d_]+\.?\s*,\s*)?(?P<year>\d{{4}})[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}})"
        rf"(?:(?:\s*t\s*|\s+|,\s*){_TIME}{_ZONE})?",
        _FLAGS,
    ),
    re.compile(  # RFC 822 and its kin: Fri, 1 May 2026 10:00:00 +0500; 1 мая 2026, 10:00
        rf"(?:[^\W\d_]+\.?\s*,?\s*)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s,-]+(?P<name>[^\W\d_]{{3,}})"
        rf"\.?[\s,-]+(?:соли\s+|de\s+)?(?P<year>\d{{4}}|\d{{2}})"
        rf"(?:[\s-]*(?:г|года|р|ж|жыл\w*|йил|yil)\.?(?![^\W\d_]))?(?:{_AT}{_TIME}{_ZONE})?",
        _FLAGS,
    ),
    re.compile(  # 2026 жылғы 1 мамыр, 2026-жылдын 1-майы, 2026-yil 1-may
        rf"(?P<year>\d{{4}})[\s-]*(?:жыл\w*|йил\w*|yil\w*)\.?[\s,-]+(?P<day>\d{{1,2}})[\s-]+"
        rf"(?P<name>[^\W\d_]{{3,}})(?:{_AT}{_TIME}{_ZONE})?",
        _FLAGS,
    ),
    re.compile(  # May 1, 2026 10:00
        rf"(?:[^\W\d_]+\.?\s*,\s*)?(?P<name>[^\W\d_]{{3,}})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+"
        rf"(?P<year>\d{{4}})(?:{_AT}{_TIME}{_ZONE})?",
        _FLAGS,
    ),
    re.compile(  # asctime: Fri May  1 10:00:00 2026
        rf"[^\W\d_]+\s+(?P<name>[^\W\d_]{{3,}})\s+(?P<day>\d{{1,2}})\s+{_TIME}{_ZONE}\s+"
        rf"(?P<year>\d{{4}})",
        _FLAGS,
    ),
    re.compile(  # 01.05.2026 10:00; with dots the day comes first everywhere
        rf"(?P<day>\d{{1,2}})\.(?P<month>\d{{1,2}})\.(?P<year>\d{{4}})(?:{_AT}{_TIME}{_ZONE})?",
        _FLAGS,
    ),
    re.compile(  # 20260501T100000Z
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
        r"T(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})(?P<half>)(?P<zone>z|[+-]\d{4})?",
        _FLAGS,
    ),
)
_SURROUNDING = re.compile(r"\s+")
_TO_OR_FROM = re.compile(
    r"(?:gacha|g[ae]|dan|гача|[гғкқ][аеоө]|[дт][аеоө]н|нан|нен)$", re.IGNORECASE
)
"""Endings by which a month is one until or since which something is: dekabrgacha, қарашаға."""
_MACHINE_OFFSET = re.compile(r"[+-]\d\d:?\d\d")
_SECONDS = re.compile(r"1\d{9}(?:\d{3})?")
"""Seconds or milliseconds since 1970, from 2001 on."""
_LONGEST = 80


def read_date(raw: str | None) -> datetime | None:
    """Return the moment `raw` names, aware in UTC, or None when it does not name a whole one.

    A date without a time is the start of that day; a time without a zone, or with one that is not
    known, is taken as UTC. Slashed dates (01/05/2026) are None: day and month cannot be told apart.
    """
    if not raw or len(raw) > _LONGEST:
        return None
    text = _SURROUNDING.sub(" ", raw).strip()
    if _SECONDS.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), UTC)
    for shape in _SHAPES:
        found = shape.fullmatch(text)
        if found:
            return _moment(found.groupdict())
    written = read_written(text)
    return written.moment() if written else None


def _moment(part: dict[str, str | None]) -> datetime | None:
    month = int(part["month"] or 0) if "month" in part else _month(part["name"] or "")
    year = int(part["year"] or 0)
    if len(part["year"] or "") == 2:
        year += 2000 if year < 70 else 1900
    if not month or year < _EARLIEST_YEAR:
        return None
    hour = int(part["hour"] or 0)
    half = (part["half"] or "").lower()
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    try:
        midnight = datetime(
            year, month, int(part["day"] or 0), tzinfo=_zone(part["zone"], part.get("note"))
        )
        if hour > 24 or int(part["minute"] or 0) > 59 or int(part["second"] or 0) > 60:
            return None
        # 24:00 is the next day's midnight and :60 a leap second: adding a span allows both.
        return (
            midnight
            + timedelta(
                hours=hour, minutes=int(part["minute"] or 0), seconds=int(part["second"] or 0)
            )
        ).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _month(name: str) -> int:
    known = MONTHS.get(fold_words(name))
    if known or _TO_OR_FROM.search(name):
        return known or 0
    name = name.lower()
    return _MONTHS.get(name[:4]) or _MONTHS.get(name[:3], 0)


def _zone(behind: str | None, note: str | None) -> tzinfo:
    """Return the zone that is named behind a time, or in brackets.

    Raises ValueError for an offset that a machine wrote and no clock has.
    """
    if behind and _MACHINE_OFFSET.fullmatch(behind) and read_zone(behind) is None:
        raise ValueError(behind)
    # A word that is no abbreviation is a place, where something happened.
    named = (
        behind if behind and not (behind.isalpha() and read_abbreviation(behind) is None) else ""
    )
    return next((zone for text in (named, note) if text and (zone := read_zone(text))), UTC)
