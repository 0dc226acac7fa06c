"""A changed `crawl.revisit` reaches what is stored already, and not only what comes after it.

The next visit of an article is planned when it is stored or visited. So the ages in force are kept
in the database, and where a start finds others, every visit is planned anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from crawler.decide.revisits import next_visit
from storage import Store

log = structlog.get_logger(__name__)

PLAN = "revisit plan"
"""Name under which the ages in force are kept, beside the signs of life."""


def follow_revisit_plan(store: Store, ages: Sequence[timedelta], now: datetime) -> int:
    """Plan visits anew if they were planned by other ages; return how many changed.

    Raises StorageError.
    """
    said = " ".join(f"{age.total_seconds():g}" for age in sorted(ages)) or "never"
    before = store.last_heartbeat(PLAN)
    if before is not None and before[1] == said:
        return 0

    def plan(changed_at: datetime, visits: int) -> datetime | None:
        return next_visit(ages, changed_at, now, visits)

    since = now - max(ages, default=timedelta(0))
    changed = store.replan_visits(plan if ages else None, since, now)
    store.heartbeat(PLAN, now, said)
    if changed:
        log.info("visits are planned by other ages now", articles=changed)
    return changed
