"""What the crawler did since it started."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from core.articles import RecordOutcome
from core.sources import PollOutcome


@dataclass(slots=True)
class CrawlCounts:
    """Counters, for the status line and the report at the end."""

    ended: Counter[PollOutcome] = field(
        default_factory=lambda: Counter(dict.fromkeys(PollOutcome, 0))
    )
    """Polls by what they came to. One step each: whoever reads from another thread must not see
    numbers that do not add up, and a counter that goes back."""
    new_entries: int = 0
    articles: Counter[RecordOutcome] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    failed_articles: int = 0
    visits: int = 0
    """Articles that were looked at again."""
    failed_visits: int = 0
    unread_pages: Counter[str] = field(default_factory=Counter)
    """Pages of PDFs that are missing from their articles, by the reason."""

    @property
    def polls(self) -> int:
        """Polls that ended."""
        return self.ended.total()

    @property
    def failed_polls(self) -> int:
        """Polls that failed, which are among them."""
        return self.ended[PollOutcome.FAILED]

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
