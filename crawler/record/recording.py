"""From a fetched page to what storage keeps: parse in the sandbox, decide, commit.

Spiders only ask and hand over. Everything that is learnt from an answer, and everything that is
decided about a failure, is committed here before the crawler takes the next step.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

import structlog

from core.articles import (
    ArticleData,
    FetchedPage,
    Recorded,
    RecordOutcome,
    Rejection,
)
from core.clock import Clock
from core.config import WatchConfig
from core.errors import CrawlError, SandboxError, WirewatchError
from core.failures import FailureKind, FetchFailure
from core.rhythm import Rhythm
from core.sources import (
    Entry,
    Found,
    NextPoll,
    PollOutcome,
    SkipKind,
    Skipped,
    SkipReason,
    Source,
    SourcePoll,
    SourceState,
    TrackedEntry,
    Validators,
)
from core.urls import UrlError, canonical_url
from crawler.counts import CrawlCounts
from crawler.decide.aliases import aliases_of
from crawler.decide.entry_retry import decide_entry_retry, decide_rejection_retry
from crawler.decide.freshness import freshness
from crawler.decide.limits import left_out
from crawler.decide.revisits import next_visit
from crawler.discovery import SkippedEntry
from crawler.download.failures import failure_of_status
from crawler.parse.article_reader import Reader, content_type_of
from crawler.parse.sandbox import Sandbox, SandboxClosed, SandboxCrashed
from crawler.queue import FetchEntry, PollSource, Work
from crawler.record.revisiting import Visiting
from storage import Store
from storage.crawl.articles import content_sha256

log = structlog.get_logger(__name__)
_MOST_LEFT = 1_000
"""Posts without an article that are looked for at one poll of a channel."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PollFacts:
    """What the schedule may want to know about a poll."""

    outcome: PollOutcome
    retry_after: float | None = None
    ttl: timedelta | None = None
    """The feed's own idea of how often to look."""
    max_age: timedelta | None = None
    """How long the server calls its answer fresh."""
    entries: int | None = None
    """Entries in the document; None when there was none to read."""
    known: int | None = None
    """How many of them were known before."""
    failure_weight: float = 0.0
    """What this failure adds to the row of failures; see `FetchFailure.weight`."""
    rhythm: Rhythm | None = None
    """When the source publishes, with what this poll showed."""
    full: bool = False
    """Whether a whole document was received."""


class PlanPoll(Protocol):
    """The schedule's decision, made where the schedule lives."""

    def __call__(self, source: Source, state: SourceState, facts: PollFacts, /) -> NextPoll:
        """Return when `source` is polled next, and why."""


class RefusedError(Exception):
    """The answer at an address is not what was looked for; `failure` says why."""

    def __init__(self, failure: FetchFailure) -> None:
        self.failure = failure
        super().__init__(str(failure))


class Recording:
    """Takes answers from spiders and commits what they mean."""

    def __init__(
        self,
        store: Store,
        sandbox: Sandbox,
        config: WatchConfig,
        clock: Clock,
        plan_poll: PlanPoll,
        *,
        on_stored: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._sandbox = sandbox
        self.crawl = config.crawl
        self.clock = clock
        self._plan = plan_poll
        self._on_stored = on_stored
        self._reader = Reader(sandbox, config.crawl)
        self.counts = CrawlCounts()
        self.visits = Visiting(store, self._reader, config.crawl, clock, self.counts, on_stored)

    # -- sources

    def freshness(self, page: FetchedPage) -> timedelta | None:
        """Return for how long the server calls its answer fresh."""
        return freshness(dict(page.headers), self.clock())

    async def parse(self, read: Callable[..., T], page: FetchedPage, **options: object) -> T:
        """Read a document in the sandbox; raise RefusedError when it is not of that kind."""
        try:
            return await self._sandbox.run(
                read, page.body, page.final_url, content_type=content_type_of(page), **options
            )
        except SandboxClosed:
            raise  # we stop; it says nothing about the document
        except (CrawlError, SandboxError) as error:
            raise RefusedError(FetchFailure(FailureKind.DOCUMENT, error.message)) from error

    async def none_known(self, source: Source, entries: Sequence[Entry]) -> bool:
        """Tell whether none of the entries was announced before."""
        keys = [key for one in entries if (key := _key_of(one, source.name))]
        return not await asyncio.to_thread(self._store.known_keys, keys)

    async def poll_failed(
        self, work: PollSource, failure: FetchFailure, words: str | None = None
    ) -> None:
        """Commit that a source could not be read, and why; `words` say it to people otherwise."""
        facts = PollFacts(
            PollOutcome.FAILED, retry_after=failure.retry_after, failure_weight=failure.weight
        )
        await self.commit_poll(work, facts, failure=failure, error=words or str(failure))

    async def broke_down(self, work: Work, error: Exception) -> None:
        """Commit that we, and not the outlet, failed: a mistake of ours, or the database's."""
        said = str(error) if isinstance(error, WirewatchError) else type(error).__name__
        failure = FetchFailure(FailureKind.INTERNAL, said)
        if isinstance(work, PollSource):
            await self.poll_failed(work, failure, f"internal error: {said}")
        elif isinstance(work, FetchEntry):
            await self.article_failed(work, failure)
        else:
            await self.visits.failed(work, failure)

    async def commit_poll(
        self,
        work: PollSource,
        facts: PollFacts,
        entries: tuple[Entry, ...] = (),
        *,
        skipped: Sequence[SkippedEntry] = (),
        old: tuple[Entry, ...] = (),
        validators: Validators | None = None,
        found: Found | None = None,
        gap: str | None = None,
        failure: FetchFailure | None = None,
        error: str | None = None,
    ) -> tuple[TrackedEntry, ...]:
        """Commit what a poll learnt; return the entries that are new.

        Of many new entries the newest are taken, as many as one poll may bring.
        """
        source = work.source.name
        keyed = _keyed(entries, source)
        now = self.clock()
        left = list(skipped)
        if facts.outcome is not PollOutcome.FAILED:
            keys = [key for _, key in keyed]
            known, today = (
                await asyncio.to_thread(self._seen, source, keys, now) if keys else (set(), 0)
            )
            keyed, more = self._wanted(keyed, known, today)
            left += more
            if any(left_over.reason.kind is SkipKind.BEYOND_NEWEST for left_over in more):
                # They are to be new again at the next poll, changed document or not.
                validators = Validators()
            came = [entry for entry, key in keyed if key not in known]
            facts = replace(
                facts,
                entries=len(keyed) if facts.outcome is PollOutcome.OK else None,
                known=len(keyed) - len(came) if facts.outcome is PollOutcome.OK else None,
                rhythm=_rhythm_after(work.state, came, now),
            )
        kept = _keyed(old, source)
        check = SourcePoll(
            source=source,
            url=work.source.url,
            outcome=facts.outcome,
            polled_at=now,
            next_poll=self._plan(work.source, work.state, facts),
            entries=tuple(entry for entry, _ in keyed),
            validators=validators,
            found=found,
            gap=gap,
            skipped=_counted(left) if facts.outcome is PollOutcome.OK else None,
            old=tuple(entry for entry, _ in kept),
            error=error,
            failure=failure.kind if failure else None,
            status_code=failure.status if failure else None,
            failure_weight=facts.failure_weight,
            rhythm=facts.rhythm.to_bytes() if facts.rhythm else None,
            full=facts.full,
        )
        recorded = await asyncio.to_thread(
            self._store.record_poll,
            check,
            [key for _, key in keyed],
            old_keys=[key for _, key in kept],
        )
        self.counts.polls += 1
        self.counts.new_entries += len(recorded.new)
        self.counts.not_modified += facts.outcome is PollOutcome.NOT_MODIFIED
        if facts.outcome is PollOutcome.FAILED:
            self.counts.failed_polls += 1
            log.warning("poll failed", source=source, error=error)
        else:
            log.debug(
                "polled",
                source=source,
                outcome=facts.outcome.value,
                new=len(recorded.new),
                known=recorded.known,
                next=check.next_poll.reason,
            )
        if gap is not None:
            log.warning("gap found", source=source, gap=gap)
        return recorded.new

    def _seen(self, source: str, keys: Sequence[str], now: datetime) -> tuple[set[str], int]:
        """Return which keys are known, and, if any is not, how many the source had within a day.

        Runs in a thread; both at once, since a way there and back costs as much as a query.
        """
        known = self._store.known_keys(keys)
        if len(known) == len(set(keys)):
            return known, 0
        return known, self._store.found_since(source, now - timedelta(days=1))

    def _wanted(
        self, keyed: list[tuple[Entry, str]], known: set[str], today: int
    ) -> tuple[list[tuple[Entry, str]], list[SkippedEntry]]:
        """Leave out what no outlet's articles look like, and the oldest of too many new entries.

        `today` is how many entries the source had within a day. Those beyond the newest stay in
        the document, and are new again at the next poll.
        """
        new = [pair for pair in keyed if pair[1] not in known]
        if not new:
            return keyed, []
        verdicts = left_out([entry for entry, _ in new], today)
        out = [
            (key, SkippedEntry(why, entry.url))
            for (entry, key), why in zip(new, verdicts, strict=True)
            if why is not None
        ]
        gone = {key for key, _ in out}
        fit = [pair for pair in new if pair[1] not in gone]
        limit = self.crawl.max_entries_per_poll
        if len(fit) > limit:
            fit.sort(key=_age, reverse=True)
            why = SkipReason(SkipKind.BEYOND_NEWEST, f"beyond the newest {limit} of one poll")
            out += [(key, SkippedEntry(why, entry.url)) for entry, key in fit[limit:]]
            gone = {key for key, _ in out}
        return [pair for pair in keyed if pair[1] not in gone], [one for _, one in out]

    async def posts_read(
        self,
        source: Source,
        new: Sequence[TrackedEntry],
        read: Mapping[str, tuple[ArticleData | Rejection, FetchedPage]],
    ) -> None:
        """Store posts that came with their words: new ones, and those whose words changed."""
        entry_of = {one.entry.url: one for one in new}
        words = {
            canonical_url(url): (url, article, page)
            for url, (article, page) in read.items()
            if isinstance(article, ArticleData)
        }
        stored = await asyncio.to_thread(self._store.contents, list(words))
        if any(key not in stored and url not in entry_of for key, (url, *_) in words.items()):
            # A process that died between the two commits left entries without their articles.
            left = await asyncio.to_thread(
                self._store.pending_entries, self.clock(), _MOST_LEFT, source.name
            )
            entry_of |= {words[one.key][0]: one for one in left if one.key in words}
        for key, (url, article, page) in words.items():
            entry = entry_of.get(url)
            if entry is None and stored.get(key) in (None, content_sha256(article)):
                continue  # as it was, or settled otherwise before
            recorded: Recorded = await asyncio.to_thread(
                self._store.record,
                article,
                page,
                key=key,
                entry_id=entry.id if entry else None,
                aliases=aliases_of(article, key),
            )
            self._stored(source, recorded)
        for url, entry in entry_of.items():
            verdict, page = read[url]
            if isinstance(verdict, Rejection):
                self.counts.rejected[verdict.reason.value] += 1
                await asyncio.to_thread(self._store.reject_entry, entry.id, verdict, page)

    async def posts_deleted(self, urls: Sequence[str], page: FetchedPage) -> None:
        """Note stored posts that stand no more between others on a page of their channel."""
        keys = {canonical_url(url) for url in urls}
        for visit in await asyncio.to_thread(self._store.visits_by_key, sorted(keys)):
            recorded = await asyncio.to_thread(
                self._store.record_removal,
                visit,
                "the post is no longer in the channel",
                page,
                lambda _changed_at: None,
            )
            if recorded.outcome is RecordOutcome.UPDATED:
                self.counts.articles[recorded.outcome] += 1
                self._on_stored()

    def _stored(self, source: Source, recorded: Recorded) -> None:
        self.counts.articles[recorded.outcome] += 1
        log.debug("article stored", source=source.name, outcome=recorded.outcome.value)
        if recorded.outcome in (RecordOutcome.NEW, RecordOutcome.UPDATED):
            self._on_stored()

    # -- articles

    async def article_answered(
        self, work: FetchEntry, page: FetchedPage, validators: Validators
    ) -> ArticleData | None:
        """Extract and store an article. Return it, or None when there is none to return."""
        failure = failure_of_status(page.status, dict(page.headers), self.clock())
        if failure is not None:
            await self.article_failed(work, failure)
            return None
        try:
            verdict = await self._reader.read(page, work.source, work.tracked.entry)
        except SandboxClosed:
            raise
        except SandboxCrashed as error:
            await self.article_failed(work, FetchFailure(FailureKind.INTERNAL, error.message))
            return None
        if isinstance(verdict, Rejection):
            self.counts.rejected[verdict.reason.value] += 1
            log.info(
                "not an article",
                source=work.source.name,
                url=page.url,
                reason=verdict.reason.value,
                detail=verdict.detail,
            )
            await self._rejected(work, verdict, page)
            return None
        key = canonical_url(page.final_url)
        recorded: Recorded = await asyncio.to_thread(
            self._store.record,
            verdict,
            page,
            key=key,
            entry_id=work.tracked.id,
            aliases=aliases_of(verdict, key),
            validators=validators,
            plan_visit=self._first_visit,
        )
        self._stored(work.source, recorded)
        return verdict

    async def _rejected(self, work: FetchEntry, verdict: Rejection, page: FetchedPage) -> None:
        """Commit that a page is no article: for good, or until it is looked at again."""
        entry = work.tracked
        decision = decide_rejection_retry(verdict, entry.attempts + 1, self.clock())
        if decision.at is None:
            await asyncio.to_thread(self._store.reject_entry, entry.id, verdict, page)
        else:
            await asyncio.to_thread(
                self._store.retry_entry, entry.id, verdict, decision.reason, decision.at, page
            )

    def _first_visit(self, stored_at: datetime) -> datetime | None:
        return next_visit(self.crawl.revisit, stored_at, stored_at, 0)

    async def article_failed(self, work: FetchEntry, failure: FetchFailure) -> None:
        """Commit that an article could not be fetched, and when it is tried again, if ever."""
        self.counts.failed_articles += 1
        decision = decide_entry_retry(failure, work.tracked.attempts + 1, self.clock())
        log.info(
            "article not fetched",
            source=work.source.name,
            url=work.tracked.entry.url,
            reason=decision.reason,
            again_at=decision.at.isoformat() if decision.at else None,
        )
        if decision.at is None:
            await asyncio.to_thread(
                self._store.fail_entry, work.tracked.id, failure, decision.reason
            )
        else:
            await asyncio.to_thread(
                self._store.retry_entry, work.tracked.id, failure, decision.reason, decision.at
            )


def page_sha256(body: bytes) -> str:
    """Return the SHA-256 of a body, hex."""
    return hashlib.sha256(body).hexdigest()


def _rhythm_after(state: SourceState, came: Sequence[Entry], now: datetime) -> Rhythm:
    """Return the rhythm after a poll that brought these entries."""
    before = Rhythm.kept(state.rhythm)
    if before is None and state.rhythm is not None:
        log.warning("rhythm is damaged and learnt anew", source=state.name)
    if before is None or state.last_success_at is None:
        return Rhythm.seeded([one.published_at for one in came if one.published_at], now)
    return before.observed([one.published_at or now for one in came], state.last_success_at, now)


def _age(pair: tuple[Entry, str]) -> float:
    published = pair[0].published_at
    return published.timestamp() if published else 0.0


def _counted(skipped: Sequence[SkippedEntry]) -> tuple[Skipped, ...]:
    """Return how many entries were left out for each reason, with the first as an example."""
    counts: Counter[SkipKind] = Counter()
    for entry in skipped:
        counts[entry.reason.kind] += entry.count
    first = {entry.reason.kind: entry for entry in reversed(skipped)}
    return tuple(
        Skipped(kind, first[kind].reason.words, count, first[kind].detail)
        for kind, count in counts.items()
    )


def _keyed(entries: Sequence[Entry], source: str) -> list[tuple[Entry, str]]:
    return [(entry, key) for entry in entries if (key := _key_of(entry, source))]


def _key_of(entry: Entry, source: str) -> str | None:
    try:
        return canonical_url(entry.url)
    except UrlError as error:
        log.warning("entry skipped", source=source, reason=str(error))
        return None
