"""Retry-After, read once for outlets that we ask and for receivers that we tell.

Whoever is asked decides: a server may ask for a pause, but not to be forgotten.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST_RETRY_AFTER = timedelta(hours=24)
"""Longest pause that a server can ask of us, whether we poll it or deliver to it."""
_SECONDS = re.compile(r"[0-9]+(\.[0-9]{1,6})?")


def seconds_asked(value: str | None, now: datetime) -> float | None:
    """Read a Retry-After header (RFC 9110, 10.2.3): a number of seconds, or a date against `now`.

    Return seconds from 0 on without an upper bound, 0 for a date in the past, and None for what is
    no time at all.
    """
    text = (value or "").strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    if moment.tzinfo is None:  # "-0000", or no zone: HTTP dates are in GMT
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
