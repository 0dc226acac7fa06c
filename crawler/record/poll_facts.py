"""What the schedule is asked after a poll, and how: the crawler's side of that question.

The answer is given where the schedule lives, which the crawler does not know.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from core.rhythm import Rhythm
from core.sources import NextPoll, PollOutcome, Source, SourceState


@dataclass(frozen=True, slots=True)
class PollFacts:
    """What the schedule may want to know about a poll."""

    outcome: PollOutcome
    retry_after: float | None = None
    ttl: timedelta | None = None
    """The feed's own idea of how often to look."""
    max_age: timedelta | None = None
    """How long the server calls its answer fresh."""
    entries: int | None = None
    """Entries in the document; None when there was none to read."""
    known: int | None = None
    """How many of them were known before."""
    failure_weight: float = 0.0
    """What this failure adds to the row of failures; see `FetchFailure.weight`."""
    rhythm: Rhythm | None = None
    """When the source publishes, with what this poll showed."""
    full: bool = False
    """Whether a whole document was received."""


class PlanPoll(Protocol):
    """The schedule's decision, made where the schedule lives."""

    def __call__(self, source: Source, state: SourceState, facts: PollFacts, /) -> NextPoll:
        """Return when `source` is polled next, and why."""
