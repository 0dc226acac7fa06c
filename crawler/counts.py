"""What the crawler did since it started."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from core.articles import RecordOutcome
from core.sources import PollOutcome


@dataclass(slots=True)
class CrawlCounts:
    """Counters, for the status line and the report at the end."""

    polls: int = 0
    ok_polls: int = 0
    """Counted by itself: made of the others by who reads from another thread, it could go back."""
    not_modified: int = 0
    failed_polls: int = 0
    new_entries: int = 0
    articles: Counter[RecordOutcome] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    from_feeds: int = 0
    """Articles made of what feeds say, since their pages could not be read."""
    failed_articles: int = 0
    visits: int = 0
    """Articles that were looked at again."""
    failed_visits: int = 0
    unread_pages: Counter[str] = field(default_factory=Counter)
    """Pages of PDFs that are missing from their articles, by the reason."""

    def poll_ended(self, outcome: PollOutcome) -> None:
        """Count a poll."""
        self.polls += 1
        match outcome:
            case PollOutcome.OK:
                self.ok_polls += 1
            case PollOutcome.NOT_MODIFIED:
                self.not_modified += 1
            case PollOutcome.FAILED:
                self.failed_polls += 1

    @property
    def settled(self) -> int:
        """A number that grows with whatever comes to an end."""
        return (
            self.polls
            + self.articles.total()
            + self.rejected.total()
            + self.failed_articles
            + self.visits
            + self.failed_visits
        )
