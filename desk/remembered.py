"""Answers that are good for some seconds: what is dear to ask is asked once for all who look on."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Collection, Hashable
from time import monotonic
from typing import TypeVar, cast

import structlog

from core.errors import StorageError

T = TypeVar("T")
log = structlog.get_logger(__name__)

MOST_KEPT = 200
"""Answers beyond which all are forgotten: some are kept under what a person chose."""


class Remembered:
    """Answers by what was asked. Threads may share it; each question is asked by one at a time."""

    def __init__(self) -> None:
        self._known: dict[Hashable, tuple[float, object]] = {}
        self._turns: dict[Hashable, threading.Lock] = {}
        self._turn = threading.Lock()
        self._forgotten = 0
        """How often something was forgotten: what was asked before that is kept no more."""

    def get(self, key: Hashable, seconds: float, ask: Callable[[], T]) -> T:
        """Return what was answered lately, or ask. Two who come at once wait for one answer."""
        with self._turn_of(key):
            known = self._known.get(key)
            if known is None or _is_old(known, seconds):
                return self._ask(key, ask)
            return cast("T", known[1])

    def stale(
        self, key: Hashable, seconds: float, ask: Callable[[], T], oldest: float = math.inf
    ) -> T:
        """Return what was answered last, and ask anew meanwhile if it is old.

        For what is dear: nobody waits for it but the first, and who comes after `oldest` seconds.
        """
        known = self._known.get(key)
        if known is None or _is_old(known, oldest):
            return self.get(key, seconds, ask)
        turn = self._turn_of(key)
        # Whose turn it is asks already; the lock goes with the thread, which lets it go.
        if _is_old(known, seconds) and turn.acquire(blocking=False):
            threading.Thread(
                target=self._ask_aside, args=(key, ask, turn), name="remembered", daemon=True
            ).start()
        return cast("T", known[1])

    def forget(self, keys: Collection[Hashable]) -> None:
        """Ask for these anew when they are wanted."""
        with self._turn:
            self._forgotten += 1
            for key in keys:
                self._known.pop(key, None)

    def _ask_aside(self, key: Hashable, ask: Callable[[], object], turn: threading.Lock) -> None:
        try:
            self._ask(key, ask)
        except StorageError as error:  # the answer of before stands
            log.warning("not asked anew", what=str(key), error=str(error))
        finally:
            turn.release()

    def _ask(self, key: Hashable, ask: Callable[[], T]) -> T:
        before = self._forgotten
        found = ask()
        with self._turn:
            if self._forgotten == before:
                self._known[key] = (monotonic(), found)
        return found

    def _turn_of(self, key: Hashable) -> threading.Lock:
        with self._turn:
            if len(self._known) > MOST_KEPT:
                self._known.clear()
                self._turns.clear()
            return self._turns.setdefault(key, threading.Lock())


def _is_old(known: tuple[float, object], seconds: float) -> bool:
    return monotonic() - known[0] >= seconds
