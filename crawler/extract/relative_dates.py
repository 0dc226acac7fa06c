"""Dates that say how long ago: "yesterday, 14:05", "3 часа назад"; and those without a year.

They mean something only beside the moment at which the page was fetched. The outlet's clock is not
known where no zone is named, so a time that would lie ahead of that moment is that moment.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from crawler.discovery.announced_dates import read_date

LONGEST = 60
"""Characters of a line that says how long ago."""
FRESH = timedelta(days=7)
"""How old a day without a year and without a time may be: "9 May" may be a feast or a rubric."""
YEAR = timedelta(days=330)
"""How old a day without a year may be at all; a page that is older says the year."""

_TODAY = r"today|сегодня|сьогодні|бүгін|бүгүн|bugun|бугун|имр[ӯу]з"
_YESTERDAY = r"yesterday|вчера|вчора|кеше|кечээ|kecha|кеча|дир[ӯу]з"
_BEFORE_THAT = r"позавчера|позавчора|алдыңғы күні|мурдагы күнү|парер[ӯу]з"
_AT = r"[\s,|·—–-]*(?:(?:at|в|во|о|об|soat|соати?|саат|сағат)\s+)?"
_DAYS = re.compile(
    rf"(?:(?P<today>{_TODAY})|(?P<yesterday>{_YESTERDAY})|{_BEFORE_THAT})"
    rf"(?:{_AT}(?P<hour>\d{{1,2}})(?:[:.](?P<minute>\d{{2}}))?\s*(?P<half>[ap]\.?m\.?)?"
    r"(?P<zone>\s*\(?[^\d()]{0,24}(?:[+-]\d{1,2})?\)?)?)?",
    re.IGNORECASE,
)
_UNITS = (
    (r"sec\w*|с(?:ек\w*)?|секун\w*|soniya|сония", timedelta(seconds=1)),
    (
        r"min\w*|мин\w*|хв\w*|хвилин\w*|мүн\w*|daq\w*|дақ\w*",
        timedelta(minutes=1),
    ),
    (r"h|hrs?|hours?|ч|час\w*|год\w*|сағ\w*|саат|soat|соат", timedelta(hours=1)),
    (r"d|days?|дн\w*|день|күн|kun|кун|р[ӯу]з", timedelta(days=1)),
    (r"weeks?|недел\w*|тижн\w*|апта|hafta|ҳафта", timedelta(days=7)),
)
_AGO = re.compile(
    r"(?:(?P<count>\d{1,3})\s*|(?:an?|one|одну?|бір|бир|bir|як)\s+)?"
    "(?:"
    + "|".join(f"(?P<unit{number}>{names})" for number, (names, _) in enumerate(_UNITS))
    + r")\s+(?:ago|назад|тому(?: назад)?|бұрын|мурун|мурда|oldin|avval|олдин|аввал|пеш|қабл)",
    re.IGNORECASE,
)
_NO_YEAR = re.compile(
    r"(?:[^\W\d_]+,\s*)?(?P<day>\d{1,2}(?:-[^\W\d_]{1,3})?[\s-]+[^\W\d_]{3,12}\.?)"
    r"(?P<time>[\s,|·—–-]*(?:(?:at|в|о|об|soat|соати?|саат|сағат)\s+)?\d{1,2}:\d{2})?",
    re.IGNORECASE,
)
_HINT = re.compile(
    rf"{_TODAY}|{_YESTERDAY}|{_BEFORE_THAT}|ago\b|назад|тому|бұрын|мур[уд]|oldin|avval|олдин|аввал"
    r"|пеш|қабл",
    re.IGNORECASE,
)


def may_be_relative(line: str) -> bool:
    """Tell whether a line has a word of those that say how long ago."""
    return len(line) <= LONGEST and _HINT.search(line) is not None


def read_relative(line: str, now: datetime) -> datetime | None:
    """Return the moment that a line names beside `now` (aware); None when it names none."""
    if len(line) > LONGEST:
        return None
    if found := _DAYS.fullmatch(line):
        return _of_day(found, now)
    if found := _AGO.fullmatch(line):
        step = next(step for n, (_, step) in enumerate(_UNITS) if found[f"unit{n}"])
        return now - int(found["count"] or 1) * step
    if found := _NO_YEAR.fullmatch(line):
        return _without_year(found["day"], found["time"] or "", now)
    return None


def _of_day(found: re.Match[str], now: datetime) -> datetime | None:
    back = 0 if found["today"] else 1 if found["yesterday"] else 2
    day = f"{now - timedelta(days=back):%Y-%m-%d}"
    if found["hour"] is None:
        return read_date(day)
    if found["minute"] is None and found["half"] is None:
        return None
    clock = f"{found['hour']}:{found['minute'] or '00'} {found['half'] or ''}".strip()
    zone = (found["zone"] or "").strip()
    moment = read_date(f"{day} {clock} {zone}".strip()) or read_date(f"{day} {clock}")
    return None if moment is None else min(moment, now)


def _without_year(day: str, time: str, now: datetime) -> datetime | None:
    """Return the latest such day that is not ahead; in January, December's is last year's."""
    bare = day.rstrip(".")
    moments = (read_date(f"{bare} {year}{time}") for year in (now.year, now.year - 1))
    past = [min(m, now) for m in moments if m is not None and m <= now + timedelta(days=1)]
    latest = max(past, default=None)
    oldest = YEAR if time else FRESH
    return latest if latest is not None and now - latest <= oldest else None
