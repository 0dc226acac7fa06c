"""Times in messages, as people read them: in the zone that each comes in.

They are never relative: a message is read the next day, too.
"""

from __future__ import annotations

from datetime import UTC, datetime

from core.utc_offset import zone_mark


def short_time(moment: datetime) -> str:
    """Return a time as `20 Nov 15:15 +06`, or `20 Nov 09:15 UTC` where it is that."""
    return f"{moment.day} {moment:%b %H:%M} {zone_mark(moment)}"


def clock_face(moment: datetime) -> str:
    """Return a time as `23 Nov 2026, 14:05 +06 (08:05 UTC)`; what is UTC is shown as that alone."""
    utc = moment.astimezone(UTC)
    if not moment.utcoffset():
        return f"{utc.day} {utc:%b %Y, %H:%M} UTC"
    day = "" if utc.date() == moment.date() else f"{utc.day} {utc:%b}, "
    return f"{moment.day} {moment:%b %Y, %H:%M} {zone_mark(moment)} ({day}{utc:%H:%M} UTC)"
