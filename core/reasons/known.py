"""Reasons of what has a type of its own: failures, lengths of time."""

from __future__ import annotations

import math
from datetime import timedelta

from core.failures import FailureKind
from core.reasons.kinds import ReasonKind
from core.reasons.reason import Reason

_FAILURES = {
    FailureKind.DNS: ReasonKind.FAILED_DNS,
    FailureKind.CONNECT: ReasonKind.FAILED_CONNECT,
    FailureKind.TIMEOUT: ReasonKind.FAILED_TIMEOUT,
    FailureKind.TLS: ReasonKind.FAILED_TLS,
    FailureKind.HTTP: ReasonKind.FAILED_HTTP,
    FailureKind.ROBOTS: ReasonKind.FAILED_ROBOTS,
    FailureKind.GUARD: ReasonKind.FAILED_GUARD,
    FailureKind.TOO_LARGE: ReasonKind.FAILED_TOO_LARGE,
    FailureKind.REDIRECTS: ReasonKind.FAILED_REDIRECTS,
    FailureKind.BROKEN: ReasonKind.FAILED_BROKEN,
    FailureKind.CONTENT: ReasonKind.FAILED_CONTENT,
    FailureKind.DOCUMENT: ReasonKind.FAILED_DOCUMENT,
    FailureKind.INTERNAL: ReasonKind.FAILED_INTERNAL,
}


def failure_reason(kind: FailureKind | None, status: int | None, text: str) -> str:
    """Return why a fetch failed; the text is what it is called in English."""
    if kind is None:
        return text
    if kind is FailureKind.HTTP and status is not None:
        return Reason(ReasonKind.FAILED_HTTP_STATUS, text=text, status=status)
    return Reason(_FAILURES[kind], text=text)


def roughly(length: timedelta) -> Reason:
    """Return a length of time as people remember it: `5 min`, `3 h`, `4 days`."""
    hours = length / timedelta(hours=1)
    if hours < 1:
        return Reason(ReasonKind.MINUTES, n=math.ceil(hours * 60))
    if hours < 48:
        return Reason(ReasonKind.HOURS, n=int(f"{hours:.0f}"))
    return Reason(ReasonKind.DAYS, n=int(f"{hours / 24:.0f}"))


_UNITS = {
    "s": ReasonKind.IN_SECONDS, "m": ReasonKind.IN_MINUTES,
    "h": ReasonKind.IN_HOURS, "d": ReasonKind.IN_DAYS,
}  # fmt: skip


def short(number: str, unit: str) -> Reason:
    """Return a length of time in one unit, as the configuration writes it: `45s`, `3.4h`."""
    return Reason(_UNITS[unit], n=number)
