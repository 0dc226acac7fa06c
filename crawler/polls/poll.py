"""What polls have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import timedelta

import structlog

from core.articles import FetchedPage
from core.failures import FetchFailure
from core.sources import Comparison, Found, PollOutcome, Validators
from core.vantages import TurnedAway
from crawler.decide.freshness import freshness
from crawler.download.failures import failure_of_status
from crawler.download.scrapy_settings import MAX_FEED_BYTES, MAX_PAGE_BYTES
from crawler.parse.document_reader import RefusedError
from crawler.polls.poll_context import PollContext
from crawler.queue import PollSource
from crawler.record.poll_facts import PollFacts

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Ask:
    """An address to fetch next in a poll."""

    url: str
    validators: Validators | None = None
    """What to ask "modified since?" with; None asks for the whole document."""
    max_bytes: int = MAX_PAGE_BYTES


class Poll(ABC):
    """One poll of a source. Each step gives the next address, or None when all is committed."""

    def __init__(self, context: PollContext, work: PollSource) -> None:
        self.context = context
        self.work = work
        self.failure: FetchFailure | None = None
        """Why it was given up."""
        self._read_from: tuple[str, tuple[TurnedAway, ...], int] | None = None

    @abstractmethod
    def begin(self) -> Ask:
        """Return what is asked first."""

    @abstractmethod
    async def answered(self, page: FetchedPage, validators: Validators) -> Ask | None:
        """Take the answer to what was asked last."""

    @abstractmethod
    async def failed(self, failure: FetchFailure) -> Ask | None:
        """Take note that what was asked last could not be fetched."""

    def give_up(self, failure: FetchFailure) -> None:
        """Note that the source could not be read. It is committed once nobody asks it elsewhere."""
        self.failure = failure

    def note_vantages(self, url: str, tried: tuple[TurnedAway, ...], opened: int) -> None:
        """Note from which vantage an answer came, and which were turned away; the first tells."""
        if self._read_from is None or (tried and not self._read_from[1]):
            self._read_from = url, tried, opened

    @property
    def read_from(self) -> tuple[str, tuple[TurnedAway, ...], int]:
        """From which vantage an address of the source was read, and which were turned away."""
        return self._read_from or (self.work.source.url, (), 1)

    def refusal(self, page: FetchedPage) -> FetchFailure | None:
        """Return why an answer is of no use by its status; None when it is."""
        return failure_of_status(page.status, dict(page.headers), self.context.clock())

    def fresh_for(self, page: FetchedPage) -> timedelta | None:
        """Return for how long the server calls its answer fresh; None when it does not say."""
        return freshness(dict(page.headers), self.context.clock())


class AddressPoll(Poll):
    """A poll of one address that announces articles: the source's own, or one that was found.

    With `found`, the address is a candidate: it is remembered once it has been read.
    """

    max_bytes = MAX_FEED_BYTES

    def __init__(
        self,
        context: PollContext,
        work: PollSource,
        url: str | None = None,
        found: Found | None = None,
    ) -> None:
        super().__init__(context, work)
        self.url = found.url if found else (url or work.source.url)
        self.found = found
        self.comparison: Comparison | None = None
        """Of a homepage that was looked at in this poll: what is kept of that."""
        self.more_validators = Validators()
        """What the last answer beside the document gave for next time."""
        self._main: tuple[FetchedPage, Validators] | None = None

    def begin(self) -> Ask:
        """Ask for the document, conditionally unless all of it is wanted."""
        state = self.work.state
        conditional = self.found is None and not state.next_poll_full
        return Ask(self.url, state.validators if conditional else None, self.max_bytes)

    async def answered(self, page: FetchedPage, validators: Validators) -> Ask | None:
        """Read the document; raise RefusedError, and commit nothing, when it is none."""
        if self._main is not None:
            self.more_validators = validators
            return await self.more(page)
        if await self._unchanged(page, validators):
            return None
        failure = self.refusal(page)
        if failure is not None:
            raise RefusedError(failure)
        state = self.work.state
        if state.next_poll_full and validators.etag and validators.etag == state.validators.etag:
            log.warning("server gave one ETag to two documents", source=self.work.source.name)
        self._main = page, validators
        return await self.read(page)

    async def failed(self, failure: FetchFailure) -> Ask | None:
        """Raise RefusedError for the document itself; without the rest of it, go on."""
        if self._main is None:
            raise RefusedError(failure)
        return await self.without_more(failure)

    @abstractmethod
    async def read(self, page: FetchedPage) -> Ask | None:
        """Read the document; commit, or say what more is needed. Raises RefusedError."""

    async def more(self, page: FetchedPage) -> Ask | None:
        """Read what was asked for beside the document."""
        raise NotImplementedError(f"{type(self).__name__} asks for one document only")

    async def without_more(self, failure: FetchFailure) -> Ask | None:
        """Go on without what was asked for beside the document."""
        raise NotImplementedError(f"{type(self).__name__} asks for one document only")

    @property
    def main(self) -> FetchedPage:
        """The document's own page."""
        if self._main is None:
            raise RuntimeError("nothing has been read yet")
        return self._main[0]

    @property
    def validators(self) -> Validators:
        """What the document's server gave for next time."""
        if self._main is None:
            raise RuntimeError("nothing has been read yet")
        return self._main[1]

    async def _unchanged(self, page: FetchedPage, validators: Validators) -> bool:
        """Commit that nothing changed, when the server or the bytes say so."""
        known = self.work.state.validators
        if self.found is not None:
            return False
        max_age = self.fresh_for(page)
        if page.status == 304 and (known.etag or known.last_modified):
            facts = PollFacts(PollOutcome.NOT_MODIFIED, max_age=max_age)
            await self.context.recording.commit_poll(self.work, facts, comparison=self.comparison)
            return True
        if page.status == 200 and validators.body_sha256 == known.body_sha256:
            # The same bytes as last time, whatever the ETag says: nothing to parse.
            facts = PollFacts(PollOutcome.NOT_MODIFIED, max_age=max_age, full=True)
            await self.context.recording.commit_poll(
                self.work, facts, validators=validators, comparison=self.comparison
            )
            return True
        return False
