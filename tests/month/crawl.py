"""The monitor of the month: the real crawler and rules, on a clock that jumps to what is due next.

A process of its own: `python -m tests.month.crawl FOLDER END STEP`. It can be killed at any
moment and started again; the clock and everything else stands in the folder.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from alerts.judging.story_grouping import Grouping
from alerts.judging.versions import judge_versions
from core.clock import Clock
from crawler.download.reactor import run_on_reactor
from crawler.service import CrawlService
from scheduler.health_alerts import update_source_health
from scheduler.poll_planner import PollPlanner
from scheduler.running_config import RunningConfig, load_running_config
from storage import Store, open_store
from tests.month.press import SharedClock

BEGUN = "begun"
"""What is printed when the monitor is at work: who kills it waits for this."""
ROUND = timedelta(minutes=10)
"""Simulated time between two judgements of the sources' health."""


def main(folder: Path, end: datetime, step: timedelta) -> None:
    """Run the monitor until the simulated `end`.

    `step` is the shortest jump of the clock: what is due within it is done together.
    """
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    clock = SharedClock(folder / "clock")
    live = load_running_config(folder / "watch.yaml")
    with open_store(live.config.database.get_secret_value(), clock=clock) as store:
        store.sync_sources(list(live.sources.values()))
        run_on_reactor(lambda: _month(live, store, clock, end, step))


async def _month(
    live: RunningConfig, store: Store, clock: SharedClock, end: datetime, step: timedelta
) -> int:
    crawl = CrawlService(
        store, live.config, lambda: live.sources, clock, PollPlanner(lambda: live.config, clock)
    )
    grouping = Grouping()
    grouping.fill(store, clock())
    crawl.start()
    print(BEGUN, flush=True)
    healthy_at = clock()
    while clock() < end:
        crawl.wake()
        await crawl.idle()
        while await asyncio.to_thread(
            lambda: (
                judge_versions(
                    store, live.rules, live.config, grouping=grouping, now=clock()
                ).judged
            )
        ):
            pass
        if clock() >= healthy_at:
            await asyncio.to_thread(update_source_health, store, live.config, clock())
            healthy_at = clock() + ROUND
        due = await asyncio.to_thread(_next_due, store, clock, end)
        clock.set(max(clock() + step, min(due, end)))
    await crawl.stop(5.0)
    return 0


def _next_due(store: Store, clock: Clock, end: datetime) -> datetime:
    """Return when something is due next."""
    moments = (store.next_due_at(), store.next_entry_due_at(), store.next_visit_due_at())
    return min(
        (moment for moment in moments if moment is not None and moment > clock()), default=end
    )


if __name__ == "__main__":
    main(
        Path(sys.argv[1]),
        datetime.fromisoformat(sys.argv[2]),
        timedelta(seconds=float(sys.argv[3])),
    )
