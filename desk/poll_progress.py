"""How far a poll has come that somebody asked for at the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.source_counts import Funnel
from desk import sources
from desk.context import Desk

WATCHED_FOR = timedelta(minutes=2)
"""After that nobody waits for it: the daemon goes on all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollProgress:
    """What a poll has brought so far."""

    source: str
    asked: datetime
    polled: datetime | None
    """None until the daemon has read the source."""
    next_poll: datetime
    error: str
    """Why it could not be read; empty when it was."""
    status_code: int | None
    found: Funnel
    """What was announced since it was asked for, and how far it got."""
    waiting: int
    """Entries whose page is still to be fetched."""
    late: bool
    """Whether it lasts longer than somebody waits."""

    @property
    def finished(self) -> bool:
        """Whether nothing more is to come of it."""
        return self.polled is not None and not self.waiting and not self.found.unjudged


def progress(desk: Desk, name: str, asked: datetime) -> PollProgress:
    """Return how far the poll of a source has come. Raises NotThereError."""
    state = sources.state_of(desk.store, name)
    polled = state.last_polled_at
    if polled is not None and polled <= asked:
        polled = None
    found = desk.store.funnels([asked], name).get((name, 0), Funnel())
    return PollProgress(
        source=name,
        asked=asked,
        polled=polled,
        next_poll=state.next_poll_at,
        error=(state.last_error or "") if polled and state.consecutive_failures else "",
        status_code=state.last_status_code if polled else None,
        found=found,
        waiting=found.waiting,
        late=desk.now() - asked > WATCHED_FOR,
    )
