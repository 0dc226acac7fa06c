"""Work that is due: what kind it is, since when, and when something of its kind was last done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class WorkKind(StrEnum):
    """What may be due."""

    POLL = "poll"
    ENTRY = "entry"
    VISIT = "visit"
    JUDGEMENT = "judgement"
    BROKEN_JUDGEMENT = "judgement that broke down"
    GROUP = "group of alerts"
    ESCALATION = "escalation"
    REMINDER = "reminder"
    DELIVERY = "delivery"


@dataclass(frozen=True, slots=True, kw_only=True)
class DueWork:
    """What of one kind has been due for the longest."""

    kind: WorkKind
    due_at: datetime
    about: str = ""
    """Whose it is: a source or a receiver; empty where that says nothing."""
    done_at: datetime | None = None
    """When something of the kind was last done, or a pause that a receiver asked for ended; None
    where that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueDepths:
    """How much waits where, due or not."""

    entries: int
    unjudged: int
    broken: int
    """Versions on which the rules broke down."""
    groups: int
    """Groups of alerts that wait for company, or for their hour."""
    deliveries: int
