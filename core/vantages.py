"""Vantages: the places from which a source is asked, each a proxy of it, or this machine. Pure.

An outlet may answer one and turn another away. That is no fault of the outlet and no silence: it
can be read, though not from everywhere.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from core.failures import FailureKind

DIRECT = "direct"
"""Stands among the proxies of a source for this machine."""
HOLDS_FOR = timedelta(days=2)
"""How long it counts that vantages differed. Articles are asked for once, so what was said of one
is never said anew."""
SILENCES = 3
"""Times without an answer from which on it is no accident, as of failed polls."""


class VantageAnswer(StrEnum):
    """What kept a vantage from a page. Stored by its value, so a value never changes."""

    REFUSED = "refused"
    """403 or 451."""
    BLOCK_PAGE = "block_page"
    """A page that says so, or a document that is none, under a status of success."""
    SILENT = "silent"
    """The connection was refused, broke off, or brought nothing in time."""
    UNREACHED = "unreached"
    """The proxy did not lead on: this says nothing of the source."""


_SAYS_SOMETHING = frozenset({VantageAnswer.REFUSED, VantageAnswer.BLOCK_PAGE, VantageAnswer.SILENT})
_SILENCE = frozenset(
    {FailureKind.DNS, FailureKind.CONNECT, FailureKind.TIMEOUT, FailureKind.BROKEN}
)
_CLOSED = frozenset({403, 451})
"""Neither 401, which wants to know who asks, nor 429, which wants to be asked less."""
_OF_A_PROXY = frozenset({407, 502, 504})
"""What an HTTP proxy answers itself to a request that it passes on as it is."""


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """One vantage from which a page was not read."""

    number: int
    """Which of the source's, from 1."""
    answer: VantageAnswer
    status: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VantagesDiffer:
    """That a page was read from one vantage after another had been turned away."""

    url: str
    closed: TurnedAway
    opened: int
    """The number of the vantage that read it."""
    at: datetime
    times: int = 1
    """How often in a row, with pauses no longer than `HOLDS_FOR`."""


def answer_of_status(status: int, *, by_proxy: bool) -> VantageAnswer | None:
    """Return what an HTTP status says of a vantage; None when it says nothing.

    `by_proxy` is for a plain request that an HTTP proxy may have answered itself.
    """
    if status in _CLOSED:
        return VantageAnswer.REFUSED
    if by_proxy and status in _OF_A_PROXY:
        return VantageAnswer.UNREACHED
    return None


def answer_of_failure(kind: FailureKind, *, led_on: bool) -> VantageAnswer | None:
    """Return what a failure without an answer says of a vantage; None when it says nothing.

    `led_on` tells whether the proxy, if there is one, was reached and tried.
    """
    if kind not in _SILENCE:
        return None
    return VantageAnswer.SILENT if led_on else VantageAnswer.UNREACHED


def next_vantage(count: int, tried: Collection[int]) -> int | None:
    """Return the number of the vantage that is asked next; None when all were."""
    return next((number for number in range(1, count + 1) if number not in tried), None)


def differing(
    url: str, tried: Collection[TurnedAway], opened: int, at: datetime
) -> VantagesDiffer | None:
    """Return that vantages differ over a page that one read; None when they do not."""
    for closed in tried:
        if closed.answer in _SAYS_SOMETHING and closed.number != opened:
            return VantagesDiffer(url=url, closed=closed, opened=opened, at=at)
    return None


def following(before: VantagesDiffer | None, seen: VantagesDiffer) -> VantagesDiffer:
    """Return what was seen, counted with what was seen before."""
    if before is None or seen.at - before.at > HOLDS_FOR:
        return seen
    return replace(seen, times=before.times + 1)


def is_over(differ: VantagesDiffer, url: str, opened: int, count: int) -> bool:
    """Tell whether vantages differ no more, now that one of `count` read a page at once."""
    return count < 2 or (differ.url == url and differ.closed.number == opened)


def still_differ(differ: VantagesDiffer, now: datetime) -> bool:
    """Tell whether what differed is a verdict about the source, and not an accident or long ago."""
    if now - differ.at > HOLDS_FOR:
        return False
    return differ.closed.answer is not VantageAnswer.SILENT or differ.times >= SILENCES
