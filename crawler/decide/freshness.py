"""How long a server says that its answer stays fresh (RFC 9111, 4.2.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_MAX_AGE = re.compile(r"(?:^|,)\s*max-age\s*=\s*\"?([0-9]{1,12})", re.IGNORECASE)
_UNCACHED = re.compile(r"(?:^|,)\s*(?:no-cache|no-store)\b", re.IGNORECASE)
_LONGEST = timedelta(days=366)


def freshness(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Return what Cache-Control max-age says, else Expires; None when neither asks for patience.

    `headers` have names in lower case. An age that is over, a date that cannot be read and
    `no-cache` say nothing; more than a year is a year.
    """
    control = headers.get("cache-control", "")
    if _UNCACHED.search(control):
        return None
    if found := _MAX_AGE.search(control):
        seconds = int(found[1]) - _age(headers.get("age", ""))
        return min(timedelta(seconds=seconds), _LONGEST) if seconds > 0 else None
    try:
        expires = parsedate_to_datetime(headers.get("expires", ""))
    except (TypeError, ValueError):
        return None
    left = expires.replace(tzinfo=expires.tzinfo or UTC) - now
    return min(left, _LONGEST) if left > timedelta(0) else None


def _age(text: str) -> int:
    """Return how many seconds the answer has spent in caches."""
    return int(text[:12]) if text.isascii() and text.isdigit() else 0
