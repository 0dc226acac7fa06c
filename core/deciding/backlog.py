"""What is asked and answered about messages that are too many, or too old to be news."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.alerting.matches import Level
from core.alerting.message_kinds import MessageKind


@dataclass(frozen=True, slots=True)
class FloodGuard:
    """More messages than a receiver's readers read."""

    messages: int
    """So many come one by one within the time."""
    within: timedelta
    break_through: Level | None
    """Alerts of this level and above come one by one all the same; None: none does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingMessage:
    """A message that waits for its receiver, by the alert that leads it."""

    id: str
    kind: MessageKind
    alert_id: str
    level: Level
    """Of the leading alert."""
    urgency: int
    """Rank of the level that it is claimed by."""
    raised_at: datetime
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What waits for a receiver, and nobody is at."""

    messages: tuple[PendingMessage, ...]
    stale_before: datetime
    """What was made before is no news each."""
    guard: FloodGuard | None = None


class FoldReason(StrEnum):
    """Why a backlog is summed up, or is not."""

    TOO_FEW = "too few for a backlog"
    OLD_NEWS = "waited too long"
    FLOOD = "too many at once"


@dataclass(frozen=True, slots=True)
class Fold:
    """Which of a backlog become one summary, and why."""

    lead: str | None
    """Id of the alert that leads the summary; None: every message stays what it is."""
    reason: FoldReason
    ids: tuple[str, ...] = ()
    """Of the messages that become one."""
