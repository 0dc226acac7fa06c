"""When an article that could not be fetched is tried again. Pure: values in, a decision out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest

from core.articles import Rejection, RejectReason
from core.failures import FailureKind, FetchFailure

_SCHEDULE = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 4 * 60, 12 * 60))
"""Pauses before tries 2 to 7: an outlet that is down for half a day loses no article."""

_REFUSED_SCHEDULE = (timedelta(minutes=15), timedelta(hours=4))
"""Pauses after 401, 403 and 451: blocks are often short, but insisting makes them longer."""

_STUB_SCHEDULE = tuple(timedelta(hours=hours) for hours in (0.25, 1, 4, 12, 24))
"""Pauses after a check for robots, a consent wall or an error page in an article's place. They
pass, and the article behind them is not to be missed."""

_EMPTY_SCHEDULE = (timedelta(minutes=15), timedelta(hours=4))
"""Pauses after a page without text or one that says "not found", by its status or in words:
published before it was filled, or not yet known to all servers of the outlet."""

_REFUSED = frozenset({401, 403, 451})
_NOT_FOUND = 404
_FINAL_STATUSES = frozenset({400, 405, 406, 410, 414})
_FINAL_KINDS = frozenset(
    {FailureKind.ROBOTS, FailureKind.GUARD, FailureKind.TOO_LARGE, FailureKind.REDIRECTS}
)


def longest_pauses() -> tuple[timedelta, ...]:
    """Return the longest pause after each number of attempts, if a server asks for none."""
    schedules = (_SCHEDULE, _REFUSED_SCHEDULE, _STUB_SCHEDULE, _EMPTY_SCHEDULE)
    return tuple(max(pauses) for pauses in zip_longest(*schedules, fillvalue=timedelta(0)))


@dataclass(frozen=True, slots=True)
class EntryRetry:
    """What happens to an entry after a failed fetch: tried again at a time, or never (None)."""

    at: datetime | None
    reason: str


def decide_entry_retry(failure: FetchFailure, attempts: int, now: datetime) -> EntryRetry:
    """Decide by the class of the failure and the attempts already made (this one included)."""
    if failure.kind in _FINAL_KINDS or failure.status in _FINAL_STATUSES:
        return EntryRetry(None, str(failure))
    schedule = _SCHEDULE
    if failure.status in _REFUSED:
        schedule = _REFUSED_SCHEDULE
    elif failure.status == _NOT_FOUND:
        schedule = _EMPTY_SCHEDULE
    if attempts > len(schedule):
        return EntryRetry(None, f"{failure}, given up after {attempts} attempts")
    pause = max(schedule[attempts - 1], timedelta(seconds=failure.retry_after or 0))
    return EntryRetry(now + pause, f"{failure}, attempt {attempts}")


def decide_rejection_retry(
    rejection: Rejection, attempts: int, now: datetime, discovered_at: datetime | None = None
) -> EntryRetry:
    """Decide about a page that came and is no article; None as the time rejects it for good.

    Attempts that failed otherwise count as well; so it is not rejected sooner after `discovered_at`
    than by pages alone.

    What no later look would change, another format or a page that cannot be parsed, is final.
    """
    if rejection.reason is RejectReason.STUB:
        missing = rejection.stub is not None and rejection.stub.denies_the_article
        schedule = _EMPTY_SCHEDULE if missing else _STUB_SCHEDULE
    elif rejection.reason is RejectReason.EMPTY:
        schedule = _EMPTY_SCHEDULE
    else:
        return EntryRetry(None, rejection.reason.value)
    if attempts > len(schedule):
        if discovered_at is None or now - discovered_at >= sum(schedule, timedelta()):
            return EntryRetry(None, rejection.reason.value)
        return EntryRetry(now + schedule[-1], f"{rejection.reason}, attempt {attempts}")
    return EntryRetry(now + schedule[attempts - 1], f"{rejection.reason}, attempt {attempts}")
