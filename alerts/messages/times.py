"""Times in messages, as people read them."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo


def utc(moment: datetime) -> str:
    """Return a time as `20 Nov 09:15 UTC`: a chat shows it to readers in many zones."""
    moment = moment.astimezone(UTC)
    return f"{moment.day} {moment:%b %H:%M} UTC"


def clock_face(moment: datetime, zone: tzinfo | None = None) -> str:
    """Return a time as `23 Nov 2026, 14:05 +06 (08:05 UTC)`; `zone` None is this machine's own.

    A zone without an offset is shown as UTC alone.
    """
    utc = moment.astimezone(UTC)
    local = moment.astimezone(zone)
    offset = local.utcoffset()
    if not offset:
        return f"{utc.day} {utc:%b %Y, %H:%M} UTC"
    sign, minutes = ("-", -1) if offset.days < 0 else ("+", 1)
    hours, rest = divmod(minutes * int(offset.total_seconds()) // 60, 60)
    shift = f"{sign}{hours:02}" + (f":{rest:02}" if rest else "")
    day = "" if utc.date() == local.date() else f"{utc.day} {utc:%b}, "
    return f"{local.day} {local:%b %Y, %H:%M} {shift} ({day}{utc:%H:%M} UTC)"
