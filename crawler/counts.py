"""What the crawler did since it started."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from core.articles import RecordOutcome


@dataclass(slots=True)
class CrawlCounts:
    """Counters, for the status line and the report at the end."""

    polls: int = 0
    not_modified: int = 0
    failed_polls: int = 0
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
    def settled(self) -> int:
        """A number that grows with whatever comes to an end."""
        return (
            self.polls
            + self.failed_polls
            + self.articles.total()
            + self.rejected.total()
            + self.failed_articles
            + self.visits
            + self.failed_visits
        )
