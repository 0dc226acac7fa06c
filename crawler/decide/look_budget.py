"""What further looks at a host's pages may cost. Pure.

A dead link now and then is looked at as often as `entry_retry` says. Ten thousand of one host are
not: once enough looks at a host were in vain, the others wait, and what these looks found speaks
for them. A look that brings an article shows that waiting is worth while, and makes room for more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.looks import InVain
from core.sources import TrackedEntry
from crawler.decide.entry_retry import LookKind, kind_on_record

MOST_IN_VAIN = 60
"""Further looks at one host's pages that may be in vain, for one source."""
REGAINED_IN = timedelta(days=1)
"""Time in which so many are to be had again."""
REGAINED_BY_ONE = 10
"""How many more are to be had after one that brought an article."""
SPOKEN_FOR_AFTER = timedelta(days=2)
"""How long one waits that cannot be looked at, before the looks at others speak for it."""
_SHORTEST, _LONGEST = timedelta(hours=1), timedelta(days=1)
_COUNTED = frozenset({LookKind.ABSENT, LookKind.REFUSED, LookKind.UNREADABLE})


class LookTurn(StrEnum):
    """What becomes of a further look that is due."""

    NOW = "now"
    LATER = "later"
    """Its host's looks are spent."""
    SPOKEN_FOR = "spoken_for"
    """It has waited long enough: the looks at others of its host speak for it."""


@dataclass(frozen=True, slots=True)
class LookDecision:
    """The turn of a look, and when it is due again if that is later."""

    turn: LookTurn
    at: datetime | None = None


def counts(entry: TrackedEntry) -> bool:
    """Tell whether the next look at an entry is one of those that are counted.

    The first is not, nor one after an outage, nor one that a person asked for.
    """
    return (
        entry.looks is not None
        and entry.next_attempt_at is not None
        and kind_on_record(entry) in _COUNTED
    )


def after_look(before: InVain | None, now: datetime, *, in_vain: bool) -> InVain:
    """Return what is to be kept of a host after a further look at one of its pages."""
    return InVain(max(0.0, _level(before, now) + (1 if in_vain else -REGAINED_BY_ONE)), now)


def room(before: InVain | None, now: datetime) -> int:
    """Return how many further looks a host may have now."""
    return max(0, int(MOST_IN_VAIN - _level(before, now)))


def decide_look(entry: TrackedEntry, left: int, now: datetime) -> LookDecision:
    """Decide about a counted look that is due, when so many are left for its host.

    One that waits comes again after as long as it has waited, so that waiting costs little.
    """
    if left > 0 or entry.looks is None:
        return LookDecision(LookTurn.NOW)
    waited = now - entry.looks.since
    if waited >= SPOKEN_FOR_AFTER:
        return LookDecision(LookTurn.SPOKEN_FOR)
    return LookDecision(LookTurn.LATER, now + min(max(waited, _SHORTEST), _LONGEST))


def _level(before: InVain | None, now: datetime) -> float:
    if before is None:
        return 0.0
    # A clock that was set back regains nothing, and loses nothing.
    passed = max(timedelta(0), now - before.at)
    return max(0.0, before.looks - MOST_IN_VAIN * (passed / REGAINED_IN))
