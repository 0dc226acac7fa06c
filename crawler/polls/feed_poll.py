"""Polling a feed, and following its archive when it was cut shorter than what was published."""

from __future__ import annotations

from datetime import timedelta

from typing_extensions import override

from core.articles import FetchedPage
from core.failures import FetchFailure
from core.sources import Entry, PollOutcome
from crawler.discovery import FeedDocument, parse_feed
from crawler.polls.gap import GapFill
from crawler.polls.poll import AddressPoll, Ask
from crawler.record.poll_facts import PollFacts

_SLACK = timedelta(hours=1)
"""How far behind a publisher's clock may be."""


class FeedPoll(AddressPoll):
    """Polls a feed."""

    _document: FeedDocument
    _fill: GapFill

    @override
    async def read(self, page: FetchedPage) -> Ask | None:
        """Commit the feed's entries, after a look for those that fell out of it, if any may."""
        self._document = await self.context.documents.read(parse_feed, page)
        if not await self._may_have_lost_entries():
            await self._commit(self._document.entries)
            return None
        self._fill = GapFill(self.context, self.work, self.url, self._document)
        return await self._next(self._fill.begin())

    @override
    async def more(self, page: FetchedPage) -> Ask | None:
        """Take a page of the archive."""
        failure = self.refusal(page)
        if failure is not None:
            return await self._next(self._fill.failed())
        return await self._next(await self._fill.answered(page))

    @override
    async def without_more(self, failure: FetchFailure) -> Ask | None:
        """Try the next place where the archive may be."""
        return await self._next(self._fill.failed())

    async def _next(self, ask: Ask | None) -> Ask | None:
        if ask is None:
            await self._commit(self._fill.entries, self._fill.summary())
        return ask

    async def _may_have_lost_entries(self) -> bool:
        """Tell whether all that the feed holds came after the last look, so more may have."""
        state, entries = self.work.state, self._document.entries
        if state.last_success_at is None or state.last_new_at is None or not entries:
            return False
        dates = [entry.published_at for entry in entries if entry.published_at]
        if dates and min(dates) < state.last_success_at - _SLACK:
            return False  # what is older would be in it too: its addresses have changed, no more
        return await self.context.recording.none_known(self.work.state, entries)

    async def _commit(self, entries: tuple[Entry, ...], gap: str | None = None) -> None:
        facts = PollFacts(
            PollOutcome.OK,
            ttl=self._document.ttl,
            max_age=self.fresh_for(self.main),
            full=True,
        )
        await self.context.recording.commit_poll(
            self.work,
            facts,
            entries,
            skipped=self._document.skipped,
            validators=self.validators,
            found=self.found,
            gap=gap,
            comparison=self.comparison,
        )
