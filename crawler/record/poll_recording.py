"""What a poll came to: its entries, its failure and the time of the next, committed at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from core.claims import Claims
from core.clock import Clock
from core.failures import FetchFailure
from core.rhythm import Rhythm
from core.sitemap_memory import Mark, PartMarks, PartMemory, mark_of
from core.source_polls import SourcePoll
from core.sources import (
    Comparison,
    Entry,
    Found,
    KnownEntry,
    PollOutcome,
    SkipKind,
    Skipped,
    Source,
    SourceState,
    TrackedEntry,
    Validators,
)
from core.url_parts import keys_of
from core.urls import UrlError, canonical_url
from crawler.counts import CrawlCounts
from crawler.decide.announcements import (
    candidates,
    is_announced_anew,
    says_otherwise,
    told_apart,
)
from crawler.decide.hearsay import hearing_for
from crawler.decide.read_parts import ReadPart, settled
from crawler.decide.selection import Keyed, select
from crawler.discovery import SkippedEntry
from crawler.queue import PollSource
from crawler.record.address_folding import fold, known_by_fold
from crawler.record.poll_facts import PlanPoll, PollFacts
from storage import Store

log = structlog.get_logger(__name__)


FeedSpeaks = Callable[[Source, Sequence[tuple[str, Entry]]], Awaitable[None]]
"""Takes entries by their keys whose articles are made of the feed's words, which are others now."""


async def _nobody_speaks(_source: Source, _said: Sequence[tuple[str, Entry]]) -> None:
    """Take nothing: who polls alone makes no articles."""


class PollRecording:
    """Takes what polls learnt and commits it, with the schedule's answer to it."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        plan_poll: PlanPoll,
        counts: CrawlCounts,
        most_new: int,
        feed_speaks: FeedSpeaks = _nobody_speaks,
        claims: Callable[[], Claims] = Claims,
    ) -> None:
        self._store = store
        self._clock = clock
        self._plan = plan_poll
        self._counts = counts
        self._most_new = most_new
        self._feed_speaks = feed_speaks
        self._claims = claims

    async def none_known(self, state: SourceState, entries: Sequence[Entry]) -> bool:
        """Tell whether none of the entries was announced before."""
        keyed = _keyed(entries, state.name)
        names = [name for entry, key in keyed for name in keys_of(entry.url, key)]
        if await asyncio.to_thread(self._known_to, state.name, names):
            return False
        keys = [key for _, key in keyed]
        return not await asyncio.to_thread(known_by_fold, self._store, state, keys)

    async def sitemaps(self, source: Source) -> list[PartMemory]:
        """Return what is remembered of the sitemaps of a source."""
        return await asyncio.to_thread(self._store.sitemaps, source.name)

    async def sitemap_marks(self, source: Source, url: str) -> PartMarks:
        """Return which pages a sitemap has listed."""
        return await asyncio.to_thread(self._store.sitemap_marks, source.name, url)

    async def listed_elsewhere(self, source: Source, marks: frozenset[Mark]) -> frozenset[Mark]:
        """Return which pages are old ones of any sitemap of the source."""
        return await asyncio.to_thread(self._store.marks_listed_elsewhere, source.name, marks)

    async def share_known(self, source: Source, entries: Sequence[Entry]) -> float:
        """Return which share of what a page shows is on record, as entries or as old pages."""
        names = {key: keys_of(entry.url, key) for entry, key in _keyed(entries, source.name)}
        asked = [name for each in names.values() for name in each]
        known = await asyncio.to_thread(self._known_to, source.name, asked)
        rest = [key for key, each in names.items() if not any(name in known for name in each)]
        listed = await self.listed_elsewhere(source, frozenset(map(mark_of, rest)))
        return (len(names) - len(rest) + len(listed)) / len(names) if names else 1.0

    async def poll_failed(
        self, work: PollSource, failure: FetchFailure, words: str | None = None
    ) -> None:
        """Commit that a source could not be read, and why; `words` say it to people otherwise."""
        facts = PollFacts(
            PollOutcome.FAILED, retry_after=failure.retry_after, failure_weight=failure.weight
        )
        await self.commit_poll(work, facts, failure=failure, error=words or str(failure))

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
        parts: Sequence[ReadPart] = (),
        beside: int = 0,
        comparison: Comparison | None = None,
    ) -> tuple[TrackedEntry, ...]:
        """Commit what a poll learnt; return the entries that are new.

        Of many new entries the newest are taken, as many as one poll may bring. `parts` are the
        sitemaps that were read; `beside` counts pages of theirs that are known and left out here.
        """
        source = work.source.name
        keyed = _keyed(entries, source)
        now = self._clock()
        left = list(skipped)
        held = len(keyed) + beside + len(old) + sum(part.memory.pages for part in parts)
        taken, fresh = frozenset[Mark](), frozenset[Mark]()
        known: set[str] = set()
        before: dict[str, KnownEntry] = {}
        today, anew = 0, list[tuple[str, Entry]]()
        if facts.outcome is not PollOutcome.FAILED:
            if keyed:
                keyed, before, today = await asyncio.to_thread(self._seen, work.state, keyed, now)
                known = set(before)
                anew = _announced_anew(keyed, before, source)
            keyed, more = select(keyed, known, today, self._most_new)
            left += more
            if any(skip.reason.kind is SkipKind.BEYOND_NEWEST for skip in more):
                # They are to be new again at the next poll, changed document or not.
                validators = Validators()
            came = [entry for entry, key in keyed if key not in known]
            if parts:
                taken = frozenset(mark_of(key) for _, key in keyed)
                fresh = frozenset(mark_of(key) for _, key in keyed if key not in known)
            total = len(keyed) + beside
            facts = replace(
                facts,
                entries=total if facts.outcome is PollOutcome.OK else None,
                known=total - len(came) if facts.outcome is PollOutcome.OK else None,
                rhythm=_rhythm_after(work.state, came, now),
            )
        kept = _keyed(old, source)
        poll = SourcePoll(
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
            empty=not held if facts.outcome is PollOutcome.OK else None,
            comparison=comparison,
        )
        if anew:
            # First: once the validators are kept, an unchanged feed is not read again.
            await asyncio.to_thread(self._store.announce_anew, anew, now)
            await self._feed_speaks(
                work.source,
                [(key, entry) for key, entry in anew if says_otherwise(before[key], entry)],
            )
        recorded = await asyncio.to_thread(
            self._store.record_poll,
            poll,
            [key for _, key in keyed],
            old_keys=[key for _, key in kept],
            sitemaps=settled(parts, taken, fresh, now),
            hear=hearing_for(self._claims(), source),
        )
        self._counts.poll_ended(facts.outcome)
        self._counts.new_entries += len(recorded.new)
        if facts.outcome is PollOutcome.FAILED:
            log.warning("poll failed", source=source, error=error)
        else:
            log.debug(
                "polled",
                source=source,
                outcome=facts.outcome.value,
                new=len(recorded.new),
                known=recorded.known,
                next=poll.next_poll.reason,
            )
        if gap is not None:
            log.warning("gap found", source=source, gap=gap)
        return recorded.new

    def _seen(
        self, state: SourceState, keyed: list[Keyed], now: datetime
    ) -> tuple[list[Keyed], dict[str, KnownEntry], int]:
        """Return entries with the keys that are theirs here, and what is known under these.

        And how many the source had within a day, if any is not known. Runs in a thread; all at
        once, since a way there and back costs as much as a query.
        """
        known = self._known_to(state.name, [key for _, key in keyed])
        if others := candidates(keyed, known):
            known |= self._known_to(state.name, others)
            keyed = told_apart(keyed, known)
        if not all(key in known for _, key in keyed):
            keyed, known = fold(self._store, state, keyed, known, now)
        if all(key in known for _, key in keyed):
            return keyed, known, 0
        return keyed, known, self._store.found_since(state.name, now - timedelta(days=1))

    def _known_to(self, source: str, keys: Sequence[str]) -> dict[str, KnownEntry]:
        """Return what was announced before as far as it is not news for a source; in a thread.

        What others said of its own outlet it has not heard.
        """
        known = self._store.known_entries(keys)
        others = [key for key, entry in known.items() if entry.source != source]
        if others:
            hear = hearing_for(self._claims(), source)
            for key, holder in self._store.holders(others, source).items():
                if hear(key, holder).is_news:
                    del known[key]
        return known


def _announced_anew(
    keyed: Sequence[Keyed], known: Mapping[str, KnownEntry], source: str
) -> list[tuple[str, Entry]]:
    """Return the known links that this source announces as something new, the first of each."""
    first: dict[str, Entry] = {}
    for entry, key in keyed:
        first.setdefault(key, entry)
    return [
        (key, entry)
        for key, entry in first.items()
        if key in known
        and known[key].source == source
        and (is_announced_anew(known[key], entry) or says_otherwise(known[key], entry))
    ]


def _rhythm_after(state: SourceState, came: Sequence[Entry], now: datetime) -> Rhythm:
    """Return the rhythm after a poll that brought these entries."""
    before = Rhythm.kept(state.rhythm)
    if before is None and state.rhythm is not None:
        log.warning("rhythm is damaged and learnt anew", source=state.name)
    if before is None or state.last_success_at is None:
        return Rhythm.seeded([entry.published_at for entry in came if entry.published_at], now)
    times = [entry.published_at or now for entry in came]
    return before.observed(times, state.last_success_at, now)


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


def _keyed(entries: Sequence[Entry], source: str) -> list[Keyed]:
    return [(entry, key) for entry in entries if (key := _key_of(entry, source))]


def _key_of(entry: Entry, source: str) -> str | None:
    try:
        return canonical_url(entry.url)
    except UrlError as error:
        log.warning("entry skipped", source=source, reason=str(error))
        return None
