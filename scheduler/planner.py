"""The schedule's decision as the crawler asks for it: the pure policy with today's values."""

from __future__ import annotations

import random
from collections.abc import Callable

from core.clock import Clock
from core.config import WatchConfig
from core.sources import NextCheck, Source, SourceState
from crawler.intake import CheckFacts
from scheduler.policy import plan_next_check


class CheckPlanner:
    """Plans the next poll of a source by the configuration that is live at that moment."""

    def __init__(self, config: Callable[[], WatchConfig], clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self._random = random.SystemRandom()

    def __call__(self, source: Source, state: SourceState, facts: CheckFacts, /) -> NextCheck:
        """Return when `source` is polled next, and why."""
        return plan_next_check(
            every=source.every or self._config().crawl.every,
            outcome=facts.outcome,
            failures=state.consecutive_failures + 1,
            now=self._clock(),
            jitter=self._random.uniform(-1, 1),
            retry_after=facts.retry_after,
        )
