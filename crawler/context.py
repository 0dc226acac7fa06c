"""What a spider works with: where work comes from and where answers go."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from scrapy import signals
from scrapy.crawler import Crawler

from core.clock import Clock, utc_now
from core.config import WatchConfig, load_config
from core.errors import CrawlError
from core.sources import NextPoll, Source, SourceState
from crawler.parse.sandbox import Sandbox
from crawler.queue import WorkQueue
from crawler.record.recording import PlanPoll, PollFacts, Recording
from storage import Store, open_store


@dataclass(frozen=True, slots=True)
class CrawlContext:
    """Handed to spiders at the door; nothing of it is global."""

    work: WorkQueue
    intake: Recording
    clock: Clock
    sandbox: Sandbox
    """What `intake` has everything parsed in; whoever built the context closes it."""

    @classmethod
    def build(
        cls,
        store: Store,
        config: WatchConfig,
        sources: Callable[[], Mapping[str, Source]],
        clock: Clock,
        plan_poll: PlanPoll,
        *,
        once: Sequence[str] | None = None,
        follow: bool = True,
        on_stored: Callable[[], None] = lambda: None,
    ) -> CrawlContext:
        """Put a sandbox, a queue and an intake together around a store.

        `once` and `follow` are those of WorkQueue; `on_stored` is called after an article is.
        """
        crawl = config.crawl
        sandbox = Sandbox(
            crawl.parser_processes, crawl.parser_timeout.total_seconds(), crawl.parser_memory_mb
        )
        return cls(
            work=WorkQueue(store, sources, clock, once=once, follow=follow),
            intake=Recording(store, sandbox, config, clock, plan_poll, on_stored=on_stored),
            clock=clock,
            sandbox=sandbox,
        )


def keep_schedule(_source: Source, state: SourceState, _facts: PollFacts, /) -> NextPoll:
    """Leave the schedule as it is: a run by hand is beside it."""
    return NextPoll(state.next_poll_at, "a run by hand leaves the schedule as it is")


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
    context = CrawlContext.build(
        store, config, lambda: sources, utc_now, keep_schedule, once=wanted
    )

    def close() -> None:
        context.sandbox.close()
        store.close()

    crawler.signals.connect(close, signal=signals.engine_stopped, weak=False)
    return context
