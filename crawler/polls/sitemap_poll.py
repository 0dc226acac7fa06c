"""Polling a sitemap or an index of sitemaps."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from typing_extensions import override

from core.articles import FetchedPage
from core.failures import FailureKind, FetchFailure
from core.sitemap_memory import Mark
from core.sources import PollOutcome, SkipKind, SkipReason, Validators
from crawler.decide.sitemap_parts import (
    ALWAYS,
    MOST,
    MOST_AT_FIRST,
    PAGES,
    PAGES_AT_FIRST,
    PATIENCE,
    ListedPart,
    choose_parts,
)
from crawler.discovery import (
    SitemapDocument,
    SitemapReference,
    SkippedEntry,
    likeliest_children,
    newest_children,
    parse_sitemap,
)
from crawler.download.scrapy_settings import MAX_PAGE_BYTES
from crawler.parse.document_reader import RefusedError
from crawler.polls.poll import AddressPoll, Ask
from crawler.polls.sitemap_reading import SitemapReading
from crawler.record.poll_facts import PollFacts

MOST_LISTED = 2_000
"""Sitemaps of an index that are remembered; of more, the likeliest."""
MOST_FAILURES = 5
"""Parts of a poll that may fail before no more are asked for: a slow server would take an hour."""
MOST_INDEXES = 4
"""Indexes within an index that are read before anything else."""
FIRST_WITHIN = 60.0
"""Seconds after which a first poll asks for no more parts: at a second a part, what is new would be
told minutes later. What is left is read at later polls, and is old when it is read first."""
LEAST_MET = 1 / 3
"""Share of what the homepage shows that a sitemap found there must list."""

TOO_MANY_PARTS = SkipReason(SkipKind.BEYOND_READ, f"beyond {MOST_LISTED:,} sitemaps of an index")


class SitemapPoll(AddressPoll):
    """Polls a sitemap; of an index, the parts where new articles are.

    What is listed when a sitemap is read for the first time is old unless its date is recent, and
    remembered. What is not known later is new, whatever its date.
    """

    max_bytes = MAX_PAGE_BYTES
    expected: frozenset[Mark] = frozenset()
    """Of a candidate, pages that it must list some of."""
    head: frozenset[Mark] = frozenset()
    """Those of them that the homepage shows first, of which it must list one."""

    @override
    async def read(self, page: FetchedPage) -> Ask | None:
        """Read the sitemap itself."""
        document = await self.context.documents.read(parse_sitemap, page)
        memories = await self.context.recording.sitemaps(self.work.source)
        self._reading = SitemapReading(self.context, self.work, memories)
        self._reading.expected = self.expected
        self._children: dict[str, SitemapReference] = {}
        self._queue: deque[str] = deque()
        self._chosen = False
        self._asked: list[str] = []
        self._answered = 0
        self._failures: list[str] = []
        self._beyond = 0
        self._conditional = False
        self._full = self._all_indexes = True
        known = self._reading.memories.get(self.url)
        self._first = known is None or not known.is_index
        self._began = time.monotonic()
        await self._reading.read(self.url, document, None, self.validators)
        self._list(document.children, appeared=not self._first)
        self._queue.extend(self._indexes())
        return await self._next()

    @override
    async def more(self, page: FetchedPage) -> Ask | None:
        """Read a part."""
        url = self._asked[-1]
        memory = self._reading.memories[url]
        validators = self.more_validators
        same = page.status == 200 and validators.body_sha256 == memory.validators.body_sha256
        if (page.status == 304 and self._conditional) or same:
            self._answered += 1
            self._note(url, last_modified=self._said(url), failures=0)
            return await self._next()
        failure = self.refusal(page)
        if failure is not None:
            return await self.without_more(failure)
        try:
            document = await self.context.documents.read(parse_sitemap, page)
        except RefusedError as error:
            return await self.without_more(error.failure)
        self._answered += 1
        # Of an index that is read for the first time, all parts may have been there for long.
        appeared = memory.read_at is not None or memory.appeared
        await self._reading.read(url, document, self._said(url), validators)
        if self._list(document.children, appeared=appeared):
            self._chosen = False
        return await self._next()

    @override
    async def without_more(self, failure: FetchFailure) -> Ask | None:
        """Go on with the other parts."""
        url = self._asked[-1]
        self._failures.append(f"{url}: {failure}")
        self._note(url, failures=self._reading.memories[url].failures + 1)
        return await self._next()

    def _list(self, children: Sequence[SitemapReference], *, appeared: bool) -> bool:
        """Take note of the sitemaps that an index names; tell whether there are more by that.

        `appeared` tells whether those that are not known came since the index was read.
        """
        before = len(self._children)
        new = [one for one in children if one.url != self.url and one.url not in self._children]
        taken = likeliest_children(new, MOST_LISTED - before)
        self._beyond += len(new) - len(taken)
        for child in taken:
            self._children[child.url] = child
            self._reading.listed(child.url, appeared=appeared)
        return len(self._children) > before

    def _indexes(self) -> list[str]:
        """Return the indexes to read: of many the likeliest, and those whose turn it is."""
        memories = self._reading.memories
        indexes = tuple(one for url, one in self._children.items() if memories[url].is_index)
        ordered = newest_children(SitemapDocument(children=indexes), None, MOST_LISTED)
        likely = [one.url for one in ordered[: MOST_INDEXES // 2]]
        others = [one.url for one in ordered[MOST_INDEXES // 2 :]]
        others.sort(
            key=lambda url: asked_at.timestamp() if (asked_at := memories[url].asked_at) else 0
        )
        read = [*likely, *others][:MOST_INDEXES]
        self._all_indexes = len(read) == len(indexes)
        return read

    def _recall(self) -> None:
        """Take the parts of the indexes that are not read this time as they were last named."""
        if self._all_indexes:
            return
        for url, memory in self._reading.memories.items():
            if memory.gone_at is None and memory.failures < PATIENCE and url != self.url:
                self._children.setdefault(
                    url, SitemapReference(url=url, last_modified=memory.last_modified)
                )

    def _choose(self) -> None:
        """Put the parts that are to be read in a row, once all indexes have been."""
        self._chosen = True
        self._recall()
        memories = self._reading.memories
        document = SitemapDocument(children=tuple(self._children.values()))
        parts = [
            ListedPart(child.url, child.last_modified, memories[child.url])
            for child in newest_children(document, None, MOST_LISTED)
            if not memories[child.url].is_index and child.url not in self._asked
        ]
        chosen = choose_parts(parts, first=self._first)
        self._queue = deque(one.part.url for one in chosen)

    def _is_spent(self) -> bool:
        asked, pages = len(self._asked), self._reading.pages
        if len(self._failures) >= MOST_FAILURES:
            return True
        if self.expected and asked >= MOST and not self._reading.met:
            return True
        if self._first:
            late = time.monotonic() - self._began > FIRST_WITHIN
            return late or asked >= MOST_AT_FIRST or pages >= PAGES_AT_FIRST
        return asked >= MOST + MOST_INDEXES or (asked >= ALWAYS and pages >= PAGES)

    async def _next(self) -> Ask | None:
        if not self._queue and not self._chosen and self._children:
            self._choose()
        if self._queue and not self._is_spent():
            url = self._queue.popleft()
            self._asked.append(url)
            return Ask(url, self._known_validators(url), self.max_bytes)
        if self._failures and not self._answered and not self._reading.pages:  # nothing was read
            said = f"no part of the sitemap could be read: {self._failures[0]}"
            raise RefusedError(FetchFailure(FailureKind.DOCUMENT, said))
        await self._commit()
        return None

    def _known_validators(self, url: str) -> Validators | None:
        """Return what to ask a part with, unless all of it is wanted."""
        validators = self._reading.memories[url].validators
        wanted = self.work.state.next_poll_full or self.expected
        asked = bool(validators.etag or validators.last_modified) and not wanted
        self._conditional = asked
        self._full = self._full and not asked
        return validators if asked else None

    def _said(self, url: str) -> datetime | None:
        child = self._children.get(url)
        return child.last_modified if child else None

    def _note(self, url: str, **changes: object) -> None:
        memory = self._reading.memories[url]
        self._reading.keep(replace(memory, asked_at=self._reading.now, **changes))  # type: ignore[arg-type]

    def _note_gone(self) -> None:
        """Remember which sitemaps the index no longer names; not when it was read in part."""
        if self._failures or not self._children or not self._all_indexes:
            return
        for url, memory in list(self._reading.memories.items()):
            if url not in self._children and url != self.url and memory.gone_at is None:
                self._reading.keep(replace(memory, gone_at=self._reading.now))

    async def _commit(self) -> None:
        reading = self._reading
        if self.expected and (reading.share_met < LEAST_MET or not self.head & reading.met):
            first = "" if self.head & reading.met else ", none of them among the first"
            said = (
                f"it lists {reading.share_met:.0%} of the articles that the homepage shows{first}"
            )
            raise RefusedError(FetchFailure(FailureKind.DOCUMENT, said))
        self._note_gone()
        taken = reading.taken()
        skipped = list(taken.skipped)
        if self._beyond:
            skipped.append(SkippedEntry(TOO_MANY_PARTS, "", self._beyond))
        changed = reading.documents > 1 or not self._answered
        outcome = PollOutcome.OK if changed else PollOutcome.NOT_MODIFIED
        await self.context.recording.commit_poll(
            self.work,
            PollFacts(outcome, max_age=self.fresh_for(self.main), full=self._full),
            taken.entries,
            skipped=skipped,
            old=taken.old,
            # Of an index none are kept: it may stay the same while its parts grow.
            validators=Validators() if self._children else self.validators,
            found=self.found,
            parts=reading.parts,
            beside=taken.beside,
            comparison=self.comparison,
        )
