"""When an article counts for a wave: when it was published, not when it was found or judged.

After an outage everything of many hours is found within a minute, and a queue of articles is judged
in any order. Neither makes a wave of what was none, nor hides one.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

LATEST = timedelta(days=7)
"""How long before it was found an article may have been published, to be believed: longer than the
holidays in which nobody mends anything. Beyond it the date is more often a slip of the outlet's."""

_GOLDEN = 0.6180339887498949
"""The golden ratio's fraction: no other number's multiples lie more evenly between 0 and 1 (Knuth,
The Art of Computer Programming, vol. 3, 6.4, theorem S)."""


def event_time(
    published: datetime | None,
    first_seen: datetime,
    *,
    found_between: tuple[datetime, datetime] | None = None,
    article_id: int = 0,
) -> datetime:
    """Return when an article counts.

    An article without a believable date came between two moments: its source was read without it,
    and then with it. Nobody knows when; such articles are laid evenly over that time, so that a
    night's worth of them stays a night's worth.
    """
    if published is not None and _is_believable(published, first_seen):
        return published
    if found_between is None:
        return first_seen
    without, found = found_between
    return found - max(found - without, timedelta(0)) * (article_id * _GOLDEN % 1)


def _is_believable(published: datetime, first_seen: datetime) -> bool:
    """Tell whether a date has a time of day, lies in the past, and not too far.

    A day without a time is read as midnight UTC: a day's articles would all fall on one moment.
    """
    return published.time() != time() and first_seen - LATEST <= published <= first_seen
