"""What a spider works with: where work comes from and where answers go."""

from __future__ import annotations

from dataclasses import dataclass

from scrapy import signals
from scrapy.crawler import Crawler

from core.clock import Clock, utc_now
from core.config import load_config
from core.errors import CrawlError
from core.sources import NextCheck, Source, SourceState
from crawler.intake import CheckFacts, Intake
from crawler.sandbox import Sandbox
from crawler.work import WorkQueue
from storage import open_store


@dataclass(frozen=True, slots=True)
class CrawlContext:
    """Handed to spiders at the door; nothing of it is global."""

    work: WorkQueue
    intake: Intake
    clock: Clock


def keep_schedule(_source: Source, state: SourceState, _facts: CheckFacts, /) -> NextCheck:
    """Leave the schedule as it is: a run by hand is beside it."""
    return NextCheck(state.next_check_at, "a run by hand leaves the schedule as it is")


def context_from_settings(
    crawler: Crawler, *, source: str | None, kinds: frozenset[str]
) -> CrawlContext:
    """Build a context for one run of `scrapy crawl`; it is closed with the spider.

    `source` names one source; without it every source of the spider's kinds is polled.
    Raises CrawlError when there is nothing of that name or kind.
    """
    config = load_config(crawler.settings["WATCH_CONFIG"]).config
    sources = {one.name: one.to_source() for one in config.sources}
    wanted = [
        one.name
        for one in sources.values()
        if (source is None or one.name == source) and (not kinds or one.kind.value in kinds)
    ]
    if not wanted:
        known = ", ".join(sorted(sources)) or "none"
        raise CrawlError(
            f"no {'/'.join(sorted(kinds)) or 'such'} source {source or ''!r} in the configuration"
            f" (sources: {known})"
        )
    store = open_store(config.database.get_secret_value())
    store.sync_sources(list(sources.values()))
    crawl = config.crawl
    sandbox = Sandbox(
        crawl.parser_processes, crawl.parser_timeout.total_seconds(), crawl.parser_memory_mb
    )

    def close() -> None:
        sandbox.close()
        store.close()

    crawler.signals.connect(close, signal=signals.engine_stopped, weak=False)
    return CrawlContext(
        work=WorkQueue(store, lambda: sources, utc_now, once=wanted),
        intake=Intake(store, sandbox, config, utc_now, keep_schedule),
        clock=utc_now,
    )
