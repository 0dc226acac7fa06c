"""When a source is polled next. Pure: no clock or randomness of its own; each answer has a reason.

This is the simple policy: a fixed interval, stretched after failures. It never gives a source up.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from core.sources import CheckOutcome, NextCheck

LONGEST = timedelta(hours=24)
"""No source is left alone for longer, whatever it answers (Media Cloud caps there too), unless
its own interval is longer."""
JITTER = 0.1
"""Share of the interval by which polls are spread, so that 200 sources do not march in step."""


def plan_next_check(
    *,
    every: timedelta,
    outcome: CheckOutcome,
    failures: int,
    now: datetime,
    jitter: float,
    retry_after: float | None = None,
) -> NextCheck:
    """Decide the next poll.

    `every` is the source's interval; `failures` counts those in a row, this one included;
    `jitter` is a number in [-1, 1]; `retry_after` is what the server asked for, in seconds.
    After failures the interval grows linearly (interval x failures), as Media Cloud does for
    180,000 feeds: an outlet that is down for an hour is not forgotten for a day.
    """
    if outcome is not CheckOutcome.FAILED:
        pause = every * (1 + JITTER * jitter)
        return NextCheck(now + pause, f"every {_words(every)}")
    pause = every * max(1, failures) * (1 + JITTER * jitter)
    reason = f"failed {failures} times in a row" if failures > 1 else "failed once"
    if retry_after is not None and timedelta(seconds=retry_after) > pause:
        pause = timedelta(seconds=retry_after)
        reason = f"{reason}; the server asked for {_words(pause)}"
    return NextCheck(now + min(pause, max(LONGEST, every)), reason)


def _words(length: timedelta) -> str:
    """Return a duration the way the configuration writes it."""
    seconds = length.total_seconds()
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        if seconds >= size and seconds % size == 0:
            return f"{int(seconds // size)}{unit}"
    return f"{seconds:g}s"
