"""What is asked about the cases of a digest or a summary, and what is answered.

A receiver that got a case before is told what is new about it; a case with nothing new is counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.alerting.alerts import AlertChange
from core.alerting.matches import Level
from core.alerting.notes import CaseNote
from core.articles import ArticleEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestAlert:
    """An alert of a message about many, as far as it is asked what it adds to its case."""

    id: str
    case: int
    article: int
    rule: str
    level: Level
    source: str
    event: ArticleEvent
    occasion: str
    """Tells apart what happened to the article at different times."""
    counts: bool = False
    """Whether it is about a number of matches, which each time is another one."""
    created_at: datetime
    entities: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldBefore:
    """What a receiver got of a case by earlier messages, in full."""

    alerts: tuple[DigestAlert, ...]
    at: datetime
    """When the last of these messages was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestFacts:
    """A message about many alerts, and what its receiver knows of their cases."""

    alerts: tuple[DigestAlert, ...]
    """All that are in it, the one that leads it first."""
    before: Mapping[int, ToldBefore] = field(default_factory=dict)
    """By case; one that the receiver got nothing of is not there."""
    changes: Mapping[int, tuple[AlertChange, ...]] = field(default_factory=dict)
    """What was done about each case, the oldest first."""
    notes: Mapping[int, tuple[CaseNote, ...]] = field(default_factory=dict)
    """What was written about each case, the oldest first."""


class CaseInDigest(StrEnum):
    """What becomes of a case in a digest, and why."""

    TOLD = "its receiver got nothing of it before"
    NEWS = "there is something new about what its receiver got before"
    KNOWN = "its receiver got it before, and nothing happened since"


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestCase:
    """A case of a digest: whether it is shown, and what is new about it."""

    id: int
    became: CaseInDigest
    level: Level
    """The highest of its alerts in the message."""
    alerts: int
    shown: bool
    """Whether it has a line of its own; otherwise it is counted."""
    own: bool = False
    """Whether it is about ourselves: no story."""
    rules: tuple[str, ...] = ()
    """Rules that its receiver has not heard of it by; all of them, if it got nothing before."""
    sources: tuple[str, ...] = ()
    """The same of the outlets that have it."""
    events: tuple[ArticleEvent, ...] = ()
    """What happened to its articles."""
    change: AlertChange | None = None
    """What was done about it last, since its receiver heard of it."""
    notes: tuple[CaseNote, ...] = ()
    """What was written about it since then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestPlan:
    """What a digest shows and what it counts. The numbers are of all alerts in it."""

    cases: tuple[DigestCase, ...]
    """What matters most first, and what has most alerts; those without news last."""
    load: tuple[str, ...]
    """Ids of all its alerts, in the order in which they are wanted."""
    raised: tuple[datetime, ...]
    """When they were raised."""
    named: tuple[tuple[str, int], ...]
    """Ids of entities and in how many articles each is named, the most frequent first."""
