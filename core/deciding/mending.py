"""How far from now a right clock can have put what is scheduled; what is farther off is mended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

CLOCKS_DIFFER = timedelta(minutes=5)
"""How far apart the clocks of machines that share a database may be. What is said to have happened
later than that was written by a clock that ran ahead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlLimits:
    """How far ahead polls, fetches and visits can be planned."""

    clocks_differ: timedelta
    first_poll: timedelta
    """Until a source that was never read is polled."""
    poll: timedelta
    """Until the next poll of any source."""
    poll_of: Mapping[str, timedelta] = field(default_factory=dict)
    """The same of sources whose own interval is longer."""
    burst: timedelta
    """Until the end of a burst."""
    entry: timedelta
    """Until the next attempt at an entry."""
    entry_pauses: tuple[timedelta, ...]
    """The same by the attempts in a row that found the same, from 1 on, if its server asked for no
    more. It is all that is granted when the clock is known to have run ahead."""
    visit: timedelta
    """Until the next visit of an article."""
    visit_ages: tuple[timedelta, ...]
    """Ages at which an article is visited, counted from its last change. As above."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgingLimits:
    """How far ahead judging again can be planned."""

    clocks_differ: timedelta
    broken: timedelta
    """Until rules are tried again that broke down."""
