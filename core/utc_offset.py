"""How far a local time is from UTC, in words."""

from __future__ import annotations

from datetime import datetime


def zone_mark(moment: datetime) -> str:
    """Return what a time is ahead of UTC: `+06`, `-03:30`; `UTC` where it is that."""
    offset = moment.utcoffset()
    if not offset:
        return "UTC"
    sign, minutes = ("-", -1) if offset.days < 0 else ("+", 1)
    hours, rest = divmod(minutes * int(offset.total_seconds()) // 60, 60)
    return f"{sign}{hours:02}" + (f":{rest:02}" if rest else "")
