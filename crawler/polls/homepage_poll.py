"""Polling a homepage: the best of its feed, its news sitemap and its own list is found and kept.

What is found is judged by what the homepage shows, remembered and asked directly. Once a week it is
compared again. When it is gone for several polls, the homepage is asked again within the same poll:
outlets move their feeds without telling.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from enum import Enum, auto
from urllib.parse import urlsplit

from core.articles import FetchedPage
from core.failures import FailureKind, FetchFailure
from core.passed_over import FeedFit, PassedOver
from core.sitemap_memory import Mark, mark_of
from core.sources import Comparison, Found, SourceKind, Validators
from core.urls import UrlError, canonical_url
from crawler.decide.feed_choice import FeedFacts, compare, judge_feed
from crawler.discovery import HomePage, parse_feed, read_home
from crawler.discovery.links import announcing_kind
from crawler.discovery.robots_sitemaps import sitemaps_in_robots
from crawler.download.scrapy_settings import MAX_FEED_BYTES
from crawler.parse.document_reader import RefusedError
from crawler.polls.feed_candidates import Candidate, Candidates, Judged
from crawler.polls.poll import AddressPoll, Ask, Poll
from crawler.polls.poll_context import PollContext
from crawler.polls.sitemap_poll import SitemapPoll
from crawler.queue import PollSource

PATIENCE = 3
"""Failed polls in a row during which an address that was found, or that the page names, is waited
for."""
COMPARE_EVERY = timedelta(days=7)
COMPARE_SOON = timedelta(days=1)
"""When the homepage could not be asked, or what was found is only better than nothing."""
HEAD = 5
"""Articles that a homepage shows first: a sitemap that has none of them has stopped."""
LEAST_KNOWN = 0.5
"""Share of the homepage's articles that must be known while a sitemap is polled."""

_ITSELF = "the address itself announces articles"


class _Waiting(Enum):
    """What the next answer is."""

    HOME = auto()
    FEED = auto()
    ROBOTS = auto()


class HomepagePoll(Poll):
    """Polls a homepage."""

    def __init__(
        self, context: PollContext, work: PollSource, kinds: Mapping[SourceKind, type[AddressPoll]]
    ) -> None:
        super().__init__(context, work)
        self._kinds = kinds
        self._inner: AddressPoll | None = None
        self._waiting = _Waiting.HOME
        self._found = work.state.found
        self._is_gone = False
        self._candidates = Candidates()
        self._sitemaps: deque[Candidate] = deque()
        self._at: Candidate | None = None
        self._asked_robots = self._asked_list = False
        self._home: HomePage | None = None
        self._home_answer: tuple[FetchedPage, Validators] | None = None
        self._tried: list[PassedOver] = []
        self._against = ""
        """Why what was found is given up."""

    def begin(self) -> Ask:
        """Ask what was found earlier, or the homepage."""
        if self._found is None or self._is_to_compare():
            return Ask(self.work.source.url)
        return self._go_on(self._found, None)

    async def answered(self, page: FetchedPage, validators: Validators) -> Ask | None:
        """Hand the answer to who asked; find candidates in a homepage."""
        if self._inner is not None:
            try:
                return await self._inner.answered(page, validators)
            except RefusedError as error:
                return await self._refused(error.failure)
        failure = self.refusal(page)
        if self._waiting is _Waiting.ROBOTS:
            if failure is None:
                self._add_sitemaps(page)
            return await self._next()
        if self._waiting is _Waiting.FEED:
            return await self._read_feed(page, validators, failure)
        if failure is not None:
            return await self._without_home(failure)
        kind = await self._announcing(page)
        if kind is not None:
            return await self._take_itself(kind, page, validators)
        try:
            await self._read_homepage(page, validators)
        except RefusedError as error:
            return await self._without_home(error.failure)
        return await self._next()

    async def failed(self, failure: FetchFailure) -> Ask | None:
        """Hand the failure to who asked."""
        if self._inner is not None:
            try:
                return await self._inner.failed(failure)
            except RefusedError as error:
                return await self._refused(error.failure)
        if self._waiting is _Waiting.ROBOTS:
            return await self._next()
        if self._waiting is _Waiting.FEED:
            return await self._no_feed(failure)
        return await self._without_home(failure)

    def _is_to_compare(self) -> bool:
        comparison, now = self.work.state.comparison, self.context.clock()
        if self.work.state.consecutive_failures:
            return False  # first it is to be read again; see `_refused`
        return comparison is None or not now < comparison.next_at <= now + 2 * COMPARE_EVERY

    def _go_on(self, found: Found, comparison: Comparison | None) -> Ask:
        """Poll what was found earlier."""
        self._inner = self._kinds[found.kind](self.context, self.work, found.url)
        self._inner.comparison = comparison
        return self._inner.begin()

    async def _without_home(self, failure: FetchFailure) -> Ask | None:
        """Poll what was found earlier when only the comparison is not possible."""
        if self._found is None or self._is_gone:
            self.give_up(failure)
            return None
        return self._go_on(self._found, self._comparison(COMPARE_SOON))

    async def _refused(self, failure: FetchFailure) -> Ask | None:
        """Say what to ask instead of an address that gave nothing; None when the poll is over."""
        self._inner = None
        if self._at is None or self._at.kept:
            return await self._kept_failed(failure)
        if await self._waits(self._at, failure):
            return None
        self._tried.append(PassedOver(FeedFit.UNREAD, self._at.found.url, str(failure)))
        return await self._next()

    async def _kept_failed(self, failure: FetchFailure) -> Ask | None:
        """Wait for what was found earlier, or ask the homepage what to take instead."""
        gone = failure.kind is FailureKind.DOCUMENT or failure.status in (404, 410)
        # One answer is no proof: a page that checks for robots would move us to a lesser feed.
        if not gone or self.work.state.consecutive_failures + 1 < PATIENCE:
            self.give_up(failure)
            return None
        self._is_gone = True
        self._against = str(failure)
        self._tried.append(PassedOver(FeedFit.UNREAD, self._shown_found(), str(failure)))
        if self._home is not None:
            return await self._next()
        self._waiting = _Waiting.HOME
        return Ask(self.work.source.url)

    async def _waits(self, candidate: Candidate, failure: FetchFailure) -> bool:
        """Give the poll up if a candidate may answer a little later; tell whether it was.

        What is found is remembered: a bad minute must not leave us with a lesser one. Who is only
        compared with what was found earlier is not waited for.
        """
        patient = self.work.state.consecutive_failures < PATIENCE
        if not (candidate.named and patient and failure.may_pass):
            return False
        if self._found is not None and not self._is_gone:
            return False
        self.give_up(failure)
        return True

    async def _read_homepage(self, page: FetchedPage, validators: Validators) -> None:
        home = await self.context.documents.read(read_home, page, links=self.work.source.links)
        self._home, self._home_answer = home, (page, validators)
        found = self._found
        gone = found.url if found and self._is_gone else None
        kept = found if found and not self._is_gone else None
        if kept is not None and kept.kind is SourceKind.SITEMAP and home.is_list:
            share = await self.context.recording.share_known(self.work.source, home.entries)
            if share < LEAST_KNOWN:
                self._against = f"of the articles that the homepage shows it had {share:.0%}"
        feed = kept if kept is not None and kept.kind is SourceKind.FEED else None
        self._candidates.add(home.feeds, feed, gone)

    async def _announcing(self, page: FetchedPage) -> SourceKind | None:
        """Return what the address holds, when that is no homepage but announces articles itself."""
        try:
            return await self.context.documents.read(announcing_kind, page)
        except RefusedError:  # too much for this question is not too much for looking for feeds
            return None

    async def _take_itself(
        self, kind: SourceKind, page: FetchedPage, validators: Validators
    ) -> Ask | None:
        """Poll the address itself, which is at hand."""
        found, before = Found(kind, page.final_url, _ITSELF), self._found
        kept = before is not None and (before.kind, before.url) == (found.kind, found.url)
        self._at = Candidate(before if kept and before else found, named=True, kept=kept)
        if kept:
            self._go_on(self._at.found, self._comparison(COMPARE_EVERY))
        else:
            self._chosen(found, COMPARE_EVERY)
        return await self._hand_over(page, validators)

    def _add_sitemaps(self, page: FetchedPage) -> None:
        for url in sitemaps_in_robots(page.body, page.final_url):
            if self._found is None or url != self._found.url:
                found = Found(SourceKind.SITEMAP, url, "sitemap that robots.txt names")
                self._sitemaps.append(Candidate(found, named=True))

    async def _read_feed(
        self, page: FetchedPage, validators: Validators, failure: FetchFailure | None
    ) -> Ask | None:
        """Judge a feed by what the homepage shows."""
        if failure is not None:
            return await self._no_feed(failure)
        try:
            document = await self.context.documents.read(parse_feed, page)
        except RefusedError as error:
            return await self._no_feed(error.failure)
        if self._home is None or self._at is None:
            raise RuntimeError("a feed was asked for before its homepage was read")
        now = self.context.clock()
        facts = compare(document, self._home, now)
        fit = judge_feed(facts, now, kept=self._at.kept, guessed=not self._at.named)
        words = _in_words(fit, facts, now - (facts.newest or now))
        self._candidates.judged.append(Judged(self._at, fit, facts.share, words, page, validators))
        return await self._next()

    async def _no_feed(self, failure: FetchFailure) -> Ask | None:
        if self._at is None or self._at.kept:
            return await self._kept_failed(failure)
        if await self._waits(self._at, failure):
            return None
        self._tried.append(PassedOver(FeedFit.UNREAD, self._at.found.url, str(failure)))
        return await self._next()

    async def _next(self) -> Ask | None:
        """Ask the next candidate: feeds, then sitemaps, then the homepage's own list."""
        if self._keeps_sitemap() and self._found is not None:
            return self._go_on(self._found, self._comparison(COMPARE_EVERY))
        self._waiting = _Waiting.FEED
        candidate = self._candidates.next()
        if candidate is not None:
            self._at = candidate
            return Ask(candidate.found.url, max_bytes=MAX_FEED_BYTES)
        best = self._candidates.best()
        if best is not None:
            self._candidates.judged.remove(best)
            return await self._take(best, COMPARE_EVERY)
        if not self._asked_robots:
            self._asked_robots = True
            self._waiting = _Waiting.ROBOTS
            home = self._home_answer[0].final_url if self._home_answer else self.work.source.url
            parts = urlsplit(home)
            return Ask(f"{parts.scheme}://{parts.netloc}/robots.txt")
        if self._sitemaps:
            self._at = self._sitemaps.popleft()
            return self._try_sitemap(self._at)
        return await self._own_list()

    def _keeps_sitemap(self) -> bool:
        found = self._found
        is_sitemap = found is not None and found.kind is SourceKind.SITEMAP
        return is_sitemap and not self._is_gone and not self._against

    async def _take(self, judged: Judged, again: timedelta) -> Ask | None:
        """Poll the feed that was chosen; its answer is at hand."""
        self._at = judged.candidate
        found = judged.candidate.found
        if judged.candidate.kept:
            self._go_on(found, self._comparison(again))
        else:
            self._chosen(replace(found, how=f"{found.how}; {judged.words}"), again)
        return await self._hand_over(judged.page, judged.validators)

    def _try_sitemap(self, candidate: Candidate) -> Ask:
        inner = self._chosen(candidate.found, COMPARE_EVERY)
        if isinstance(inner, SitemapPoll) and self._home is not None and self._home.is_list:
            marks = [mark for entry in self._home.entries if (mark := _mark_of(entry.url))]
            inner.expected, inner.head = frozenset(marks), frozenset(marks[:HEAD])
        return inner.begin()

    def _chosen(self, found: Found, again: timedelta) -> AddressPoll:
        """Return the poll of an address that is new to us."""
        against = [
            PassedOver(judged.fit, judged.candidate.found.url, judged.words)
            for judged in self._candidates.judged
        ]
        comparison = self._comparison(again, found)
        passed_over = (*against, *self._tried, *self._candidates.left)
        found = replace(found, passed_over=passed_over)
        self._inner = self._kinds[found.kind](self.context, self.work, found=found)
        self._inner.comparison = comparison
        return self._inner

    def _comparison(self, again: timedelta, chosen: Found | None = None) -> Comparison:
        """Return what is kept of this comparison; `chosen` is new to us."""
        now, before = self.context.clock(), self.work.state.comparison
        if chosen is None or self._found is None or self._found.url == chosen.url:
            kept = before or Comparison(now)
            return replace(kept, next_at=now + again)
        kept_feed = next(
            (judged for judged in self._candidates.judged if judged.candidate.kept), None
        )
        why = self._against or (kept_feed.words if kept_feed else "")
        change = f"{self._found.kind} {self._found.url} ({why or 'less than what is there now'})"
        return Comparison(now + again, now, f"{change} → {chosen.kind} {chosen.url} ({chosen.how})")

    async def _own_list(self) -> Ask | None:
        """Take the links of the homepage itself, when they look like a list of articles."""
        home, answer = self._home, self._home_answer
        if home is not None and answer is not None and not self._asked_list:
            self._asked_list = True
            url = answer[0].final_url
            if home.is_list:
                found = Found(SourceKind.PAGE, url, f"list: {home.how}")
                if self._found is not None and self._found.url == url and not self._is_gone:
                    self._at = Candidate(self._found, named=True, kept=True)
                    self._go_on(self._found, self._comparison(COMPARE_EVERY))
                else:
                    self._at = Candidate(found, named=True)
                    self._chosen(found, COMPARE_EVERY)
                return await self._hand_over(*answer)
            doubt = f"not sure enough of {home.how}" if home.entries else home.how
            self._tried.append(PassedOver(FeedFit.UNSURE, url, doubt))
        rest = self._candidates.last_resort()
        if rest is not None:
            self._candidates.judged.remove(rest)
            return await self._take(rest, COMPARE_SOON)
        if self._found is not None and not self._is_gone and not self._tried_kept():
            return self._go_on(self._found, self._comparison(COMPARE_SOON))
        shown = "; ".join(map(str, self._tried[:3]))
        said = (
            f"neither a feed, a sitemap nor a list of articles found from {self.work.source.url}"
            f" ({len(self._tried)} tried: {shown})"
        )
        self.give_up(FetchFailure(FailureKind.DOCUMENT, said))
        return None

    def _tried_kept(self) -> bool:
        return self._at is not None and self._at.kept

    async def _hand_over(self, page: FetchedPage, validators: Validators) -> Ask | None:
        """Give the poll that was chosen the answer that it was chosen by."""
        if self._inner is None:
            raise RuntimeError("nothing was chosen")
        try:
            return await self._inner.answered(page, validators)
        except RefusedError as error:
            return await self._refused(error.failure)

    def _shown_found(self) -> str:
        return self._found.url if self._found else ""


def _mark_of(url: str) -> Mark | None:
    try:
        return mark_of(canonical_url(url))
    except UrlError:
        return None


def _in_words(fit: FeedFit, facts: FeedFacts, age: timedelta) -> str:
    """Say what a feed is and why, for people."""
    share = f"it has {facts.covered} of {facts.compared} articles that the homepage shows"
    days = (
        f"its newest entry is {age.days} days old" if facts.newest else "its entries have no date"
    )
    said = {
        FeedFit.OUTLET: share,
        FeedFit.UNCOMPARED: "the homepage shows nothing to compare it with",
        FeedFit.SECTION: f"of a part of the outlet: {share}",
        FeedFit.STALE: f"no longer filled: {days}" + (f", {share}" if facts.compared else ""),
        FeedFit.PODCAST: "of recordings, which are not what the homepage shows",
        FeedFit.OTHER: f"of something else: {share}",
        FeedFit.EMPTY: "empty",
        FeedFit.COMMENTS: "of comments",
    }
    return said[fit]
