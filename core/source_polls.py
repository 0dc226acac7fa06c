"""What one poll of a source learned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.failures import FailureKind
from core.sources import Comparison, Entry, Found, NextPoll, PollOutcome, Skipped, Validators


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePoll:
    """Everything one poll of a source learned; storage commits it in one transaction."""

    source: str
    outcome: PollOutcome
    polled_at: datetime
    next_poll: NextPoll
    url: str | None = None
    """The address of the source that was polled; None for whatever it has."""
    entries: tuple[Entry, ...] = ()
    validators: Validators | None = None
    """None keeps what is stored (a failed poll proves nothing about validators)."""
    found: Found | None = None
    """None keeps what is stored."""
    gap: str | None = None
    """What was found of a gap; None when there was none."""
    skipped: tuple[Skipped, ...] | None = None
    """What was left out of the document that was read; None when none was."""
    old: tuple[Entry, ...] = ()
    """Entries that are kept as known and not followed: published before the source was watched."""
    error: str | None = None
    """Of a failed poll, what people are told."""
    failure: FailureKind | None = None
    """Of a failed poll, the class of the failure."""
    status_code: int | None = None
    failure_weight: float = 1.0
    """What a failure adds to the row that stretches the pause."""
    rhythm: bytes | None = None
    """None keeps what is stored."""
    full: bool = False
    """Whether a whole document was received."""
    empty: bool | None = None
    """Whether the document held no entry at all; None when none was read."""
    comparison: Comparison | None = None
    """None keeps what is stored."""

    def __post_init__(self) -> None:
        """Refuse a failed poll without its kind: health and schedule would not know of it."""
        if self.outcome is PollOutcome.FAILED and self.failure is None:
            raise ValueError(f"a failed poll of {self.source} has no kind of failure")
