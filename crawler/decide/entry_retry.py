"""When an article that could not be fetched is tried again. Pure: values in, a decision out.

Nothing is final after one look: news pages answer 404 in the minute before they appear, firewalls
answer 405, name servers lie for half a minute. What a server says of an address is believed when
it has said so at growing distance over more than a day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import zip_longest

from core.articles import Rejection, RejectReason, StubKind
from core.failures import ABSENT, FailureKind, FetchFailure
from core.looks import Looks
from core.sources import EntryCause, TrackedEntry


class LookKind(StrEnum):
    """What looks in a row have in common: the kind of answer they got."""

    OUTAGE = "outage"
    """Trouble on the way, at the outlet's machines or at ours."""
    REFUSED = "refused"
    """401, 403, 451: blocks are often short, but insisting makes them longer."""
    ABSENT = "absent"
    """Its server says that there is no article: published before it was filled, or not yet known to
    all servers of the outlet, or nothing at all. So does a redirect that leads nowhere."""
    UNREADABLE = "unreadable"
    """Something came that is no page, is too large or takes too long to read. It costs the most."""
    ROBOTS = "robots"
    """robots.txt forbids it. Looking costs nothing but robots.txt, once a day."""
    STUB = "stub"
    """A check for robots, a consent wall or an error page in an article's place. They pass, and the
    article behind them is not to be missed."""
    PLACEHOLDER = "placeholder"
    """A page that says nothing of what was announced. What stays is believed in the end, so a look
    that found another stub is none of these."""


def _pauses(*minutes: float) -> tuple[timedelta, ...]:
    return tuple(timedelta(minutes=number) for number in minutes)


_HOUR = 60
_SCHEDULES: dict[LookKind, tuple[timedelta, ...]] = {
    LookKind.OUTAGE: _pauses(1, 5, 15, _HOUR, 4 * _HOUR, 12 * _HOUR, 24 * _HOUR),
    LookKind.REFUSED: _pauses(15, 4 * _HOUR, 24 * _HOUR),
    LookKind.ABSENT: _pauses(2, 15, 4 * _HOUR, 24 * _HOUR),
    LookKind.UNREADABLE: _pauses(10, 24 * _HOUR),
    LookKind.ROBOTS: _pauses(10, 4 * _HOUR, 24 * _HOUR),
    LookKind.STUB: _pauses(15, _HOUR, 4 * _HOUR, 12 * _HOUR, 24 * _HOUR),
    LookKind.PLACEHOLDER: _pauses(15, _HOUR, 4 * _HOUR, 12 * _HOUR, 24 * _HOUR),
}
"""Pauses after each look in a row that found the same; the one after the last is final."""

MOST_ATTEMPTS = 24
"""Attempts from which on looks count whatever they find: some servers never say the same twice."""

_OF_STATUS = {
    **dict.fromkeys((401, 403, 451), LookKind.REFUSED),
    **dict.fromkeys(ABSENT, LookKind.ABSENT),
}
_OF_FAILURE = {
    FailureKind.ROBOTS: LookKind.ROBOTS,
    FailureKind.GUARD: LookKind.ABSENT,
    FailureKind.REDIRECTS: LookKind.ABSENT,
    FailureKind.TOO_LARGE: LookKind.UNREADABLE,
}


def longest_pauses() -> tuple[timedelta, ...]:
    """Return the longest pause after each number of looks, if a server asks for none."""
    zipped = zip_longest(*_SCHEDULES.values(), fillvalue=timedelta(0))
    return tuple(max(pauses) for pauses in zipped)


@dataclass(frozen=True, slots=True)
class EntryRetry:
    """What happens to an entry after a failed fetch: tried again at a time, or never (None)."""

    at: datetime | None
    reason: str


def kind_of(because: FetchFailure | Rejection) -> LookKind:
    """Return what kind of answer a look got."""
    if isinstance(because, FetchFailure):
        return _kind_of_failure(because.kind, because.status)
    return _kind_of_page(because.reason, because.stub)


def kind_on_record(entry: TrackedEntry) -> LookKind | None:
    """Return what kind of answer the last look got; None of one that was not looked at."""
    if entry.cause is EntryCause.UNFETCHED and entry.failure is not None:
        return _kind_of_failure(entry.failure, entry.failure_status)
    for reason in RejectReason:
        if entry.cause is not None and reason.value == entry.cause.value:
            return _kind_of_page(reason, entry.stub)
    return None


def looks_with(entry: TrackedEntry, because: FetchFailure | Rejection, now: datetime) -> Looks:
    """Return how many looks in a row, with the one of now, have found the same, and since when.

    Looks that found something else prove nothing: after a long outage, one page of an error is a
    first look.
    """
    before = entry.looks
    if before is None:
        return Looks(1, now)
    if kind_on_record(entry) is kind_of(because) or entry.attempts >= MOST_ATTEMPTS:
        return Looks(before.number + 1, before.since)
    return Looks(1, now)


def decide_entry_retry(
    failure: FetchFailure, looks: int, now: datetime, since: datetime | None = None
) -> EntryRetry:
    """Decide by the class of a failure and the looks in a row that found it, this one included.

    `since` is when the first of them did: looks that people asked for may have come sooner.
    """
    schedule = _SCHEDULES[kind_of(failure)]
    pause = _pause(schedule, looks, now, since)
    if pause is None:
        return EntryRetry(None, f"{failure}, given up after {looks} attempts")
    pause = max(pause, timedelta(seconds=failure.retry_after or 0))
    return EntryRetry(now + pause, f"{failure}, attempt {looks}")


def decide_rejection_retry(
    rejection: Rejection, looks: int, now: datetime, since: datetime | None = None
) -> EntryRetry:
    """Decide about a page that came and is no article; None as the time rejects it for good."""
    pause = _pause(_SCHEDULES[kind_of(rejection)], looks, now, since)
    if pause is None:
        return EntryRetry(None, rejection.reason.value)
    return EntryRetry(now + pause, f"{rejection.reason}, attempt {looks}")


def _pause(
    schedule: tuple[timedelta, ...], looks: int, now: datetime, since: datetime | None
) -> timedelta | None:
    """Return how long to wait after so many looks; None when they were enough."""
    if looks <= len(schedule):
        return schedule[looks - 1]
    if since is not None and now - since < sum(schedule, timedelta()):
        return schedule[-1]
    return None


def _kind_of_failure(kind: FailureKind, status: int | None) -> LookKind:
    if status in _OF_STATUS:
        return _OF_STATUS[status]
    return _OF_FAILURE.get(kind, LookKind.OUTAGE)


def _kind_of_page(reason: RejectReason, stub: StubKind | None) -> LookKind:
    if reason is RejectReason.EMPTY or (stub is not None and stub.denies_the_article):
        return LookKind.ABSENT
    if stub is StubKind.PLACEHOLDER:
        return LookKind.PLACEHOLDER
    return LookKind.STUB if reason is RejectReason.STUB else LookKind.UNREADABLE
