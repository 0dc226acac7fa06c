"""What became of the new names of a matched article: for those who count."""

from __future__ import annotations

from enum import StrEnum


class NamingOutcome(StrEnum):
    """What became of the new names of an article that a rule fired on."""

    READ = "read"
    """It was read, to its end or until its time was over."""
    PASSED_OVER = "passed_over"
    """The time for the batch was over."""
    FAILED = "failed"
    """The model failed on it, or could not be loaded."""
