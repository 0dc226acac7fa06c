"""Times in messages, as people read them: in the zone that each comes in.

They are never relative: a message is read the next day, too.
"""

from __future__ import annotations

from datetime import UTC, datetime

from alerts.messages.phrasing import ENGLISH
from core.utc_offset import zone_mark
from core.words import Words, worded

_MONTHS = (
    worded("Jan"), worded("Feb"), worded("Mar"), worded("Apr"), worded("May"), worded("Jun"),
    worded("Jul"), worded("Aug"), worded("Sep"), worded("Oct"), worded("Nov"), worded("Dec"),
)  # fmt: skip


def short_time(moment: datetime, words: Words = ENGLISH) -> str:
    """Return a time as `20 Nov 15:15 +06`, or `20 Nov 09:15 UTC` where it is that."""
    return f"{_day(moment, words)} {moment:%H:%M} {zone_mark(moment)}"


def clock_face(moment: datetime, words: Words = ENGLISH) -> str:
    """Return a time as `23 Nov 2026, 14:05 +06 (08:05 UTC)`; what is UTC is shown as that alone."""
    utc = moment.astimezone(UTC)
    if not moment.utcoffset():
        return f"{_day(utc, words)} {utc:%Y, %H:%M} UTC"
    day = "" if utc.date() == moment.date() else f"{_day(utc, words)}, "
    shown = f"{_day(moment, words)} {moment:%Y, %H:%M} {zone_mark(moment)}"
    return f"{shown} ({day}{utc:%H:%M} UTC)"


def _day(moment: datetime, words: Words) -> str:
    return f"{moment.day} {words(_MONTHS[moment.month - 1])}"
