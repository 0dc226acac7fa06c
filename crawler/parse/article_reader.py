"""Reads pages as articles: the parse in the sandbox, with what the source's settings add."""

from __future__ import annotations

import structlog

from core.articles import ArticleData, FetchedPage, Rejection, RejectReason, StubKind
from core.config.sections.crawl import CrawlSection
from core.errors import SandboxError
from core.sources import Entry, Source
from core.urls import is_front_page
from crawler.counts import CrawlCounts
from crawler.extract import extract_article
from crawler.extract.feed_words import article_of_feed
from crawler.parse.pdf_reader import PdfReader
from crawler.parse.sandbox import Sandbox, SandboxCrashed
from crawler.pdf.values import PdfArticle, is_pdf

log = structlog.get_logger(__name__)


class Reader:
    """Turns fetched pages into articles; `counts` counts what is missing from them."""

    def __init__(
        self, sandbox: Sandbox, crawl: CrawlSection, counts: CrawlCounts | None = None
    ) -> None:
        self._sandbox = sandbox
        self._crawl = crawl
        self._pdf = PdfReader(sandbox, crawl)
        self._counts = counts or CrawlCounts()

    async def read(
        self, page: FetchedPage, source: Source, entry: Entry, *, page_first: bool = False
    ) -> ArticleData | Rejection:
        """Return the article on a page, or why it is none; `entry` is what was announced of it.

        `page_first` is as for `extract_article`.

        Raises SandboxCrashed when it was not read to an end, for no fault of the page that is
        known.
        """
        if is_front_page(page.final_url) and not is_front_page(page.url):
            return Rejection(
                RejectReason.STUB,
                "the article's address leads to the front page",
                StubKind.FRONT_PAGE,
            )
        try:
            if is_pdf(page.body, content_type_of(page)):
                return await self._read_pdf(page, source, entry)
            return await self._sandbox.run(
                extract_article,
                page.body,
                page.final_url,
                content_type=content_type_of(page),
                entry=entry,
                source=source.name,
                languages=self._crawl.languages,
                language_hint=source.language,
                page_first=page_first,
                fetched_at=page.fetched_at,
            )
        except SandboxCrashed:
            raise  # the machine's trouble, or our stop: it says nothing about the page
        except SandboxError as error:
            return Rejection(RejectReason.SANDBOX, error.message)

    async def words_of_feed(self, entry: Entry, markup: str, source: Source) -> ArticleData | None:
        """Return the article that a feed tells of, or None if it says nothing of it.

        Raises SandboxCrashed as `read` does.
        """
        try:
            return await self._sandbox.run(
                article_of_feed,
                entry,
                markup,
                source=source.name,
                languages=self._crawl.languages,
                language_hint=source.language,
            )
        except SandboxCrashed:
            raise
        except SandboxError as error:
            log.warning("words of a feed not read", url=entry.url, reason=error.message)
            return None

    async def _read_pdf(
        self, page: FetchedPage, source: Source, entry: Entry
    ) -> ArticleData | Rejection:
        found = await self._pdf.read(
            page.body,
            page.final_url,
            entry=entry,
            source=source.name,
            language_hint=source.language,
        )
        if not isinstance(found, PdfArticle):
            return found
        if found.unread:
            missing = {kind.value: pages for kind, pages in found.unread.items()}
            self._counts.unread_pages.update(missing)
            log.warning(
                "PDF read in part",
                source=source.name,
                url=page.url,
                pages=found.count,
                unread=missing,
            )
        return found.article


def content_type_of(page: FetchedPage) -> str | None:
    """Return the Content-Type header, or None."""
    return next((value for name, value in page.headers if name == "content-type"), None)
