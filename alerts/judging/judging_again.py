"""When an article that the rules broke down on is judged again, or one judged by passing rules.

What broke them may pass (memory ran out), or be mended by other rules or another release. So the
pauses grow up to a day, and after the last one only new rules are a reason to try.
"""

from __future__ import annotations

from datetime import datetime, timedelta

PAUSES = (
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    *[timedelta(days=1)] * 7,
)
"""How long is waited after each breakdown in turn."""
REST_BEFORE_NEW_RULES = PAUSES[0]
"""How long a breakdown rests before other rules try: two processes with different rules, as during
a change of the configuration, must not take turns without a pause."""
AT_ONCE = 20
"""Versions that are judged again in one batch, beside those that are new."""


SHORT_LIVED = timedelta(minutes=1)
"""Rules that judge no longer than this were hardly meant: a file was read while it was written, or
its author saw a mistake at once. What they judged is judged again, so that no article stays judged
by rules that nobody wanted; nobody hears twice of an alert that they made."""


def next_attempt(attempts: int, now: datetime) -> datetime | None:
    """Return when to judge again after so many breakdowns under the same rules, 1 or more.

    None: when the rules have changed.
    """
    return now + PAUSES[attempts - 1] if attempts <= len(PAUSES) else None


def lived_shortly(since: datetime, until: datetime) -> bool:
    """Tell whether rules that judged in that time were short-lived."""
    # A clock that was set back in between says nothing about them.
    return timedelta(0) <= until - since < SHORT_LIVED
