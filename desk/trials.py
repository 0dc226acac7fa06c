"""What was tried at the desk: whose turn it is, and what came of it, kept for the next page."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from core.alerting.deliveries import AttemptOutcome

K = TypeVar("K")
V = TypeVar("V")

MOST_KEPT = 20
"""Results and compiled rules that are kept."""
MOST_SAMPLES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What came of a sample that was sent to a receiver."""

    at: datetime
    outcome: AttemptOutcome
    status_code: int | None
    detail: str


class Kept(Generic[K, V]):
    """The latest few of something."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._known: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        """Return what is kept under a key."""
        return self._known.get(key)

    def keep(self, key: K, value: V) -> V:
        """Keep something, and forget what is the oldest beyond the number; return it."""
        self._known[key] = value
        self._known.move_to_end(key)
        while len(self._known) > self._most:
            self._known.popitem(last=False)
        return value


class Trials:
    """The memory of one desk's workbench, and of the samples sent from it."""

    def __init__(self) -> None:
        self.turn = threading.Lock()
        """Held by who tries a rule: one at a time keeps the machine busy enough."""
        self.compiled: Kept[tuple[str, str, str], object] = Kept()
        self.results: Kept[tuple[str, str, str], object] = Kept()
        self.sampling = threading.Lock()
        """Held while a sample is on its way."""
        self.exporting = threading.Lock()
        """Held while a list is made into a file."""
        self.samples: Kept[str, Sample] = Kept(MOST_SAMPLES)
        """The last one of each receiver."""
