"""Reads pages as articles: the parse in the sandbox, with what the source's settings add."""

from __future__ import annotations

from urllib.parse import urlsplit

from core.articles import ArticleData, FetchedPage, Rejection, RejectReason, StubKind
from core.config.sections.crawl import CrawlSection
from core.errors import SandboxError
from core.sources import Entry, Source
from crawler.extract import extract_article
from crawler.parse.sandbox import Sandbox, SandboxCrashed


class Reader:
    """Turns fetched pages into articles."""

    def __init__(self, sandbox: Sandbox, crawl: CrawlSection) -> None:
        self._sandbox = sandbox
        self._crawl = crawl

    async def read(
        self, page: FetchedPage, source: Source, entry: Entry
    ) -> ArticleData | Rejection:
        """Return the article on a page, or why it is none; `entry` is what was announced of it.

        Raises SandboxCrashed when it was not read to an end, for no fault of the page that is
        known.
        """
        if _is_front_page(page.final_url) and not _is_front_page(page.url):
            return Rejection(
                RejectReason.STUB,
                "the article's address leads to the front page",
                StubKind.FRONT_PAGE,
            )
        try:
            return await self._sandbox.run(
                extract_article,
                page.body,
                page.final_url,
                content_type=content_type_of(page),
                entry=entry,
                source=source.name,
                languages=self._crawl.languages,
                language_hint=source.language,
            )
        except SandboxCrashed:
            raise  # the machine's trouble, or our stop: it says nothing about the page
        except SandboxError as error:
            return Rejection(RejectReason.SANDBOX, error.message)


def content_type_of(page: FetchedPage) -> str | None:
    """Return the Content-Type header, or None."""
    return next((value for name, value in page.headers if name == "content-type"), None)


def _is_front_page(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query
