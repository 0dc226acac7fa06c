"""Times at the terminal: how long ago in lists, the whole of it where one thing is looked at."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from core.utc_offset import zone_mark

_MONTH = timedelta(days=31)


def ago(moment: datetime, now: datetime, zone: tzinfo | None = None) -> str:
    """Return how far off a moment is, as a list has room for it: `12m`, `3h`, `in 5d`.

    What lies more than a month away is a date, in the zone of the reader; None is this machine's.
    """
    ahead = moment > now
    away = abs(now - moment)
    if away >= _MONTH:
        return f"{moment.astimezone(zone):%Y-%m-%d}"
    if away < timedelta(minutes=1):
        return "soon" if ahead and away >= timedelta(seconds=1) else "now"
    if away < timedelta(hours=1):
        span = f"{away // timedelta(minutes=1)}m"
    elif away < timedelta(days=1):
        span = f"{away // timedelta(hours=1)}h"
    else:
        span = f"{away.days}d"
    return f"in {span}" if ahead else span


def until(moment: datetime, now: datetime, zone: tzinfo | None = None) -> str:
    """Return in how long something is due, or for how long it has been: `in 5m`, `2h late`."""
    far = ago(moment, now, zone)
    return far if moment > now or far == "now" else f"{far} late"


def stamp(moment: datetime, zone: tzinfo | None = None) -> str:
    """Return a moment to the second with its zone: `2026-11-20 15:15:07 +06`, or `… UTC`."""
    local = moment.astimezone(zone)
    return f"{local:%Y-%m-%d %H:%M:%S} {zone_mark(local)}"
