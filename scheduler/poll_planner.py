"""The schedule's decision as the crawler asks for it: the pure policy with today's values."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from core.clock import Clock
from core.config import WatchConfig
from core.reasons import Reason, ReasonKind
from core.rhythm import Rhythm
from core.sources import NextPoll, Source, SourceState
from crawler.record.poll_facts import PollFacts
from scheduler.policy import ScheduleFacts, plan_next_poll, wants_full_fetch


class PollPlanner:
    """Plans the next poll of a source by the configuration that is live at that moment."""

    def __init__(self, config: Callable[[], WatchConfig], clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self._random = random.SystemRandom()

    def __call__(self, source: Source, state: SourceState, facts: PollFacts, /) -> NextPoll:
        """Return when `source` is polled next, and why."""
        now = self._clock()
        rhythm = facts.rhythm or Rhythm.kept(state.rhythm) or Rhythm.empty(now)
        planned = plan_next_poll(
            ScheduleFacts(
                now=now,
                rhythm=rhythm,
                every=source.every or self._config().crawl.every,
                outcome=facts.outcome,
                failures=state.consecutive_failures + 1,
                failure_weight=state.failure_weight + facts.failure_weight,
                retry_after=facts.retry_after,
                ttl=facts.ttl,
                max_age=facts.max_age,
                entries=facts.entries,
                known=facts.known,
                burst_until=state.burst_until,
                jitter=self._random.uniform(-1, 1),
            )
        )
        last_full = now if facts.full else state.last_full_at
        doubt = wants_full_fetch(rhythm, last_full, planned.at, self._random.uniform(-1, 1))
        if doubt is None:
            return planned
        said = Reason(ReasonKind.IN_FULL, reason=planned.reason, doubt=doubt)
        return replace(planned, full=True, reason=said)
