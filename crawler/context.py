"""What a spider works with: where work comes from and where answers go."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from scrapy import signals
from scrapy.crawler import Crawler

from core.claims import ClaimsNow
from core.clock import Clock, utc_now
from core.config import WatchConfig, load_config
from core.errors import CrawlError, WirewatchError
from core.failures import FailureKind, FetchFailure
from core.sources import NextPoll, Source, SourceState
from crawler.account.account_login import opened_by
from crawler.account.account_pages import AccountPages
from crawler.account.account_polls import AccountPolls
from crawler.counts import CrawlCounts
from crawler.parse.article_reader import Reader
from crawler.parse.document_reader import DocumentReader
from crawler.parse.sandbox import Sandbox
from crawler.polls import PollContext
from crawler.queue import FetchEntry, PollSource, Work, WorkQueue
from crawler.record.article_recording import ArticleRecording
from crawler.record.poll_facts import PlanPoll, PollFacts
from crawler.record.poll_recording import PollRecording
from crawler.record.revisiting import Visiting
from crawler.record.texts_seen import TextsSeen
from crawler.record.vantages import VantageRecording
from storage import Store, open_store


@dataclass(frozen=True, slots=True)
class CrawlContext:
    """Handed to spiders at the door; nothing of it is global."""

    work: WorkQueue
    polls: PollContext
    articles: ArticleRecording
    visits: Visiting
    account: AccountPolls
    """Polls what is read by an account of ours."""
    vantages: VantageRecording
    counts: CrawlCounts
    clock: Clock
    sandbox: Sandbox
    """Where everything is parsed; whoever built the context closes it."""

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
        """Put a sandbox, a queue and the recordings together around a store.

        `once` and `follow` are those of WorkQueue; `on_stored` is called after an article is.
        """
        crawl = config.crawl
        sandbox = Sandbox(
            crawl.parser_processes, crawl.parser_timeout.total_seconds(), crawl.parser_memory_mb
        )
        counts = CrawlCounts()
        reader = Reader(sandbox, crawl, counts)
        seen = TextsSeen()
        claims = ClaimsNow(sources)
        common = (store, reader, crawl, clock, counts, on_stored, seen, claims)
        articles = ArticleRecording(*common)
        most_new = crawl.max_entries_per_poll
        recording = PollRecording(
            store, clock, plan_poll, counts, most_new, articles.feed.said_anew, claims
        )
        return cls(
            work=WorkQueue(store, sources, clock, once=once, follow=follow, ages=crawl.revisit),
            polls=PollContext(DocumentReader(sandbox), recording, articles, crawl.languages, clock),
            articles=articles,
            visits=Visiting(*common),
            account=AccountPolls(AccountPages(opened_by(config.telegram), clock, crawl.timeout)),
            vantages=VantageRecording(store, clock),
            counts=counts,
            clock=clock,
            sandbox=sandbox,
        )

    async def broke_down(self, work: Work, error: Exception) -> None:
        """Commit that we, and not the outlet, failed: a mistake of ours, or the database's."""
        said = str(error) if isinstance(error, WirewatchError) else type(error).__name__
        failure = FetchFailure(FailureKind.INTERNAL, said)
        if isinstance(work, PollSource):
            words = f"internal error: {said}"
            await self.polls.recording.poll_failed(work, failure, words)
        elif isinstance(work, FetchEntry):
            await self.articles.article_failed(work, failure)
        else:
            await self.visits.failed(work, failure)


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
    sources = {section.name: section.to_source() for section in config.sources if section.enabled}
    wanted = [
        name
        for name, candidate in sources.items()
        if (source is None or name == source) and (not kinds or candidate.kind.value in kinds)
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

    async def close() -> None:
        await context.account.close()
        context.sandbox.close()
        store.close()

    crawler.signals.connect(close, signal=signals.engine_stopped, weak=False)
    return context
