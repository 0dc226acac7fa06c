"""When a receiver is left in peace, how many messages it gets, and what passes that. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.alerting.matches import Level
from core.alerting.message_kinds import MessageKind
from core.calendar import hours_until
from core.config.sections.hours import QuietHoursConfig
from core.config.values import duration_text
from core.deciding.backlog import FloodGuard
from core.deciding.dispatch import DueGroup
from core.reasons import Reason, ReasonKind

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class FullLimit:
    """A limit that leaves no room for another message now."""

    until: datetime
    """When there is room again."""
    break_through: Level | None
    reason: str


def passes(rank: int, break_through: Level | None) -> bool:
    """Tell whether what is of a level's rank comes through all the same."""
    return break_through is not None and rank >= break_through.rank


def quiet_until(
    quiet: Iterable[QuietHoursConfig], zone: str, level: Level | None, now: datetime
) -> datetime | None:
    """Return until when quiet hours hold an alert of a level; None when they do not.

    Hours that name no zone are meant in this one. Without a level, what breaks through none of them
    is meant.
    """
    return hours_until(
        (
            window.hours_in(zone)
            for window in quiet
            if level is None or not passes(level.rank, window.break_through)
        ),
        now,
    )


def full_limits(group: DueGroup, guard: FloodGuard | None, now: datetime) -> Iterator[FullLimit]:
    """Return the limits that are full for a group's receiver: of its route, and of a flood guard.

    The guard holds single alerts alone: digests and summaries are what a flood becomes.
    """
    if group.max_per_hour is not None:
        until = _room_at(group.recent, group.max_per_hour, _HOUR, now)
        if until is not None:
            reason = Reason(ReasonKind.HOURLY_LIMIT, n=group.max_per_hour)
            yield FullLimit(until, group.break_through, reason)
    if guard is not None and group.kind is MessageKind.ALERT:
        until = _room_at(group.recent, guard.messages, guard.within, now)
        if until is not None:
            length = duration_text(guard.within)
            reason = Reason(ReasonKind.FLOOD, n=guard.messages, length=length)
            yield FullLimit(until, guard.break_through, reason)


def holding(limits: Sequence[FullLimit], level: Level) -> FullLimit | None:
    """Return the limit that holds an alert of a level for longest; None when none does."""
    holds = [limit for limit in limits if not passes(level.rank, limit.break_through)]
    return max(holds, key=lambda limit: limit.until, default=None)


def _room_at(
    recent: Sequence[datetime], most: int, within: timedelta, now: datetime
) -> datetime | None:
    """Return when a limit leaves room for a message; None: it does now."""
    counted = [made_at for made_at in recent if made_at > now - within]
    if len(counted) < most:
        return None
    # There is room when so many of the messages are old enough that fewer than the limit are left.
    return counted[len(counted) - most] + within
