"""What every spider of ours does: take work from the queue, fetch articles, hand answers over."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Awaitable
from typing import Any, TypeVar
from urllib.parse import urlsplit

import scrapy
import structlog
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import HtmlResponse, Response
from twisted.python.failure import Failure

from core.articles import ArticleData, FetchedPage
from core.failures import FailureKind, FetchFailure
from core.sources import Source, SourceKind, Validators
from core.vantages import VantageAnswer
from crawler.context import CrawlContext, context_from_settings
from crawler.download import rendering
from crawler.download.failures import failure_of_exception, failure_of_status
from crawler.download.middlewares.proxy import META_KEY as PROXIES
from crawler.download.middlewares.proxy import (
    page_of,
    send_elsewhere,
    turned_away,
    vantage_of,
)
from crawler.download.middlewares.validators import META_KEY, validators_of
from crawler.download.network_guard import refusal_of
from crawler.parse.document_reader import RefusedError
from crawler.parse.sandbox import SandboxClosed, SandboxCrashed
from crawler.polls import Ask, Poll, poll_for
from crawler.queue import FetchEntry, PollSource, VisitArticle, Work

T = TypeVar("T")

log = structlog.get_logger(__name__)


class SourceSpider(scrapy.Spider):
    """Base of the spiders; a subclass says which kinds of source it polls.

    Not an abstract class: Scrapy's feed export reads every attribute of a spider, and fails on
    those that an ABC with Twisted's interfaces has.
    """

    def __init__(self, context: CrawlContext, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(name, **kwargs)
        self.context = context

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> SourceSpider:
        """Build with the context given, or, under `scrapy crawl`, with one of its own."""
        if "context" not in kwargs:
            kwargs["context"] = context_from_settings(
                crawler, source=kwargs.pop("source", None), kinds=cls.kinds
            )
        return super().from_crawler(crawler, *args, **kwargs)

    kinds: frozenset[str] = frozenset()
    """Kinds of source this spider polls; empty for all."""

    async def start(self) -> AsyncIterator[Any]:
        """Turn work into requests, for as long as there is any."""
        async for work in self.context.work:
            if isinstance(work, PollSource) and work.source.by_account:
                poll = poll_for(self.context.polls, work)
                self.context.account.begin(self.settling(work, self.context.account.run(poll)))
                continue
            request = await self.settling(work, self._first_request(work))
            if request is not None:
                yield request

    async def _first_request(self, work: Work) -> Request:
        if isinstance(work, FetchEntry):
            return self.article_request(work)
        if isinstance(work, VisitArticle):
            return self.visit_request(work)
        return self.source_request(work)

    async def settling(self, work: Work, step: Awaitable[T]) -> T | None:
        """Await one step of `work` and settle it, unless the step returns a further request.

        A step that breaks down is the outcome of `work` and committed as such. When not even that
        is possible, `work` is handed back to rest: an outlet is not asked the same over and over.
        """
        try:
            try:
                outcome = await step
            except SandboxClosed:
                self.context.work.hand_back(work)  # we are stopping: it is due at the next start
                return None
            except Exception as error:
                log.exception("the crawler broke down", source=work.source.name)
                await self.context.broke_down(work, error)
                outcome = None
        except BaseException:
            self.context.work.hand_back(work)
            raise
        if not isinstance(outcome, Request):
            self.context.work.settled(work)
        return outcome

    def source_request(self, work: PollSource) -> Request:
        """Return the request that begins a poll."""
        poll = poll_for(self.context.polls, work)
        return self._asking(poll, poll.begin())

    def _asking(self, poll: Poll, ask: Ask) -> Request:
        """Return the request for what a poll asks."""
        request = self.request(poll.work, ask.url, self.parse_source, self.source_failed)
        request.meta["poll"] = poll
        request.meta["download_maxsize"] = ask.max_bytes
        source = poll.work.source
        if source.render and source.kind is SourceKind.PAGE:
            return _rendered(request, source)
        if ask.validators is not None:
            request.meta[META_KEY] = ask.validators
        return request

    async def parse_source(self, response: Response) -> Request | None:
        """Hand an answer to the poll that asked; return its next request."""
        poll: Poll = response.meta["poll"]
        page, validators = self.answer(response)
        failure = failure_of_status(page.status, dict(page.headers), self.context.clock())
        if failure is None or page.status == 304:
            # What nobody could read says nothing of where it is read from.
            request = _request_of(response)
            poll.note_vantages(page_of(request), turned_away(request), vantage_of(request))
        step = poll.answered(page, validators)
        is_page = isinstance(response, HtmlResponse)
        return await self.settling(
            poll.work, self._step(poll, step, _request_of(response), is_page=is_page)
        )

    async def source_failed(self, failure: Failure) -> Request | None:
        """Hand a failure to the poll that asked; return its next request."""
        poll: Poll = failure.request.meta["poll"]  # type: ignore[attr-defined]
        step = poll.failed(self.failure(failure))
        request: Request = failure.request  # type: ignore[attr-defined]
        return await self.settling(poll.work, self._step(poll, step, request))

    async def _step(
        self,
        poll: Poll,
        step: Awaitable[Ask | None],
        request: Request,
        *,
        is_page: bool = False,
    ) -> Request | None:
        """Take a step of a poll after the answer to a request; `is_page` tells that it is HTML."""
        try:
            ask = await step
        except RefusedError as error:
            poll.give_up(error.failure)
            ask = None
        if ask is not None:
            return self._asking(poll, ask)
        if poll.failure is None:
            await self.context.vantages.page_read(
                poll.work.source, *poll.read_from, state=poll.work.state
            )
        elif is_page and poll.failure.kind is FailureKind.DOCUMENT:
            # A page in the place of what announces articles may say that we are not wanted here.
            first = self.source_request(poll.work)
            if send_elsewhere(first, request, VantageAnswer.BLOCK_PAGE):
                return first
        if poll.failure is not None:
            await self.context.polls.recording.poll_failed(poll.work, poll.failure)
        return None

    def request(self, work: Work, url: str, callback: Any, errback: Any, **kwargs: Any) -> Request:
        """Return a request for `work`, with what all of ours share.

        `dont_filter`: the same feed is asked for again and again, by a spider that never ends.
        """
        request = Request(url, callback=callback, errback=errback, dont_filter=True, **kwargs)
        request.meta["work"] = work
        if work.source.proxies:
            request.meta[PROXIES] = work.source.proxies
        return request

    def article_request(self, work: FetchEntry) -> Request:
        """Return the request for an article page."""
        request = self.request(
            work, work.tracked.entry.url, self.parse_article, self.article_failed
        )
        return self._for_article(request, work.source)

    async def parse_article(self, response: Response) -> AsyncIterator[ArticleData | Request]:
        """Hand an article page over; yield the article for those who export items.

        Or the request for the next vantage, where this one was sent a page that turns it away.
        """
        work: FetchEntry = response.meta["work"]
        outcome = await self.settling(work, self._article_step(work, response))
        if outcome is not None:
            yield outcome

    async def _article_step(
        self, work: FetchEntry, response: Response
    ) -> ArticleData | Request | None:
        page, validators = self.answer(response)
        request = _request_of(response)
        if response.status == 200 and isinstance(response, HtmlResponse):
            elsewhere = self.article_request(work)
            if send_elsewhere(elsewhere, request, VantageAnswer.BLOCK_PAGE) and (
                await self._turns_away(work, page)
            ):
                return elsewhere
        article = await self.context.articles.article_answered(work, page, validators)
        if article is not None:
            await self.context.vantages.page_read(
                work.source, page.url, turned_away(request), vantage_of(request)
            )
        return article

    async def _turns_away(self, work: FetchEntry, page: FetchedPage) -> bool:
        try:
            return await self.context.articles.is_block_page(work, page)
        except SandboxCrashed:
            return False  # whoever reads it next commits what that means

    async def article_failed(self, failure: Failure) -> None:
        """Hand over that an article page could not be fetched."""
        work: FetchEntry = failure.request.meta["work"]  # type: ignore[attr-defined]
        await self.settling(work, self.context.articles.article_failed(work, self.failure(failure)))

    def visit_request(self, work: VisitArticle) -> Request:
        """Ask for an article again, conditionally."""
        visit = work.visit
        request = self.request(work, visit.data.url, self.parse_visit, self.visit_failed)
        if not work.source.render:  # a browser shows nothing for an answer without a body
            request.meta[META_KEY] = Validators(etag=visit.etag, last_modified=visit.last_modified)
        return self._for_article(request, work.source)

    async def parse_visit(self, response: Response) -> None:
        """Hand over what the address of a stored article answered."""
        work: VisitArticle = response.meta["work"]
        page, validators = self.answer(response)
        await self.settling(work, self.context.visits.answered(work, page, validators))

    async def visit_failed(self, failure: Failure) -> None:
        """Hand over that an article could not be fetched again."""
        work: VisitArticle = failure.request.meta["work"]  # type: ignore[attr-defined]
        await self.settling(work, self.context.visits.failed(work, self.failure(failure)))

    def _for_article(self, request: Request, source: Source) -> Request:
        """Let a PDF be larger than a page, and keep it out of the browser, which shows none."""
        if not urlsplit(request.url).path.lower().endswith(".pdf"):
            return _rendered(request, source)
        request.meta["download_maxsize"] = self.settings.getint("PDF_MAXSIZE")
        return request

    def answer(self, response: Response) -> tuple[FetchedPage, Validators]:
        """Return the answer as values of ours: the page, and what its server gave for next time."""
        page = self._page(response)
        return page, validators_of(response, hashlib.sha256(page.body).hexdigest())

    def _page(self, response: Response) -> FetchedPage:
        asked = response.meta.get("redirect_urls", [response.url])[0]
        return FetchedPage(
            url=asked,
            final_url=response.url,
            status=response.status,
            headers=tuple(
                (name.decode("latin-1").lower(), value.decode("latin-1"))
                for name, values in response.headers.items()
                for value in values
            ),
            body=response.body,
            fetched_at=self.context.clock(),
        )

    def failure(self, failure: Failure) -> FetchFailure:
        """Return the failure as a value of ours."""
        request: Request = failure.request  # type: ignore[attr-defined]
        error = failure.value or Exception("unknown failure")
        return failure_of_exception(error, refusal_of(request.url))


def _request_of(response: Response) -> Request:
    if response.request is None:
        raise RuntimeError("an answer to no request")
    return response.request


def _rendered(request: Request, source: Source) -> Request:
    """Have a page loaded in a browser when its source says so; each has one for itself."""
    if source.render:
        request.meta[rendering.META_KEY] = source.name
    return request
