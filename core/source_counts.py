"""How much came of a source, and how far it got on its way to an alert."""

from __future__ import annotations

from dataclasses import dataclass

from core.sources import EntryCause, EntryStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class EntriesLeft:
    """Entries of a source that stand at one status for one reason."""

    status: EntryStatus
    cause: EntryCause | None
    reason: str
    """The cause in words; empty where there is nothing to say."""
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFunnel:
    """What became of all that a source announced within some time."""

    entries: tuple[EntriesLeft, ...]
    """Without those that were published before the source was watched. The most frequent first."""
    unjudged: int
    """Articles whose text waits for the rules."""
    alerted: int
    """Articles that somebody heard of."""

    @property
    def announced(self) -> int:
        """Entries that were found."""
        return sum(left.count for left in self.entries)

    @property
    def fetched(self) -> int:
        """Entries whose page was read."""
        came = (EntryStatus.STORED, EntryStatus.REJECTED)
        return sum(left.count for left in self.entries if left.status in came)

    @property
    def texts(self) -> int:
        """Articles that were stored; of one with several addresses, one."""
        return sum(
            left.count
            for left in self.entries
            if left.status is EntryStatus.STORED and left.cause is not EntryCause.DUPLICATE
        )

    @property
    def judged(self) -> int:
        """Articles that the rules have looked at."""
        return max(0, self.texts - self.unjudged)

    @property
    def left_out(self) -> tuple[EntriesLeft, ...]:
        """What did not become an article, the most frequent reason first."""
        return tuple(
            left
            for left in self.entries
            if left.status is not EntryStatus.STORED or left.cause is EntryCause.DUPLICATE
        )
