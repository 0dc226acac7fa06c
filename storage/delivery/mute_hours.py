"""Hours in which a route is mute, as they stand in a column."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time

from core.calendar import DailyHours


def mute_column(hours: Sequence[DailyHours]) -> list[list[object]] | None:
    """Return hours as the column holds them; None, as for most, when there are none."""
    return [
        [each.start.isoformat(), each.end.isoformat(), each.zone, *sorted(each.days)]
        for each in hours
    ] or None


def mute_hours(column: Sequence[Sequence[object]] | None) -> tuple[DailyHours, ...]:
    """Return the hours that a column holds."""
    return tuple(
        DailyHours(
            time.fromisoformat(str(start)),
            time.fromisoformat(str(end)),
            str(zone),
            frozenset(int(str(day)) for day in days),
        )
        for start, end, zone, *days in column or ()
    )
