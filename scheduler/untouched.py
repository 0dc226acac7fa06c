"""Whether due work stays untouched although the daemon says that it is alive. Pure.

A sign of life says that the loop turns. It says nothing of a part that ended, hangs, or waits for a
time that will not come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.due_work import DueWork, WorkKind


class Bound(StrEnum):
    """Why work of a kind is not left longer, and so what it means that it is."""

    NOBODY_CRAWLS = "no request takes half an hour, and none ended since"
    LEFT_BEHIND = "a source that is not read for six hours counts as not seen"
    NOBODY_JUDGES = "a judgement takes less than a second, and the first index of stories minutes"
    NOBODY_DISPATCHES = "groups are looked at every second"
    NOBODY_ESCALATES = "work on alerts is looked for every five seconds"
    NOBODY_DELIVERS = "a receiver in trouble is probed every five minutes"


CRAWLED = timedelta(minutes=30)
LEFT_BEHIND = timedelta(hours=6)
LOOKED_AT = timedelta(minutes=15)
"""Three times what the slowest of these takes: a busy machine is no reason to be restarted."""

_BOUNDS = {
    WorkKind.POLL: (CRAWLED, Bound.NOBODY_CRAWLS),
    WorkKind.ENTRY: (CRAWLED, Bound.NOBODY_CRAWLS),
    WorkKind.VISIT: (CRAWLED, Bound.NOBODY_CRAWLS),
    WorkKind.JUDGEMENT: (LOOKED_AT, Bound.NOBODY_JUDGES),
    WorkKind.BROKEN_JUDGEMENT: (LOOKED_AT, Bound.NOBODY_JUDGES),
    WorkKind.GROUP: (LOOKED_AT, Bound.NOBODY_DISPATCHES),
    WorkKind.ESCALATION: (LOOKED_AT, Bound.NOBODY_ESCALATES),
    WorkKind.REMINDER: (LOOKED_AT, Bound.NOBODY_ESCALATES),
    WorkKind.DELIVERY: (LOOKED_AT, Bound.NOBODY_DELIVERS),
}


@dataclass(frozen=True, slots=True)
class Untouched:
    """Due work that nobody does."""

    work: DueWork
    since: datetime
    """From when on it could have been done."""
    reason: Bound


def untouched(
    due: Sequence[DueWork], now: datetime, started_at: datetime | None
) -> tuple[Untouched, ...]:
    """Return what has been left for too long, by a daemon that started at a time.

    Neither what became due while none ran, nor what waits in a queue that moves, counts.
    """
    # What lies in the future was written by a clock that ran ahead, and says nothing.
    started_at = None if started_at is not None and started_at > now else started_at
    found = []
    for work in due:
        longest, reason = _BOUNDS[work.kind]
        ready = max(work.due_at, started_at or work.due_at)
        since = max(ready, work.done_at) if work.done_at and work.done_at <= now else ready
        if now - since > longest:
            found.append(Untouched(work, since, reason))
        elif work.kind is WorkKind.POLL and now - ready > LEFT_BEHIND:
            found.append(Untouched(work, ready, Bound.LEFT_BEHIND))
    return tuple(found)
