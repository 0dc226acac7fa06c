"""What the workbench keeps between two tries: whose turn it is, what was compiled and found."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

MOST_KEPT = 20
"""Results and compiled rules that are kept."""


class Kept(Generic[K, V]):
    """The latest few of something."""

    def __init__(self) -> None:
        self._known: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        """Return what is kept under a key."""
        return self._known.get(key)

    def keep(self, key: K, value: V) -> V:
        """Keep something, and forget what is the oldest beyond the number; return it."""
        self._known[key] = value
        self._known.move_to_end(key)
        while len(self._known) > MOST_KEPT:
            self._known.popitem(last=False)
        return value


class Trials:
    """The memory of one desk's workbench."""

    def __init__(self) -> None:
        self.turn = threading.Lock()
        """Held by who tries a rule: one at a time keeps the machine busy enough."""
        self.compiled: Kept[tuple[str, str, str], object] = Kept()
        self.results: Kept[tuple[str, str, str], object] = Kept()
