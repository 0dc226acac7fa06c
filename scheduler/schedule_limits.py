"""How far ahead a right clock can have put what is crawled and judged. Pure.

What lies beyond these limits was written by a clock that ran ahead.
"""

from __future__ import annotations

from datetime import timedelta

from alerts.judging.judging_again import PAUSES
from alerts.judging.versions import BURST
from core.config.watch import WatchConfig
from core.deciding.mending import CLOCKS_DIFFER, CrawlLimits, JudgingLimits
from core.retry_after import LONGEST_RETRY_AFTER
from crawler.decide.entry_retry import longest_pauses
from scheduler.policy import JITTER, LONGEST

FIRST_POLL = timedelta(minutes=10)
"""New sources start within seconds of each other; a thousand of them take four minutes."""


def crawl_limits(config: WatchConfig, clocks_differ: timedelta = CLOCKS_DIFFER) -> CrawlLimits:
    """Return the limits of what the crawler plans under a configuration."""
    return CrawlLimits(
        clocks_differ=clocks_differ,
        first_poll=FIRST_POLL,
        poll=max(LONGEST, LONGEST_RETRY_AFTER),
        poll_of={
            source.name: every * (1 + JITTER)
            for source in config.sources
            if (every := source.every or config.crawl.every) is not None
            and every * (1 + JITTER) > max(LONGEST, LONGEST_RETRY_AFTER)
        },
        burst=BURST,
        entry=max(LONGEST_RETRY_AFTER, *longest_pauses()),
        entry_pauses=longest_pauses(),
        visit=max((LONGEST_RETRY_AFTER, *config.crawl.revisit)),
        visit_ages=tuple(config.crawl.revisit),
    )


def judging_limits(clocks_differ: timedelta = CLOCKS_DIFFER) -> JudgingLimits:
    """Return the limits of what judging plans."""
    return JudgingLimits(clocks_differ=clocks_differ, broken=max(PAUSES))
