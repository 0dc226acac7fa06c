"""Times as pages write them, to UTC.

A time that names its offset is taken as it is. One that does not is looked up in the page's other
times (the same moment is often written twice); failing that it counts as UTC, the only reading
that does not depend on where this runs. A day without a time is midnight UTC.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, timezone
from email.utils import parsedate_to_datetime

_ISO = re.compile(
    r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})"
    r"(?:[T\s,]+(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:[.,]\d+)?)?"
    r"\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2}(?!\d))?)?",
    re.IGNORECASE,
)
_DAY_FIRST = re.compile(
    r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})"
    r"(?:[\s,|-]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?"
    r"\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?",
    re.IGNORECASE,
)
_SCRIPT = re.compile(
    r"[A-Z][a-z]{2} (?P<month_name>[A-Z][a-z]{2}) (?P<day>\d{1,2}) (?P<year>\d{4}) "
    r"(?P<hour>\d{2}):(?P<minute>\d{2}):(?P<second>\d{2}) (?:GMT|UTC)?(?P<zone>[+-]\d{4})?"
)
_EPOCH = re.compile(r"\d{10}(?:\d{3})?")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
"""Before this there was no online news; such dates are placeholders (1970-01-01, 0001-01-01)."""


_FARTHEST = timedelta(hours=14)
"""The widest offset in use, Kiribati."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time as written: local clock, and the offset if one was named."""

    local: datetime
    offset: timedelta | None
    day_only: bool = False

    @property
    def utc(self) -> datetime:
        """The moment in UTC; without an offset the clock is read as UTC."""
        return self.local.replace(tzinfo=timezone(self.offset or timedelta())).astimezone(UTC)


def parse_stamp(text: str) -> Stamp | None:
    """Read one written time; None when it is not one or is older than online news."""
    text = text.strip()[:64]
    stamp = _from_pattern(text) or _from_rfc822(text)
    try:
        return stamp if stamp is not None and stamp.utc >= _EARLIEST else None
    except OverflowError:  # 9999-12-31T23:59-05:00
        return None


def choose(candidates: Iterable[str], others: Iterable[str] = ()) -> datetime | None:
    """Choose the publication time from candidates in order of trust.

    The first readable candidate decides. If it lacks the time of day or the offset, a later
    candidate for the same moment completes it; `others` (modification times and the like) are asked
    for the page's offset only.
    """
    stamps = [stamp for text in candidates if (stamp := parse_stamp(text))]
    if not stamps:
        return None
    first, later = stamps[0], stamps[1:]
    if first.day_only:
        first = next((s for s in later if not s.day_only and _same_day(s, first)), first)
    if first.offset is not None or first.day_only:
        return first.utc
    same = [
        s
        for s in later
        if s.offset is not None and s.local.replace(second=0) == first.local.replace(second=0)
    ]
    if same:
        return same[0].utc
    named = [s.offset for text in others if (s := parse_stamp(text)) and s.offset is not None]
    # A named zero offset is usually a machine's own UTC stamp beside a local clock: no evidence.
    local = next((offset for offset in named if offset), None)
    return Stamp(first.local, local).utc


def completed(announced: datetime | None, stated: datetime | None) -> datetime | None:
    """Return what a feed announced, completed by what the page states where it named a day alone.

    A feed's day is midnight UTC; the page's time belongs to it if it is that day anywhere on earth.
    """
    if announced is None or stated is None:
        return announced or stated
    if announced.astimezone(UTC).time() != time():
        return announced
    day_somewhere = -_FARTHEST <= stated - announced < timedelta(days=1) + _FARTHEST
    return stated if day_somewhere else announced


def _same_day(stamp: Stamp, day: Stamp) -> bool:
    return day.local.date() in (stamp.local.date(), stamp.utc.date())


def _from_pattern(text: str) -> Stamp | None:
    if _EPOCH.fullmatch(text):
        return Stamp(datetime.fromtimestamp(int(text[:10]), UTC).replace(tzinfo=None), timedelta())
    found = _ISO.match(text) or _DAY_FIRST.match(text) or _SCRIPT.match(text)
    if found is None:
        return None
    parts = found.groupdict()
    month = parts.get("month")
    name = parts.get("month_name")
    if name is not None and name not in _MONTHS:
        return None
    try:
        local = datetime(  # noqa: DTZ001 -- the offset is kept beside it
            int(parts["year"]),
            int(month) if month else _MONTHS.index(name or "") + 1,
            int(parts["day"]),
            int(parts["hour"] or 0),
            int(parts["minute"] or 0),
            int(parts["second"] or 0),
        )
        return Stamp(local, _offset(parts["zone"]), day_only=parts["hour"] is None)
    except ValueError:
        return None


def _offset(zone: str | None) -> timedelta | None:
    if zone is None:
        return None
    if zone.upper() in ("Z", "UTC", "GMT"):
        return timedelta()
    digits = zone[1:].replace(":", "").ljust(4, "0")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if size > _FARTHEST:
        raise ValueError(zone)
    return -size if zone[0] == "-" else size


def _from_rfc822(text: str) -> Stamp | None:
    try:
        parsed = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return Stamp(parsed.replace(tzinfo=None), parsed.utcoffset())
