"""What one poll finds in sitemaps: which pages are new, which are old, and what is remembered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.sitemap_memory import Mark, PartMarks, PartMemory
from core.sources import Entry, SkipKind, SkipReason, Validators
from crawler.decide.listed_pages import ListedPage, Reading, Standing, stand
from crawler.decide.read_parts import ReadPart
from crawler.decide.sitemap_parts import is_awaited
from crawler.discovery import SitemapDocument, SitemapEntry, SkippedEntry
from crawler.polls.poll_context import PollContext
from crawler.queue import PollSource

WINDOW = timedelta(days=2)
"""How far before the last poll a page may be dated and still be taken for new: clocks are wrong,
and Google's news sitemaps hold two days."""
MOST_REMEMBERED = 1_000_000
"""Pages of one source that are remembered, at eight bytes each."""
MOST_OLD_ENTRIES = 2_000
"""Old pages of one poll that are recorded one by one; the rest are counted."""
_STAMPED = 50
"""From so many pages on, one date for all is the time the sitemap was written."""
_AHEAD = timedelta(days=1)

_LEFT_OUT = {
    Standing.MAY_HAVE_MOVED: SkipReason(
        SkipKind.MAY_HAVE_MOVED,
        "of an old date, while not all sitemaps of the index have been read: looked at again",
    ),
    Standing.ARCHIVE: SkipReason(
        SkipKind.ARCHIVE, "one of a thousand and more of old dates that appeared at once"
    ),
    Standing.NOT_REMEMBERED: SkipReason(
        SkipKind.NOT_REMEMBERED, "of an old date, in a sitemap beyond the pages we remember"
    ),
    Standing.BEFORE_WATCH: SkipReason(
        SkipKind.BEFORE_WATCH, "there when the sitemap was first read"
    ),
}


@dataclass(frozen=True, slots=True)
class Taken:
    """What a poll found in all sitemaps that it read."""

    entries: tuple[Entry, ...]
    """Those that may be new, the surest first."""
    old: tuple[Entry, ...]
    skipped: tuple[SkippedEntry, ...]
    beside: int
    """Pages that are known and would count among the entries."""


class SitemapReading:
    """Gathers what the sitemaps of one poll list, one after the other."""

    def __init__(
        self, context: PollContext, work: PollSource, memories: Sequence[PartMemory]
    ) -> None:
        self._context = context
        self._work = work
        self.now = context.clock()
        self.memories = {memory.url: memory for memory in memories}
        self.knew_nothing = not memories
        self.pages = 0
        """How many were listed by what was read."""
        self.documents = 0
        """How many sitemaps were read."""
        self.expected: frozenset[Mark] = frozenset()
        """Pages that the outlet shows elsewhere."""
        self.met: set[Mark] = set()
        """Those of them that were listed."""
        self._parts: dict[str, ReadPart] = {}
        self._taken: set[Mark] = set()
        self._dated: list[Entry] = []
        self._rest: list[Entry] = []
        self._old: list[Entry] = []
        self._skipped: list[SkippedEntry] = []
        self._left: Counter[Standing] = Counter()
        self._examples: dict[Standing, str] = {}
        self._beside = 0

    @property
    def parts(self) -> tuple[ReadPart, ...]:
        """What is to be remembered of the sitemaps."""
        return tuple(self._parts.values())

    @property
    def share_met(self) -> float:
        """Which share of the expected pages was listed."""
        return len(self.met) / len(self.expected) if self.expected else 1.0

    def taken(self) -> Taken:
        """Return what was found."""
        skipped = list(self._skipped)
        skipped += [
            SkippedEntry(_LEFT_OUT[standing], self._examples[standing], count)
            for standing, count in self._left.items()
        ]
        return Taken(
            (*self._dated, *self._rest),
            tuple(self._old),
            tuple(skipped),
            self._beside,
        )

    def listed(self, url: str, *, appeared: bool) -> PartMemory:
        """Remember that the index names a sitemap."""
        memory = self.memories.get(url)
        if memory is None:
            memory = PartMemory(url=url, listed_at=self.now, appeared=appeared)
            self.keep(memory)
        elif memory.gone_at is not None:
            memory = replace(memory, gone_at=None)
            self.keep(memory)
        return memory

    def keep(self, memory: PartMemory) -> None:
        """Remember a sitemap without its pages."""
        self.memories[memory.url] = memory
        self._parts[memory.url] = ReadPart(memory)

    async def read(
        self,
        url: str,
        document: SitemapDocument,
        last_modified: datetime | None,
        validators: Validators,
    ) -> None:
        """Take the pages that a sitemap lists."""
        source, recording = self._work.source, self._context.recording
        memory = self.memories.get(url) or PartMemory(url=url, listed_at=self.now)
        first = memory.read_at is None and not memory.appeared
        before = (
            PartMarks() if memory.read_at is None else await recording.sitemap_marks(source, url)
        )
        now_listed = frozenset(listed.mark for listed in document.entries)
        unknown = now_listed - before.old - before.seen
        slid = frozenset[Mark]()
        if not self.knew_nothing:
            slid = await recording.listed_elsewhere(source, unknown)
        if first:
            memory = replace(memory, remembers=self._remembers(len(now_listed)))
        dates = _dates(document.entries)
        reading = Reading(
            [
                ListedPage(listed.mark, at)
                for listed, at in zip(document.entries, dates, strict=True)
            ],
            known=before.old | before.seen | slid,
            since=self._since(memory, first),
            first=first,
            remembers=memory.remembers,
            all_read=not self._waits_for_others(url),
        )
        standings = stand(reading)
        self._sort(document.entries, reading, standings)
        self.documents += 1
        self.pages += len(document.entries)
        self._skipped += document.skipped
        self.met |= self.expected & now_listed
        by_standing = {
            standing: frozenset(
                page.mark
                for page, stands in zip(reading.pages, standings, strict=True)
                if stands is standing
            )
            for standing in set(standings)
        }
        none = frozenset[Mark]()
        old = before.old | slid | by_standing.get(Standing.BEFORE_WATCH, none)
        old |= by_standing.get(Standing.ARCHIVE, none)
        announced = by_standing.get(Standing.NEW, none) | by_standing.get(Standing.BACKDATED, none)
        if Standing.MAY_HAVE_MOVED in by_standing:
            validators = Validators()
        known_dates = [at for at in dates if at is not None and at <= self.now + _AHEAD]
        self.memories[url] = memory = replace(
            memory,
            last_modified=last_modified,
            asked_at=self.now,
            read_at=self.now,
            newest=max(known_dates, default=memory.newest),
            failures=0,
            is_index=bool(document.children),
            pages=len(document.entries),
            old=len(old) if memory.remembers else 0,
            validators=Validators() if document.children else validators,
        )
        marks = PartMarks(old, before.seen & now_listed)
        self._parts[url] = ReadPart(memory, marks, announced, first)

    def _sort(
        self, listed: Sequence[SitemapEntry], reading: Reading, standings: Sequence[Standing]
    ) -> None:
        for one, page, standing in zip(listed, reading.pages, standings, strict=True):
            is_dated = page.dated is not None and page.dated >= reading.since
            if standing is Standing.KNOWN:
                self._beside += is_dated or page.dated is None
            elif standing in (Standing.NEW, Standing.BACKDATED):
                if page.mark not in self._taken:
                    self._taken.add(page.mark)
                    (self._dated if is_dated else self._rest).append(one.entry)
            else:
                # What has a date may be news to another source of the outlet: it is not settled.
                settled = page.dated is None or standing is Standing.ARCHIVE
                is_old = standing in (Standing.BEFORE_WATCH, Standing.ARCHIVE)
                recorded = is_old and settled and len(self._old) < MOST_OLD_ENTRIES
                if recorded:
                    self._old.append(one.entry)
                if not recorded or standing is Standing.ARCHIVE:
                    self._left[standing] += 1
                    self._examples.setdefault(standing, one.entry.url)

    def _since(self, memory: PartMemory, first: bool) -> datetime:
        last = self._work.state.last_success_at or self.now
        return (min(last, memory.listed_at) if first else last) - WINDOW

    def _remembers(self, more: int) -> bool:
        kept = sum(memory.old for memory in self.memories.values())
        return kept + more <= MOST_REMEMBERED

    def _waits_for_others(self, url: str) -> bool:
        return any(is_awaited(memory) for memory in self.memories.values() if memory.url != url)


def _dates(listed: Sequence[SitemapEntry]) -> list[datetime | None]:
    """Return when each page is from; None where nothing is said that means anything."""
    changed = {page.last_modified for page in listed if page.last_modified}
    stamped = len(listed) >= _STAMPED and len(changed) == 1
    return [page.entry.published_at or (None if stamped else page.last_modified) for page in listed]
