"""What is known of each document of the index, in arrays by slot: many are weighed at once."""

from __future__ import annotations

import numpy as np

from alerts.stories.postings import Found
from alerts.stories.sketch import LEVELS

_NEVER = np.iinfo(np.int64).max


class Shelf:
    """Slots for `size` documents, 230 bytes each; one whose document is gone is used again."""

    def __init__(self, size: int) -> None:
        self.starts = np.full(size, _NEVER, np.int64)
        """Position of a document's first posting; those before are of the slot's last document."""
        self.sources = np.zeros(size, np.int64)
        """Number of its source."""
        self.stories = np.zeros(size, np.int64)
        """Number of its story."""
        self.levels = np.zeros(size, np.int64)
        """Level of its sketch."""
        self.counts = np.zeros((size, LEVELS), np.int64)
        """Hashes of its sketch at each level, without those that were stock when it came."""
        self.counted = np.zeros(size, np.bool_)
        """Whether it counts when stock passages of its source are looked for."""

    def retire(self, slot: int) -> None:
        """Let the postings of a document count no more."""
        self.starts[slot] = _NEVER

    def living(self, found: Found) -> Found:
        """Return the postings of documents that still count."""
        return found.where(found.positions >= self.starts[found.slots])
