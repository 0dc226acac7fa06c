"""Publication times from the many spellings feeds use.

The general parsers fill what a date lacks from today's date; an article would then seem to have
been published the moment it was seen. Here a date is complete or it is none.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

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

_ZONES = {
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

_TIME = (
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d{1,2})(?:[:.](?P<second>\d{1,2})(?:[.,]\d+)?)?"
    r"\s*(?P<half>[ap]\.?m\.?(?![a-z]))?"
)
_ZONE = r"\s*(?P<zone>(?:utc|gmt)?\s*[+-]\s*\d{1,2}:?\d{0,2}|[^\W\d_]{1,5})?\s*(?:\(.*\))?"
_AT = r"[\s,T-]*(?:(?:в|о|об|at|саат|сағат|соати?|soat)\s+)?"
"""What stands between a day and its time: 19-октябры, саат 14:20; October 6 at 8:15 pm."""
_FLAGS = re.IGNORECASE
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|-?(?:го|е|ше|ого|ші|шы|чи|чы|чу|чү|(?:[уӯю]|йу)?м[иӣ]?))?"
"""1, 1st, 3-го, 5-ші, 5-чи, 5-уми."""
_WEEKDAY = (
    r"(?:[\s,]+(?:kuni|куни|күні|күнү)(?![^\W\d_]))?(?:,?\s+\(?[^\W\d_]{5,12}\)?(?=[\s,]|$))?"
)
"""A weekday behind a day: 2026 жылғы 9 қараша, дүйсенбі; 21-noyabr kuni."""
_SHAPES = (
    re.compile(  # ISO 8601 and RFC 3339: 2026-05-01T10:00:00+05:00
        rf"(?:[^\W\d_]+\.?\s*,\s*)?(?P<year>\d{{4}})[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}})"
        rf"(?:(?:\s*t\s*|\s+|,\s*){_TIME}{_ZONE})?",
        _FLAGS,
    ),
    re.compile(  # RFC 822 and its kin: Fri, 1 May 2026 10:00:00 +0500; 1 мая 2026, 10:00
        rf"(?:[^\W\d_]+\.?\s*,?\s*)?{_DAY}[\s,-]+(?:of\s+)?(?P<name>[^\W\d_]{{3,}})"
        rf"\.?[\s,-]+(?:соли\s+|de\s+)?(?P<year>\d{{4}}|\d{{2}})"
        rf"(?:[\s-]*(?:г|года|р|року|ж|жыл\w*|йил|yil)\.?(?![^\W\d_]))?{_WEEKDAY}"
        rf"(?:{_AT}{_TIME}{_ZONE})?",
        _FLAGS,
    ),
    re.compile(  # 2026 жылғы 1 мамыр, 2026-жылдын 1-майы, 2026-yil 1-may
        rf"(?:[^\W\d_]+\.?\s*,\s*)?(?P<year>\d{{4}})[\s-]*(?:жыл\w*|йил\w*|yil\w*)\.?[\s,-]+"
        rf"{_DAY}[\s-]+(?P<name>[^\W\d_]{{3,}}){_WEEKDAY}(?:{_AT}{_TIME}{_ZONE})?",
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
_TIME_FIRST = re.compile(
    r"(\d{1,2}:\d{2}(?::\d{2})?(?:\s*[ap]\.?m\b\.?)?)[\s,|·—–-]+(?=\D{0,20}\d)(.+)", _FLAGS
)
_IN_BRACKETS = re.compile(r"\s*\(([^()]{2,24})\)$")
_REGION = re.compile(r"\s*((?:Asia|Europe|America|Africa|Australia|Pacific|Etc)/[\w/+-]{2,30})$")
_PLACES: tuple[tuple[str, str], ...] = (
    (r"моск\w+|москв\w+|мск|msk|moscow", "Europe/Moscow"),
    (r"бишкек\w*|кыргызстан\w*|bishkek", "Asia/Bishkek"),
    (r"астан\w*|алмат\w*|казахстан\w*|қазақстан\w*|astana|almaty", "Asia/Almaty"),
    (r"ташкент\w*|тошкент\w*|toshkent\w*|tashkent|узбекистан\w*", "Asia/Tashkent"),
    (r"душанбе\w*|dushanbe|таджикистан\w*", "Asia/Dushanbe"),
    (r"киев\w*|киї?в\w*|києв\w*|kyiv|kiev", "Europe/Kyiv"),
)
_BY_PLACE = re.compile(
    r"\s*(?:по |за )?(?:(?:местному )?(?:времени|часу|time)?\s*)?"
    "(?:"
    + "|".join(f"(?P<at{number}>{names})" for number, (names, _) in enumerate(_PLACES))
    + r")(?:\s*(?:времени|времен[иі]|час(?:ом|у)|time|уақыты(?:мен)?|убактысы|vaqti|вақти|вақт))?$",
    _FLAGS,
)
"""14:05 по московскому времени, 14:05 за Києвом, 14:05 Bishkek time."""
_OFFSET = re.compile(r"(?:utc|gmt)?([+-])(\d{1,2}):?(\d{0,2})")
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
    if "(" not in text and (found := _read(text)):
        return found
    text, region = _without_place(text)
    found = _read(text) or _read(_TIME_FIRST.sub(r"\2, \1", text))
    if found is None or region is None:
        return found
    return found.replace(tzinfo=region).astimezone(UTC)


def _read(text: str) -> datetime | None:
    for shape in _SHAPES:
        found = shape.fullmatch(text)
        if found:
            return _moment(found.groupdict())
    return None


def _without_place(text: str) -> tuple[str, ZoneInfo | None]:
    """Split off whose time it is: in brackets, as a region or by the name of a place."""
    if ":" not in text:
        return text, None
    if bracket := _IN_BRACKETS.search(text):
        rest, inside = text[: bracket.start()], bracket[1].strip()
        if place := _BY_PLACE.fullmatch(inside):
            return rest, _place(place)
        is_zone = inside.lower() in _ZONES or _OFFSET.fullmatch(inside.replace(" ", "").lower())
        return (f"{rest} {inside}" if is_zone and rest[-1:].isdigit() else rest), None
    if named := _REGION.search(text):
        return text[: named.start()], _zone_info(named[1])
    place = _BY_PLACE.search(text)
    return (text[: place.start()], _place(place)) if place else (text, None)


def _place(found: re.Match[str]) -> ZoneInfo | None:
    number = next(n for n in range(len(_PLACES)) if found[f"at{n}"])
    return _zone_info(_PLACES[number][1])


def _zone_info(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


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
        midnight = datetime(year, month, int(part["day"] or 0), tzinfo=_zone(part["zone"]))
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
    name = name.lower()
    return _MONTHS.get(name[:4]) or _MONTHS.get(name[:3], 0)


def _zone(text: str | None) -> timezone:
    name = re.sub(r"\s", "", text or "").lower()
    offset = _OFFSET.fullmatch(name)
    if not offset:
        return timezone(timedelta(minutes=_ZONES.get(name, 0)))
    sign, hours, minutes = offset.groups()
    east = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return timezone(east if sign == "+" else -east)
